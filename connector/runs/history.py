"""The runs of a store as a person looks at them: what became of each, and what is left to do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from connector.invoicing.ids import OrganizationId
from connector.runs.names import (
    RUNS,
    RunFile,
    run_file,
    run_folder,
    run_id_of,
    unfinished_folder,
    unfinished_mark,
)
from connector.runs.part_report import kept_part_report
from connector.runs.plan_text import PlanFileError, decoded
from connector.runs.run_begin import RunKind, kept_begin
from connector.runs.run_end import stored_report
from connector.runs.store import RunStoreError
from connector.summary import OutcomeTotals, PlanTotals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.run_report import RunReport
    from connector.runs.part_report import InvoiceNote
    from connector.runs.store import RunStore


#: What says that a run has made a plan.
_PLANS: Final = frozenset({RunFile.MANIFEST, RunFile.PREVIEW})


class RunState(StrEnum):
    """What became of a run: *unfinished* ones are taken up by the next run."""

    FINISHED = "finished"
    UNFINISHED = "unfinished"
    STOPPED = "stopped"
    UNDONE = "undone"
    PREVIEW = "preview"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Where a run ended before its report: the step, and what was said."""

    step: str
    error: str
    exit_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """
    One run of the history, in numbers.

    What is not known is None: the date of a run that stopped before it was told, *totals* and
    *exit_code* of one that made no plan or has not come to its end. *outcomes* says what became
    of the invoices as far as the run came.
    """

    run_id: str
    state: RunState
    kind: RunKind | None = None
    run_date: date | None = None
    organization_id: OrganizationId | None = None
    began: datetime | None = None
    totals: PlanTotals | None = None
    outcomes: tuple[OutcomeTotals, ...] = ()
    failed_contracts: int = 0
    exit_code: int | None = None
    stop: Stop | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetails:
    """Everything that was kept of one run; *report* is None where it made no usable plan."""

    record: RunRecord
    report: RunReport | None
    store: RunStore = field(repr=False)

    def notes(self) -> Iterator[InvoiceNote]:
        """What became of each invoice that the run was through with, part by part."""
        for part in self.report.plan.summaries if self.report else ():
            found = kept_part_report(self.store, self.record.run_id, part.number)
            yield from found.outcomes if found else ()


def records(store: RunStore, last: int | None = None) -> tuple[RunRecord, ...]:
    """
    The runs of *store*, oldest first; a few small files are read of each.

    With *last* only so many, the last by their ids, which begin with the time unless somebody
    named them otherwise.
    """
    folders = store.names(RUNS)
    wanted = folders if last is None else folders[len(folders) - min(last, len(folders)) :]
    found = [record_of(store, run_id_of(folder)) for folder in wanted]
    return tuple(sorted(found, key=lambda r: (r.began.timestamp() if r.began else 0, r.run_id)))


def record_of(store: RunStore, run_id: str) -> RunRecord:
    """One run in numbers."""
    kept = _kept(store, run_id)
    begin = kept_begin(store, run_id)
    stop = _stop(store, run_id) if RunFile.STOPPED in kept else None
    bare = RunRecord(
        run_id=run_id,
        state=_state(kept),
        kind=begin.kind if begin else None,
        run_date=begin.run_date if begin else None,
        organization_id=begin.organization_id if begin else None,
        began=begin.began if begin else None,
        exit_code=stop.exit_code if stop else None,
        stop=stop,
    )
    if not kept & _PLANS:
        return bare
    try:
        return _with_report(bare, stored_report(store, run_id))
    except PlanFileError as error:
        return replace(bare, fault=str(error))


def unfinished(store: RunStore, organization: OrganizationId) -> tuple[str, ...]:
    """
    The runs of one tenant that have a plan and neither a report nor an undoing, by run date.

    Marks of runs that need nothing any more are taken away.
    """
    found = []
    for mark in store.names(unfinished_folder(organization)):
        record = record_of(store, run_id_of(mark))
        if record.state is RunState.UNFINISHED:
            found.append(record)
        else:
            store.delete(unfinished_mark(organization, record.run_id))
    ordered = sorted(found, key=lambda record: (record.run_date or date.min, record.run_id))
    return tuple(record.run_id for record in ordered)


def details(store: RunStore, run_id: str) -> RunDetails:
    """Everything kept of *run_id*; raises `RunStoreError` when nothing was."""
    kept = _kept(store, run_id)
    if not kept:
        message = f"the run store knows no run {run_id!r}"
        raise RunStoreError(message)
    record = record_of(store, run_id)
    is_usable = kept & _PLANS and record.fault is None
    return RunDetails(
        record=record, report=stored_report(store, run_id) if is_usable else None, store=store
    )


def _kept(store: RunStore, run_id: str) -> frozenset[str]:
    """The names of what is kept of a run, without its folder."""
    return frozenset(name.rpartition("/")[2] for name in store.names(run_folder(run_id)))


def _with_report(record: RunRecord, report: RunReport) -> RunRecord:
    has_ended = record.state in (RunState.FINISHED, RunState.UNDONE)
    return replace(
        record,
        run_date=report.run_date,
        organization_id=report.plan.organization_id,
        totals=report.totals,
        outcomes=report.outcome_totals,
        failed_contracts=report.plan.failed_contracts,
        exit_code=int(report.exit_code) if has_ended else record.exit_code,
    )


def _state(kept: frozenset[str]) -> RunState:
    states = {
        RunFile.UNDONE: RunState.UNDONE,
        RunFile.REPORT: RunState.FINISHED,
        RunFile.MANIFEST: RunState.UNFINISHED,
        RunFile.STOPPED: RunState.STOPPED,
        RunFile.PREVIEW: RunState.PREVIEW,
    }
    return next((state for kind, state in states.items() if kind in kept), RunState.STOPPED)


def _stop(store: RunStore, run_id: str) -> Stop | None:
    text = store.get(run_file(run_id, RunFile.STOPPED))
    try:
        return None if text is None else decoded(text, Stop, "where it stopped")
    except PlanFileError:
        return Stop(step="unknown", error="the note on where it stopped is damaged", exit_code=1)
