"""The steps that write a plan: which parts, each of them, and the report of what became of all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.invoicing.plan import PlanWarning
from connector.projectops.refusals import remedy
from connector.run_report import RunReport, preview_of
from connector.runs.forgiving_store import ForgivingStore
from connector.runs.journal import Journal
from connector.runs.names import PartFile, RunFile, part_file, run_file
from connector.runs.part_report import kept_part_report
from connector.runs.plan_text import PlanFileError
from connector.runs.run_end import stored_report, written_results
from connector.runs.stored_plan import check_parts, stored_plan
from connector.usecases.measures import measure_run
from connector.usecases.notify import tell_run
from connector.usecases.parts.tasks import WriteTask
from connector.usecases.parts.write_part import write_control, write_part
from connector.usecases.parts.write_parts import begun_report, closed, learned_dialect
from connector.usecases.requests import all_requests, requests_since
from connector.usecases.steps.opening import holding
from connector.usecases.steps.values import EndedRun, PartsToWrite, WrittenPart
from connector.usecases.watch import Stopping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.run_report import RunPlan
    from connector.runs.store import RunStore
    from connector.summary import OutcomeSummary, PartSummary
    from connector.usecases.environment import Environment
    from connector.usecases.parts.write_part import WriteControl
    from connector.usecases.steps.values import Hold, WrittenParts


def take_up_run(environment: Environment, run_id: str) -> PartsToWrite:
    """
    The parts of an unfinished run that are still to be written.

    A plan that cannot be used is no error of the run that meets it: it is said in the answer.
    """
    store, count = environment.store, requests_since(environment)
    try:
        plan = stored_plan(store, run_id)
        check_parts(plan)
    except PlanFileError as error:
        return PartsToWrite(unusable=str(error), requests=count())
    _, tasks = begun_report(Journal(store, run_id), plan, resumed=True)
    return PartsToWrite(
        parts=tuple(task.part.number for task in tasks),
        invoices=sum(task.part.totals.invoices for task in tasks),
        resumed=True,
        requests=count(),
    )


def write_one_part(
    environment: Environment, hold: Hold, run_id: str, number: int, parts: PartsToWrite
) -> WrittenPart:
    """
    Write one of *parts*.

    Done a second time, or begun after it died half-way, it finds out what of it stands. Raises
    `LeaseLost` when another run goes on, and `DataverseError` when the part cannot be read.
    """
    store, count = environment.store, requests_since(environment)
    kept = kept_part_report(store, run_id, number)
    if kept is not None and not kept.summary.is_open:
        return WrittenPart(number=number, summary=kept.summary, requests=count())
    task = WriteTask(
        run_id=run_id,
        part=_part(stored_plan(store, run_id), number),
        resumed=parts.resumed or _was_begun(store, run_id, number),
        invoices=parts.invoices,
    )
    forgiving = ForgivingStore(store)
    with holding(environment, hold) as check, write_control(environment, check) as control:
        summary = _written(environment, forgiving, task, control)
        warnings = (*learned_dialect(environment), *forgiving.warnings)
    return WrittenPart(
        number=number,
        summary=summary,
        because=_because(control),
        warnings=warnings,
        requests=count(),
    )


def finish_run(
    environment: Environment, hold: Hold, run_id: str, written: WrittenParts
) -> tuple[RunReport, EndedRun]:
    """
    Fold what became of the parts into the report of the run, and keep it.

    A part of which nothing was heard is looked up in the run store. Raises `LeaseLost`.
    """
    if hold.epoch is None:
        return _previewed(environment, run_id, written)
    count = requests_since(environment)
    with holding(environment, hold):
        journal = Journal(environment.store, run_id)
        plan = stored_plan(environment.store, run_id)
        report = replace(
            _report(journal, plan, written),
            earlier=tuple(stored_report(environment.store, item) for item in written.earlier),
        )
        known = (written.requests, *(part.requests for part in written.parts), count())
        report = closed(environment, journal, replace(report, requests=all_requests(known)))
        measure_run(environment, report)
    return _heard(environment, report)


def ended(report: RunReport) -> EndedRun:
    """*report* in numbers."""
    return EndedRun(
        run_id=report.run_id,
        run_date=report.run_date,
        exit_code=int(report.exit_code),
        invoices=report.totals.invoices,
        drifted=tuple(sorted({item for part in report.written for item in part.drifted})),
    )


def _previewed(
    environment: Environment, run_id: str, written: WrittenParts
) -> tuple[RunReport, EndedRun]:
    plan = stored_plan(environment.store, run_id, RunFile.PREVIEW)
    report = preview_of(plan, run_id, written.requests)
    measure_run(environment, report)
    return _heard(environment, report)


def _heard(environment: Environment, report: RunReport) -> tuple[RunReport, EndedRun]:
    """The report, of which somebody is told once, also where this step is done twice."""
    name = run_file(report.run_id, RunFile.TOLD)
    if environment.store.get(name) is None:
        report = tell_run(environment, report)
        environment.store.put(name, ())
    return report, ended(report)


def _written(
    environment: Environment, store: ForgivingStore, task: WriteTask, control: WriteControl
) -> OutcomeSummary | None:
    try:
        return write_part(environment, store, task, control)
    except Stopping as stopping:
        if control.failure is not None and not isinstance(control.failure, Stopping):
            raise control.failure from stopping
        raise


def _because(control: WriteControl) -> str | None:
    """What the part met that is everybody's, with what a person has to mend."""
    met = control.halted or control.first.everybodys
    return None if met is None else f"{met}. {remedy(met)}"


