"""
Decoders of JSON values, made once for each column of a table.

Each takes the usual shapes of its kind at once, because seeds and change sets bring them by
the million. Everything else, and all that is to be refused, goes by the rule: `decode_value`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from connector.emulator.schema.model import Column, ColumnKind, Table
from connector.emulator.schema.values import Value, bounds_of, decode_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Decoder = Callable[[object], Value]

_EARLIEST_DAY: Final = date(1753, 1, 1)
_EARLIEST: Final = datetime(1753, 1, 1, tzinfo=UTC)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


@lru_cache(maxsize=1024)
def decoders(table: Table) -> Mapping[str, Decoder]:
    """How the properties of a table are read, by their names on the wire; raises as the rule."""
    return {name: _decoder(table, column) for name, column in table.properties.items()}


def _decoder(table: Table, column: Column) -> Decoder:
    name = table.logical_name
    usual = _USUAL[column.kind](column) if column.kind in _USUAL else None
    if usual is None:
        return lambda raw: decode_value(name, column, raw)

    def decode(raw: object) -> Value:
        value = usual(raw)
        return decode_value(name, column, raw) if value is None else value

    return decode


def _text(column: Column) -> Decoder:
    longest = column.max_length

    def usual(raw: object) -> Value:
        return raw if type(raw) is str and (longest is None or len(raw) <= longest) else None

    return usual


def _choice(column: Column) -> Decoder | None:
    options = column.options
    if bounds_of(column) != (None, None):
        return None
    return lambda raw: raw if type(raw) is int and raw in options else None


def _integer(column: Column) -> Decoder | None:
    low, high = bounds_of(column)
    if low is None or high is None:
        return None
    return lambda raw: raw if type(raw) is int and low <= raw <= high else None


def _number(column: Column) -> Decoder | None:
    low, high = bounds_of(column)
    if low is None or high is None:
        return None

    def usual(raw: object) -> Value:
        if type(raw) is int:
            return Decimal(raw) if low <= raw <= high else None
        if type(raw) is Decimal and raw.is_finite():
            return raw if low <= raw <= high else None
        return None

    return usual


def _boolean(_column: Column) -> Decoder:
    return lambda raw: raw if type(raw) is bool else None


def _day(_column: Column) -> Decoder:
    def usual(raw: object) -> Value:
        if type(raw) is not str or not _DAY.fullmatch(raw):
            return None
        try:
            day = date.fromisoformat(raw)
        except ValueError:
            return None
        return day if day >= _EARLIEST_DAY else None

    return usual


def _moment(_column: Column) -> Decoder:
    def usual(raw: object) -> Value:
        if type(raw) is not str or not _INSTANT.fullmatch(raw):
            return None
        try:
            instant = datetime.fromisoformat(raw)
        except ValueError:
            return None
        return instant if instant >= _EARLIEST else None

    return usual


_USUAL: Final[Mapping[ColumnKind, Callable[[Column], Decoder | None]]] = {
    ColumnKind.STRING: _text,
    ColumnKind.MEMO: _text,
    ColumnKind.PICKLIST: _choice,
    ColumnKind.STATE: _choice,
    ColumnKind.STATUS: _choice,
    ColumnKind.INTEGER: _integer,
    ColumnKind.BIGINT: _integer,
    ColumnKind.DECIMAL: _number,
    ColumnKind.MONEY: _number,
    ColumnKind.BOOLEAN: _boolean,
    ColumnKind.DATE: _day,
    ColumnKind.DATETIME: _moment,
}
