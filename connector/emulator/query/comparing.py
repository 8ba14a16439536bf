"""Comparing one column with a literal or another column, exactly, in SQL."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_FLOOR, Context, Decimal
from typing import TYPE_CHECKING, Final
from uuid import UUID

from connector.emulator import faults
from connector.emulator.query.syntax import LiteralValue, Operator
from connector.emulator.schema.model import (
    CHOICE_KINDS,
    LOOKUP_KINDS,
    TEXT_KINDS,
    Column,
    ColumnKind,
)
from connector.emulator.schema.values import (
    DECIMAL_SCALE,
    EDM_TYPES,
    MONEY_SCALE,
    instant_text,
    parse_guid,
)

if TYPE_CHECKING:
    from connector.emulator.schema.values import Stored

_EXACT: Final = Context(prec=500)
_SIGNS: Final = {
    Operator.EQ: "=",
    Operator.NE: "IS NOT",
    Operator.GT: ">",
    Operator.GE: ">=",
    Operator.LT: "<",
    Operator.LE: "<=",
}
_MIRRORED: Final = {
    Operator.GT: Operator.LT,
    Operator.GE: Operator.LE,
    Operator.LT: Operator.GT,
    Operator.LE: Operator.GE,
}
_KIND_NAMES: Final = {
    Operator.EQ: "Equal",
    Operator.NE: "NotEqual",
    Operator.GT: "GreaterThan",
    Operator.GE: "GreaterThanOrEqual",
    Operator.LT: "LessThan",
    Operator.LE: "LessThanOrEqual",
}
_INTEGER_KINDS: Final = CHOICE_KINDS | {ColumnKind.INTEGER, ColumnKind.BIGINT}
_SCALES: Final = {ColumnKind.MONEY: MONEY_SCALE, ColumnKind.DECIMAL: DECIMAL_SCALE}
_DECIMAL_DIGITS: Final = 24
_LIMITS: Final = {ColumnKind.DECIMAL: 10**_DECIMAL_DIGITS - 1}
_INT64: Final = 2**63 - 1
_NEVER: Final = "0"
_ALWAYS: Final = "1"


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of SQL with the values of its ``?`` marks in order."""

    sql: str
    parameters: tuple[Stored, ...] = ()


def mirrored(operator: Operator) -> Operator:
    """The operator that says the same with its sides exchanged."""
    return _MIRRORED.get(operator, operator)


def compare(expression: str, column: Column, operator: Operator, value: LiteralValue) -> Fragment:
    """
    The condition that a column's SQL *expression* stands in a relation to a literal.

    Null compares as in OData: only ``eq null`` is true of null, and ``ne`` anything else.
    Raises 400 when column and literal are of different types.
    """
    if value is None:
        return _compare_null(expression, operator)
    kind = column.kind
    if kind in TEXT_KINDS or kind is ColumnKind.MULTIPICKLIST:
        return _compare_text(expression, column, operator, value)
    if kind in _INTEGER_KINDS or kind in _SCALES:
        return _compare_number(expression, column, operator, value)
    stored = _stored(column, value)
    if stored is None:
        raise incompatible(column, operator, value)
    return Fragment(f"{expression} {_SIGNS[operator]} ?", (stored,))


def compare_columns(
    left: tuple[str, Column], operator: Operator, right: tuple[str, Column]
) -> Fragment:
    """The condition between two columns of one type; 400 when the types differ."""
    if _family(left[1]) != _family(right[1]):
        msg = (
            "A binary operator with incompatible types was detected. Found operand types "
            f"'{EDM_TYPES[left[1].kind]}' and '{EDM_TYPES[right[1].kind]}' for operator kind "
            f"'{_KIND_NAMES[operator]}'."
        )
        raise faults.bad_request(msg)
    sign = "IS" if operator is Operator.EQ else _SIGNS[operator]
    return Fragment(f"{left[0]} {sign} {right[0]}")


def incompatible(column: Column, operator: Operator, value: LiteralValue) -> faults.DataverseFault:
    """The documented 400 for operands of different types."""
    return faults.bad_request(
        "A binary operator with incompatible types was detected. Found operand types "
        f"'{EDM_TYPES[column.kind]}' and '{_literal_type(value)}' for operator kind "
        f"'{_KIND_NAMES[operator]}'."
    )


