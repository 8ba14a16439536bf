"""What stands in the tenant of a planned invoice: read by obligation key and compared."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.dataverse.query import Query, in_list
from connector.invoicing import keys
from connector.invoicing.ids import ContractId, CustomerId
from connector.projectops.change_sets import rows_of
from connector.projectops.platform_columns import is_platforms, places_of, same_value
from connector.projectops.queries import IDS_PER_QUERY
from connector.projectops.rows import RowFault, RowReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import JsonValue, Row
    from connector.invoicing.plan import ScheduleUpdate
    from connector.mapping.tables import Table
    from connector.projectops.change_sets import FoundRows, PlannedRow, RowGroup
    from connector.projectops.tenant import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class RowState:
    """
    The state of one planned invoice in the tenant.

    *missing* holds what does not exist; *open_updates* are schedule rows still as they were read;
    *conflicts* name rows that exist with other content, *drifted* schedule rows that somebody
    else changed. *has_header* says whether the invoice itself exists, *existing* how many rows.
    """

    missing: tuple[RowGroup, ...]
    open_updates: tuple[ScheduleUpdate, ...]
    conflicts: tuple[str, ...]
    drifted: tuple[str, ...]
    has_header: bool
    existing: frozenset[UUID]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to write, and nothing stands in the way."""
        return not (self.missing or self.open_updates or self.conflicts or self.drifted)


@dataclass(frozen=True, slots=True)
class _Compared:
    """The columns by which a row is recognised as the planned one."""

    table: str
    id: str
    lookups: Mapping[str, str]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsThere:
    """
    What stands of planned rows and schedule rows, read in one go for any number of invoices.

    *open_rows* are schedule rows still as they were read for the plan, *drifted* says of others
    that somebody else changed them.
    """

    tenant: Tenant
    found: FoundRows
    open_rows: frozenset[UUID]
    drifted: Mapping[UUID, str]

    def state(self, groups: Sequence[RowGroup], updates: Sequence[ScheduleUpdate]) -> RowState:
        """The state of one invoice, whose rows are *groups* and whose schedule rows *updates*."""
        rows = rows_of(groups)
        own = {key: self.found[key] for row in rows if (key := (row.set, row.id)) in self.found}
        left = (group.without(own.keys()) for group in groups)
        return RowState(
            missing=tuple(group for group in left if group is not None),
            open_updates=tuple(u for u in updates if u.row_id in self.open_rows),
            conflicts=tuple(conflicts(self.tenant, rows, own)),
            drifted=tuple(self.drifted[u.row_id] for u in updates if u.row_id in self.drifted),
            has_header=any(entity_set == self.tenant.mapping.invoice.set for entity_set, _ in own),
            existing=frozenset(row_id for _, row_id in own),
        )


def read_state(
    client: DataverseClient,
    tenant: Tenant,
    groups: Sequence[RowGroup],
    updates: Sequence[ScheduleUpdate],
) -> RowState:
    """Read every planned row by its key, and the schedule rows, and compare."""
    return read_rows_there(client, tenant, groups, updates).state(groups, updates)


def read_rows_there(
    client: DataverseClient,
    tenant: Tenant,
    groups: Sequence[RowGroup],
    updates: Sequence[ScheduleUpdate],
) -> RowsThere:
    """
    Read the planned rows and the schedule rows of any number of invoices by their keys.

    The schedule rows come first: they are written last, so that rows which another runner commits
    in between are found, and never missed under a schedule row that says they are there.
    """
    rows = rows_of(groups)
    open_rows, drifted = _schedule_state(client, tenant, updates)
    return RowsThere(
        tenant=tenant,
        found=existing_rows(client, tenant, rows) if rows else {},
        open_rows=open_rows,
        drifted=drifted,
    )


def conflicts(tenant: Tenant, rows: Sequence[PlannedRow], found: FoundRows) -> Iterator[str]:
    """Each column in which a row of *found* is not the planned one, in words."""
    ids = {row_id for _, row_id in found}
    for row in rows:
        there = found.get((row.set, row.id))
        if there is not None:
            summed_up = row.is_whole and row.parts <= ids
            yield from differences(tenant, row, there, with_values=summed_up)


