"""What a value of a seed is: as the Web API shows it, or as text of a CSV or XML file."""

from __future__ import annotations

import re
from datetime import UTC
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from connector.emulator.faults import DataverseFault
from connector.emulator.rows.seed_faults import quoted, unreadable
from connector.emulator.schema.decoding import decoders
from connector.emulator.schema.model import CHOICE_KINDS, TEXT_KINDS, Column, ColumnKind
from connector.emulator.schema.values import decode_value, parse_date, parse_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.emulator.schema.model import Table
    from connector.emulator.schema.values import Value

_NUMBERS: Final = frozenset({ColumnKind.DECIMAL, ColumnKind.MONEY, ColumnKind.DOUBLE})
_WHOLE: Final = frozenset({ColumnKind.INTEGER, ColumnKind.BIGINT})
_INTEGER: Final = re.compile(r"[+-]?\d{1,20}", re.ASCII)
_DECIMAL: Final = re.compile(
    r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,3})?", re.ASCII
)
_YES: Final = frozenset({"true", "1", "yes"})
_NO: Final = frozenset({"false", "0", "no"})
_MOST_OPTIONS: Final = 30
_EXPECTED: Final = {
    ColumnKind.BOOLEAN: "true or false",
    ColumnKind.DATETIME: "an instant such as 2026-02-03T08:00:00Z, or a date such as 2026-02-03",
    ColumnKind.DATE: "a date such as 2026-02-03",
    ColumnKind.GUID: "an id such as 8da6e5b9-88df-e311-b8e5-6c3be5a8b200",
    ColumnKind.DECIMAL: "a number such as 1234.56",
    ColumnKind.MONEY: "an amount such as 1234.56",
    ColumnKind.DOUBLE: "a number such as 12.5",
    ColumnKind.INTEGER: "a whole number",
    ColumnKind.BIGINT: "a whole number",
}


def text_value(table: Table, column: Column) -> Callable[[object], Value]:
    """How a cell of a text file is read; an empty one is null. The reader raises `Unreadable`."""
    shape = _choice if column.kind in CHOICE_KINDS else _SHAPES.get(column.kind, _as_it_is)
    usual = decoders(table)[column.property_name]

    def read(raw: object) -> Value:
        text = str(raw)
        if not text.strip():
            return None
        try:
            return usual(shape(column, text))
        except DataverseFault as fault:
            raise unreadable(reason=refusal(column, raw)) from fault

    return read


def other_form(table: Table, column: Column, raw: object) -> Value:
    """A value in a form that exports have beside the usual one; raises `Unreadable`."""
    reshape = _RESHAPES.get(column.kind)
    try:
        if reshape is not None:
            return decode_value(table.logical_name, column, reshape(raw))
    except DataverseFault as fault:
        raise unreadable(reason=refusal(column, raw)) from fault
    raise unreadable(reason=refusal(column, raw))


def expected(column: Column) -> str:
    """What a column takes, in words: its type, length, range and choices with their labels."""
    if column.kind in TEXT_KINDS:
        return (
            f"a text of at most {column.max_length:,} characters" if column.max_length else "text"
        )
    if column.kind in CHOICE_KINDS or column.kind is ColumnKind.MULTIPICKLIST:
        return _choices(column)
    words = _EXPECTED.get(column.kind, "the id of a row")
    bounds = [one for one in (column.minimum, column.maximum) if one is not None]
    return f"{words} from {bounds[0]} to {bounds[1]}" if len(bounds) == 2 else words  # noqa: PLR2004 - both ends


def options_text(options: Mapping[int, str]) -> str:
    """Choices with their labels, the first thirty of them."""
    listed = [f"{value} {label}".rstrip() for value, label in list(options.items())[:_MOST_OPTIONS]]
    more = len(options) - len(listed)
    return ", ".join(listed) + (f" and {more} more" if more else "")


def refusal(column: Column, raw: object) -> str:
    """The words about a value that a column does not take."""
    return f"{quoted(raw)} is not accepted; expected: {expected(column)}"


def _choices(column: Column) -> str:
    is_several = column.kind is ColumnKind.MULTIPICKLIST
    words = "numbers separated by commas" if is_several else "the number of a choice"
    return f"{words}: {options_text(column.options)}" if column.options else words


def _day_of(raw: object) -> object:
    """The date of an instant at midnight UTC: a column may be of another behaviour elsewhere."""
    if not isinstance(raw, str) or parse_date(raw) is not None:
        return raw
    instant = parse_instant(raw)
    if instant is None or (instant.hour, instant.minute, instant.second) != (0, 0, 0):
        return raw
    return instant.astimezone(UTC).date().isoformat()


def _number_of_text(raw: object) -> object:
    """The number that a text spells, as `IEEE754Compatible=true` sends numbers."""
    if not isinstance(raw, str):
        return raw
    if _INTEGER.fullmatch(raw):
        return int(raw)
    return _decimal(raw)


def _decimal(raw: str) -> object:
    if not _DECIMAL.fullmatch(raw):
        return raw
    try:
        return Decimal(raw)
    except InvalidOperation:
        return raw


def _as_it_is(column: Column, text: str) -> object:
    return text if column.kind in TEXT_KINDS else text.strip()


def _boolean(column: Column, text: str) -> object:
    word = text.strip().lower()
    labels = {label.lower(): value for value, label in column.options.items()}
    if word in labels:
        return bool(labels[word])
    return word in _YES if word in _YES | _NO else text


def _choice(column: Column, text: str) -> object:
    word = text.strip()
    if _INTEGER.fullmatch(word):
        return int(word)
    found = [value for value, label in column.options.items() if label.lower() == word.lower()]
    return found[0] if len(found) == 1 else text


def _several_choices(column: Column, text: str) -> object:
    """Numbers or labels by commas or semicolons, or as the Configuration Migration tool writes."""
    inner = text.strip().removeprefix("[-1,").removesuffix(",-1]")
    numbers = []
    for part in re.split(r"[;,]", inner):
        choice = _choice(column, part)
        if not isinstance(choice, int):
            return text
        numbers.append(str(choice))
    return ",".join(numbers)


def _day(_: Column, text: str) -> object:
    return _day_of(text.strip())


def _number(_: Column, text: str) -> object:
    return _number_of_text(text.strip())


_RESHAPES: Final[dict[ColumnKind, Callable[[object], object]]] = {
    ColumnKind.DATE: _day_of,
    **dict.fromkeys(_NUMBERS | _WHOLE, _number_of_text),
}
_SHAPES: Final[dict[ColumnKind, Callable[[Column, str], object]]] = {
    ColumnKind.BOOLEAN: _boolean,
    ColumnKind.MULTIPICKLIST: _several_choices,
    ColumnKind.DATE: _day,
    **dict.fromkeys(_NUMBERS | _WHOLE, _number),
}
