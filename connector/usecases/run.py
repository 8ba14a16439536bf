"""One run from beginning to end: lease, unfinished work first, then plan, check, write, report."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.invoicing.plan import Warning
from connector.outcome import AGAIN, InvoiceStatus
from connector.runs.history import stored_plan, unfinished
from connector.runs.journal import Journal
from connector.runs.plan_file import PlanFileError
from connector.runs.store import RunStoreError
from connector.usecases.plan import PlanRejected, Scope, decide
from connector.usecases.resume import resume
from connector.usecases.write import WriteCourse, carry_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.outcome import RunPlan, RunReport
    from connector.runs.history import RunRecord
    from connector.runs.lease import Lease
    from connector.usecases.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The right to write, for as long as a lease lasts."""

    environment: Environment
    lease: Lease


@contextmanager
def writing(environment: Environment, run_id: str) -> Iterator[Session]:
    """
    Hold the lease of the tenant for the length of the block.

    What goes wrong inside is noted in the run store. Raises `LeaseHeld`, and `RunStoreError`.
    """
    with Journal(environment.store, run_id, "take the lease"):
        lease = environment.lease(run_id)
        lease.__enter__()
    try:
        yield Session(environment=environment, lease=lease)
    finally:
        lease.__exit__()


def execute(session: Session, scope: Scope, run_id: str) -> RunReport:
    """
    Plan *scope* and write it, after what earlier runs have left unfinished.

    Raises what `decide` raises; whatever happens to a single contract after that is an outcome.
    """
    environment = session.environment
    with Journal(environment.store, run_id) as journal:
        journal.step = "finish earlier runs"
        earlier, warnings = _finish_earlier(session)
        report = _one(session, scope, journal)
        return replace(report, earlier=earlier, warnings=(*report.warnings, *warnings))


def apply(session: Session, plan: RunPlan, run_id: str) -> RunReport:
    """Write the drafts of a plan that was made earlier, those that changed since excepted."""
    with Journal(session.environment.store, run_id, "keep the plan") as journal:
        journal.keep_plan(plan)
        journal.step = "write"
        report = resume(session.environment, plan, run_id, _course(session, journal, resumed=True))
        return _closed(session, journal, report)


def _one(session: Session, scope: Scope, journal: Journal) -> RunReport:
    environment = session.environment
    journal.step = "plan"
    plan = decide(environment, scope)
    if any(contract.invoices or contract.schedule_updates for contract in plan.contracts):
        journal.step = "keep the plan"
        journal.keep_plan(plan)
    journal.step = "write"
    course = _course(session, journal)
    return _closed(session, journal, carry_out(environment, plan, journal.run_id, course))


def _finish_earlier(session: Session) -> tuple[tuple[RunReport, ...], tuple[Warning, ...]]:
    """The reports of the runs that are finished now, and what could not be read or planned."""
    environment = session.environment
    reports: list[RunReport] = []
    warnings: list[Warning] = []
    for record in unfinished(environment.store, environment.tenant.organization_id):
        try:
            plan = stored_plan(environment.store, record.run_id)
        except PlanFileError as error:
            text = f"run {record.run_id} is unfinished, but cannot be taken up: {error}"
            warnings.append(Warning(code="unfinished-run-unreadable", text=text))
            continue
        report = _finish(session, record, plan)
        reports += (report, *_again(session, report, warnings))
        text = f"run {record.run_id} of {plan.run_date} was unfinished and has been taken up."
        warnings.append(Warning(code="earlier-run-finished", text=text))
    return tuple(reports), tuple(warnings)


def _finish(session: Session, record: RunRecord, plan: RunPlan) -> RunReport:
    with Journal(session.environment.store, record.run_id, "finish") as journal:
        course = _course(session, journal, resumed=True)
        report = resume(session.environment, plan, record.run_id, course)
        return _closed(session, journal, report)


def _again(session: Session, report: RunReport, warnings: list[Warning]) -> Iterator[RunReport]:
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
        warnings.append(Warning(code="earlier-run-not-planned", text=text))


def _course(session: Session, journal: Journal, *, resumed: bool = False) -> WriteCourse:
    return WriteCourse(session.lease.check, journal.note, resumed=resumed)


def _closed(session: Session, journal: Journal, report: RunReport) -> RunReport:
    """The report as it is kept, with a word on what could not be."""
    journal.step = "report"
    try:
        if report.plan.contracts:
            session.environment.remember_forms()
    except RunStoreError as error:
        warning = Warning(code="run-store-incomplete", text=str(error))
        report = replace(report, warnings=(*report.warnings, warning))
    return journal.close(report)
