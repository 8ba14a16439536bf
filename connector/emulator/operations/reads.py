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
from connector.emulator.query.options import QueryOptions, parse_options
from connector.emulator.query.run import count_rows, read_row, run_query
from connector.emulator.query.syntax import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Literal,
    Operator,
    Path,
)
from connector.emulator.rows.role_links import link_of, tied
from connector.emulator.rows.writer import missing
from connector.emulator.schema.rights import Right

if TYPE_CHECKING:
    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.addressing import Segment
    from connector.emulator.query.projection import WireRow
    from connector.emulator.query.run import Page
    from connector.emulator.rows.role_links import RoleLink
    from connector.emulator.schema.model import Collection, Table
    from connector.emulator.storage.store import StoredRow

MAXIMUM_PAGE: Final = 5000
_NO_ROW: Final = UUID(int=0)
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
    return scope.json(_page(scope, table, options))


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
    """Answer a row as the query options shape it; `$expand` is ignored after a write."""
    options = parse_options(scope.request.query)
    if scope.request.method != "GET":
        options = replace(options, expand=())
    shown = _shown(scope, table, row_id, options)
    if _is_known(scope, options, str(shown["@odata.etag"])):
        etag = ("ETag", str(shown["@odata.etag"]))
        return Response(status=304, headers=(("OData-Version", "4.0"), etag))
    context = f"{scope.root}$metadata#{table.entity_set}{_selected(options)}/$entity"
    return scope.json({"@odata.context": context, **shown}, status)


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
    collection = row.table.collections.get(first.name)
    if collection is not None:
        return _follow_collection(scope, row, collection, segments)
    link = link_of(row.table, first.name)
    if link is not None:
        return _follow_link(scope, row, link, segments)
    navigation = row.table.navigations.get(first.name)
    if navigation is None:
        raise faults.unknown_segment(first.name)
    target = _target(scope, row, first.name)
    if target is None:
        return NO_CONTENT
    return _continue(scope, target, rest)


def _follow_link(
    scope: Scope, row: StoredRow, link: RoleLink, segments: tuple[Segment, ...]
) -> Response:
    """Answer the roles of a user, the members of a team and the like."""
    first, rest = segments[0], segments[1:]
    if first.arguments is not None or len(rest) > 1:
        raise faults.unsupported(feature="a single row behind a many-to-many relationship")
    table = scope.schema.table(link.other)
    key = Path((table.primary_id,))
    ids = tied(scope.tx, link, row) or [_NO_ROW]
    found = AnyOf(tuple(Comparison(Operator.EQ, key, Literal(one)) for one in ids))
    options = _also(parse_options(scope.request.query), found)
    if not rest:
        return scope.json(_page(scope, table, options))
    if rest[0].name != "$count":
        raise faults.unknown_segment(rest[0].name)
    return _count(scope, table, options)


def _continue(scope: Scope, row: StoredRow, rest: tuple[Segment, ...]) -> Response:
    if not rest:
        return answer_row(scope, row.table, row.id)
    if len(rest) == 1 and rest[0].name in row.table.properties:
        return read_property(scope, row, rest[0].name)
    return follow(scope, row, rest)


def _target(scope: Scope, row: StoredRow, name: str) -> StoredRow | None:
    navigation = row.table.navigations[name]
    reference = row.values[navigation.column.logical_name]
    if reference is None or getattr(reference, "table", None) != navigation.target:
        return None
    return scope.writer.row(scope.schema.table(navigation.target), reference.id)  # type: ignore[union-attr]


def _follow_collection(
    scope: Scope, row: StoredRow, collection: Collection, segments: tuple[Segment, ...]
) -> Response:
    first, rest = segments[0], segments[1:]
    table = scope.schema.table(collection.table)
    if first.arguments is not None:
        return _continue(scope, row_of(scope, table, first.arguments), rest)
    options = parse_options(scope.request.query)
    link = Path((table.columns[collection.column].property_name,))
    options = _also(options, Comparison(Operator.EQ, link, Literal(row.id)))
    if [segment.name for segment in rest] == ["$count"]:
        return _count(scope, table, options)
    if rest:
        raise faults.unknown_segment(rest[0].name)
    return scope.json(_page(scope, table, options))


def _also(options: QueryOptions, condition: Condition) -> QueryOptions:
    terms = (condition,) if options.filter is None else (condition, options.filter)
    return replace(options, filter=AllOf(terms))


def _tracked_page(scope: Scope, table: Table, options: QueryOptions, version: int) -> Response:
    tracking.check_tracked(scope, table, options)
    document = _page(scope, table, options)
    link = document.get("@odata.nextLink")
    if link is None:
        document["@odata.deltaLink"] = tracking.delta_link(scope, table, options, version)
    else:
        document["@odata.nextLink"] = tracking.continued(str(link), version)
    return scope.json(document)


def _changes(scope: Scope, table: Table, options: QueryOptions) -> Response:
    found = tracking.changes(scope, table, options, _notes(scope))
    context = f"{scope.root}$metadata#{table.entity_set}{_selected(options)}/$delta"
    link = tracking.delta_link(scope, table, options, scope.tx.version)
    return scope.json({"@odata.context": context, "@odata.deltaLink": link, "value": found})


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
