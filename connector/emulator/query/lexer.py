"""Words of an OData expression."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from connector.emulator import faults

MAX_WORDS: Final = 200_000


class Kind(Enum):
    """What sort of word it is."""

    GUID = "guid"
    INSTANT = "instant"
    DATE = "date"
    NUMBER = "number"
    TEXT = "text"
    JSON_TEXT = "json_text"
    ENUM = "enum"
    NAME = "name"
    ALIAS = "alias"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Word:
    """One word with its place in the expression, counted from zero."""

    kind: Kind
    text: str
    place: int


_HEX = "[0-9a-fA-F]"
_WORDS: Final = re.compile(
    r"\s*(?:"
    rf"(?P<guid>{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}(?![\w-]))"
    r"|(?P<instant>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?(?!\w))"
    r"|(?P<date>\d{4}-\d\d-\d\d(?![\w-]))"
    r"|(?P<number>-?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|INF)[mMdDfFlL]?(?!\w))"
    r"|(?P<enum>[A-Za-z_][\w.]*'(?:[^']|'')*')"
    r"|(?P<text>'(?:[^']|'')*')"
    r'|(?P<json_text>"(?:[^"\\]|\\.)*")'
    r"|(?P<name>[A-Za-z_$]\w*(?:\.[A-Za-z_]\w*)*)"
    r"|(?P<alias>@\w+)"
    r"|(?P<sign>[(),/:=\[\]*;])"
    r"|(?P<end>\Z)"
    r")",
    re.ASCII | re.DOTALL,
)


def words_of(expression: str) -> list[Word]:
    """The words of an expression, closed by one of kind END; 400 where none can be read."""
    words: list[Word] = []
    place = 0
    while True:
        match = _WORDS.match(expression, place)
        if match is None or match.lastgroup is None:
            raise unreadable(expression, place)
        words.append(
            Word(Kind(match.lastgroup), match[match.lastgroup], match.start(match.lastgroup))
        )
        if words[-1].kind is Kind.END:
            return words
        if len(words) > MAX_WORDS:
            msg = "The expression has too many parts."
            raise faults.bad_request(msg)
        place = match.end()


def unreadable(expression: str, place: int) -> faults.DataverseFault:
    """The 400 for an expression that breaks off or goes wrong at a place."""
    rest = expression[place:].lstrip()
    if rest.startswith("'"):
        message = f"There is an unterminated literal at position {place} in '{_short(expression)}'."
    else:
        message = f"Syntax error at position {place} in '{_short(expression)}'."
    return faults.bad_request(message)


def _short(expression: str) -> str:
    return expression if len(expression) <= 300 else f"{expression[:300]}..."  # noqa: PLR2004 - enough to recognise it
