"""The second half of a run: write the planned drafts, read them back, say what became of each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from connector.decide import shards
from connector.outcome import (
    FailedContract,
    InvoiceOutcome,
    InvoiceStatus,
    RequestCounts,
    RunReport,
)
from connector.projectops.drift import drifted
from connector.projectops.read import fetch_snapshots
from connector.projectops.settle import standing_of
from connector.projectops.verify import verify
from connector.projectops.write import Writer
from connector.runs.plan_file import PlanFileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.environment import Environment
    from connector.invoicing.ids import ContractId
    from connector.invoicing.plan import ContractPlan, InvoicePlan
    from connector.outcome import RunPlan
    from connector.projectops.write import Written

#: Contracts whose drafts are read back together.
CONTRACTS_PER_READ_BACK = 20


def preview(environment: Environment, plan: RunPlan, run_id: str) -> RunReport:
    """What would be written."""
    outcomes = tuple(
        InvoiceOutcome(invoice=invoice, status=InvoiceStatus.PLANNED)
        for contract in plan.contracts
        for invoice in contract.invoices
    )
    return RunReport(
        run_id=run_id,
        dry_run=True,
        plan=plan,
        outcomes=outcomes,
        warnings=plan.warnings,
        requests=request_counts(environment),
    )


def carry_out(environment: Environment, plan: RunPlan, run_id: str) -> RunReport:
    """
    Write every draft of *plan*, several contracts at once and one contract never twice.

    Whatever happens to one contract is an outcome in the report; the others go on (DR-26).
    """
    writer = Writer(
        client=environment.client, tenant=environment.tenant, composer=environment.composer
    )
    written = _write_all(writer, environment.client.workers, plan.contracts)
    checked = [
        verify(environment.client, environment.tenant, environment.composer, part)
        for part in _parts(written)
    ]
    return RunReport(
        run_id=run_id,
        dry_run=False,
        plan=plan,
        outcomes=tuple(outcome for item in checked for outcome in item.outcomes),
        warnings=(
            *plan.warnings,
            *(warning for item in written for warning in item.warnings),
            *(warning for item in checked for warning in item.warnings),
        ),
        requests=request_counts(environment),
    )


def apply_stored(environment: Environment, plan: RunPlan, run_id: str) -> RunReport:
    """
    Write the drafts of a plan that was made earlier.

    Raises `PlanFileError` when it is for another tenant. Contracts whose records changed since
    are drifted, or already written if all of their drafts stand; the others are written.
    """
    organization = environment.tenant.organization_id
    if plan.organization_id != organization:
        message = (
            f"the plan is for organization {plan.organization_id}; this environment belongs to"
            f" {organization}"
        )
        raise PlanFileError(message)
    changes = _changes(environment, plan.contracts)
    steady = tuple(item for item in plan.contracts if not changes[item.contract_id])
    report = carry_out(environment, replace(plan, contracts=steady), run_id)
    stale = tuple(
        _stale_outcome(environment, contract, invoice, changes[contract.contract_id])
        for contract in plan.contracts
        for invoice in contract.invoices
        if changes[contract.contract_id]
    )
    return replace(
        report,
        plan=plan,
        outcomes=(*report.outcomes, *stale),
        requests=request_counts(environment),
    )


def request_counts(environment: Environment) -> RequestCounts:
    """The requests that the environment's client has sent so far."""
    counts = environment.client.statistics
    return RequestCounts(
        get=counts.get, batch=counts.batch, other=counts.other, throttled=counts.throttled
    )


def _write_all(
    writer: Writer, workers: int, contracts: Sequence[ContractPlan]
) -> tuple[Written, ...]:
    """In the order of *contracts*, whatever order they were finished in."""
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="proforma") as pool:
        return tuple(pool.map(writer.write, contracts))


def _parts(written: Sequence[Written]) -> Iterator[list[InvoiceOutcome]]:
    for start in range(0, len(written), CONTRACTS_PER_READ_BACK):
        part = written[start : start + CONTRACTS_PER_READ_BACK]
        yield [outcome for item in part for outcome in item.outcomes]


def _changes(
    environment: Environment, contracts: Sequence[ContractPlan]
) -> Mapping[ContractId, tuple[str, ...]]:
    """For each contract the records that are no longer as the plan saw them."""
    plans = {plan.contract_id: plan for plan in contracts}
    found: dict[ContractId, tuple[str, ...]] = {}
    for shard in shards(environment, list(plans)):
        snapshots = fetch_snapshots(environment.client, shard)
        for contract_id, snapshot in zip(shard.contracts, snapshots, strict=True):
            found[contract_id] = (
                snapshot.faults
                if isinstance(snapshot, FailedContract)
                else drifted(plans[contract_id], snapshot)
            )
    return found


def _stale_outcome(
    environment: Environment, contract: ContractPlan, invoice: InvoicePlan, changes: Sequence[str]
) -> InvoiceOutcome:
    """A draft of a contract that changed: it may be the plan's own draft that changed it."""
    updates = [item for item in contract.schedule_updates if item.invoice_id == invoice.id]
    rows = environment.composer.rows(invoice)
    standing = standing_of(environment.client, environment.tenant, rows, updates)
    if not (standing.missing or standing.open_updates or standing.drifted or standing.conflicts):
        return InvoiceOutcome(invoice=invoice, status=InvoiceStatus.ALREADY_WRITTEN)
    if standing.conflicts:
        text = "; ".join(standing.conflicts)
        return InvoiceOutcome(invoice=invoice, status=InvoiceStatus.CONFLICT, error=text)
    text = f"changed since the plan was made: {', '.join(changes)}"
    return InvoiceOutcome(invoice=invoice, status=InvoiceStatus.DRIFTED, error=text)
