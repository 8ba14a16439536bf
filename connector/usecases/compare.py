"""
Shadow mode: our plan of a date against the drafts that the tenant's own job made for it.

The job has claimed what it billed, so our plan is made of the contracts as they were before it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.dataverse.query import in_list
from connector.invoicing.choices import (
    BillingStatus,
    MilestoneStatus,
    RetainerStatus,
    RunStatus,
    SourceTable,
)
from connector.invoicing.model import ContractSnapshot
from connector.invoicing.plan import Warning
from connector.invoicing.planning import plan_contract
from connector.outcome import GOOD_STATUSES, ExitCode, FailedContract, InvoiceStatus
from connector.projectops import decode, queries
from connector.projectops.dated import contracts_of_date
from connector.projectops.differences import Difference, differences
from connector.projectops.existing_drafts import read_standing
from connector.projectops.queries import IDS_PER_QUERY
from connector.projectops.read import fetch_snapshots
from connector.projectops.verify import Verified
from connector.usecases.plan import shards

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from uuid import UUID

    from connector.invoicing.ids import ContractId
    from connector.invoicing.model import Actual
    from connector.outcome import InvoiceOutcome
    from connector.projectops.existing_drafts import StandingInvoice
    from connector.projectops.read import Shard
    from connector.projectops.write import Written
    from connector.usecases.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """
    What differs between our plan of a date and the tenant's drafts of it.

    *drafts* and *planned* are numbers of invoices on either side.
    """

    run_date: date
    contracts: int
    planned: int
    drafts: int
    differences: tuple[Difference, ...]
    failed: tuple[FailedContract, ...]

    @property
    def exit_code(self) -> ExitCode:
        """0 when both sides agree, 1 when something differs or could not be read."""
        differs = bool(self.differences or self.failed)
        return ExitCode.SOME_CONTRACTS_FAILED if differs else ExitCode.DONE


def compare(
    environment: Environment, run_date: date, contracts: Sequence[ContractId] = ()
) -> Comparison:
    """Compare what is due on *run_date* in all contracts or the named ones. Only reads."""
    client, tenant = environment.client, environment.tenant
    dated = contracts_of_date(client, tenant, run_date)
    wanted = [item for item in dated if not contracts or item in contracts]
    parts = [_compared(environment, shard, run_date) for shard in shards(environment, wanted)]
    return Comparison(
        run_date=run_date,
        contracts=len(wanted),
        planned=sum(part.planned for part in parts),
        drafts=sum(part.drafts for part in parts),
        differences=tuple(item for part in parts for item in part.differences),
        failed=tuple(item for part in parts for item in part.failed),
    )


def beside_plan(environment: Environment, written: Sequence[Written]) -> Verified:
    """
    What the tenant's action has made, beside the plan that it was called for (write mode platform).

    An invoice that is not as planned is a conflict; each difference is a warning as well.
    """
    plans = {item.plan.contract_id: item.plan for item in written}
    made = [
        item.plan.contract_id
        for item in written
        if any(outcome.status in GOOD_STATUSES for outcome in item.outcomes)
    ]
    found: list[Difference] = []
    for shard in shards(environment, made):
        standing = read_standing(environment.client, environment.tenant, shard.contracts)
        for snapshot in fetch_snapshots(environment.client, shard):
            if isinstance(snapshot, ContractSnapshot):
                plan = plans[snapshot.contract.id]
                own = [item for item in standing if item.contract_id == plan.contract_id]
                theirs = tuple(_of_date(environment, snapshot, own, plan.run_date))
                found += differences(plan.contract_id, plan.invoices, theirs)
    return Verified(
        outcomes=tuple(_judged(o, found) for item in written for o in item.outcomes),
        warnings=tuple(
            Warning(code="platform-differs", text=item.text, subject=item.contract_id)
            for item in found
        ),
    )


def _judged(outcome: InvoiceOutcome, found: Sequence[Difference]) -> InvoiceOutcome:
    invoice = outcome.invoice
    own = [
        item.text
        for item in found
        if (item.contract_id, item.customer_id) == (invoice.contract_id, invoice.customer.id)
    ]
    if not own or outcome.status not in GOOD_STATUSES:
        return outcome
    text = f"the platform made it otherwise: {'; '.join(own)}"
    return replace(outcome, status=InvoiceStatus.CONFLICT, error=text)


def _compared(environment: Environment, shard: Shard, run_date: date) -> Comparison:
    standing = read_standing(environment.client, environment.tenant, shard.contracts)
    planned, drafts = 0, 0
    found: list[Difference] = []
    failed: list[FailedContract] = []
    for snapshot in fetch_snapshots(environment.client, shard):
        if isinstance(snapshot, FailedContract):
            failed.append(snapshot)
            continue
        own = [item for item in standing if item.contract_id == snapshot.contract.id]
        theirs = tuple(_of_date(environment, snapshot, own, run_date))
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


def _of_date(
    environment: Environment,
    snapshot: ContractSnapshot,
    standing: Sequence[StandingInvoice],
    run_date: date,
) -> Iterator[StandingInvoice]:
    """
    The invoices of *standing* that a run of *run_date* has made.

    A schedule row names only one of several customers' invoices, and none that bills milestones
    alone: those are known by the milestones on them, or by having been made on that day.
    """
    named = {row.invoice_id: row.run_date for row in snapshot.schedule if row.invoice_id}
    dated = {milestone.id for milestone in snapshot.milestones if milestone.date == run_date}
    for invoice in standing:
        row_date = next((day for key, day in named.items() if key == invoice.id), None)
        sources = {detail.source.id for detail in invoice.details if detail.source}
        by_day = invoice.is_created_on(run_date, environment.tenant)
        if row_date == run_date or (row_date is None and (sources & dated or by_day)):
            yield invoice


def as_before(
    environment: Environment,
    snapshot: ContractSnapshot,
    drafts: Sequence[StandingInvoice],
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


def comparison_text(comparison: Comparison) -> str:
    """The JSON document of a comparison, `proforma-compare/1`."""
    document = {
        "format": "proforma-compare/1",
        "run_date": comparison.run_date.isoformat(),
        "contracts": comparison.contracts,
        "planned": comparison.planned,
        "drafts": comparison.drafts,
        "differences": [_difference(item) for item in comparison.differences],
        "failed": [
            {"contract_id": str(item.contract_id), "faults": list(item.faults)}
            for item in comparison.failed
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _difference(item: Difference) -> dict[str, str | None]:
    return {
        "kind": item.kind.value,
        "contract_id": str(item.contract_id),
        "customer_id": str(item.customer_id) if item.customer_id else None,
        "invoice_id": str(item.invoice_id) if item.invoice_id else None,
        "source_table": item.source.table.value if item.source else None,
        "source_id": str(item.source.id) if item.source else None,
        "planned": item.planned,
        "there": item.there,
    }
