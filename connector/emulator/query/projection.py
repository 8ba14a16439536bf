"""From selected columns to wire rows: names, exact numbers, ETag and annotations."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.query.annotations import FORMATTED, LOOKUP_NAME, NAVIGATION_NAME
from connector.emulator.schema.model import Column, ColumnKind, Table
from connector.emulator.schema.values import Stored, wire_reader
from connector.emulator.storage.layout import VERSION, sql_column, sql_target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.emulator.query.annotations import Annotations
    from connector.emulator.query.formatting import Formatter

WireRow = dict[str, object]
RawRow = tuple[Stored, ...]
ROOT: Final = "t0"
_CURRENCY: Final = "transactioncurrencyid"
_FORMATTED_KINDS: Final = frozenset(
    {ColumnKind.PICKLIST, ColumnKind.STATE, ColumnKind.STATUS, ColumnKind.MULTIPICKLIST}
    | {ColumnKind.BOOLEAN, ColumnKind.MONEY, ColumnKind.DATETIME, ColumnKind.DATE}
)


class Projection:
    """
    The SELECT list of a query on one table and how its rows become wire rows.

    Beside the selected columns it reads what `$expand` and annotations need: *needed* names
    lookup columns whose id and table can be had by `reference` whether selected or not.
    """

    def __init__(
        self, table: Table, select: tuple[str, ...] | None, needed: frozenset[str]
    ) -> None:
        self.table = table
        self.columns = _selected(table, select)
        self._names = ["@odata.etag", *(column.property_name for column in self.columns)]
        self.sql = [f"'W/\"' || {ROOT}.{VERSION} || '\"'"]
        self.sql += [f"{ROOT}.{sql_column(column)}" for column in self.columns]
        self._places = {
            column.logical_name: place for place, column in enumerate(self.columns, start=1)
        }
        self._targets: dict[str, int] = {}
        self._add_hidden(needed)
        self.width = len(self.sql)
        self._readers = tuple(
            (column.property_name, reader)
            for column in self.columns
            if (reader := wire_reader(column)) is not None
        )
        self._lookups = tuple(column for column in self.columns if column.is_lookup)
        self._formatted = tuple(
            column for column in self.columns if column.kind in _FORMATTED_KINDS
        )

    def id_of(self, raw: RawRow) -> str:
        """The primary key of a raw row."""
        return str(raw[self._places[self.table.primary_id]])

    def reference(self, column: Column, raw: RawRow) -> tuple[str, str] | None:
        """The table and id a lookup column points to, or None for null."""
        row_id = raw[self._places[column.logical_name]]
        if row_id is None:
            return None
        place = self._targets.get(column.logical_name)
        return (column.targets[0] if place is None else str(raw[place])), str(row_id)

    def row(self, raw: RawRow) -> WireRow:
        """The wire row of a raw row, without annotations."""
        row: WireRow = dict(zip(self._names, raw, strict=False))
        for name, reader in self._readers:
            value = row[name]
            if value is not None:
                row[name] = reader(value)  # type: ignore[arg-type]
        return row

    def annotate(
        self,
        rows: Sequence[WireRow],
        raws: Sequence[RawRow],
        annotations: Annotations,
        formatter: Formatter,
    ) -> None:
        """Add the annotations that were asked for to wire rows."""
        if annotations.wants(FORMATTED):
            self._learn_names(raws, formatter)
            for row in rows:
                self._format(row, formatter)
        if annotations.any_on_rows:
            for row, raw in zip(rows, raws, strict=True):
                self._annotate_lookups(row, raw, annotations, formatter)

    def _add_hidden(self, needed: frozenset[str]) -> None:
        for name in sorted(needed - set(self._places)):
            self._places[name] = len(self.sql)
            self.sql.append(f"{ROOT}.{sql_column(self.table.columns[name])}")
        for name in list(self._places):
            column = self.table.columns[name]
            if column.is_polymorphic:
                self._targets[name] = len(self.sql)
                self.sql.append(f"{ROOT}.{sql_target(column)}")

    def _learn_names(self, raws: Sequence[RawRow], formatter: Formatter) -> None:
        wanted: dict[str, set[str]] = {}
        for column in self._lookups:
            for raw in raws:
                found = self.reference(column, raw)
                if found is not None:
                    wanted.setdefault(found[0], set()).add(found[1])
        for table, ids in wanted.items():
            formatter.learn_names(table, ids)

    def _format(self, row: WireRow, formatter: Formatter) -> None:
        currency = row.get("_transactioncurrencyid_value")
        for column in self._formatted:
            value = row[column.property_name]
            if value is not None:
                text = formatter.text(column, value, currency)
                if text is not None:
                    row[f"{column.property_name}@{FORMATTED}"] = text

    def _annotate_lookups(
        self, row: WireRow, raw: RawRow, annotations: Annotations, formatter: Formatter
    ) -> None:
        for column in self._lookups:
            found = self.reference(column, raw)
            if found is None:
                continue
            name = column.property_name
            if annotations.wants(LOOKUP_NAME):
                row[f"{name}@{LOOKUP_NAME}"] = found[0]
            navigation = _navigation_to(column, found[0])
            if navigation is not None and annotations.wants(NAVIGATION_NAME):
                row[f"{name}@{NAVIGATION_NAME}"] = navigation
            text = formatter.name(*found) if annotations.wants(FORMATTED) else None
            if text is not None:
                row[f"{name}@{FORMATTED}"] = text


@lru_cache(maxsize=1024)
def projection(
    table: Table, select: tuple[str, ...] | None, needed: frozenset[str] = frozenset()
) -> Projection:
    """The projection of a selection, made once; raises 400 (0x0) for an unknown name."""
    return Projection(table, select, needed)


def _selected(table: Table, select: tuple[str, ...] | None) -> tuple[Column, ...]:
    if select is None:
        everything = table.columns.values()
        return tuple(one for one in everything if one.kind is not ColumnKind.IMAGE)
    chosen = {name: _selectable(table, name) for name in select}
    columns = {column.logical_name: column for column in chosen.values()}
    columns.setdefault(table.primary_id, table.columns[table.primary_id])
    has_money = any(column.kind is ColumnKind.MONEY for column in columns.values())
    if has_money and _CURRENCY in table.columns:
        columns.setdefault(_CURRENCY, table.columns[_CURRENCY])
    return tuple(columns.values())


def _selectable(table: Table, name: str) -> Column:
    is_navigation = any(
        name in names for names in (table.navigations, table.collections, table.links)
    )
    if is_navigation and name not in table.properties:
        raise faults.unsupported(feature=f"the navigation property '{name}' in $select")
    return table.by_property(name)


def _navigation_to(column: Column, target: str) -> str | None:
    for name, table in column.navigations.items():
        if table in (target, "principal"):
            return name
    return None
