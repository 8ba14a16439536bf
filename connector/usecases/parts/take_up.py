"""
Look at a part that was planned earlier: what of it stands, and what changed since.

A whole part is looked at in a few reads. What is not there at all is written as if it were new.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.outcome import FailedContract, InvoiceOutcome, InvoiceStatus
from connector.projectops.drift import drifted
from connector.projectops.read import read_part
from connector.projectops.row_state import read_rows_there
from connector.projectops.written import NOTHING_BEGUN, Begun

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from connector.invoicing.ids import InvoiceId
    from connector.invoicing.plan import ContractPlan, InvoicePlan
    from connector.projectops.compose import Composer
    from connector.projectops.drift import Change
    from connector.projectops.row_state import RowState, RowsThere
    from connector.usecases.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """
    What is to be done with a part that was planned earlier.

    *steady* contracts are written; of their invoices those in *begun* may stand as a whole or in
    part. *ended* are invoices of contracts that changed since.
    """

    steady: tuple[ContractPlan, ...]
    begun: Begun
    ended: tuple[InvoiceOutcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A contract as it is now: what changed since it was planned, and which invoices exist."""

    plan: ContractPlan
    changes: tuple[Change, ...]
    existing: frozenset[UUID]
    faults: tuple[str, ...] = ()

    @property
    def begun(self) -> Iterator[InvoicePlan]:
        """The planned invoices whose header exists: headers are written first."""
        return (invoice for invoice in self.plan.invoices if invoice.id in self.existing)


def take_up(environment: Environment, contracts: Sequence[ContractPlan]) -> TakenUp:
    """
    Look at *contracts*.

    Records that changed because the plan itself has been written, as a whole or in part, are no
    drift. Contracts with other changes are drifted, or already written if all of their drafts
    stand. Raises `DataverseError` when a read fails.
    """
    if not contracts:
        return TakenUp(steady=(), begun=NOTHING_BEGUN, ended=())
    seen = tuple(_seen(environment, contracts))
    looked_at = [(item.plan, invoice) for item in seen for invoice in _unclear(item)]
    there = _there(environment, looked_at) if looked_at else None
    composer = environment.composer
    steady: list[ContractPlan] = []
    ended: list[InvoiceOutcome] = []
    for item in seen:
        because, states = _judged(composer, item, there)
        if because:
            ended += _stale_outcomes(item.plan, because, states)
        else:
            steady.append(item.plan)
    begun = Begun(ids=frozenset(invoice.id for _, invoice in looked_at), there=there)
    return TakenUp(steady=tuple(steady), begun=begun, ended=tuple(ended))


def _seen(environment: Environment, contracts: Sequence[ContractPlan]) -> Iterator[_Seen]:
    ids = [plan.contract_id for plan in contracts]
    snapshots = read_part(environment.client, environment.reading, ids)
    for plan, snapshot in zip(contracts, snapshots, strict=True):
        if isinstance(snapshot, FailedContract):
            nothing: frozenset[UUID] = frozenset()
            yield _Seen(plan=plan, changes=(), existing=nothing, faults=snapshot.faults)
        else:
            existing = frozenset(invoice.id for invoice in snapshot.invoices)
            yield _Seen(plan=plan, changes=drifted(plan, snapshot), existing=existing)


def _unclear(item: _Seen) -> Iterator[InvoicePlan]:
    """Invoices of which nobody can say without looking whether their rows stand."""
    return iter(item.plan.invoices) if item.changes else item.begun


def _there(
    environment: Environment, invoices: Sequence[tuple[ContractPlan, InvoicePlan]]
) -> RowsThere:
    composer = environment.composer
    groups = [group for _, invoice in invoices for group in composer.groups(invoice)]
    plans = {plan.contract_id: plan for plan, _ in invoices}
    updates = [update for plan in plans.values() for update in plan.schedule_updates]
    return read_rows_there(environment.client, environment.tenant, groups, updates)


def _judged(
    composer: Composer, item: _Seen, there: RowsThere | None
) -> tuple[tuple[str, ...], Mapping[InvoiceId, RowState]]:
    """Why the contract must not be written, and the state of its invoices; empty when it may."""
    if item.faults or not item.changes or there is None:
        return item.faults, {}
    states = {
        invoice.id: _state_of(composer, item.plan, invoice, there) for invoice in item.plan.invoices
    }
    own = {
        record
        for invoice in item.plan.invoices
        for record in _own(item.plan, invoice, states[invoice.id])
    }
    because = tuple(str(change) for change in item.changes if change.record not in own)
    return because, states


def _state_of(
    composer: Composer, plan: ContractPlan, invoice: InvoicePlan, there: RowsThere
) -> RowState:
    updates = [item for item in plan.schedule_updates if item.invoice_id == invoice.id]
    return there.state(composer.groups(invoice), updates)


def _own(plan: ContractPlan, invoice: InvoicePlan, state: RowState) -> Iterator[UUID]:
    """Sources that stand on the draft, and schedule rows that say so: the plan changed those."""
    for line in invoice.lines:
        yield from (d.source.id for d in line.details if d.id in state.existing)
    if not state.drifted:
        is_open = {update.row_id for update in state.open_updates}
        rows = (u.row_id for u in plan.schedule_updates if u.invoice_id == invoice.id)
        yield from (row for row in rows if row not in is_open)


def _stale_outcomes(
    plan: ContractPlan, because: Sequence[str], states: Mapping[InvoiceId, RowState]
) -> Iterator[InvoiceOutcome]:
    """A draft of a contract that changed: it may stand as a whole all the same."""
    text = f"changed since the plan was made: {', '.join(because)}"
    for invoice in plan.invoices:
        state = states.get(invoice.id)
        if state is not None and state.is_complete:
            yield InvoiceOutcome(invoice=invoice, status=InvoiceStatus.ALREADY_WRITTEN)
        elif state is not None and state.conflicts:
            why = "; ".join(state.conflicts)
            yield InvoiceOutcome(invoice=invoice, status=InvoiceStatus.CONFLICT, error=why)
        else:
            yield InvoiceOutcome(invoice=invoice, status=InvoiceStatus.DRIFTED, error=text)
