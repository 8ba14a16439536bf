"""Undo one of our own runs: its untouched drafts go, its schedule rows are Not Run again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import UUID

from connector.errors import ExitCode
from connector.invoicing.ids import InvoiceId
from connector.outcome import DraftFate, InvoiceStatus, UndoReport, UndoStatus
from connector.projectops.undo import Undoer
from connector.run_record import RunKind
from connector.runs.journal import Journal
from connector.runs.names import RunFile, run_file, unfinished_mark
from connector.runs.part_report import kept_part_report
from connector.runs.plan_text import PlanFileError, encoded
from connector.runs.progress_file import own_invoices, progress_lines
from connector.runs.stored_plan import check_parts, stored_plan
from connector.usecases.draft_prints import kept_prints
from connector.usecases.progress import DraftEnded
from connector.usecases.watch import RunInterrupted, Stopping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connector.invoicing.plan import ContractPlan
    from connector.run_report import RunPlan
    from connector.runs.store import RunStore
    from connector.summary import PartSummary
    from connector.usecases.environment import Environment
    from connector.usecases.session import Session

#: Characters of a whole id; a shorter one was cut when the machine ended.
_ID_LENGTH: Final = 36

#: Why a draft stays that this run found written already.
NOT_OURS: Final = "this run has not written it: it stood already when the run came to it"

#: What became of an invoice that another run has written.
_FOREIGN: Final = (InvoiceStatus.ALREADY_WRITTEN, InvoiceStatus.CONFLICT, InvoiceStatus.DRIFTED)


def undo(session: Session, run_id: str, undo_id: str) -> UndoReport:
    """
    Take back what run *run_id* has written, part by part.

    A draft that the run found already written by another one stays. Raises `PlanFileError` when
    the run store holds no usable plan of it, or one of another tenant, and `RunInterrupted`.
    """
    environment = session.environment
    store = environment.store
    plan = _plan(environment, run_id)
    try:
        with Journal(store, undo_id, "undo") as journal:
            session.begin(journal, RunKind.UNDO, plan.run_date)
            fates = tuple(_fates(session, store, run_id, plan))
    except Stopping as stopping:
        raise RunInterrupted from stopping
    report = UndoReport(run_id=run_id, run_date=plan.run_date, fates=fates)
    if report.exit_code is ExitCode.DONE:
        store.put(run_file(run_id, RunFile.UNDONE), (encoded(report),))
        store.delete(unfinished_mark(plan.organization_id, run_id))
    return report


def preview_undo(environment: Environment, run_id: str) -> UndoReport:
    """
    What `undo` would delete and why the rest stays; nothing is written, and no lease is held.

    Raises as `undo` does.
    """
    plan = _plan(environment, run_id)
    undoer = _undoer(environment, environment.store, run_id, environment.watch.check)
    fates = tuple(
        fate
        for part in plan.summaries
        for look in (_undoing(undoer, environment.store, run_id, part, Undoer.preview),)
        for contract in _contracts(plan, part)
        for fate in look(contract)
    )
    return UndoReport(run_id=run_id, run_date=plan.run_date, fates=fates)


def _plan(environment: Environment, run_id: str) -> RunPlan:
    plan = stored_plan(environment.store, run_id)
    if plan.organization_id != environment.tenant.organization_id:
        message = f"run {run_id} was for organization {plan.organization_id}, not for this one"
        raise PlanFileError(message)
    check_parts(plan)
    return plan


def _fates(session: Session, store: RunStore, run_id: str, plan: RunPlan) -> Iterator[DraftFate]:
    environment = session.environment

    def check() -> None:
        environment.watch.check()
        session.lease.check()

    undoer = _undoer(environment, store, run_id, check)
    workers = environment.client.workers
    with ThreadPoolExecutor(workers, thread_name_prefix="proforma-undo") as pool:
        every = (
            fate
            for part in plan.summaries
            for fates in pool.map(_undoing(undoer, store, run_id, part), _contracts(plan, part))
            for fate in fates
        )
        for done, fate in enumerate(every, start=1):
            event = DraftEnded(
                run_id=run_id,
                invoice_id=fate.invoice_id,
                status=fate.status,
                done=done,
                drafts=plan.totals.invoices,
            )
            environment.watch.tell(event)
            yield fate


def _contracts(plan: RunPlan, part: PartSummary) -> tuple[ContractPlan, ...]:
    return plan.source.plan(part).contracts


def _undoing(
    undoer: Undoer,
    store: RunStore,
    run_id: str,
    part: PartSummary,
    act: Callable[[Undoer, ContractPlan], tuple[DraftFate, ...]] = Undoer.undo,
) -> Callable[[ContractPlan], tuple[DraftFate, ...]]:
    """What takes back the drafts of one contract of *part*."""
    foreign = foreign_invoices(store, run_id, part.number)
    knowing = replace(undoer, prints=kept_prints(store, run_id, part.number))
    return lambda contract: _undo_contract(partial(act, knowing), contract, foreign)


def _undo_contract(
    act: Callable[[ContractPlan], tuple[DraftFate, ...]],
    contract: ContractPlan,
    foreign: frozenset[InvoiceId],
) -> tuple[DraftFate, ...]:
    ours = tuple(invoice for invoice in contract.invoices if invoice.id not in foreign)
    theirs = (invoice for invoice in contract.invoices if invoice.id in foreign)
    refused = tuple(
        DraftFate(
            contract_id=contract.contract_id,
            invoice_id=invoice.id,
            name=invoice.name,
            status=UndoStatus.REFUSED,
            reason=NOT_OURS,
        )
        for invoice in theirs
    )
    return (*act(replace(contract, invoices=ours)), *refused)


def foreign_invoices(store: RunStore, run_id: str, number: int) -> frozenset[InvoiceId]:
    """The invoices of a part that the run found written by another one."""
    report = kept_part_report(store, run_id, number)
    last = {line.invoice_id: line.status for line in progress_lines(store, run_id, number)}
    if report is not None:
        last |= {note.invoice_id: note.status for note in report.outcomes}
    own = own_invoices(store, run_id, number)
    found = (invoice for invoice, status in last.items() if status in _FOREIGN)
    return frozenset(invoice for invoice in found if invoice is not None and invoice not in own)


def _undoer(
    environment: Environment, store: RunStore, run_id: str, guard: Callable[[], None]
) -> Undoer:
    name = run_file(run_id, RunFile.UNDOING)
    return Undoer(
        client=environment.client,
        tenant=environment.tenant,
        composer=environment.composer,
        guard=guard,
        claims=environment.dialect.current().claims,
        begin=lambda invoice: store.append(name, str(invoice).encode()),
        begun=_begun(store.get(name)),
        limit=environment.operations_per_change_set,
    )


def _begun(text: bytes | None) -> set[InvoiceId]:
    """The drafts that an interrupted undoing has begun with."""
    lines = (text or b"").decode(errors="replace").split()
    return {InvoiceId(UUID(line)) for line in lines if len(line) == _ID_LENGTH}
