"""Order and pages: every order ends in the primary key, every page continues behind a row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from connector.emulator import faults
from connector.emulator.query.comparing import Fragment
from connector.emulator.schema.model import LOOKUP_KINDS, TEXT_KINDS, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.emulator.query.options import OrderTerm
    from connector.emulator.query.source import Source
    from connector.emulator.schema.model import Column
    from connector.emulator.schema.values import Stored

MAX_PAGE: Final = 5000
_TOKEN: Final = re.compile(
    r'<cookie pagenumber="(\d{1,9})" pagingcookie="([^"]*)" istracking="(?:False|True)" />'
)
_INNER: Final = re.compile(r'<cookie page="\d+">(.*)</cookie>', re.DOTALL)
_TERM: Final = re.compile(r'<([\w.-]+) last(null)?="([^"]*)" first(?:null)?="[^"]*" />')
_TEXT_STORED: Final = (
    TEXT_KINDS
    | LOOKUP_KINDS
    | {ColumnKind.DECIMAL, ColumnKind.DATETIME, ColumnKind.DATE, ColumnKind.GUID}
    | {ColumnKind.MULTIPICKLIST}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SortKey:
    """One term of an order: its SQL, direction, name in the cookie and how it is stored."""

    sql: str
    name: str
    descending: bool
    kind: ColumnKind

    @property
    def order_sql(self) -> str:
        """The term as it stands after ORDER BY; nulls come first ascending."""
        return f"{self.sql} DESC" if self.descending else self.sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The last row of a page: its page number and sort values."""

    page: int
    values: tuple[Stored, ...]


def sort_keys(source: Source, terms: Sequence[OrderTerm]) -> tuple[SortKey, ...]:
    """The order of a query; lookups sort by the related row's name, the primary key is last."""
    keys = [_sort_key(source, term) for term in terms]
    primary = source.table.columns[source.table.primary_id]
    keys.append(
        SortKey(
            sql=source.primary_key(),
            name=primary.logical_name,
            descending=False,
            kind=ColumnKind.GUID,
        )
    )
    return tuple(keys)


def _sort_key(source: Source, term: OrderTerm) -> SortKey:
    sql, column = source.resolve(term.path)
    if column.is_lookup:
        named = _related_name(source, term, column)
        if named is not None:
            sql, column = _or_label(named[0], sql, column), named[1]
    name = ".".join(term.path)
    return SortKey(sql=sql, name=name, descending=term.descending, kind=column.kind)


def _related_name(source: Source, term: OrderTerm, lookup: Column) -> tuple[str, Column] | None:
    """The name of the related row; of several tables, of the one the row points to."""
    alias, _ = source.follow(term.path[:-1])
    found = []
    for name in lookup.targets:
        target = source.schema.tables.get(name)
        if target is not None and target.primary_name is not None:
            other = source.named(alias, lookup, target)
            found.append((f'{other}."{target.primary_name}"', target.columns[target.primary_name]))
    if len(found) > 1:
        return f"coalesce({', '.join(sql for sql, _ in found)})", found[0][1]
    return found[0] if found else None


def _or_label(name: str, lookup_sql: str, lookup: Column) -> str:
    """The name of the related row, or the one that was kept of a row that is not stored."""
    tables = ", ".join(f"'{target}'" for target in lookup.targets)
    label = f'SELECT label FROM "_labels" WHERE "table" IN ({tables}) AND id = {lookup_sql}'  # noqa: S608 - names of the schema
    return f"coalesce({name}, ({label})) COLLATE NOCASE"


def behind(keys: Sequence[SortKey], values: Sequence[Stored]) -> Fragment:
    """The condition that a row comes after the row with these sort values."""
    alternatives: list[Fragment] = []
    for place, key in enumerate(keys):
        same = [Fragment(f"{k.sql} IS ?", (v,)) for k, v in zip(keys[:place], values, strict=False)]
        parts = [*same, _after(key, values[place])]
        sql = " AND ".join(part.sql for part in parts)
        alternatives.append(Fragment(sql, tuple(p for part in parts for p in part.parameters)))
    if len(alternatives) == 1:
        return alternatives[0]
    sql = " OR ".join(f"({part.sql})" for part in alternatives)
    return Fragment(f"({sql})", tuple(p for part in alternatives for p in part.parameters))


def _after(key: SortKey, value: Stored) -> Fragment:
    if value is None:
        return Fragment("0" if key.descending else f"{key.sql} IS NOT NULL")
    if key.descending:
        return Fragment(f"({key.sql} < ? OR {key.sql} IS NULL)", (value,))
    return Fragment(f"{key.sql} > ?", (value,))


def skiptoken(
    keys: Sequence[SortKey], page: int, first: Sequence[Stored], last: Sequence[Stored]
) -> str:
    """
    The encoded skiptoken of the page after *page*, in the documented shape of a cookie.

    *first* and *last* are the sort values of the page's first and last row.
    """
    return quote(paging_cookie(keys, page, first, last), safe="=/%")


def paging_cookie(
    keys: Sequence[SortKey], page: int, first: Sequence[Stored], last: Sequence[Stored]
) -> str:
    """The cookie itself; what it wraps is percent-encoded twice."""
    terms = "".join(_cookie_term(*term) for term in zip(keys, first, last, strict=True))
    nested = _lower_percent(_lower_percent(f'<cookie page="{page}">{terms}</cookie>'))
    return f'<cookie pagenumber="{page + 1}" pagingcookie="{nested}" istracking="False" />'


def _cookie_term(key: SortKey, first: Stored, last: Stored) -> str:
    return f"<{key.name} {_attribute('last', last, key)} {_attribute('first', first, key)} />"


def _attribute(name: str, value: Stored, key: SortKey) -> str:
    if value is None:
        return f'{name}null="1"'
    text = (
        f"{{{str(value).upper()}}}" if key.kind is ColumnKind.GUID else quote(str(value), safe=" ")
    )
    return f'{name}="{escape(text)}"'


def _lower_percent(text: str) -> str:
    encoded = quote(text, safe="")
    return re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), encoded)


def position(token: str, keys: Sequence[SortKey]) -> Position:
    """The place a decoded skiptoken names; 400 when it does not fit the query's order."""
    outer = _TOKEN.fullmatch(token)
    if outer is None:
        raise _malformed()
    return Position(page=int(outer[1]), values=cookie_values(unquote(outer[2]), keys))


def cookie_values(inner: str, keys: Sequence[SortKey]) -> tuple[Stored, ...]:
    """The sort values in a decoded inner cookie; 400 when it does not fit the order."""
    match = _INNER.fullmatch(inner)
    terms = _TERM.findall(match[1]) if match else []
    if match is None or [name for name, _, _ in terms] != [key.name for key in keys]:
        raise _malformed()
    return tuple(_value(key, *term[1:]) for key, term in zip(keys, terms, strict=True))


def _value(key: SortKey, is_null: str, text: str) -> Stored:
    if is_null:
        return None
    raw = unquote(unescape(text))
    if key.kind is ColumnKind.GUID:
        return raw.strip("{}").lower()
    if key.kind in _TEXT_STORED:
        return raw
    try:
        return float(raw) if key.kind is ColumnKind.DOUBLE else int(raw)
    except ValueError as error:
        raise _malformed() from error


def _malformed() -> faults.DataverseFault:
    return faults.bad_request("Malformed $skiptoken: it was altered or belongs to another query.")