def existing_rows(
    client: DataverseClient, tenant: Tenant, rows: Sequence[PlannedRow], *, whole: bool = False
) -> FoundRows:
    """Those of the planned rows that exist, by entity set and key: one request."""
    queries = [
        _query(tenant, entity_set, ids, whole=whole)
        for entity_set in dict.fromkeys(row.set for row in rows)
        for ids in _chunks([row.id for row in rows if row.set == entity_set])
    ]
    answers = client.read_many(queries)
    compared = _compared(tenant)
    return {
        (query.entity_set, _key(tenant, compared[query.entity_set], row)): row
        for query, found in zip(queries, answers, strict=True)
        for row in found
    }


def differences(
    tenant: Tenant, planned: PlannedRow, there: Row, *, with_values: bool = True
) -> Iterator[str]:
    """Each column in which the row that exists is not the planned one; of a part only lookups."""
    compared = _compared(tenant)[planned.set]
    place = f"{compared.table} {planned.id}"
    for navigation, column in compared.lookups.items():
        expected = planned.row.get(f"{navigation}@odata.bind")
        actual = there.get(f"_{column}_value")
        if isinstance(expected, str) and str(actual) not in expected:
            yield f"{place} column {column}: planned {expected}, there is {actual}"
    for column in compared.values if with_values else ():
        if is_platforms(tenant, compared.table, column, is_summed_up=bool(planned.parts)):
            continue
        expected, actual = planned.row.get(column), there.get(column)
        places = places_of(tenant, compared.table, column, planned.money)
        if column in planned.row and not same_value(expected, actual, places):
            yield f"{place} column {column}: planned {_shown(expected)}, there is {_shown(actual)}"


def lookups_of(tenant: Tenant, entity_set: str) -> tuple[str, ...]:
    """The lookup columns by which a row of *entity_set* is recognised."""
    return tuple(f"_{column}_value" for column in _compared(tenant)[entity_set].lookups.values())


def _query(tenant: Tenant, entity_set: str, ids: Sequence[UUID], *, whole: bool) -> Query:
    compared = _compared(tenant)[entity_set]
    if whole:
        return Query(entity_set=entity_set, filter=in_list(compared.id, ids))
    lookups = (f"_{column}_value" for column in compared.lookups.values())
    select = tuple(dict.fromkeys((compared.id, *compared.values, *lookups)))
    return Query(entity_set=entity_set, select=select, filter=in_list(compared.id, ids))


def _compared(tenant: Tenant) -> Mapping[str, _Compared]:
    """What is compared, by entity set: what a row bills, for whom, where and how much."""
    names = tenant.mapping
    invoice, line = names.invoice, names.invoice_line
    detail, connection = names.invoice_detail, names.connection
    return {
        invoice.set: _Compared(
            invoice.table,
            invoice.id,
            {
                invoice.contract_navigation: invoice.contract,
                invoice.account_navigation: invoice.customer,
                invoice.contact_navigation: invoice.customer,
            },
            (),
        ),
        line.set: _Compared(
            line.table,
            line.id,
            {line.invoice_navigation: line.invoice},
            (line.quantity, line.price, line.tax, *_known(tenant, line, line.manual_discount)),
        ),
        detail.set: _Compared(
            detail.table,
            detail.id,
            {
                detail.invoice_navigation: detail.invoice,
                detail.invoice_line_navigation: detail.invoice_line,
            },
            (
                *(detail.quantity, detail.price, detail.amount, detail.billing_type),
                *_known(tenant, detail, detail.tax, detail.discount, detail.fee),
            ),
        ),
        connection.set: _Compared(
            connection.table, connection.id, {}, (connection.first, connection.second)
        ),
    }


def _known(tenant: Tenant, table: Table, *columns: str | None) -> tuple[str, ...]:
    known = (tenant.known(table, column) for column in columns)
    return tuple(column for column in known if column is not None)


