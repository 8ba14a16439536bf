"""The runs of a store as a person looks at them: what became of each, and what is left to do."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from connector.invoicing.amounts import total
from connector.invoicing.ids import OrganizationId
from connector.outcome import AGAIN, GOOD_STATUSES
from connector.run_record import RunRecord, RunState, Stop
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
from connector.runs.run_begin import kept_begin
from connector.runs.run_end import stored_report
from connector.runs.store import RunStoreError
from connector.summary import OutcomeTotals, PlanTotals, combined_outcomes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.run_report import RunReport
    from connector.runs.part_report import InvoiceNote
    from connector.runs.store import RunStore


#: Runs that are looked at together: a store that is far away answers each after a while.
AT_ONCE: Final = 16
#: What the ids of runs end with that plan anew what an earlier one could write no more.
_BASE: Final = re.compile(rf"(?:{re.escape(AGAIN)}(?:\.\d+)?)+$")
#: What says that a run has made a plan.
_PLANS: Final = frozenset({RunFile.MANIFEST, RunFile.PREVIEW})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetails:
    """
    Everything that was kept of one run; *report* is None where it made no usable plan.

    *resumed* are the reports of the runs that planned anew what it could write no more.
    """

    record: RunRecord
    report: RunReport | None
    resumed: tuple[RunReport, ...] = ()
    store: RunStore = field(repr=False)

    @property
    def reports(self) -> tuple[RunReport, ...]:
        """The report of the run, where it has one, and of what took it up."""
        return (*((self.report,) if self.report else ()), *self.resumed)

    def notes(self) -> Iterator[InvoiceNote]:
        """What became of each invoice that the run was through with, part by part."""
        for part in self.report.plan.summaries if self.report else ():
            found = kept_part_report(self.store, self.record.run_id, part.number)
            yield from found.outcomes if found else ()


def records(store: RunStore, last: int | None = None) -> tuple[RunRecord, ...]:
    """
    The runs of *store*, oldest first; a few small files are read of each, many at once.

    A run that was taken up and planned anew is one with what did so. With *last* only so many,
    the last by their ids, which begin with the time unless somebody named them otherwise.
    """
    folders = store.names(RUNS)
    wanted = folders if last is None else folders[len(folders) - min(last, len(folders)) :]
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="proforma-history") as pool:
        each = list(pool.map(lambda folder: record_of(store, run_id_of(folder)), wanted))
    found = told_as_one(each)
    return tuple(sorted(found, key=lambda r: (r.began.timestamp() if r.began else 0, r.run_id)))


def told_as_one(found: Sequence[RunRecord]) -> tuple[RunRecord, ...]:
    """The runs, each with those that planned anew what it could write no more."""
    by_run: dict[str, list[RunRecord]] = {}
    for record in found:
        by_run.setdefault(_BASE.sub("", record.run_id), []).append(record)
    return tuple(
        _joined(sorted(same, key=lambda record: record.run_id)) for same in by_run.values()
    )


def _joined(same: Sequence[RunRecord]) -> RunRecord:
    """
    Several records of one run as one, the first of them and those that took it up.

    What the first could not write was planned anew by the others, so its own good invoices count
    and all of theirs; what stays behind, and the end, are those of the last.
    """
    first, *others = same
    if not others:
        return first
    last = next((record for record in reversed(others) if record.totals), first)
    good = [item for item in first.outcomes if item.status in GOOD_STATUSES]
    outcomes = combined_outcomes([*good, *(item for other in others for item in other.outcomes)])
    return replace(
        first,
        state=last.state,
        ended=last.ended or first.ended,
        totals=None if first.totals is None else _counted(first.totals, last, outcomes),
        outcomes=outcomes,
        failed_contracts=last.failed_contracts,
        exit_code=last.exit_code,
        stop=last.stop,
        fault=first.fault or last.fault,
        resumed_by=tuple(other.run_id for other in others),
    )


def _counted(totals: PlanTotals, last: RunRecord, outcomes: Sequence[OutcomeTotals]) -> PlanTotals:
    """*totals* with the invoices and amounts of *outcomes*, and what *last* leaves behind."""
    amounts = {
        code: [item for item in outcomes if item.currency.code == code]
        for code in {item.currency.code for item in outcomes}
    }
    return replace(
        totals,
        invoices=sum(item.invoices for item in outcomes),
        left_behind=last.totals.left_behind if last.totals else totals.left_behind,
        currencies=tuple(
            replace(
                item,
                invoices=sum(found.invoices for found in amounts.get(item.currency.code, ())),
                amount=total(found.amount for found in amounts.get(item.currency.code, ())),
                tax=total(found.tax for found in amounts.get(item.currency.code, ())),
            )
            for item in totals.currencies
        ),
    )


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
        raise _unknown(run_id)
    record = record_of(store, run_id)
    again = [
        record_of(store, name)
        for name in map(run_id_of, store.names(RUNS))
        if name != run_id and _BASE.sub("", name) == run_id
    ]
    return RunDetails(
        record=_joined([record, *again]),
        report=_report(store, record),
        resumed=tuple(filter(None, (_report(store, item) for item in again))),
        store=store,
    )


def report_of(store: RunStore, run_id: str) -> RunReport:
    """The report of *run_id*; raises `RunStoreError`, and `PlanFileError` without a usable plan."""
    if not _kept(store, run_id):
        raise _unknown(run_id)
    return stored_report(store, run_id)


def _unknown(run_id: str) -> RunStoreError:
    return RunStoreError(f"the run store knows no run {run_id!r}")


def _report(store: RunStore, record: RunRecord) -> RunReport | None:
    """The report of a run that has made a usable plan."""
    is_usable = record.fault is None and _kept(store, record.run_id) & _PLANS
    return stored_report(store, record.run_id) if is_usable else None


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
        ended=report.ended,
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
