"""Addresses of the Web API: path segments, key predicates and references to rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote
from uuid import UUID

from connector.emulator import faults

if TYPE_CHECKING:
    from collections.abc import Mapping

KeyValue = str | int | Decimal | bool | UUID

_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_BY_GUID: Final = re.compile(rf"/?([A-Za-z]\w*)\(({_GUID.pattern})\)", re.ASCII)
_SEGMENT: Final = re.compile(
    r"([^()/']+)(?:\(((?:[^'()]|'(?:[^']|'')*'|\([^()]*\))*)\))?", re.DOTALL
)
_PAIR: Final = re.compile(
    r"\s*([A-Za-z_][\w.]*)\s*=\s*('(?:[^']|'')*'|[^,']+)\s*(?:,|\Z)", re.DOTALL
)
_INTEGER: Final = re.compile(r"[+-]?\d{1,18}")
_DECIMAL: Final = re.compile(r"[+-]?\d{1,30}\.\d{1,30}")
_ORIGIN: Final = re.compile(r"(?:https?://[^/]*)?/api/data/v9\.[0-2]/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Segment:
    """
    One segment of a path.

    *arguments* is the text between its parentheses, None when there are none.
    """

    name: str
    arguments: str | None = None


def split_path(path: str) -> tuple[Segment, ...]:
    """
    Split a decoded path into segments; slashes inside quotes and parentheses belong to a key.

    Raises the documented 404 when the text is no path.
    """
    segments: list[Segment] = []
    position, path = 0, path.removesuffix("/")
    while position < len(path):
        match = _SEGMENT.match(path, position)
        if match is None or (match.end() < len(path) and path[match.end()] != "/"):
            raise faults.unknown_segment(path[:200])
        segments.append(Segment(match.group(1), match.group(2)))
        position = match.end() + 1
    return tuple(segments)


def parse_guid(text: str) -> UUID | None:
    """Read a guid in the form that keys have; None when the text is none."""
    return UUID(text) if _GUID.fullmatch(text) else None


def parse_key(
    table: str, arguments: str, aliases: Mapping[str, str] | None = None
) -> UUID | Mapping[str, KeyValue]:
    """
    Read a key predicate: a bare guid, or named values.

    *aliases* resolves values such as `@p1`. Raises the documented 400 for text
    that is no key of *table*.
    """
    guid = parse_guid(arguments.strip())
    if guid is not None:
        return guid
    values = named_values(arguments, aliases or {})
    if not values:
        raise faults.invalid_key(table)
    return {name: _key_value(table, text) for name, text in values.items()}


def named_values(arguments: str, aliases: Mapping[str, str]) -> Mapping[str, str]:
    """Read `a=1,b='x'` into its literals as written; empty when the text is no such list."""
    found: dict[str, str] = {}
    position = 0
    while position < len(arguments):
        match = _PAIR.match(arguments, position)
        if match is None or match.group(1) in found:
            return {}
        literal = match.group(2).strip()
        found[match.group(1)] = aliases.get(literal, literal) if literal[0] == "@" else literal
        position = match.end()
    return found


def unquote_text(literal: str) -> str:
    """Return the text of a quoted literal."""
    return literal[1:-1].replace("''", "'")


def relative_reference(reference: str) -> str:
    """
    Return a row reference relative to the service root, percent-decoded.

    Takes an absolute URL, a host-relative path, `/accounts(...)` and `accounts(...)`.
    """
    match = _ORIGIN.match(reference)
    if match is not None:
        return unquote(reference[match.end() :])
    return unquote(reference.removeprefix("/"))


def guid_reference(reference: str) -> tuple[str, UUID] | None:
    """Read the usual reference to a row, `/accounts(guid)`: its entity set and id, else None."""
    match = _BY_GUID.fullmatch(reference)
    return (match.group(1), UUID(match.group(2))) if match else None


def _key_value(table: str, literal: str) -> KeyValue:
    if literal.startswith("'"):
        return unquote_text(literal)
    guid = parse_guid(literal)
    if guid is not None:
        return guid
    if literal in {"true", "false"}:
        return literal == "true"
    if _INTEGER.fullmatch(literal):
        return int(literal)
    if _DECIMAL.fullmatch(literal):
        return Decimal(literal)
    raise faults.invalid_key(table)
