"""`$expand`: related rows fetched in one query per navigation property and level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from connector.emulator import faults
from connector.emulator.query.comparing import Fragment
from connector.emulator.query.fetching import Context, Fetched, Selection, fetch
from connector.emulator.query.options import split_outside
from connector.emulator.query.paging import MAX_PAGE, skiptoken
from connector.emulator.query.projection import ROOT, Projection, RawRow, WireRow
from connector.emulator.query.source import OWNER, PRINCIPAL
from connector.emulator.storage.layout import sql_column, sql_table, sql_target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.emulator.query.options import ExpandItem
    from connector.emulator.schema.model import Collection, Link, Navigation, Schema, Table

MAX_EXPANDS: Final = 15
_CHUNK: Final = 500
_REFERENCE_OF_LOOKUP: Final = (
    "Expand with $ref is only supported on lookup type navigation property."
)
_LINKS_ALONE: Final = (
    "A many-to-many relationship cannot be expanded together with others, nor nested."
)
_ONLY_SELECT_AND_FILTER: Final = (
    "Only $select and $filter clause can be provided while doing $expand on many-to-one "
    "relationship or nested one-to-many relationship."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parents:
    """Rows to be expanded, with what they were made of."""

    table: Table
    projection: Projection
    rows: Sequence[WireRow]
    raws: Sequence[RawRow]


def check_expand(schema: Schema, table: Table, items: Sequence[ExpandItem]) -> None:
    """Raise 400 for unknown names and what Dataverse documents as not allowed in `$expand`."""
    if sum(1 for _ in _all_items(items)) > MAX_EXPANDS:
        msg = f"The number of $expand options in a query must not exceed {MAX_EXPANDS}."
        raise faults.bad_request(msg)
    if len(items) > 1 and any(item.name in table.links for item in items):
        raise faults.bad_request(_LINKS_ALONE)
    _check_level(schema, table, items, nested=False)


def has_nested(items: Sequence[ExpandItem]) -> bool:
    """Whether any item expands further, which turns paging of children on."""
    return any(item.expand for item in items)


def needed_lookups(table: Table, items: Sequence[ExpandItem]) -> frozenset[str]:
    """The lookup columns that expanding *items* reads."""
    found = (table.navigations.get(item.name) for item in items)
    return frozenset(navigation.column.logical_name for navigation in found if navigation)


def expand(context: Context, parents: Parents, items: Sequence[ExpandItem], depth: int = 0) -> None:
    """Add the related rows to every parent row."""
    for item in items:
        navigation = parents.table.navigations.get(item.name)
        link = parents.table.links.get(item.name)
        if navigation is not None:
            _expand_single(context, parents, item, navigation, depth)
        elif link is not None:
            _expand_link(context, parents, item, link)
        else:
            collection = parents.table.collections[item.name]
            _expand_collection(context, parents, item, collection, depth)


def _all_items(items: Sequence[ExpandItem]) -> Iterator[ExpandItem]:
    for item in items:
        yield item
        yield from _all_items(item.expand)


def _check_level(
    schema: Schema, table: Table, items: Sequence[ExpandItem], *, nested: bool
) -> None:
    for item in items:
        is_single = item.name in table.navigations
        is_link = item.name in table.links
        if item.name in table.properties and not is_single:
            raise faults.no_navigation(table.logical_name, item.name)
        if not is_single and not is_link and item.name not in table.collections:
            raise faults.unknown_property(table.logical_name, item.name)
        if is_link and (nested or item.expand):
            raise faults.bad_request(_LINKS_ALONE)
        if item.reference_only and not is_single:
            raise faults.bad_request(_REFERENCE_OF_LOOKUP)
        is_ordered = bool(item.orderby) or item.top is not None
        if is_ordered and (nested or is_single or item.expand):
            raise faults.bad_request(_ONLY_SELECT_AND_FILTER)
        if is_single and table.navigations[item.name].target == PRINCIPAL:
            _check_owner(item)
        else:
            _check_level(schema, _target(schema, table, item.name), item.expand, nested=True)


def _check_owner(item: ExpandItem) -> None:
    """Owners are shown as principals, which have one property and lead nowhere."""
    wrong = [name for name in item.select or () if name != OWNER]
    wrong += [inner.name for inner in item.expand]
    if wrong:
        raise faults.unknown_property(PRINCIPAL, wrong[0])
    if item.filter is not None:
        raise faults.unsupported(feature="$filter in the $expand of an owner")


def _target(schema: Schema, table: Table, name: str) -> Table:
    navigation = table.navigations.get(name)
    if navigation is None:
        collection = table.collections.get(name) or table.links[name]
        return schema.table(collection.table)
    return schema.table(navigation.target)


def _expand_single(
    context: Context, parents: Parents, item: ExpandItem, navigation: Navigation, depth: int
) -> None:
    pairs = [parents.projection.reference(navigation.column, raw) for raw in parents.raws]
    if navigation.target == PRINCIPAL:
        for row, pair in zip(parents.rows, pairs, strict=True):
            row[item.name] = _owner(context, item, pair)
        return
    wanted: dict[str, list[str]] = {}
    for pair in pairs:
        if pair is not None and navigation.target == pair[0]:
            wanted.setdefault(pair[0], []).append(pair[1])
    wanted.setdefault(_target(context.tx.schema, parents.table, item.name).logical_name, [])
    related: dict[tuple[str, str], WireRow] = {}
    for name, ids in wanted.items():
        table = context.tx.schema.table(name)
        for row_id, row in _rows_by_id(context, table, item, sorted(set(ids)), depth):
            related[name, row_id] = row
    for row, pair in zip(parents.rows, pairs, strict=True):
        row[item.name] = related.get(pair) if pair else None


def _owner(context: Context, item: ExpandItem, pair: tuple[str, str] | None) -> WireRow | None:
    """An owner as a principal, which does not tell whether it is a user or a team."""
    if pair is None:
        return None
    if item.reference_only:
        table = context.tx.schema.table(pair[0])
        return {"@odata.id": f"{context.base_url}{table.entity_set}({pair[1]})"}
    return {OWNER: pair[1]}


def _rows_by_id(
    context: Context, table: Table, item: ExpandItem, ids: list[str], depth: int
) -> Iterator[tuple[str, WireRow]]:
    if item.reference_only:
        for row_id in ids:
            yield row_id, {"@odata.id": f"{context.base_url}{table.entity_set}({row_id})"}
        return
    needed = needed_lookups(table, item.expand)
    for chunk in _chunks(ids):
        marks = ", ".join("?" * len(chunk))
        where = Fragment(f't0."{table.primary_id}" IN ({marks})', tuple(chunk))
        selection = Selection(table=table, select=item.select, filter=item.filter, needed=needed)
        found = fetch(context, selection, where)
        _expand_further(context, found, item, depth)
        yield from zip(map(found.projection.id_of, found.raws), found.rows, strict=True)


def _expand_collection(
    context: Context, parents: Parents, item: ExpandItem, collection: Collection, depth: int
) -> None:
    ids = [parents.projection.id_of(raw) for raw in parents.raws]
    children: dict[str, list[WireRow]] = {}
    tokens: dict[str, str] = {}
    limit = _limit(context, item)
    for chunk in _chunks(sorted(set(ids))):
        found = _children_of(context, parents.table, collection, item, chunk)
        _expand_further(context, found, item, depth)
        for row_id, places in _grouped(found, collection.column).items():
            kept = places[:limit]
            children[row_id] = [found.rows[place] for place in kept]
            if len(places) > limit and item.top is None:
                ends = (found.sort_values(kept[0]), found.sort_values(kept[-1]))
                tokens[row_id] = skiptoken(found.keys, 1, *ends)
    for row, row_id in zip(parents.rows, ids, strict=True):
        row[item.name] = children.get(row_id, [])
        if row_id in tokens or context.child_page is None:
            address = f"{context.base_url}{parents.table.entity_set}({row_id})/{item.name}"
            row[f"{item.name}@odata.nextLink"] = _child_link(
                address, item, tokens.get(row_id) if context.child_page else None
            )


def _expand_link(context: Context, parents: Parents, item: ExpandItem, link: Link) -> None:
    """Add the rows of a many-to-many collection: the pairs first, then the rows of the pairs."""
    ids = [parents.projection.id_of(raw) for raw in parents.raws]
    pairs = _pairs(context, link, sorted(set(ids)))
    table = context.tx.schema.table(link.table)
    selection = Selection(table=table, select=item.select, filter=item.filter, orderby=item.orderby)
    ordered: list[tuple[str, WireRow]] = []
    for chunk in _chunks(sorted({other for others in pairs.values() for other in others})):
        marks = ", ".join("?" * len(chunk))
        where = Fragment(f'{ROOT}."{table.primary_id}" IN ({marks})', tuple(chunk))
        found = fetch(context, selection, where)
        ordered += zip(map(found.projection.id_of, found.raws), found.rows, strict=True)
    for row, row_id in zip(parents.rows, ids, strict=True):
        mine = pairs.get(row_id, set())
        related = [child for child_id, child in ordered if child_id in mine]
        row[item.name] = related[: _limit(context, item)]
        address = f"{context.base_url}{parents.table.entity_set}({row_id})/{item.name}"
        row[f"{item.name}@odata.nextLink"] = _child_link(address, item, None)


def _pairs(context: Context, link: Link, ids: list[str]) -> dict[str, set[str]]:
    """The ids of the other side by those of this side."""
    intersect = sql_table(context.tx.schema.table(link.intersect))
    found: dict[str, set[str]] = {}
    for chunk in _chunks(ids):
        marks = ", ".join("?" * len(chunk))
        sql = f'SELECT "{link.own_column}", "{link.other_column}" FROM {intersect}'  # noqa: S608 - quoted names of the schema
        for own, other in context.tx.select(f'{sql} WHERE "{link.own_column}" IN ({marks})', chunk):
            found.setdefault(str(own), set()).add(str(other))
    return found


def _limit(context: Context, item: ExpandItem) -> int:
    return min(item.top if item.top is not None else context.child_page or MAX_PAGE, MAX_PAGE)


def _children_of(
    context: Context, parent: Table, collection: Collection, item: ExpandItem, ids: list[str]
) -> Fetched:
    table = context.tx.schema.table(collection.table)
    column = table.columns[collection.column]
    marks = ", ".join("?" * len(ids))
    where = f"{ROOT}.{sql_column(column)} IN ({marks})"
    if column.is_polymorphic:
        where += f" AND {ROOT}.{sql_target(column)} = '{parent.logical_name}'"
    selection = Selection(
        table=table,
        select=None if item.select is None else (*item.select, column.property_name),
        filter=item.filter,
        orderby=item.orderby,
        needed=needed_lookups(table, item.expand) | {collection.column},
    )
    kept = (f"{ROOT}.{sql_column(column)}", _limit(context, item) + 1)
    return fetch(context, selection, Fragment(where, tuple(ids)), per_group=kept)


def _grouped(found: Fetched, column_name: str) -> dict[str, list[int]]:
    """The places of fetched rows by the id of their parent."""
    column = found.projection.table.columns[column_name]
    groups: dict[str, list[int]] = {}
    for place, raw in enumerate(found.raws):
        reference = found.projection.reference(column, raw)
        if reference is not None:
            groups.setdefault(reference[1], []).append(place)
    return groups


def _expand_further(context: Context, found: Fetched, item: ExpandItem, depth: int) -> None:
    if item.expand:
        parents = Parents(
            table=found.projection.table,
            projection=found.projection,
            rows=found.rows,
            raws=found.raws,
        )
        expand(context, parents, item.expand, depth + 1)


def _child_link(address: str, item: ExpandItem, token: str | None) -> str:
    """The address of a collection with the item's own options, as the service links to it."""
    options = [quote(part.strip(), safe="$=(),'/;:@*") for part in split_outside(item.raw, ";")]
    if token is not None:
        options.append(f"$skiptoken={token}")
    return f"{address}?{'&'.join(options)}" if options else address


def _chunks(ids: list[str]) -> Iterator[list[str]]:
    """Lists short enough for one statement; one empty list when there are none."""
    for start in range(0, max(len(ids), 1), _CHUNK):
        yield ids[start : start + _CHUNK]
