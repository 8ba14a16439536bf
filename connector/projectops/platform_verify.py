"""What the tenant's own action made, beside the plan that it was called for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.dataverse.errors import DataverseError
from connector.invoicing.model import ContractSnapshot
from connector.invoicing.plan import PlanWarning
from connector.outcome import GOOD_STATUSES, FailedContract, InvoiceStatus
from connector.projectops.differences import differences
from connector.projectops.drafts_of_date import read_drafts_of_date
from connector.projectops.read import read_part
from connector.projectops.rows import RowFault
from connector.projectops.verify import Verified

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.dataverse.client import DataverseClient
    from connector.invoicing.ids import ContractId
    from connector.invoicing.plan import ContractPlan
    from connector.outcome import Difference, InvoiceOutcome
    from connector.projectops.read import Reading
    from connector.projectops.tenant import Tenant
    from connector.projectops.written import Written


def beside_plan(client: DataverseClient, reading: Reading, written: Sequence[Written]) -> Verified:
    """
    What the tenant's action has made, beside the plan that it was called for (write mode platform).

    An invoice that is not as planned is a conflict; each difference is a warning as well. A
    contract that cannot be read back is a warning too: its invoices were made.
    """
    made = {
        item.plan.contract_id: item.plan
        for item in written
        if any(outcome.status in GOOD_STATUSES for outcome in item.outcomes)
    }
    outcomes = tuple(outcome for item in written for outcome in item.outcomes)
    try:
        read = tuple(read_part(client, reading, tuple(made))) if made else ()
        found = _differences(client, reading.tenant, made, read)
    except (DataverseError, RowFault) as error:
        return Verified(
            outcomes=outcomes,
            warnings=tuple(_unread(plan, str(error)) for plan in made.values()),
        )
    return Verified(
        outcomes=tuple(_judged(outcome, found) for outcome in outcomes),
        warnings=(
            *(
                PlanWarning(code="platform-differs", text=item.text, subject=item.contract_id)
                for item in found
            ),
            *(
                _unread(made[item.contract_id], "; ".join(item.faults))
                for item in read
                if isinstance(item, FailedContract)
            ),
        ),
    )


def _differences(
    client: DataverseClient,
    tenant: Tenant,
    plans: Mapping[ContractId, ContractPlan],
    read: Sequence[ContractSnapshot | FailedContract],
) -> tuple[Difference, ...]:
    """Between each plan and the drafts of its run date, contract by contract."""
    snapshots = [item for item in read if isinstance(item, ContractSnapshot)]
    found: list[Difference] = []
    for day in sorted({plans[item.contract.id].run_date for item in snapshots}):
        theirs = read_drafts_of_date(client, tenant, snapshots, day)
        for snapshot in snapshots:
            plan = plans[snapshot.contract.id]
            if plan.run_date == day:
                found += differences(plan.contract_id, plan.invoices, theirs[plan.contract_id])
    return tuple(found)


def _unread(plan: ContractPlan, why: str) -> PlanWarning:
    text = (
        f"the invoices of contract {plan.contract_name!r} ({plan.contract_id}) were made, but"
        f" could not be read back: {why}"
    )
    return PlanWarning(code="not-verified", text=text, subject=plan.contract_id)


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
