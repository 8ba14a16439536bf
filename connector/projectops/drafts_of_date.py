"""The drafts of contracts that a run of one date has made, whoever ran it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from connector.dataverse.query import all_of, any_of, field, in_list
from connector.invoicing import keys
from connector.invoicing.choices import SourceTable
from connector.projectops.existing_drafts import CREATED, header_query, read_drafts
from connector.projectops.queries import IDS_PER_QUERY, lookup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.query import Query
    from connector.invoicing.ids import ContractId
    from connector.invoicing.model import ContractSnapshot
    from connector.projectops.existing_drafts import ExistingDraft
    from connector.projectops.tenant import Tenant


def read_drafts_of_date(
    client: DataverseClient, tenant: Tenant, snapshots: Sequence[ContractSnapshot], day: date
) -> Mapping[ContractId, tuple[ExistingDraft, ...]]:
    """
    The invoices of each contract that a run of *day* has made.

    Only those are read that can be, however many invoices a contract has had before.
    """
    drafts = read_drafts(client, tenant, tuple(_queries(tenant, snapshots, day)))
    by_contract: dict[UUID | None, list[ExistingDraft]] = {}
    for draft in drafts:
        by_contract.setdefault(draft.contract_id, []).append(draft)
    return {
        snapshot.contract.id: tuple(
            _of_date(tenant, snapshot, by_contract.get(snapshot.contract.id, ()), day)
        )
        for snapshot in snapshots
    }


def _queries(tenant: Tenant, snapshots: Sequence[ContractSnapshot], day: date) -> Iterator[Query]:
    """What was made on the day, and what schedule rows and milestones of the day point to."""
    if not snapshots:
        return
    names, created = tenant.mapping.invoice, field(CREATED)
    midnight = datetime.combine(day, time(), tzinfo=tenant.zone)
    following = datetime.combine(day + timedelta(days=1), time(), tzinfo=tenant.zone)
    contracts = (lookup(names.contract).eq(snapshot.contract.id) for snapshot in snapshots)
    made = all_of(created.ge(midnight), created.lt(following), any_of(*contracts))
    yield header_query(tenant, made)
    named = sorted({invoice for snapshot in snapshots for invoice in _named(snapshot, day)})
    for start in range(0, len(named), IDS_PER_QUERY):
        part = named[start : start + IDS_PER_QUERY]
        yield header_query(tenant, in_list(names.id, part))


def _named(snapshot: ContractSnapshot, day: date) -> Iterator[UUID]:
    yield from _own_keys(snapshot, day)
    dated = _milestones_of(snapshot, day)
    for row in snapshot.schedule:
        if row.run_date == day and row.invoice_id is not None:
            yield row.invoice_id
    for billed in snapshot.billed:
        is_milestone = billed.source.table is SourceTable.MILESTONE
        if is_milestone and billed.source.id in dated and billed.invoice_id is not None:
            yield billed.invoice_id


def _of_date(
    tenant: Tenant, snapshot: ContractSnapshot, existing: Sequence[ExistingDraft], day: date
) -> Iterator[ExistingDraft]:
    """
    The invoices of *existing* that a run of *day* has made.

    A schedule row names only one of several customers' invoices, and none that bills milestones
    alone: those are known by the milestones on them, by our own keys, or by having been made on
    that day.
    """
    named = {row.invoice_id: row.run_date for row in snapshot.schedule if row.invoice_id}
    dated, own = _milestones_of(snapshot, day), _own_keys(snapshot, day)
    for invoice in existing:
        row_date = named.get(invoice.id)  # type: ignore[call-overload]  # an id is an id
        sources = {detail.source.id for detail in invoice.details if detail.source}
        by_day = invoice.is_created_on(day, tenant)
        is_ours = invoice.id in own
        if is_ours or row_date == day or (row_date is None and (sources & dated or by_day)):
            yield invoice


def _own_keys(snapshot: ContractSnapshot, day: date) -> frozenset[UUID]:
    """The keys that invoices of our own have: one for each customer of the contract."""
    contract, rows = snapshot.contract, snapshot.customers
    customers = {row.customer for row in rows if row.customer is not None} | {contract.customer}
    return frozenset(
        keys.invoice_id(snapshot.organization_id, contract.id, customer.id, day)
        for customer in customers
        if customer is not None
    )


def _milestones_of(snapshot: ContractSnapshot, day: date) -> frozenset[UUID]:
    return frozenset(item.id for item in snapshot.milestones if item.date == day)
