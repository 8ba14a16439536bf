"""Answering a query: rows of a page, its count and the link to the next page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from connector.emulator import faults
from connector.emulator.query.aggregation import aggregate, parse_apply
from connector.emulator.query.annotations import NO_ANNOTATIONS, Annotations
from connector.emulator.query.comparing import Fragment
from connector.emulator.query.expansion import (
    Parents,
    check_expand,
    expand,
    has_nested,
    needed_lookups,
)
from connector.emulator.query.fetch_run import run_fetch
from connector.emulator.query.fetch_syntax import invalid, parse_fetch
from connector.emulator.query.fetching import (
    Context,
    Fetched,
    Selection,
    count_matching,
    fetch,
)
from connector.emulator.query.formatting import Formatter
from connector.emulator.query.options import NO_OPTIONS, ExpandItem, QueryOptions
from connector.emulator.query.paging import MAX_PAGE, skiptoken
from connector.emulator.query.predefined import fetch_text
from connector.emulator.query.projection import ROOT, WireRow

if TYPE_CHECKING:
    from uuid import UUID

    from connector.emulator.schema.model import Schema, Table
    from connector.emulator.storage.store import Transaction

COUNT_LIMIT: Final = 5000
_SERVICE_ROOT: Final = re.compile(r".*?/api/data/v\d+\.\d+/")
_LEFT_AS_SENT: Final = "%$=+,;:/?@()!*'~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """
    One page of an answer.

    ``count`` is set when `$count=true`, at most 5,000; ``count_exceeded`` says that there are
    more. ``next_link`` is absolute, already encoded, and None on the last page. The last two
    are for FetchXML: the paging cookie to annotate, and whether there are more rows.
    """

    rows: list[WireRow]
    count: int | None = None
    count_exceeded: bool = False
    next_link: str | None = None
    paging_cookie: str | None = None
    more_records: bool | None = None


def run_query(
    tx: Transaction,
    schema: Schema,
    table: Table,
    options: QueryOptions,
    *,
    page_size: int | None = None,
    base_url: str = "",
    annotations: Annotations = NO_ANNOTATIONS,
) -> Page:
    """
    The page of rows that *options* ask for.

    *page_size* is the `odata.maxpagesize` preference, *base_url* the address of the queried
    collection without its query. With `$top` the preference is ignored and at most that many
    rows come, in pages of 5,000. Raises 400 for wrong names and values, 501 for what is not
    supported.
    """
    _refuse_unsupported(options)
    check_expand(schema, table, options.expand)
    context = _context(tx, base_url, annotations, _child_page(options.expand, page_size))
    fetch_xml = fetch_text(tx, options)
    if fetch_xml is not None:
        return _fetched(context, table, options, fetch_xml)
    if options.apply is not None and options.within is not None:
        raise faults.unsupported(feature="$apply on a collection of a row")
    if options.apply is not None:
        return Page(rows=_aggregated(context, table, options))
    selection = _selection(table, options)
    size = _page_size(options, page_size)
    found = fetch(context, selection, options.within, skiptoken=options.skiptoken, limit=size + 1)
    number = found.start.page if found.start else 1
    found, has_more = _cut(found, options, size, number)
    _expand_found(context, found, options.expand)
    counted = (
        count_matching(context, selection, COUNT_LIMIT + 1, options.within) if options.count else 0
    )
    return Page(
        rows=found.rows,
        count=min(counted, COUNT_LIMIT) if options.count else None,
        count_exceeded=counted > COUNT_LIMIT,
        next_link=_next_link(base_url, options, found, number) if has_more else None,
    )


def read_all(
    tx: Transaction, table: Table, annotations: Annotations = NO_ANNOTATIONS
) -> list[WireRow]:
    """All rows of a table with all their columns, ordered by primary key."""
    return fetch(_context(tx, "", annotations, None), Selection(table=table), None).rows


def read_row(
    tx: Transaction,
    table: Table,
    row_id: UUID,
    options: QueryOptions = NO_OPTIONS,
    *,
    base_url: str = "",
    annotations: Annotations = NO_ANNOTATIONS,
) -> WireRow | None:
    """The wire row of a primary key with `$select` and `$expand` applied, or None."""
    if options.expand:
        check_expand(tx.schema, table, options.expand)
    context = _context(tx, base_url, annotations, _child_page(options.expand, None))
    key = Fragment(f'{ROOT}."{table.primary_id}" = ?', (str(row_id),))
    selection = replace(_selection(table, options), filter=None, orderby=())
    found = fetch(context, selection, key)
    if not found.rows:
        return None
    _expand_found(context, found, options.expand)
    return found.rows[0]


def count_rows(
    tx: Transaction, schema: Schema, table: Table, options: QueryOptions = NO_OPTIONS
) -> int:
    """The answer of ``/$count``, at most 5,000; only `$filter` counts."""
    del schema  # the transaction knows it; the parameter is part of the agreed signature
    if fetch_text(tx, options) is not None or options.apply is not None:
        raise faults.unsupported(feature="FetchXML or $apply with /$count")
    _refuse_unsupported(options)
    context = _context(tx, "", NO_ANNOTATIONS, None)
    return count_matching(context, _selection(table, options), COUNT_LIMIT, options.within)


def _fetched(context: Context, table: Table, options: QueryOptions, fetch_xml: str) -> Page:
    fetch = parse_fetch(fetch_xml)
    if fetch.entity.name != table.logical_name:
        msg = f"The entity '{fetch.entity.name}' is not that of the address."
        raise invalid(msg)
    if any((options.select, options.filter, options.orderby, options.expand, options.apply)):
        raise faults.unsupported(feature="FetchXML together with other query options")
    found = run_fetch(context, fetch, options.within)
    return Page(
        rows=found.rows,
        count=found.count,
        count_exceeded=found.count_exceeded,
        paging_cookie=found.cookie,
        more_records=found.more_records,
    )


def _aggregated(context: Context, table: Table, options: QueryOptions) -> list[WireRow]:
    if options.orderby:
        msg = "The query node SingleValueOpenPropertyAccess is not supported"
        raise faults.bad_request(msg)
    others = (options.select, options.filter, options.expand, options.top, options.count)
    if any(others) or options.skiptoken is not None:
        raise faults.unsupported(feature="$apply together with other query options")
    return aggregate(context, table, parse_apply(options.apply or "", options.aliases or {}))


def service_root(address: str) -> str:
    """The root of the service, with its final slash, of an address below it."""
    match = _SERVICE_ROOT.match(address)
    return match[0] if match else address


def _expand_found(context: Context, found: Fetched, items: tuple[ExpandItem, ...]) -> None:
    if items:
        parents = Parents(
            table=found.projection.table,
            projection=found.projection,
            rows=found.rows,
            raws=found.raws,
        )
        expand(context, parents, items)


def _child_page(items: tuple[ExpandItem, ...], page_size: int | None) -> int | None:
    return (page_size or MAX_PAGE) if has_nested(items) else None


def _context(
    tx: Transaction, address: str, annotations: Annotations, child_page: int | None
) -> Context:
    return Context(
        tx=tx,
        base_url=service_root(address),
        annotations=annotations,
        formatter=Formatter(tx),
        child_page=child_page,
    )


def _selection(table: Table, options: QueryOptions) -> Selection:
    return Selection(
        table=table,
        select=options.select,
        filter=options.filter,
        orderby=options.orderby,
        needed=needed_lookups(table, options.expand),
    )


def _page_size(options: QueryOptions, page_size: int | None) -> int:
    if options.top is not None or page_size is None:
        return MAX_PAGE
    return max(1, min(page_size, MAX_PAGE))


def _cut(found: Fetched, options: QueryOptions, size: int, number: int) -> tuple[Fetched, bool]:
    """The rows of this page alone, and whether there are more to follow."""
    kept = size
    if options.top is not None:
        kept = min(size, max(0, options.top - (number - 1) * size))
    has_more = len(found.rows) > kept == size
    if options.top is not None and number * size >= options.top:
        has_more = False
    return replace(found, rows=found.rows[:kept], raws=found.raws[:kept]), has_more


def _next_link(address: str, options: QueryOptions, found: Fetched, number: int) -> str:
    token = skiptoken(found.keys, number, found.sort_values(0), found.sort_values(-1))
    sent = [quote(part, safe=_LEFT_AS_SENT) for part in options.raw]
    return f"{address}?{'&'.join([*sent, f'$skiptoken={token}'])}"


def _refuse_unsupported(options: QueryOptions) -> None:
    for value, name in ((options.deltatoken, "$deltatoken"),):
        if value is not None:
            raise faults.unsupported(feature=f"the query option '{name}'")