def _schedule_state(
    client: DataverseClient, tenant: Tenant, updates: Sequence[ScheduleUpdate]
) -> tuple[frozenset[UUID], Mapping[UUID, str]]:
    """The rows that are still open, and those that somebody else changed, with a word on each."""
    names = tenant.mapping.schedule_row
    select = (names.id, names.status, names.run_date.column, f"_{names.invoice}_value")
    queries = [
        Query(entity_set=names.set, select=select, filter=in_list(names.id, part))
        for part in _chunks([update.row_id for update in updates])
    ]
    answers = client.read_many(queries) if queries else ()
    rows = [RowReader(tenant, names.table, names.id, row) for found in answers for row in found]
    faults = {reader.id: fault for reader in rows if (fault := _fault(tenant, reader))}
    by_id = {reader.id: reader for reader in rows if reader.id not in faults}
    undone = [
        update for update in updates if not _is_done(tenant, update, by_id.get(update.row_id))
    ]
    is_open: set[UUID] = {
        update.row_id
        for update in undone
        if update.row_id in by_id and by_id[update.row_id].etag() == update.etag
    }
    changed = [update for update in undone if update.row_id not in is_open]
    twins = _done_by_a_twin(client, tenant, changed, by_id) if changed else frozenset()
    drifted: dict[UUID, str] = {
        update.row_id: faults.get(
            update.row_id, f"{names.table} {update.row_id} was changed since it was read"
        )
        for update in changed
        if update.row_id not in twins
    }
    return frozenset(is_open), drifted


def _fault(tenant: Tenant, reader: RowReader) -> str:
    """What of a schedule row cannot be read, whoever wrote that; empty where nothing is wrong."""
    names = tenant.mapping.schedule_row
    try:
        reader.choice(names.status, tenant.choices.run_status)
        reader.date(names.run_date)
        reader.lookup(names.invoice)
        reader.etag()
    except RowFault as fault:
        return str(fault)
    return ""


def _is_done(tenant: Tenant, update: ScheduleUpdate, reader: RowReader | None) -> bool:
    """Whether the schedule row says already what the update wants it to say."""
    if reader is None:
        return False
    invoice = reader.lookup(tenant.mapping.schedule_row.invoice)
    is_named = update.invoice_id is None or invoice == update.invoice_id
    return _has_status(tenant, update, reader) and is_named


def _has_status(tenant: Tenant, update: ScheduleUpdate, reader: RowReader) -> bool:
    status = reader.choice(tenant.mapping.schedule_row.status, tenant.choices.run_status)
    return status is update.status


def _done_by_a_twin(
    client: DataverseClient,
    tenant: Tenant,
    updates: Sequence[ScheduleUpdate],
    by_id: Mapping[UUID, RowReader],
) -> frozenset[UUID]:
    """
    The schedule rows that another runner of this very run date has set.

    Such a row names one of our own invoices: its key is that of its contract, customer and the
    row's run date. A runner that planned between two invoices of one contract names another one.
    """
    names, column = tenant.mapping.invoice, tenant.mapping.schedule_row
    linked = {
        update.row_id: (invoice, reader.date(column.run_date))
        for update in updates
        if (reader := by_id.get(update.row_id)) is not None
        and _has_status(tenant, update, reader)
        and (invoice := reader.lookup(column.invoice)) is not None
    }
    if not linked:
        return frozenset()
    wanted = sorted({invoice for invoice, _ in linked.values()})
    query = Query(
        entity_set=names.set,
        select=(names.id, f"_{names.contract}_value", f"_{names.customer}_value"),
        filter=in_list(names.id, wanted),
    )
    rows = client.read_all(query)
    owners = {_key(tenant, _compared(tenant)[names.set], row): row for row in rows}
    return frozenset(
        row_id
        for row_id, (invoice, day) in linked.items()
        if invoice in owners and day and _own_key(tenant, owners[invoice], day) == invoice
    )


def _own_key(tenant: Tenant, row: Row, day: date) -> UUID | None:
    """The key that our invoice of *row*'s contract and customer on *day* would have."""
    names = tenant.mapping.invoice
    reader = RowReader(tenant, names.table, names.id, row)
    contract, customer = reader.lookup(names.contract), reader.lookup(names.customer)
    if contract is None or customer is None:
        return None
    return keys.invoice_id(tenant.organization_id, ContractId(contract), CustomerId(customer), day)


def _key(tenant: Tenant, compared: _Compared, row: Row) -> UUID:
    return RowReader(tenant, compared.table, compared.id, row).id


def _chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (ids[start : start + IDS_PER_QUERY] for start in range(0, len(ids), IDS_PER_QUERY))


def _shown(value: JsonValue) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)
