"""Undo one of our own runs: its untouched drafts go, its schedule rows are Not Run again."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from connector.invoicing.ids import InvoiceId
from connector.outcome import ExitCode, UndoReport
from connector.projectops.undo import Undoer
from connector.report.undo import undo_text
from connector.runs.history import stored_plan
from connector.runs.journal import Journal
from connector.runs.plan_file import PlanFileError
from connector.runs.store import RunFile

#: Characters of a whole id; a shorter one was cut when the machine ended.
_ID_LENGTH = 36

if TYPE_CHECKING:
    from connector.usecases.session import Session


def undo(session: Session, run_id: str) -> UndoReport:
    """
    Take back what run *run_id* has written.

    Raises `PlanFileError` when the run store holds no plan of it, or one of another tenant.
    """
    environment = session.environment
    store = environment.store
    plan = stored_plan(store, run_id)
    if plan.organization_id != environment.tenant.organization_id:
        message = f"run {run_id} was for organization {plan.organization_id}, not for this one"
        raise PlanFileError(message)
    undoer = Undoer(
        client=environment.client,
        tenant=environment.tenant,
        composer=environment.composer,
        guard=session.lease.check,
        claims=environment.dialect.current().claims,
        begin=lambda invoice: store.append(run_id, RunFile.UNDOING, str(invoice)),
        begun=_begun(store.get(run_id, RunFile.UNDOING)),
        limit=environment.operations_per_change_set,
    )
    with Journal(store, run_id, "undo"):
        fates = tuple(fate for contract in plan.contracts for fate in undoer.undo(contract))
    report = UndoReport(run_id=run_id, run_date=plan.run_date, fates=fates)
    if report.exit_code is ExitCode.DONE:
        store.put(run_id, RunFile.UNDONE, (undo_text(report),))
    return report


def _begun(text: str | None) -> set[InvoiceId]:
    """The drafts that an interrupted undoing has begun with."""
    return {InvoiceId(UUID(line)) for line in (text or "").split() if len(line) == _ID_LENGTH}
