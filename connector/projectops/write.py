"""
Write planned invoices so that each exists exactly once, whatever was lost on the way.

Every row is created under its obligation key. Where an answer says "exists already" or does not
come at all, the rows themselves are read and compared: the tenant's state decides, not our memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.dataverse.batch import ChangeSet
from connector.dataverse.errors import (
    Ambiguous,
    DataverseError,
    Duplicate,
    PreconditionFailed,
    Refused,
)
from connector.dataverse.message import Response
from connector.invoicing.choices import RunStatus
from connector.invoicing.plan import Warning
from connector.outcome import InvoiceOutcome, InvoiceStatus
from connector.projectops.settle import Standing, standing_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Request
    from connector.invoicing.plan import ContractPlan, InvoicePlan, ScheduleUpdate
    from connector.projectops.compose import Composer, PlannedRow
    from connector.projectops.tenant import Tenant

#: Times that an unclear state is looked at again before it is reported as failed.
ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of one contract's plan; *warnings* name schedule rows that could not be set."""

    outcomes: tuple[InvoiceOutcome, ...]
    warnings: tuple[Warning, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes the plans of one tenant."""

    client: DataverseClient
    tenant: Tenant
    composer: Composer

    def write(self, plan: ContractPlan) -> Written:
        """
        Write every invoice of one contract, and the run status of its due schedule rows.

        A failed invoice is an outcome; its schedule rows become Run Failed when the tenant
        refused it (DR-26), and stay as they are when nobody can say whether it acted. Rows of a
        run that found nothing to bill are written last.
        """
        written = [self._write_invoice(invoice, plan) for invoice in plan.invoices]
        rest = [update for update in plan.schedule_updates if update.invoice_id is None]
        return Written(
            outcomes=tuple(outcome for outcome, _ in written),
            warnings=(
                *(warning for _, warnings in written for warning in warnings),
                *self._update_schedule(rest),
            ),
        )

    def _write_invoice(
        self, invoice: InvoicePlan, plan: ContractPlan
    ) -> tuple[InvoiceOutcome, tuple[Warning, ...]]:
        updates = [item for item in plan.schedule_updates if item.invoice_id == invoice.id]
        rows = self.composer.rows(invoice)
        try:
            return self._attempt(invoice, rows, updates), ()
        except Refused as refusal:
            return _failed(invoice, str(refusal)), self._mark_failed(updates)
        except DataverseError as error:
            return _failed(invoice, str(error)), ()

    def _attempt(
        self, invoice: InvoicePlan, rows: Sequence[PlannedRow], updates: Sequence[ScheduleUpdate]
    ) -> InvoiceOutcome:
        """Send what is missing, until all of it stands or the state shows why it cannot."""
        missing, left, ours = rows, updates, False
        for _ in range(ATTEMPTS):
            error = self._send(missing, left)
            if error is None:
                return InvoiceOutcome(invoice=invoice, status=InvoiceStatus.WRITTEN)
            if not _is_to_settle(error):
                raise error
            ours = ours or error.may_have_acted or isinstance(error, Ambiguous)
            standing = standing_of(self.client, self.tenant, rows, updates)
            verdict = _verdict(invoice, standing, ours=ours)
            if verdict is not None:
                return verdict
            missing, left = standing.missing, standing.open_updates
        text = f"the invoice is still incomplete after {ATTEMPTS} attempts"
        return _failed(invoice, text)

    def _send(
        self, rows: Sequence[PlannedRow], updates: Iterable[ScheduleUpdate]
    ) -> DataverseError | None:
        """The first error of the change sets, in order; None when all of them were committed."""
        for operations in self.composer.change_sets(rows, updates):
            error = self._commit(operations)
            if error is not None:
                return error
        return None

    def _commit(self, operations: tuple[Request, ...]) -> DataverseError | None:
        try:
            answers = self.client.batch((ChangeSet(requests=operations),))
        except DataverseError as error:
            return error
        errors = [answer for answer in answers if not isinstance(answer, Response)]
        return min(errors, key=_severity, default=None)

    def _mark_failed(self, updates: Sequence[ScheduleUpdate]) -> tuple[Warning, ...]:
        """Run Failed on the schedule rows of an invoice that the tenant refused."""
        return self._update_schedule(
            [replace(item, status=RunStatus.FAILED, invoice_id=None) for item in updates]
        )

    def _update_schedule(self, updates: Sequence[ScheduleUpdate]) -> tuple[Warning, ...]:
        """Set run statuses that stand in no change set of an invoice; a failure is a warning."""
        error = self._send((), updates)
        if error is None or not self._still_open(error, updates):
            return ()
        ids = ", ".join(str(update.row_id) for update in updates)
        text = f"the run status of schedule rows {ids} could not be set: {error}"
        return (Warning(code="schedule-row-not-updated", text=text),)

    def _still_open(self, error: DataverseError, updates: Sequence[ScheduleUpdate]) -> bool:
        """Whether the rows really do not say yet what they should: an answer may just be lost."""
        if not _is_to_settle(error):
            return True
        standing = standing_of(self.client, self.tenant, (), updates)
        return bool(standing.open_updates or standing.drifted)


def _verdict(invoice: InvoicePlan, standing: Standing, *, ours: bool) -> InvoiceOutcome | None:
    """
    What stands decides; None when what is missing can be sent.

    *ours* says that an earlier sending of this very attempt may have written it.
    """
    if standing.conflicts:
        text = "; ".join(standing.conflicts)
        return InvoiceOutcome(invoice=invoice, status=InvoiceStatus.CONFLICT, error=text)
    if standing.drifted:
        text = "; ".join(standing.drifted)
        return InvoiceOutcome(invoice=invoice, status=InvoiceStatus.DRIFTED, error=text)
    if not standing.missing and not standing.open_updates:
        status = InvoiceStatus.WRITTEN if ours else InvoiceStatus.ALREADY_WRITTEN
        return InvoiceOutcome(invoice=invoice, status=status)
    return None


def _is_to_settle(error: DataverseError) -> bool:
    return error.may_have_acted or isinstance(error, Ambiguous | Duplicate | PreconditionFailed)


def _severity(error: DataverseError) -> int:
    """Of the errors of one change set the one that explains the rest comes first."""
    return 0 if isinstance(error, Refused) else 1


def _failed(invoice: InvoicePlan, error: str) -> InvoiceOutcome:
    return InvoiceOutcome(invoice=invoice, status=InvoiceStatus.FAILED, error=error)
