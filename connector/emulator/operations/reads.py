"""Reading rows: one, many, counted, a single property, along a navigation property."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote
from uuid import UUID

from connector.emulator import faults
from connector.emulator.operations import tracking
from connector.emulator.operations.scope import NO_CONTENT
from connector.emulator.protocol.addressing import parse_key
from connector.emulator.protocol.conditions import read_conditions
from connector.emulator.protocol.exchange import Response
from connector.emulator.query.annotations import (
    COUNT_EXCEEDED,
    MORE_RECORDS,
    NO_ANNOTATIONS,
    PAGING_COOKIE,
    TOTAL_COUNT,
    Annotations,
)
from connector.emulator.query.comparing import Fragment
from connector.emulator.query.filtering import membership
from connector.emulator.query.options import QueryOptions, parse_options
from connector.emulator.query.projection import ROOT
from connector.emulator.query.run import count_rows, read_row, run_query
from connector.emulator.query.source import Source
from connector.emulator.rows.keys import missing
from connector.emulator.rows.writer import refers_to
from connector.emulator.schema.model import Reference
from connector.emulator.schema.rights import Right

if TYPE_CHECKING:
    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.addressing import Segment
    from connector.emulator.query.projection import WireRow
    from connector.emulator.query.run import Page
    from connector.emulator.schema.model import Collection, Link, Table
    from connector.emulator.storage.store import StoredRow

MAXIMUM_PAGE: Final = 5000
_LEFT_IN_PATH: Final = "/()=,'$@:"
# `/$count` answers text that starts with a byte order mark (page "Count number of rows").
_BYTE_ORDER_MARK: Final = "\ufeff"


def row_of(scope: Scope, table: Table, arguments: str) -> StoredRow:
    """Return the row that a key predicate names, or raise the documented 404."""
    key = parse_key(table.logical_name, arguments, aliases_of(scope))
    found = scope.writer.find(table, key)
    if found is None:
        raise missing(table, key)
    return found


def aliases_of(scope: Scope) -> dict[str, str]:
    """Return the parameter aliases of the query, such as `@p1`."""
    query = scope.request.query
    if "@" not in query and "%40" not in query:
        return {}
    pairs = parse_qsl(query, keep_blank_values=True)
    return {name: value for name, value in pairs if name.startswith("@")}


def read_set(scope: Scope, table: Table) -> Response:
    """Answer one page of a table, or what changed in it since a delta token."""
    version, query = tracking.walk_version(scope)
    options = parse_options(query)
    if options.deltatoken is not None:
        return _changes(scope, table, options)
    if scope.request.preferences.track_changes:
        return _tracked_page(scope, table, options, version)
    return scope.json(_page(scope, table, options), table=table)


def count_set(scope: Scope, table: Table) -> Response:
    """Answer how many rows a query finds, as text, at most 5,000."""
    return _count(scope, table, parse_options(scope.request.query))


def read_one(scope: Scope, table: Table, arguments: str) -> Response:
    """Answer one row; 304 when an etag shows that the client has it already."""
    key = parse_key(table.logical_name, arguments, aliases_of(scope))
    if not isinstance(key, UUID):
        key = row_of(scope, table, arguments).id
    return answer_row(scope, table, key)


def answer_row(scope: Scope, table: Table, row_id: UUID, status: int = 200) -> Response:
    """Answer a row as the query options shape it, after a read or a write."""
    options = parse_options(scope.request.query)
    shown = _shown(scope, table, row_id, options)
    if _is_known(scope, options, str(shown["@odata.etag"])):
        etag = ("ETag", str(shown["@odata.etag"]))
        return Response(status=304, headers=(("OData-Version", "4.0"), etag))
    context = f"{scope.root}$metadata#{table.entity_set}{_selected(options)}/$entity"
    answer = scope.json({"@odata.context": context, **shown}, status, table)
    if scope.request.method == "GET":
        return answer.with_headers(("ETag", str(shown["@odata.etag"])))
    return answer


def read_property(scope: Scope, row: StoredRow, name: str) -> Response:
    """Answer one column of a row; 204 when it is null."""
    value = _property_value(scope, row, name)
    if value is None:
        return NO_CONTENT
    context = f"{scope.root}$metadata#{row.table.entity_set}({row.id})/{name}"
    return scope.json({"@odata.context": context, "value": value})


def raw_property(scope: Scope, row: StoredRow, name: str) -> Response:
    """Answer one column of a row as text; 204 when it is null."""
    value = _property_value(scope, row, name)
    return NO_CONTENT if value is None else scope.text(_plain(value))


def follow(scope: Scope, row: StoredRow, segments: tuple[Segment, ...]) -> Response:
    """Answer what lies behind a navigation property of *row*."""
    scope.tx.check(row, Right.READ)
    first, rest = segments[0], segments[1:]
    collection = collection_of(row.table, first.name)
    if collection is not None:
        return _follow_collection(scope, row, collection, segments)
    navigation = row.table.navigations.get(first.name)
    if navigation is None:
        raise faults.unknown_segment(first.name)
    target = _target(scope, row, first.name)
    if target is None:
        return NO_CONTENT
    return _continue(scope, target, rest)


def single_reference(scope: Scope, row: StoredRow, name: str) -> Response:
    """Answer the address of the row behind a lookup; 204 when there is none."""
    scope.tx.check(row, Right.READ)
    target = _target(scope, row, name)
    if target is None:
        return NO_CONTENT
    context = f"{scope.root}$metadata#$ref"
    return scope.json({"@odata.context": context, "@odata.id": address_of(scope, target)})


def collection_references(scope: Scope, row: StoredRow, collection: Collection | Link) -> Response:
    """Answer the addresses of the rows of a collection, page by page."""
    scope.tx.check(row, Right.READ)
    table = scope.schema.table(collection.table)
    options = parse_options(scope.request.query)
    if options.select is not None or options.expand:
        raise faults.bad_request(message="$select and $expand do not go with '$ref'.")
    within = _within(scope, collection, row)
    document = _page(scope, table, replace(options, select=(table.primary_id,), within=within))
    rows = document["value"]
    root = f"{scope.root}{table.entity_set}"
    document["value"] = [{"@odata.id": f"{root}({one[table.primary_id]})"} for one in rows]  # type: ignore[attr-defined]
    return scope.json({**document, "@odata.context": f"{scope.root}$metadata#Collection($ref)"})


def address_of(scope: Scope, row: StoredRow) -> str:
    """Return the absolute address of a row by its primary key."""
    return f"{scope.root}{row.table.entity_set}({row.id})"


def _continue(scope: Scope, row: StoredRow, rest: tuple[Segment, ...]) -> Response:
    if not rest:
        return answer_row(scope, row.table, row.id)
    if len(rest) == 1 and rest[0].name in row.table.properties:
        return read_property(scope, row, rest[0].name)
    return follow(scope, row, rest)


def _target(scope: Scope, row: StoredRow, name: str) -> StoredRow | None:
    navigation = row.table.navigations[name]
    reference = row.values[navigation.column.logical_name]
    if not isinstance(reference, Reference) or not refers_to(reference, navigation.target):
        return None
    return scope.writer.row(scope.schema.table(reference.table), reference.id)


def _follow_collection(
    scope: Scope, row: StoredRow, collection: Collection | Link, segments: tuple[Segment, ...]
) -> Response:
    first, rest = segments[0], segments[1:]
    table = scope.schema.table(collection.table)
    if first.arguments is not None:
        return _continue(scope, row_of(scope, table, first.arguments), rest)
    options = parse_options(scope.request.query)
    options = replace(options, within=_within(scope, collection, row))
    if [segment.name for segment in rest] == ["$count"]:
        return _count(scope, table, options)
    if rest:
        raise faults.unknown_segment(rest[0].name)
    return scope.json(_page(scope, table, options), table=table)


def collection_of(table: Table, name: str) -> Collection | Link | None:
    """Return the collection-valued navigation property of a name, if there is one."""
    return table.collections.get(name) or table.links.get(name)


def _within(scope: Scope, collection: Collection | Link, row: StoredRow) -> Fragment:
    """Return the condition that a row is in a collection of *row*."""
    source = Source(schema=scope.schema, table=scope.schema.table(collection.table), alias=ROOT)
    return Fragment(membership(row.table, collection, source, "?"), (str(row.id),))


def _tracked_page(scope: Scope, table: Table, options: QueryOptions, version: int) -> Response:
    tracking.check_tracked(scope, table, options)
    document = _page(scope, table, options)
    link = document.get("@odata.nextLink")
    if link is None:
        document["@odata.deltaLink"] = tracking.delta_link(scope, table, options, version)
    else:
        document["@odata.nextLink"] = tracking.continued(str(link), version)
    return scope.json(document, table=table)


def _changes(scope: Scope, table: Table, options: QueryOptions) -> Response:
    found = tracking.changes(scope, table, options, _notes(scope))
    context = f"{scope.root}$metadata#{table.entity_set}{_selected(options)}/$delta"
    link = tracking.delta_link(scope, table, options, scope.tx.version)
    answer = {"@odata.context": context, "@odata.deltaLink": link, "value": found}
    return scope.json(answer, table=table)


def _page(scope: Scope, table: Table, options: QueryOptions) -> dict[str, object]:
    wanted = scope.request.preferences.page_size
    page = run_query(
        scope.tx,
        scope.schema,
        table,
        options,
        page_size=min(wanted or MAXIMUM_PAGE, MAXIMUM_PAGE),
        base_url=f"{scope.root}{quote(scope.request.path, safe=_LEFT_IN_PATH)}",
        annotations=_notes(scope),
    )
    context = f"{scope.root}$metadata#{table.entity_set}{_selected(options)}"
    document: dict[str, object] = {"@odata.context": context}
    if page.count is not None:
        document["@odata.count"] = page.count
        if _notes(scope).wants(COUNT_EXCEEDED):
            document[f"@{COUNT_EXCEEDED}"] = page.count_exceeded
            document[f"@{TOTAL_COUNT}"] = page.count
    document["value"] = page.rows
    if page.next_link is not None:
        document["@odata.nextLink"] = page.next_link
    return document | _fetch_annotations(scope, page)


def _fetch_annotations(scope: Scope, page: Page) -> dict[str, object]:
    values = {PAGING_COOKIE: page.paging_cookie, MORE_RECORDS: page.more_records}
    notes = _notes(scope)
    return {f"@{n}": v for n, v in values.items() if v is not None and notes.wants(n)}


def _count(scope: Scope, table: Table, options: QueryOptions) -> Response:
    if options.deltatoken is not None:
        count = len(tracking.changes(scope, table, options, NO_ANNOTATIONS))
    else:
        count = count_rows(scope.tx, scope.schema, table, options)
    return scope.text(f"{_BYTE_ORDER_MARK}{count}")


def _notes(scope: Scope) -> Annotations:
    wanted = scope.request.preferences.annotations
    return NO_ANNOTATIONS if wanted is None else Annotations.parse(wanted)


def _shown(scope: Scope, table: Table, row_id: UUID, options: QueryOptions) -> WireRow:
    shown = read_row(
        scope.tx, table, row_id, options, base_url=scope.root, annotations=_notes(scope)
    )
    if shown is None:
        raise _not_shown(scope, table, row_id)
    return shown


def _not_shown(scope: Scope, table: Table, row_id: UUID) -> faults.DataverseFault:
    """Why there is no such row to read: it does not exist, or the caller may not read it."""
    access, row = scope.tx.caller.access, scope.tx.get(table, row_id)
    if access is None or row is None:
        return faults.not_found(table.logical_name, row_id)
    return access.refusal(row, Right.READ)


def _is_known(scope: Scope, options: QueryOptions, etag: str) -> bool:
    """Whether the client has this version; never with `$expand` or annotations (documented)."""
    version = read_conditions(scope.request.headers).unless_version
    plain = not options.expand and scope.request.preferences.annotations is None
    return scope.request.method == "GET" and plain and etag == f'W/"{version}"'


def _selected(options: QueryOptions) -> str:
    return "" if options.select is None else f"({','.join(options.select)})"


def _property_value(scope: Scope, row: StoredRow, name: str) -> object:
    row.table.by_property(name)
    return _shown(scope, row.table, row.id, QueryOptions(select=(name,)))[name]


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
