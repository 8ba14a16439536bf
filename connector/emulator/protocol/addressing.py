"""Addresses of the Web API: path segments, key predicates and references to rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote
from uuid import UUID

from connector.emulator import faults

if TYPE_CHECKING:
    from collections.abc import Mapping

KeyValue = str | int | Decimal | bool | UUID | date

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
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt][\d:.]{5,18}(?:[Zz]|[+-]\d\d:\d\d)")
# Characters that the service takes for an attack when they stand in an address (page "Define
# alternate keys"); of a number sign it sees only what comes before.
_REFUSED_IN_KEYS: Final = frozenset("/<>*%&:\\?+")
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

    Raises the documented 404 when the text is no path, 400 when a key in it has no end.
    """
    segments: list[Segment] = []
    position, path = 0, path.removesuffix("/")
    while position < len(path):
        match = _SEGMENT.match(path, position)
        if match is None or (match.end() < len(path) and path[match.end()] != "/"):
            is_open = "(" in path[position:]
            raise faults.syntax_error() if is_open else faults.unknown_segment(path[:200])
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

    *aliases* resolves values such as `@p1`, in which every character may stand. Raises the
    documented 400 for text that is no key of *table*, and for values with characters that the
    service takes in no address; 404 for a number sign, behind which it sees nothing.
    """
    guid = parse_guid(arguments.strip())
    if guid is not None:
        return guid
    written = named_values(arguments)
    if not written:
        raise faults.invalid_key(table)
    for text in written.values():
        _check_characters(text)
    known = aliases or {}
    values = {name: known.get(text, text) for name, text in written.items()}
    return {name: _key_value(table, text) for name, text in values.items()}


def named_values(arguments: str) -> Mapping[str, str]:
    """Read `a=1,b='x'` into its literals as written; empty when the text is no such list."""
    found: dict[str, str] = {}
    position = 0
    while position < len(arguments):
        match = _PAIR.match(arguments, position)
        if match is None or match.group(1) in found:
            return {}
        found[match.group(1)] = match.group(2).strip()
        position = match.end()
    return found


def unquote_text(literal: str) -> str:
    """Return the text of a quoted literal."""
    return literal[1:-1].replace("''", "'")


def relative_reference(reference: str) -> str:
    """
    Return a row reference relative to the service root, percent-decoded.

    Takes an absolute URL, a host-relative path, `/accounts(...)` and `accounts(...)`. Raises 400
    for a bare number sign, which ends an address.
    """
    if "#" in reference:
        raise faults.syntax_error()
    match = _ORIGIN.match(reference)
    if match is not None:
        return unquote(reference[match.end() :])
    return unquote(reference.removeprefix("/"))


def guid_reference(reference: str) -> tuple[str, UUID] | None:
    """Read the usual reference to a row, `/accounts(guid)`: its entity set and id, else None."""
    match = _BY_GUID.fullmatch(reference)
    return (match.group(1), UUID(match.group(2))) if match else None


def _check_characters(literal: str) -> None:
    if not literal.startswith("'"):
        return
    refused = sorted(_REFUSED_IN_KEYS.intersection(literal))
    if refused:
        raise faults.dangerous_path(refused[0])
    if "#" in literal:
        raise faults.unknown_segment(literal.partition("#")[0][:200])


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
    found = _date_or_instant(literal)
    if found is None:
        raise faults.invalid_key(table)
    return found


def _date_or_instant(literal: str) -> date | None:
    try:
        if _DATE.fullmatch(literal):
            return date.fromisoformat(literal)
        if _INSTANT.fullmatch(literal):
            return datetime.fromisoformat(literal.upper())
    except ValueError:
        return None
    return None
