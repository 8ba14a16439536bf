"""What the filter of a read says of every row that it answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNS: Final = re.compile(r"'(?:[^']|'')*'|[()]|\s+and\s+|\s+or\s+", re.IGNORECASE)
_EQUAL: Final = re.compile(r"(\w+)\s+eq\s+('(?:[^']|'')*'|[\w.:+-]+)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_WORDS: Final = {"true": True, "false": False}


def filtered_values(target: str) -> dict[str, object]:
    """
    Columns and their values that hold for every row of the read *target*.

    They come from comparisons by `eq` that stand in the filter's outermost `and`. A value that
    may be a text, a date or an id stays a text.
    """
    query = target.partition("?")[2]
    options = (part.partition("=") for part in query.split("&"))
    text = next((unquote(value) for name, _, value in options if unquote(name) == "$filter"), "")
    found: dict[str, object] = {}
    for part in _conjuncts(text.replace("+", " ") if " " not in text else text):
        match = _EQUAL.fullmatch(_bare(part))
        if match is not None and match[2].lower() != "null":
            found[match[1]] = _value(match[2])
    return found


def _conjuncts(text: str) -> Iterator[str]:
    """The parts between `and` outside parentheses; none where an `or` stands among them."""
    depth = start = 0
    parts: list[str] = []
    for sign in _SIGNS.finditer(text):
        word = sign[0].strip().lower()
        depth += (word == "(") - (word == ")")
        if depth == 0 and word == "or":
            return
        if depth == 0 and word == "and":
            parts.append(text[start : sign.start()])
            start = sign.end()
    yield from (*parts, text[start:])


def _bare(part: str) -> str:
    part = part.strip()
    return part[1:-1].strip() if part.startswith("(") and part.endswith(")") else part


def _value(literal: str) -> object:
    if literal.startswith("'"):
        return literal[1:-1].replace("''", "'")
    if literal.lower() in _WORDS:
        return _WORDS[literal.lower()]
    if _NUMBER.fullmatch(literal):
        return float(literal) if "." in literal else int(literal)
    return literal
