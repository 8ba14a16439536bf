"""What the tenant's own action made, beside the plan that it was called for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.invoicing.model import ContractSnapshot
from connector.invoicing.plan import PlanWarning
from connector.outcome import GOOD_STATUSES, InvoiceStatus
from connector.projectops.differences import differences
from connector.projectops.drafts_of_date import read_drafts_of_date
from connector.projectops.read import read_part
from connector.projectops.verify import Verified

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.dataverse.client import DataverseClient
    from connector.outcome import Difference, InvoiceOutcome
    from connector.projectops.read import Reading
    from connector.projectops.written import Written


def beside_plan(client: DataverseClient, reading: Reading, written: Sequence[Written]) -> Verified:
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
    snapshots = [
        snapshot
        for snapshot in (read_part(client, reading, made) if made else ())
        if isinstance(snapshot, ContractSnapshot)
    ]
    found: list[Difference] = []
    for day in sorted({plans[item.contract.id].run_date for item in snapshots}):
        theirs = read_drafts_of_date(client, reading.tenant, snapshots, day)
        for snapshot in snapshots:
            plan = plans[snapshot.contract.id]
            if plan.run_date == day:
                found += differences(plan.contract_id, plan.invoices, theirs[plan.contract_id])
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