def _report(journal: Journal, plan: RunPlan, written: WrittenParts) -> RunReport:
    heard = {part.number: part.summary for part in written.parts if part.summary is not None}
    summaries = [
        summary
        for part in plan.summaries
        for summary in (heard.get(part.number) or _looked_up(journal, part),)
        if summary is not None
    ]
    warnings = (
        *_halted(written),
        *(warning for part in written.parts for warning in part.warnings),
        *written.warnings,
    )
    return RunReport(
        run_id=journal.run_id,
        dry_run=False,
        plan=plan,
        written=tuple(summaries),
        because=_not_tried(plan, summaries, written),
        own_warnings=tuple(dict.fromkeys(warnings)),
        results=written_results(journal.forgiving),
    )


def _looked_up(journal: Journal, part: PartSummary) -> OutcomeSummary | None:
    kept = kept_part_report(journal.store, journal.run_id, part.number)
    return None if kept is None else kept.summary


def _not_tried(plan: RunPlan, summaries: list[OutcomeSummary], written: WrittenParts) -> str | None:
    """Why parts were not written; None where all were that had to be."""
    through = {summary.number for summary in summaries}
    is_whole = all(
        part.number in through for part in plan.summaries if part.totals.is_to_be_written
    )
    if is_whole:
        return None
    reasons = (written.halted, *(part.because for part in written.parts))
    known = next((reason for reason in reasons if reason), "its step did not come to its end")
    return f"not tried, or not known to be written: {known}"


def _halted(written: WrittenParts) -> Iterator[PlanWarning]:
    """One message where writing ended early, or where all parts met the same refusal."""
    refusals = [part.because for part in written.parts if part.summary is not None]
    met = written.halted
    if met is None and refusals and all(refusals):
        met = refusals[0]
    if met is not None:
        text = f"the run was halted, its schedule rows stay Not Run: {met}"
        yield PlanWarning(code="run-halted", text=text)


def _was_begun(store: RunStore, run_id: str, number: int) -> bool:
    return store.get(part_file(run_id, number, PartFile.PROGRESS)) is not None


def _part(plan: RunPlan, number: int) -> PartSummary:
    for part in plan.summaries:
        if part.number == number:
            return part
    message = f"the plan has parts 1 to {len(plan.summaries)}, and no part {number}"
    raise PlanFileError(message)
