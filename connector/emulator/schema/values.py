"""What a column's value is on the wire, in Python and in SQLite, and the rules for each step."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from uuid import UUID

from connector.emulator import faults
from connector.emulator.schema.model import CHOICE_KINDS, TEXT_KINDS, Column, ColumnKind, Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value = str | int | bool | float | Decimal | datetime | date | UUID | Reference | None
Stored = str | int | float | None
#: The values of a row by logical name.
RowValues: TypeAlias = "Mapping[str, Value]"
#: The values of a row that is being made or changed, which defaults and hooks complete.
NewValues: TypeAlias = dict[str, Value]

MONEY_SCALE: Final = 4
DECIMAL_SCALE: Final = 10
_DECIMAL_DIGITS: Final = 24
_DECIMAL_WRAP: Final = 10**_DECIMAL_DIGITS
_EXACT: Final = Context(prec=60)
_EARLIEST: Final = "1753-01-01"
_MONEY_LIMIT: Final = Decimal("922337203685477.5807")
_DECIMAL_LIMIT: Final = Decimal(10**13 - 1)
_INSTANT: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(?::(\d\d)(?:\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?)?"
)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_INTEGER: Final = re.compile(r"-?\d{1,10}", re.ASCII)
_GUID: Final = re.compile(
    r"\{?([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})\}?"
)

EDM_TYPES: Final = {
    ColumnKind.STRING: "Edm.String",
    ColumnKind.MEMO: "Edm.String",
    ColumnKind.MULTIPICKLIST: "Edm.String",
    ColumnKind.INTEGER: "Edm.Int32",
    ColumnKind.PICKLIST: "Edm.Int32",
    ColumnKind.STATE: "Edm.Int32",
    ColumnKind.STATUS: "Edm.Int32",
    ColumnKind.BIGINT: "Edm.Int64",
    ColumnKind.DECIMAL: "Edm.Decimal",
    ColumnKind.MONEY: "Edm.Decimal",
    ColumnKind.DOUBLE: "Edm.Double",
    ColumnKind.BOOLEAN: "Edm.Boolean",
    ColumnKind.DATETIME: "Edm.DateTimeOffset",
    ColumnKind.DATE: "Edm.Date",
    ColumnKind.GUID: "Edm.Guid",
    ColumnKind.LOOKUP: "Edm.Guid",
    ColumnKind.CUSTOMER: "Edm.Guid",
    ColumnKind.OWNER: "Edm.Guid",
    ColumnKind.FILE: "Edm.Guid",
    ColumnKind.IMAGE: "Edm.Binary",
}


def parse_guid(text: str) -> UUID | None:
    """The GUID that *text* spells, with or without braces, or None."""
    match = _GUID.fullmatch(text)
    return UUID(match.group(1)) if match else None


def parse_instant(text: str) -> datetime | None:
    """
    The instant that *text* spells, in UTC and whole seconds, or None.

    A missing offset means UTC, a missing time midnight: the API converts no time zones.
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        return None
    day, minutes, seconds, offset = match.groups()
    zone = "+00:00" if offset in (None, "Z", "z") else offset
    try:
        return datetime.fromisoformat(
            f"{day}T{minutes or '00:00'}:{seconds or '00'}{zone}"
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_date(text: str) -> date | None:
    """The calendar date that *text* spells as year-month-day, or None."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def instant_text(instant: datetime) -> str:
    """An instant as the wire shows it: UTC, whole seconds, ``Z``."""
    return f"{instant.astimezone(UTC).isoformat(timespec='seconds')[:19]}Z"


def sortable_decimal(value: Decimal) -> str:
    """A decimal of up to 10 places as text whose order is the order of the numbers."""
    scaled = _units(value, DECIMAL_SCALE)
    if scaled < 0:
        return f"N{_DECIMAL_WRAP + scaled:0{_DECIMAL_DIGITS}d}"
    return f"P{scaled:0{_DECIMAL_DIGITS}d}"


def decimal_of(sortable: str) -> Decimal:
    """The decimal of a text that `sortable_decimal` made, with its 10 places."""
    scaled = int(sortable[1:])
    if sortable[0] == "N":
        scaled -= _DECIMAL_WRAP
    return Decimal(scaled).scaleb(-DECIMAL_SCALE, _EXACT)


def money_units(value: Decimal) -> int:
    """Money in ten-thousandths; further places are rounded half away from zero."""
    return _units(value, MONEY_SCALE)


def money_of(units: int) -> Decimal:
    """Money of a number of ten-thousandths, with its 4 places."""
    return Decimal(units).scaleb(-MONEY_SCALE, _EXACT)


def _units(value: Decimal, places: int) -> int:
    """A number in units of its last place; further places are rounded half away from zero."""
    return int(value.scaleb(places, _EXACT).to_integral_value(ROUND_HALF_UP, _EXACT))


def to_storage(column: Column, value: Value) -> Stored:
    """The SQLite value of a Python value of this column; a Reference becomes its id."""
    if value is None:
        return None
    writer = _WRITERS.get(column.kind)
    return writer(value) if writer else value  # type: ignore[return-value]


def storage_writer(column: Column) -> Callable[[Any], Stored] | None:
    """How values of this column become SQLite's, null aside; None when they are already."""
    return _WRITERS.get(column.kind)


def storage_reader(column: Column) -> Callable[[Any], Value] | None:
    """How SQLite's values become values, null aside, of a lookup the id; None when they are."""
    return _READERS.get(column.kind)


def wire_reader(column: Column) -> Callable[[Stored], object] | None:
    """How a SQLite value becomes a wire value; None when it is one already."""
    return _WIRE_READERS.get(column.kind)


def _id_text(value: object) -> str:
    return str(value.id if isinstance(value, Reference) else value)


def _decimal(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _instant_stored(value: object) -> str:
    return instant_text(value) if isinstance(value, datetime) else str(value)


_WRITERS: Final[dict[ColumnKind, Callable[[Any], Stored]]] = {
    ColumnKind.MONEY: lambda value: money_units(_decimal(value)),
    ColumnKind.DECIMAL: lambda value: sortable_decimal(_decimal(value)),
    ColumnKind.DOUBLE: float,
    ColumnKind.BOOLEAN: lambda value: int(bool(value)),
    ColumnKind.DATETIME: _instant_stored,
    ColumnKind.DATE: str,
    ColumnKind.GUID: _id_text,
    ColumnKind.FILE: _id_text,
    ColumnKind.LOOKUP: _id_text,
    ColumnKind.CUSTOMER: _id_text,
    ColumnKind.OWNER: _id_text,
}
_WIRE_READERS: Final[dict[ColumnKind, Callable[[Any], object]]] = {
    ColumnKind.MONEY: money_of,
    ColumnKind.DECIMAL: decimal_of,
    ColumnKind.BOOLEAN: bool,
}
_READERS: Final[dict[ColumnKind, Callable[[Any], Value]]] = {
    ColumnKind.MONEY: money_of,
    ColumnKind.DECIMAL: decimal_of,
    ColumnKind.BOOLEAN: bool,
    ColumnKind.DATETIME: parse_instant,
    ColumnKind.DATE: parse_date,
    ColumnKind.GUID: UUID,
    ColumnKind.FILE: UUID,
    ColumnKind.LOOKUP: UUID,
    ColumnKind.CUSTOMER: UUID,
    ColumnKind.OWNER: UUID,
}


def decode_value(table: str, column: Column, raw: object) -> Value:
    """
    The Python value of a JSON value, checked by the column's type, length, range and choices.

    Raises the documented 400: 0x80048d19 for another type, 0x80044331 for a text that is too
    long, 0x80044330 outside the range, 0x8004431a for an unknown choice.
    """
    if raw is None:
        return None
    value = _typed(column, raw)
    if value is None:
        raise faults.wrong_type(column.property_name, raw, EDM_TYPES[column.kind])
    _check_bounds(table, column, value)
    return value


def _typed(column: Column, raw: object) -> Value:
    kind = column.kind
    if isinstance(raw, bool):
        return raw if kind is ColumnKind.BOOLEAN else None
    if isinstance(raw, str):
        parser = _TEXT_PARSERS.get(kind)
        return parser(raw) if parser else None
    if isinstance(raw, int | float | Decimal):
        return _number(kind, raw)
    return None


def _number(kind: ColumnKind, raw: float | Decimal) -> Value:
    if kind in (ColumnKind.DECIMAL, ColumnKind.MONEY):
        number = _decimal(raw)
        return number if number.is_finite() else None
    if kind is ColumnKind.DOUBLE:
        return float(raw) if isfinite(float(raw)) else None
    if isinstance(raw, int) and (
        kind in CHOICE_KINDS or kind in (ColumnKind.INTEGER, ColumnKind.BIGINT)
    ):
        return raw
    return None


def _choices_text(text: str) -> str | None:
    parts = [part.strip() for part in text.split(",")]
    if not all(_INTEGER.fullmatch(part) for part in parts):
        return None
    return ",".join(str(number) for number in sorted({int(part) for part in parts}))


_TEXT_PARSERS: Final[dict[ColumnKind, Callable[[str], Value]]] = {
    ColumnKind.STRING: str,
    ColumnKind.MEMO: str,
    ColumnKind.DATETIME: parse_instant,
    ColumnKind.DATE: parse_date,
    ColumnKind.GUID: parse_guid,
    ColumnKind.FILE: parse_guid,
    ColumnKind.IMAGE: str,
    ColumnKind.LOOKUP: parse_guid,
    ColumnKind.CUSTOMER: parse_guid,
    ColumnKind.OWNER: parse_guid,
    ColumnKind.MULTIPICKLIST: _choices_text,
}


def _check_bounds(table: str, column: Column, value: Value) -> None:
    name = column.logical_name
    if isinstance(value, str):
        _check_text(table, column, value)
        return
    if column.kind in CHOICE_KINDS and column.options and value not in column.options:
        raise faults.unknown_choice(table, name, value, column.options)
    is_early = isinstance(value, datetime | date) and str(value) < _EARLIEST
    is_number = isinstance(value, int | float | Decimal)
    if is_early or (is_number and not _within(column, Decimal(value))):  # type: ignore[arg-type]
        raise faults.out_of_range(table, name, value)


def _check_text(table: str, column: Column, value: str) -> None:
    if column.kind in TEXT_KINDS:
        if column.max_length is not None and len(value) > column.max_length:
            raise faults.too_long(table, column.logical_name, column.max_length)
    elif (
        column.kind is ColumnKind.MULTIPICKLIST
        and column.options
        and any(int(part) not in column.options for part in value.split(",") if part)
    ):
        raise faults.unknown_choice(table, column.logical_name, value, column.options)


_TYPE_RANGES: Final = {
    ColumnKind.MONEY: (-_MONEY_LIMIT, _MONEY_LIMIT),
    ColumnKind.DECIMAL: (-_DECIMAL_LIMIT, _DECIMAL_LIMIT),
    ColumnKind.INTEGER: (Decimal(-(2**31)), Decimal(2**31 - 1)),
    ColumnKind.BIGINT: (Decimal(-(2**63)), Decimal(2**63 - 1)),
}


def _within(column: Column, value: Decimal) -> bool:
    lowest, highest = bounds_of(column)
    return (lowest is None or value >= lowest) and (highest is None or value <= highest)


def bounds_of(column: Column) -> tuple[Decimal | None, Decimal | None]:
    """The least and the greatest number that a column takes, by its kind and its own range."""
    lowest, highest = _TYPE_RANGES.get(column.kind, (None, None))
    lower = [bound for bound in (column.minimum, lowest) if bound is not None]
    upper = [bound for bound in (column.maximum, highest) if bound is not None]
    return max(lower, default=None), min(upper, default=None)


def end_of_day(day: date) -> datetime:
    """The instant at which the day after *day* begins, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
