"""Take up a plan that was made earlier: write what is missing, unless its records changed since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.outcome import FailedContract, InvoiceOutcome, InvoiceStatus
from connector.projectops.drift import drifted
from connector.projectops.read import fetch_snapshots, shards
from connector.projectops.row_state import read_state
from connector.runs.plan_file import PlanFileError
from connector.settings.sections import WriteMode
from connector.usecases.write import request_counts, write_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from connector.invoicing.ids import ContractId
    from connector.invoicing.plan import ContractPlan, InvoicePlan
    from connector.outcome import RunPlan, RunReport
    from connector.projectops.drift import Change
    from connector.projectops.row_state import RowState
    from connector.usecases.environment import Environment
    from connector.usecases.write import WriteControl


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stale:
    """A contract that is not as its plan saw it, *because* of what the run did not do itself."""

    plan: ContractPlan
    because: tuple[str, ...]
    states: tuple[tuple[InvoicePlan, RowState], ...] = ()


def resume(
    environment: Environment, plan: RunPlan, run_id: str, control: WriteControl
) -> RunReport:
    """
    Write what is missing of *plan*.

    Records that changed because the plan itself has been written, as a whole or in part, are no
    drift. Contracts with other changes are drifted, or already written if all of their drafts
    stand. Raises `PlanFileError` when the plan is for another tenant.
    """
    organization = environment.tenant.organization_id
    if plan.organization_id != organization:
        message = (
            f"the plan is for organization {plan.organization_id}; this environment belongs to"
            f" {organization}"
        )
        raise PlanFileError(message)
    by_action = environment.settings.dataverse.write_mode is WriteMode.PLATFORM
    stale = {} if by_action else _stale_contracts(environment, plan.contracts)
    steady = tuple(item for item in plan.contracts if item.contract_id not in stale)
    report = write_run(environment, replace(plan, contracts=steady), run_id, control)
    others = tuple(outcome for item in stale.values() for outcome in _stale_outcomes(item))
    return replace(
        report,
        plan=plan,
        outcomes=(*report.outcomes, *others),
        requests=request_counts(environment),
    )


def _stale_contracts(
    environment: Environment, contracts: Sequence[ContractPlan]
) -> Mapping[ContractId, _Stale]:
    plans = {plan.contract_id: plan for plan in contracts}
    found: dict[ContractId, _Stale] = {}
    for shard in shards(environment.client, environment.tenant, list(plans)):
        snapshots = fetch_snapshots(environment.client, shard)
        for contract_id, snapshot in zip(shard.contracts, snapshots, strict=True):
            plan = plans[contract_id]
            if isinstance(snapshot, FailedContract):
                found[contract_id] = _Stale(plan=plan, because=snapshot.faults)
            elif changes := drifted(plan, snapshot):
                found |= {
                    item.plan.contract_id: item for item in _judged(environment, plan, changes)
                }
    return found


def _judged(
    environment: Environment, plan: ContractPlan, changes: Sequence[Change]
) -> Iterator[_Stale]:
    """The contract, if any of *changes* is not of the plan's own making."""
    states = tuple((invoice, _state_of(environment, plan, invoice)) for invoice in plan.invoices)
    own = {record for invoice, state in states for record in _own(plan, invoice, state)}
    because = tuple(str(change) for change in changes if change.record not in own)
    if because:
        yield _Stale(plan=plan, because=because, states=states)


def _state_of(environment: Environment, plan: ContractPlan, invoice: InvoicePlan) -> RowState:
    updates = [item for item in plan.schedule_updates if item.invoice_id == invoice.id]
    groups = environment.composer.groups(invoice)
    return read_state(environment.client, environment.tenant, groups, updates)


def _own(plan: ContractPlan, invoice: InvoicePlan, state: RowState) -> Iterator[UUID]:
    """Sources that stand on the draft, and schedule rows that say so: the plan changed those."""
    for line in invoice.lines:
        yield from (d.source.id for d in line.details if d.id in state.existing)
    if not state.drifted:
        is_open = {update.row_id for update in state.open_updates}
        rows = (u.row_id for u in plan.schedule_updates if u.invoice_id == invoice.id)
        yield from (row for row in rows if row not in is_open)


def _stale_outcomes(stale: _Stale) -> Iterator[InvoiceOutcome]:
    """A draft of a contract that changed: it may stand as a whole all the same."""
    known = {invoice.id: state for invoice, state in stale.states}
    text = f"changed since the plan was made: {', '.join(stale.because)}"
    for invoice in stale.plan.invoices:
        state = known.get(invoice.id)
        if state is not None and state.is_complete:
            yield InvoiceOutcome(invoice=invoice, status=InvoiceStatus.ALREADY_WRITTEN)
        elif state is not None and state.conflicts:
            because = "; ".join(state.conflicts)
            yield InvoiceOutcome(invoice=invoice, status=InvoiceStatus.CONFLICT, error=because)
        else:
            yield InvoiceOutcome(invoice=invoice, status=InvoiceStatus.DRIFTED, error=text)
