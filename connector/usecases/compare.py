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
from connector.projectops.drafts_of_date import read_drafts_of_date
from connector.projectops.due_contracts import contracts_of_date
from connector.projectops.queries import IDS_PER_QUERY
from connector.projectops.read import read_part
from connector.scope import Scope
from connector.usecases.parts.in_flight import FIRST_GUESS, InFlight
from connector.usecases.parts.tasks import part_tasks
from connector.usecases.watch import RunInterrupted, Stopping

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from uuid import UUID

    from connector.invoicing.ids import ContractId
    from connector.invoicing.model import Actual, ContractSnapshot
    from connector.projectops.existing_drafts import ExistingDraft
    from connector.usecases.environment import Environment
    from connector.usecases.parts.tasks import PartTask


def compare(
    environment: Environment, run_date: date, contracts: Sequence[ContractId] = ()
) -> Comparison:
    """
    Compare what is due on *run_date* in all contracts or the named ones, part by part.

    Only reads. Raises `DataverseError` when a read fails, and `RunInterrupted`.
    """
    dated = contracts_of_date(environment.client, environment.tenant, run_date)
    wanted = [item for item in dated if not contracts or item in contracts]
    tasks = part_tasks(environment, "compare", Scope(run_date=run_date), wanted)
    try:
        parts = _all_compared(environment, tasks) if tasks else ()
    except Stopping as stopping:
        raise RunInterrupted from stopping
    return Comparison(
        run_date=run_date,
        contracts=len(wanted),
        planned=sum(part.planned for part in parts),
        drafts=sum(part.drafts for part in parts),
        differences=tuple(item for part in parts for item in part.differences),
        failed=tuple(item for part in parts for item in part.failed),
    )


def _all_compared(environment: Environment, tasks: Sequence[PartTask]) -> tuple[Comparison, ...]:
    environment.read_anew()
    flight: InFlight[PartTask, Comparison] = InFlight(
        work=lambda task: _compared(environment, task),
        most=environment.client.workers,
        watch=environment.watch,
        weight=lambda _: FIRST_GUESS,
    )
    return flight.results(tasks)


def _compared(environment: Environment, task: PartTask) -> Comparison:
    client, tenant, day = environment.client, environment.tenant, task.scope.run_date
    read = tuple(read_part(client, environment.reading, task.contracts))
    snapshots = [item for item in read if not isinstance(item, FailedContract)]
    drafts = read_drafts_of_date(client, tenant, snapshots, day)
    planned, found = 0, list[Difference]()
    for snapshot in snapshots:
        theirs = drafts[snapshot.contract.id]
        before = as_before(environment, snapshot, theirs, day)
        plan = plan_contract(before, day, environment.settings.policy, environment.rules)
        planned += len(plan.invoices)
        name = snapshot.contract.name
        told = differences(snapshot.contract.id, plan.invoices, theirs)
        found += (replace(item, contract_name=name) for item in told)
    return Comparison(
        run_date=day,
        contracts=len(task.contracts),
        planned=planned,
        drafts=sum(len(item) for item in drafts.values()),
        differences=tuple(found),
        failed=tuple(item for item in read if isinstance(item, FailedContract)),
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
