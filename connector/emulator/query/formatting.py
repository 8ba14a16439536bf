"""
Formatted values: what the calling user would see.

Labels are in the user's language and instants in the user's time zone; the form of dates and
numbers is that of English (United States).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from connector.emulator.schema.model import CHOICE_KINDS, Column, ColumnKind, DateBehaviour
from connector.emulator.schema.values import parse_date, parse_instant
from connector.emulator.storage.layout import sql_table
from connector.emulator.storage.user_view import UserView, view_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from connector.emulator.schema.model import Table
    from connector.emulator.storage.transaction import Transaction

_DEFAULT_PLACES: Final = 2
_CHUNK: Final = 500


class Formatter:
    """Formats values of one answer, remembering currencies and names of related rows."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._view: UserView | None = None
        self._currencies: dict[str, tuple[str, int]] = {}
        self._names: dict[tuple[str, str], str | None] = {}

    def learn_names(self, table_name: str, ids: Iterable[str]) -> None:
        """Fetch the primary names of rows in few queries, and those kept of rows not stored."""
        table = self._tx.schema.tables.get(table_name)
        missing = sorted({row_id for row_id in ids if (table_name, row_id) not in self._names})
        self._names.update({(table_name, row_id): None for row_id in missing})
        stored: set[str] = set()
        if table is not None and table.primary_name is not None:
            for start in range(0, len(missing), _CHUNK):
                stored |= self._learn(table, missing[start : start + _CHUNK])
        absent = [row_id for row_id in missing if row_id not in stored]
        for row_id, label in self._tx.labels_of(table_name, absent).items():
            self._names[table_name, row_id] = label

    def name(self, table_name: str, row_id: str) -> str | None:
        """The primary name of a related row that was learnt before."""
        return self._names.get((table_name, row_id))

    def text(self, column: Column, value: object, currency: object) -> str | None:
        """The formatted value of a wire value, or None for types that have none."""
        if column.kind is ColumnKind.MONEY and isinstance(value, Decimal):
            return self.money(value, currency)
        if column.kind in CHOICE_KINDS and isinstance(value, int):
            return self.label(column, value)
        if column.kind is ColumnKind.BOOLEAN:
            yes_or_no = int(bool(value))
            return column.option_label(yes_or_no, self.view.languages) or _YES_NO[yes_or_no]
        display = _DISPLAYS.get(column.kind)
        return display(self, column, str(value)) if display else None

    def label(self, column: Column, value: int) -> str:
        """The label of a choice in the user's language, its number where no label is known."""
        return column.option_label(value, self.view.languages) or str(value)

    @property
    def view(self) -> UserView:
        """The view of the calling user, read once."""
        if self._view is None:
            self._view = view_of(self._tx)
        return self._view

    def money(self, value: Decimal, currency: object) -> str:
        """Money with its currency's symbol and precision."""
        symbol, places = self._currency(currency)
        amount = abs(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        sign = "-" if value < 0 else ""
        return f"{sign}{symbol}{amount:,f}"

    def _currency(self, currency: object) -> tuple[str, int]:
        key = str(currency)
        known = self._currencies.get(key)
        if known is None:
            known = self._currencies[key] = self._read_currency(key)
        return known

    def _read_currency(self, row_id: str) -> tuple[str, int]:
        if "transactioncurrency" not in self._tx.schema.tables:
            return "$", _DEFAULT_PLACES
        rows = self._tx.select(
            "SELECT currencysymbol, currencyprecision FROM transactioncurrency "
            "WHERE transactioncurrencyid = ?",
            (row_id,),
        )
        symbol, places = rows[0] if rows else (None, None)
        return str(symbol or "$"), int(_DEFAULT_PLACES if places is None else places)

    def _learn(self, table: Table, ids: list[str]) -> set[str]:
        """Fetch the names of rows; the ids of those that are stored."""
        marks = ", ".join("?" * len(ids))
        sql = (
            f'SELECT "{table.primary_id}", "{table.primary_name}" FROM {sql_table(table)} '  # noqa: S608 - quoted names of the schema
            f'WHERE "{table.primary_id}" IN ({marks})'
        )
        found = self._tx.select(sql, ids)
        for row_id, name in found:
            self._names[table.logical_name, str(row_id)] = None if name is None else str(name)
        return {str(row_id) for row_id, _ in found}


def instant_display(instant: datetime, column_format: str) -> str:
    """An instant as month/day/year, with the time unless the column shows dates only."""
    day = date_display(instant.date())
    if column_format == "DateOnly":
        return day
    hour = instant.hour % 12 or 12
    half = "PM" if instant.hour >= 12 else "AM"  # noqa: PLR2004 - noon
    return f"{day} {hour}:{instant.minute:02d} {half}"


def date_display(day: date) -> str:
    """A date as month/day/year without leading zeros."""
    return f"{day.month}/{day.day}/{day.year}"


def _instant_text(formatter: Formatter, column: Column, stored: str) -> str | None:
    instant = parse_instant(stored)
    if instant is not None and column.behaviour is DateBehaviour.USER_LOCAL:
        instant = instant.astimezone(formatter.view.zone)
    return instant_display(instant, column.format) if instant else None


def _date_text(_formatter: Formatter, _column: Column, stored: str) -> str | None:
    day = parse_date(stored)
    return date_display(day) if day else None


def _choices_text(formatter: Formatter, column: Column, stored: str) -> str:
    parts = (int(part) for part in stored.split(",") if part)
    return "; ".join(formatter.label(column, part) for part in parts)


_YES_NO: Final = {0: "No", 1: "Yes"}
_DISPLAYS: Final[dict[ColumnKind, Callable[[Formatter, Column, str], str | None]]] = {
    ColumnKind.DATETIME: _instant_text,
    ColumnKind.DATE: _date_text,
    ColumnKind.MULTIPICKLIST: _choices_text,
}
