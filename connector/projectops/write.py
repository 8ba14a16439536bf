"""
Write planned invoices so that each exists exactly once, whatever was lost on the way.

Every row is created under its obligation key. Where an answer says "exists already" or does not
come at all, the rows themselves are read and compared: the tenant's state decides, not our memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connector.dataverse.errors import DataverseError, Forbidden, Refused
from connector.invoicing.choices import RunStatus
from connector.invoicing.plan import PlanWarning
from connector.outcome import InvoiceOutcome, InvoiceStatus
from connector.projectops.commit import is_to_settle
from connector.projectops.lengths import combined
from connector.projectops.refusals import concerns_the_draft, is_everybodys
from connector.projectops.row_state import read_state
from connector.projectops.rows import RowFault
from connector.projectops.written import NOTHING_BEGUN, Written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from connector.dataverse.client import DataverseClient
    from connector.invoicing.ids import InvoiceId
    from connector.invoicing.plan import ContractPlan, InvoicePlan, ScheduleUpdate
    from connector.projectops.change_sets import RowGroup
    from connector.projectops.commit import Committer
    from connector.projectops.compose import Composer
    from connector.projectops.row_state import RowState
    from connector.projectops.tenant import Tenant
    from connector.projectops.written import Begun, Listener

#: Times that an unclear state is looked at again before it is reported as failed.
ATTEMPTS = 3

_GOOD = (InvoiceStatus.WRITTEN, InvoiceStatus.ALREADY_WRITTEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """
    One invoice with the schedule rows that are set with it.

    One that is *begun* may have been written; *state* is what was seen of it, if anybody looked.
    """

    invoice: InvoicePlan
    groups: tuple[RowGroup, ...]
    updates: tuple[ScheduleUpdate, ...]
    begun: bool
    state: RowState | None


@dataclass(slots=True)
class _Tally:
    """How the invoices of one contract have gone so far, and why."""

    outcomes: list[InvoiceOutcome] = field(default_factory=list)
    refused: set[InvoiceId] = field(default_factory=set)
    unclear: set[InvoiceId] = field(default_factory=set)
    halts: DataverseError | None = None
    forbidden: Forbidden | None = None
    warnings: list[PlanWarning] = field(default_factory=list)

    @property
    def is_forbidden(self) -> bool:
        """Whether a privilege was wanting, and nothing of the contract was written."""
        return self.forbidden is not None and not any(o.status in _GOOD for o in self.outcomes)

    def note(self, outcome: InvoiceOutcome) -> None:
        self.outcomes.append(outcome)
        if outcome.status not in _GOOD:
            self.unclear.add(outcome.invoice.id)

    def failed(self, invoice: InvoicePlan, error: DataverseError | RowFault) -> InvoiceOutcome:
        is_refusal = isinstance(error, Refused) and concerns_the_draft(error)
        outcome = InvoiceOutcome(
            invoice=invoice,
            status=InvoiceStatus.FAILED,
            error=str(error),
            is_open=not is_refusal,
        )
        self.outcomes.append(outcome)
        (self.refused if is_refusal else self.unclear).add(invoice.id)
        if isinstance(error, DataverseError) and is_everybodys(error):
            self.halts = error
        elif isinstance(error, Forbidden):
            self.forbidden = error
        return outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes the plans of one tenant."""

    client: DataverseClient
    tenant: Tenant
    composer: Composer
    committer: Committer
    listener: Listener

    def write(self, plan: ContractPlan, begun: Begun = NOTHING_BEGUN) -> Written:
        """
        Write every invoice of one contract, and the run status of its due schedule rows.

        A schedule row is set with the last invoice that bills its line: until then the contract
        is due, so that an interrupted run is taken up again. A failed invoice is an outcome; its
        schedule rows become Run Failed when the tenant refused it (DR-26), and stay as they are
        when nobody can say whether it acted, or when the refusal says nothing about the draft:
        a missing privilege, a property that the tenant does not have. Invoices in *begun* may have
        been written.
        """
        tally = _Tally()
        for invoice in plan.invoices:
            self._write_invoice(plan, invoice, tally, begun)
        others = [
            item
            for update in plan.schedule_updates
            if (item := _left_over(plan, update, tally)) is not None
        ]
        is_stopped = tally.halts or tally.forbidden
        others_set = () if is_stopped else self._update_schedule(others)
        return Written(
            plan=plan,
            outcomes=tuple(tally.outcomes),
            warnings=(*tally.warnings, *others_set),
            halts=tally.halts,
            forbidden=tally.forbidden if tally.is_forbidden else None,
        )

    def _write_invoice(
        self, plan: ContractPlan, invoice: InvoicePlan, tally: _Tally, begun: Begun
    ) -> None:
        bad = tally.refused | tally.unclear
        updates = tuple(
            update
            for update in plan.schedule_updates
            if (billing := _billing(plan, update)) and billing[-1] == invoice.id
            if not bad.intersection(billing)
        )
        groups = self.composer.groups(invoice)
        is_known = begun.there is not None and invoice.id in begun.ids
        job = _Job(
            invoice=invoice,
            groups=groups,
            updates=updates,
            begun=invoice.continues or invoice.id in begun.ids,
            state=begun.there.state(groups, updates) if begun.there and is_known else None,
        )
        try:
            outcome = self._attempt(job)
            tally.note(outcome)
            if outcome.status in _GOOD:
                tally.warnings += _shortenings(job)
        except (DataverseError, RowFault) as error:
            outcome = tally.failed(invoice, error)
        self.listener.ended(outcome)

    def _attempt(self, job: _Job) -> InvoiceOutcome:
        """Send what is missing, until all of it stands or the state shows why it cannot."""
        missing, left, ours = job.groups, job.updates, False
        if job.begun:
            state = job.state or read_state(self.client, self.tenant, job.groups, job.updates)
            verdict = self._verdict(job, state, ours=False)
            if verdict is not None:
                return verdict
            missing, left = state.missing, state.open_updates
        self.listener.begins(job.invoice)
        for _ in range(ATTEMPTS):
            error = self._send(missing, left)
            if error is None:
                return InvoiceOutcome(invoice=job.invoice, status=InvoiceStatus.WRITTEN)
            if not is_to_settle(error):
                raise error
            ours = ours or error.may_have_acted
            state = read_state(self.client, self.tenant, job.groups, job.updates)
            verdict = self._verdict(job, state, ours=ours)
            if verdict is not None:
                return verdict
            missing, left = state.missing, state.open_updates
        text = f"the invoice is still incomplete after {ATTEMPTS} attempts"
        status = InvoiceStatus.FAILED
        return InvoiceOutcome(invoice=job.invoice, status=status, error=text, is_open=True)

    def _send(
        self, groups: Iterable[RowGroup], updates: Iterable[ScheduleUpdate]
    ) -> DataverseError | None:
        return self.committer.send(groups, [self.composer.schedule_request(u) for u in updates])

    def _verdict(self, job: _Job, state: RowState, *, ours: bool) -> InvoiceOutcome | None:
        """
        What stands decides; None when what is missing can be sent.

        *ours* says that an earlier sending of this very attempt may have written it.
        """
        if state.conflicts:
            return _ended(job, InvoiceStatus.CONFLICT, "; ".join(state.conflicts))
        if state.drifted:
            return _ended(job, InvoiceStatus.DRIFTED, "; ".join(state.drifted))
        if state.is_complete:
            status = InvoiceStatus.WRITTEN if ours else InvoiceStatus.ALREADY_WRITTEN
            return InvoiceOutcome(invoice=job.invoice, status=status)
        if state.missing and self._is_finished(job, state):
            count = sum(len(group.rows) for group in state.missing)
            made = "was finished without" if state.has_header else "was finished, and now lacks"
            text = f"the invoice {made} {count} of the planned rows; they are left as they are"
            return _ended(job, InvoiceStatus.CONFLICT, text)
        return None

    def _is_finished(self, job: _Job, state: RowState) -> bool:
        """
        Whether the draft was completed by somebody, so that nothing is to be added to it.

        Schedule rows are written last: once they have had their run, the draft was whole. Without
        any, only a draft that takes several change sets, or is taken up again, can be a part.
        """
        if job.updates:
            return not state.open_updates
        partial = job.begun or self.committer.needs_several(job.groups, ())
        return state.has_header and not partial

    def _update_schedule(self, updates: Sequence[ScheduleUpdate]) -> tuple[PlanWarning, ...]:
        """Set run statuses that stand in no change set of an invoice; a failure is a warning."""
        error = self._send((), updates)
        if error is None or not self._still_open(error, updates):
            return ()
        ids = ", ".join(str(update.row_id) for update in updates)
        text = f"the run status of schedule rows {ids} could not be set: {error}"
        return (PlanWarning(code="schedule-row-not-updated", text=text),)

    def _still_open(self, error: DataverseError, updates: Sequence[ScheduleUpdate]) -> bool:
        """Whether the rows really do not say yet what they should: an answer may just be lost."""
        if not is_to_settle(error):
            return True
        try:
            state = read_state(self.client, self.tenant, (), updates)
        except (
            DataverseError,
            RowFault,
        ):  # the rows cannot be read either: the first error says why
            return True
        return bool(state.open_updates or state.drifted)


