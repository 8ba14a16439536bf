"""The query part of an address, taken apart into options."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

from connector.emulator import faults
from connector.emulator.query.parser import parse_filter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from connector.emulator.query.comparing import Fragment
    from connector.emulator.query.syntax import Condition

IGNORED: Final = frozenset({"tag", "partitionId"})
_NOT_IN_DATAVERSE: Final = frozenset({"$skip", "$search", "$format", "$levels", "$compute"})
_ORDER_TERM: Final = re.compile(r"([A-Za-z_][\w/]*)(?:\s+(asc|desc))?", re.ASCII)
# A quoted text is one sign, so that what stands inside it divides nothing.
_SIGNS: Final = re.compile(r"'[^']*'|[(),;/\[\]]")
_SHORT: Final = 2_000
_MAX_TOP: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerm:
    """One `$orderby` term: a property path and its direction."""

    path: tuple[str, ...]
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpandItem:
    """One `$expand` item with its own options; *raw* are they as sent."""

    name: str
    select: tuple[str, ...] | None = None
    filter: Condition | None = None
    orderby: tuple[OrderTerm, ...] = ()
    top: int | None = None
    expand: tuple[ExpandItem, ...] = ()
    reference_only: bool = False
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryOptions:
    """
    The options of one query, each None or empty when it was not given.

    *raw* keeps every option but `$skiptoken` as it was sent, for next links. *within* is the
    condition that the address itself sets, where it leads to a collection of a row.
    """

    select: tuple[str, ...] | None = None
    filter: Condition | None = None
    orderby: tuple[OrderTerm, ...] = ()
    top: int | None = None
    expand: tuple[ExpandItem, ...] = ()
    count: bool = False
    apply: str | None = None
    skiptoken: str | None = None
    deltatoken: str | None = None
    fetch_xml: str | None = None
    saved_query: str | None = None
    user_query: str | None = None
    aliases: Mapping[str, str] | None = None
    within: Fragment | None = None
    raw: tuple[str, ...] = ()


NO_OPTIONS: Final = QueryOptions()


def parse_options(query: str) -> QueryOptions:
    """
    The options of a query string.

    ``tag`` and ``partitionId`` are ignored. Raises 501 for options that are not supported,
    by name, and 400 for values that cannot be read or options given twice.
    """
    if not query:
        return NO_OPTIONS
    return _remembered(query) if len(query) <= _SHORT else _parsed(query)


def _parsed(query: str) -> QueryOptions:
    raw_parts = [part for part in query.split("&") if part]
    pairs = _decoded_pairs(raw_parts)
    aliases = {name: value for name, value in pairs.items() if name.startswith("@")}
    options = QueryOptions(
        aliases=aliases,
        raw=tuple(part for part in raw_parts if _name_of(part) != "$skiptoken"),
    )
    for name, value in pairs.items():
        if name not in aliases and name not in IGNORED:
            options = _with_option(options, name, value, aliases)
    return options


_remembered: Final = lru_cache(maxsize=256)(_parsed)
"""Programs ask the same of one row after the other."""


def _with_option(
    options: QueryOptions, name: str, value: str, aliases: Mapping[str, str]
) -> QueryOptions:
    if name == "$filter":
        return replace(options, filter=parse_filter(value, aliases))
    if name == "$orderby":
        return replace(options, orderby=parse_orderby(value, aliases))
    if name == "$count":
        return replace(options, count=_parse_boolean(name, value))
    reader = _READERS.get(name)
    if reader is None:
        raise faults.unsupported(feature=f"the query option '{name[:100]}'")
    field, parse = reader
    return replace(options, **{field: parse(value)})


def parse_select(value: str) -> tuple[str, ...] | None:
    """The selected names; None for ``*``, which selects all."""
    names = tuple(name.strip() for name in value.split(","))
    if "*" in names:
        return None
    if not all(names):
        msg = "An empty name was found in $select."
        raise faults.bad_request(msg)
    return names


def parse_orderby(value: str, aliases: Mapping[str, str] | None = None) -> tuple[OrderTerm, ...]:
    """The terms of an `$orderby`, whose names may be parameter aliases."""
    terms = []
    for part in value.split(","):
        text = part.strip()
        if text.startswith("@"):
            name, _, direction = text.partition(" ")
            text = f"{(aliases or {}).get(name, '')} {direction}".strip()
        match = _ORDER_TERM.fullmatch(text)
        if match is None:
            msg = f"Syntax error in $orderby at '{part.strip()[:100]}'."
            raise faults.bad_request(msg)
        path = tuple(match[1].split("/"))
        terms.append(OrderTerm(path=path, descending=match[2] == "desc"))
    return tuple(terms)


def parse_top(value: str) -> int:
    """The number of rows of a `$top`."""
    text = value.strip()
    if not (text.isascii() and text.isdecimal()) or int(text) > _MAX_TOP:
        msg = f"Invalid value '{value[:100]}' for $top query option."
        raise faults.bad_request(msg)
    return int(text)


def parse_expand(value: str, depth: int = 0) -> tuple[ExpandItem, ...]:
    """The items of an `$expand`, nested ones included."""
    if depth > 15:  # noqa: PLR2004 - the documented limit of expands in one query
        msg = "The $expand is nested too deeply."
        raise faults.bad_request(msg)
    items = tuple(_expand_item(part.strip(), depth) for part in split_outside(value, ","))
    if not items:
        msg = "The $expand is empty."
        raise faults.bad_request(msg)
    return items


def _expand_item(text: str, depth: int) -> ExpandItem:
    name, paren, rest = text.partition("(")
    name = name.strip()
    if paren and not rest.endswith(")"):
        msg = f"Syntax error in $expand at '{text[:100]}'."
        raise faults.bad_request(msg)
    reference_only = name.endswith("/$ref")
    name = name.removesuffix("/$ref")
    if not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
        msg = f"Syntax error in $expand at '{text[:100]}'."
        raise faults.bad_request(msg)
    item = ExpandItem(name=name, reference_only=reference_only, raw=rest[:-1])
    for part in split_outside(rest[:-1], ";"):
        option, equals, value = part.partition("=")
        if not equals:
            msg = f"Syntax error in $expand at '{part[:100]}'."
            raise faults.bad_request(msg)
        item = _with_expand_option(item, option.strip(), value.strip(), depth)
    return item


def _with_expand_option(item: ExpandItem, name: str, value: str, depth: int) -> ExpandItem:
    match name:
        case "$select":
            return replace(item, select=parse_select(value))
        case "$filter":
            return replace(item, filter=parse_filter(value, {}))
        case "$orderby":
            return replace(item, orderby=parse_orderby(value))
        case "$top":
            return replace(item, top=parse_top(value))
        case "$expand":
            return replace(item, expand=parse_expand(value, depth + 1))
    raise faults.unsupported(feature=f"the option '{name[:100]}' inside $expand")


def split_outside(text: str, separator: str) -> Iterator[str]:
    """The parts of *text* between separators that stand outside quotes and parentheses."""
    depth = 0
    start = 0
    for match in _SIGNS.finditer(text):
        sign = match[0]
        depth += (sign in "([") - (sign in ")]")
        if depth == 0 and sign == separator:
            yield text[start : match.start()]
            start = match.end()
    if text[start:].strip():
        yield text[start:]


def _parse_boolean(name: str, value: str) -> bool:
    if value not in ("true", "false"):
        msg = f"Invalid value '{value[:100]}' for {name} query option."
        raise faults.bad_request(msg)
    return value == "true"


def _decoded_pairs(parts: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for part in parts:
        name, _, value = part.partition("=")
        key = decode(name)
        if key in pairs:
            msg = f"Query option '{key[:100]}' was specified more than once."
            raise faults.bad_request(msg)
        if key in _NOT_IN_DATAVERSE:
            raise faults.unsupported(feature=f"the query option '{key}'")
        pairs[key] = decode(value)
    return pairs


def _name_of(part: str) -> str:
    return decode(part.partition("=")[0])


def decode(text: str) -> str:
    """Percent-decoded text in which ``+`` means space; 400 when it is not UTF-8."""
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        msg = "The query string is not valid UTF-8."
        raise faults.bad_request(msg) from error


_READERS: Final[dict[str, tuple[str, Callable[[str], Any]]]] = {
    "$select": ("select", parse_select),
    "$top": ("top", parse_top),
    "$expand": ("expand", parse_expand),
    "$apply": ("apply", str),
    "$skiptoken": ("skiptoken", str),
    "$deltatoken": ("deltatoken", str),
    "fetchXml": ("fetch_xml", str),
    "savedQuery": ("saved_query", str),
    "userQuery": ("user_query", str),
}