def _compare_null(expression: str, operator: Operator) -> Fragment:
    if operator is Operator.EQ:
        return Fragment(f"{expression} IS NULL")
    return Fragment(f"{expression} IS NOT NULL" if operator is Operator.NE else _NEVER)


def _compare_text(
    expression: str, column: Column, operator: Operator, value: LiteralValue
) -> Fragment:
    if not isinstance(value, str):
        raise incompatible(column, operator, value)
    if value.isascii():
        return Fragment(f"{expression} {_SIGNS[operator]} ?", (value,))
    return Fragment(f"fold({expression}) {_SIGNS[operator]} ?", (value.casefold(),))


def _compare_number(
    expression: str, column: Column, operator: Operator, value: LiteralValue
) -> Fragment:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise incompatible(column, operator, value)
    limit = _LIMITS.get(column.kind, _INT64)
    if isinstance(value, float) and math.isinf(value):
        return _beyond(expression, operator, above=value > 0)
    scaled = Decimal(value).scaleb(_SCALES.get(column.kind, 0), _EXACT)
    if abs(scaled) > limit:
        return _beyond(expression, operator, above=scaled > 0)
    floor = int(scaled.to_integral_value(ROUND_FLOOR))
    if floor != scaled:
        if operator in (Operator.EQ, Operator.NE):
            return Fragment(_NEVER if operator is Operator.EQ else _ALWAYS)
        is_above = operator in (Operator.GT, Operator.GE)
        operator = Operator.GT if is_above else Operator.LE
    stored: Stored = floor if column.kind is not ColumnKind.DECIMAL else _sortable(floor)
    return Fragment(f"{expression} {_SIGNS[operator]} ?", (stored,))


def _beyond(expression: str, operator: Operator, *, above: bool) -> Fragment:
    """A comparison with a number that no column can hold."""
    if operator is Operator.NE:
        return Fragment(_ALWAYS)
    true_for_all = (Operator.LT, Operator.LE) if above else (Operator.GT, Operator.GE)
    return Fragment(f"{expression} IS NOT NULL" if operator in true_for_all else _NEVER)


def _sortable(scaled: int) -> str:
    if scaled < 0:
        return f"N{10**_DECIMAL_DIGITS + scaled:0{_DECIMAL_DIGITS}d}"
    return f"P{scaled:0{_DECIMAL_DIGITS}d}"


def _stored(column: Column, value: LiteralValue) -> Stored:
    """The stored form of a literal of the column's type, or None."""
    kind = column.kind
    if kind is ColumnKind.BOOLEAN:
        return int(value) if isinstance(value, bool) else None
    if kind is ColumnKind.DOUBLE:
        return _double(value)
    if kind is ColumnKind.DATETIME:
        return _instant(value)
    if kind is ColumnKind.DATE:
        is_date = isinstance(value, date) and not isinstance(value, datetime)
        return str(value) if is_date else None
    return _guid(value)


def _double(value: LiteralValue) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _instant(value: LiteralValue) -> str | None:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return instant_text(datetime(value.year, value.month, value.day, tzinfo=UTC))
    return None


def _guid(value: LiteralValue) -> str | None:
    found = parse_guid(value) if isinstance(value, str) else value
    return str(found) if isinstance(found, UUID) else None


def _family(column: Column) -> str:
    kind = column.kind
    if kind in TEXT_KINDS:
        return "text"
    if kind in LOOKUP_KINDS or kind is ColumnKind.GUID:
        return "guid"
    return "integer" if kind in _INTEGER_KINDS else kind.value


def _literal_type(value: LiteralValue) -> str:
    for python_type, name in _LITERAL_TYPES:
        if isinstance(value, python_type):
            return name
    return "Edm.Untyped"


_LITERAL_TYPES: Final[tuple[tuple[type, str], ...]] = (
    (bool, "Edm.Boolean"),
    (str, "Edm.String"),
    (int, "Edm.Int32"),
    (float, "Edm.Double"),
    (Decimal, "Edm.Decimal"),
    (datetime, "Edm.DateTimeOffset"),
    (date, "Edm.Date"),
    (UUID, "Edm.Guid"),
)
