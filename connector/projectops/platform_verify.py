"""What the tenant's own action made, beside the plan that it was called for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.invoicing.model import ContractSnapshot
from connector.invoicing.plan import PlanWarning
from connector.outcome import GOOD_STATUSES, InvoiceStatus
from connector.projectops.differences import differences
from connector.projectops.existing_drafts import read_existing_drafts
from connector.projectops.read import fetch_snapshots, shards
from connector.projectops.verify import Verified

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from connector.dataverse.client import DataverseClient
    from connector.outcome import Difference, InvoiceOutcome
    from connector.projectops.existing_drafts import ExistingDraft
    from connector.projectops.tenant import Tenant
    from connector.projectops.written import Written


def beside_plan(client: DataverseClient, tenant: Tenant, written: Sequence[Written]) -> Verified:
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
    for shard in shards(client, tenant, made):
        existing = read_existing_drafts(client, tenant, shard.contracts)
        for snapshot in fetch_snapshots(client, shard):
            if isinstance(snapshot, ContractSnapshot):
                plan = plans[snapshot.contract.id]
                own = [item for item in existing if item.contract_id == plan.contract_id]
                theirs = tuple(drafts_of_date(tenant, snapshot, own, plan.run_date))
                found += differences(plan.contract_id, plan.invoices, theirs)
    return Verified(
        outcomes=tuple(_judged(o, found) for item in written for o in item.outcomes),
        warnings=tuple(
            PlanWarning(code="platform-differs", text=item.text, subject=item.contract_id)
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


def drafts_of_date(
    tenant: Tenant,
    snapshot: ContractSnapshot,
    existing: Sequence[ExistingDraft],
    run_date: date,
) -> Iterator[ExistingDraft]:
    """
    The invoices of *existing* that a run of *run_date* has made.

    A schedule row names only one of several customers' invoices, and none that bills milestones
    alone: those are known by the milestones on them, or by having been made on that day.
    """
    named = {row.invoice_id: row.run_date for row in snapshot.schedule if row.invoice_id}
    dated = {milestone.id for milestone in snapshot.milestones if milestone.date == run_date}
    for invoice in existing:
        row_date = next((day for key, day in named.items() if key == invoice.id), None)
        sources = {detail.source.id for detail in invoice.details if detail.source}
        by_day = invoice.is_created_on(run_date, tenant)
        if row_date == run_date or (row_date is None and (sources & dated or by_day)):
            yield invoice