def _shortenings(job: _Job) -> Iterator[PlanWarning]:
    """One warning for a draft whose texts are longer than the tenant's columns."""
    cut = [item for group in job.groups for row in group.rows for item in row.shortened]
    if cut:
        text = f"invoice {job.invoice.id} has shortened texts: {combined(cut)}"
        yield PlanWarning(code="text-shortened", text=text, subject=job.invoice.id)


def _billing(plan: ContractPlan, update: ScheduleUpdate) -> tuple[InvoiceId, ...]:
    """The planned invoices that bill the line of a schedule row, in the order of writing."""
    return tuple(
        invoice.id
        for invoice in plan.invoices
        if invoice.id == update.invoice_id
        or (
            update.contract_line_id is not None
            and any(
                line.contract_line_id == update.contract_line_id and line.details
                for line in invoice.lines
            )
        )
    )


def _left_over(plan: ContractPlan, update: ScheduleUpdate, tally: _Tally) -> ScheduleUpdate | None:
    """What a row gets that stands in no change set of an invoice; None where it has been set."""
    billing = _billing(plan, update)
    if tally.refused.intersection(billing):
        return replace(update, status=RunStatus.FAILED, invoice_id=None)
    return None if billing else update


def _ended(job: _Job, status: InvoiceStatus, text: str) -> InvoiceOutcome:
    return InvoiceOutcome(invoice=job.invoice, status=status, error=text)
