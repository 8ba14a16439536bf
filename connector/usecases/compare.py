"""
Shadow mode: our plan of a date against the drafts that the tenant's own job made for it.

The job has claimed what it billed, so our plan is made of the contracts as they were before it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.dataverse.query import in_list
from connector.invoicing.choices import (
    BillingStatus,
    MilestoneStatus,
    RetainerStatus,
    RunStatus,
    SourceTable,
)
from connector.invoicing.planning import plan_contract
from connector.outcome import Comparison, Difference, FailedContract
from connector.projectops import decode, queries
from connector.projectops.differences import differences
from connector.projectops.due_contracts import contracts_of_date
from connector.projectops.existing_drafts import read_existing_drafts
from connector.projectops.platform_verify import drafts_of_date
from connector.projectops.queries import IDS_PER_QUERY
from connector.projectops.read import fetch_snapshots, shards

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from uuid import UUID

    from connector.invoicing.ids import ContractId
    from connector.invoicing.model import Actual, ContractSnapshot
    from connector.projectops.existing_drafts import ExistingDraft
    from connector.projectops.read import Shard
    from connector.usecases.environment import Environment


def compare(
    environment: Environment, run_date: date, contracts: Sequence[ContractId] = ()
) -> Comparison:
    """Compare what is due on *run_date* in all contracts or the named ones. Only reads."""
    client, tenant = environment.client, environment.tenant
    dated = contracts_of_date(client, tenant, run_date)
    wanted = [item for item in dated if not contracts or item in contracts]
    parts = [
        _compared(environment, shard, run_date)
        for shard in shards(environment.client, environment.tenant, wanted)
    ]
    return Comparison(
        run_date=run_date,
        contracts=len(wanted),
        planned=sum(part.planned for part in parts),
        drafts=sum(part.drafts for part in parts),
        differences=tuple(item for part in parts for item in part.differences),
        failed=tuple(item for part in parts for item in part.failed),
    )


def _compared(environment: Environment, shard: Shard, run_date: date) -> Comparison:
    existing = read_existing_drafts(environment.client, environment.tenant, shard.contracts)
    planned, drafts = 0, 0
    found: list[Difference] = []
    failed: list[FailedContract] = []
    for snapshot in fetch_snapshots(environment.client, shard):
        if isinstance(snapshot, FailedContract):
            failed.append(snapshot)
            continue
        own = [item for item in existing if item.contract_id == snapshot.contract.id]
        theirs = tuple(drafts_of_date(environment.tenant, snapshot, own, run_date))
        before = as_before(environment, snapshot, theirs, run_date)
        plan = plan_contract(before, run_date, environment.settings.policy, environment.rules)
        planned, drafts = planned + len(plan.invoices), drafts + len(theirs)
        found += differences(snapshot.contract.id, plan.invoices, theirs)
    return Comparison(
        run_date=run_date,
        contracts=len(shard.contracts),
        planned=planned,
        drafts=drafts,
        differences=tuple(found),
        failed=tuple(failed),
    )


def as_before(
    environment: Environment,
    snapshot: ContractSnapshot,
    drafts: Sequence[ExistingDraft],
    run_date: date,
) -> ContractSnapshot:
    """*snapshot* as it was before *drafts* were made: what they bill is Ready again."""
    gone = {invoice.id for invoice in drafts}
    billed = [detail.source for invoice in drafts for detail in invoice.details if detail.source]
    ids = {source.id for source in billed}
    claimed = {source.id for source in billed if source.table is SourceTable.ACTUAL}
    actuals = _claimed_actuals(environment, snapshot, sorted(claimed))
    ready = BillingStatus.READY_TO_INVOICE
    return replace(
        snapshot,
        actuals=(
            *(item for item in snapshot.actuals if item.id not in claimed),
            *(replace(item, billing_status=ready) for item in actuals),
        ),
        milestones=tuple(
            replace(item, status=MilestoneStatus.READY) if item.id in ids else item
            for item in snapshot.milestones
        ),
        lines=tuple(
            replace(item, billing_status=ready) if item.id in ids else item
            for item in snapshot.lines
        ),
        retainers=tuple(
            replace(item, status=RetainerStatus.READY) if item.id in ids else item
            for item in snapshot.retainers
        ),
        schedule=tuple(
            replace(row, status=RunStatus.NOT_RUN, invoice_id=None)
            if row.run_date == run_date
            else row
            for row in snapshot.schedule
        ),
        invoices=tuple(item for item in snapshot.invoices if item.id not in gone),
        billed=tuple(item for item in snapshot.billed if item.invoice_id not in gone),
    )


def _claimed_actuals(
    environment: Environment, snapshot: ContractSnapshot, ids: Sequence[UUID]
) -> Iterator[Actual]:
    """The actuals *ids*, which are no longer among those that wait."""
    tenant = environment.tenant
    whole = queries.actuals(tenant, (snapshot.contract.id,))
    for start in range(0, len(ids), IDS_PER_QUERY):
        part = ids[start : start + IDS_PER_QUERY]
        query = replace(whole, filter=in_list(tenant.mapping.actual.id, part))
        for row in environment.client.read_all(query):
            yield decode.actual(tenant, row)
