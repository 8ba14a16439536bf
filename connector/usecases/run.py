"""One run from beginning to end: lease, unfinished work first, then plan, check, write, report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.invoicing.plan import PlanWarning
from connector.invoicing.policy import MissedDates
from connector.outcome import AGAIN, InvoiceStatus
from connector.report.document import to_text
from connector.runs.history import stored_plan, unfinished
from connector.runs.journal import Journal
from connector.runs.plan_file import PlanFileError
from connector.runs.store import RunStoreError
from connector.usecases.plan import PlanRejected, Scope, missed_dates, plan_run
from connector.usecases.resume import resume
from connector.usecases.write import WriteControl, write_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.outcome import RunPlan, RunReport
    from connector.runs.history import RunRecord
    from connector.usecases.session import Session


def execute(session: Session, scope: Scope, run_id: str) -> RunReport:
    """
    Plan *scope* and write it, after what earlier runs have left unfinished.

    Raises what `plan_run` raises; whatever happens to a single contract after that is an outcome.
    """
    environment = session.environment
    with Journal(environment.store, run_id) as journal:
        journal.step = "finish earlier runs"
        earlier, warnings = _finish_earlier(session)
        report = _one(session, scope, journal)
        return replace(report, earlier=earlier, warnings=(*report.warnings, *warnings))


def catch_up(session: Session, scope: Scope, run_id: str, days: int) -> tuple[RunReport, ...]:
    """The runs of the missed dates of the last *days* days in order, then that of *scope*."""
    scope = replace(scope, missed_dates=MissedDates.CATCH_UP)
    dates = missed_dates(session.environment, scope, days)
    replayed = [replace(scope, run_date=day) for day in dates]
    return tuple(
        execute(session, each, f"{run_id}-{each.run_date.isoformat()}")
        for each in (*replayed, replace(scope, late_days=days))
    )


def apply(session: Session, plan: RunPlan, run_id: str) -> RunReport:
    """Write the drafts of a plan that was made earlier, those that changed since excepted."""
    with Journal(session.environment.store, run_id, "keep the plan") as journal:
        journal.keep_plan(plan)
        journal.step = "write"
        report = resume(session.environment, plan, run_id, _control(session, journal, resumed=True))
        return _closed(session, journal, report)


def _one(session: Session, scope: Scope, journal: Journal) -> RunReport:
    environment = session.environment
    journal.step = "plan"
    plan = plan_run(environment, scope)
    if any(contract.invoices or contract.schedule_updates for contract in plan.contracts):
        journal.step = "keep the plan"
        journal.keep_plan(plan)
    journal.step = "write"
    control = _control(session, journal)
    return _closed(session, journal, write_run(environment, plan, journal.run_id, control))


def _finish_earlier(session: Session) -> tuple[tuple[RunReport, ...], tuple[PlanWarning, ...]]:
    """The reports of the runs that are finished now, and what could not be read or planned."""
    environment = session.environment
    reports: list[RunReport] = []
    warnings: list[PlanWarning] = []
    for record in unfinished(environment.store, environment.tenant.organization_id):
        try:
            plan = stored_plan(environment.store, record.run_id)
        except PlanFileError as error:
            text = f"run {record.run_id} is unfinished, but cannot be taken up: {error}"
            warnings.append(PlanWarning(code="unfinished-run-unreadable", text=text))
            continue
        report = _finish(session, record, plan)
        reports += (report, *_again(session, report, warnings))
        text = f"run {record.run_id} of {plan.run_date} was unfinished and has been taken up."
        warnings.append(PlanWarning(code="earlier-run-finished", text=text))
    return tuple(reports), tuple(warnings)


def _finish(session: Session, record: RunRecord, plan: RunPlan) -> RunReport:
    with Journal(session.environment.store, record.run_id, "finish") as journal:
        control = _control(session, journal, resumed=True)
        report = resume(session.environment, plan, record.run_id, control)
        return _closed(session, journal, report)


def _again(session: Session, report: RunReport, warnings: list[PlanWarning]) -> Iterator[RunReport]:
    """A new plan of the same date for what changed since: its run had begun and is still owed."""
    drifted = {
        outcome.invoice.contract_id
        for outcome in report.outcomes
        if outcome.status is InvoiceStatus.DRIFTED
    }
    if not drifted:
        return
    scope = Scope(
        run_date=report.plan.run_date, contracts=tuple(sorted(drifted)), beside_platform_job=True
    )
    try:
        with Journal(session.environment.store, report.run_id + AGAIN) as journal:
            yield _one(session, scope, journal)
    except PlanRejected as error:
        text = f"what changed since run {report.run_id} was planned could not be planned: {error}"
        warnings.append(PlanWarning(code="earlier-run-not-planned", text=text))


def _control(session: Session, journal: Journal, *, resumed: bool = False) -> WriteControl:
    return WriteControl(session.lease.check, journal.note, resumed=resumed)


def _closed(session: Session, journal: Journal, report: RunReport) -> RunReport:
    """The report as it is kept, with a word on what could not be."""
    journal.step = "report"
    try:
        if report.plan.contracts:
            session.environment.remember_dialect()
    except RunStoreError as error:
        warning = PlanWarning(code="run-store-incomplete", text=str(error))
        report = replace(report, warnings=(*report.warnings, warning))
    return journal.close(report, to_text([report]))
