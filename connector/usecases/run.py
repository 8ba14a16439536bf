"""One run from beginning to end: unfinished work first, then plan, check, write, report."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from connector.invoicing.plan import PlanWarning
from connector.invoicing.policy import MissedDates
from connector.outcome import AGAIN
from connector.run_record import RunKind
from connector.runs.history import unfinished
from connector.runs.journal import Journal
from connector.runs.names import RunFile
from connector.runs.plan_text import PlanFileError
from connector.runs.run_begin import unused_run_id
from connector.runs.store import RunStoreError
from connector.runs.stored_plan import check_parts, keep_manifest, stored_plan
from connector.scope import Scope
from connector.usecases.bounds import PlanRejected
from connector.usecases.parts.due import dated, missed_dates
from connector.usecases.parts.plan_parts import plan_parts
from connector.usecases.parts.write_parts import write_parts
from connector.usecases.watch import RunInterrupted, Stopping

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.run_report import RunPlan, RunReport
    from connector.usecases.session import Session


#: Steps of a run at which something may have been written.
_WRITING: Final = ("finish earlier runs", "write", "report")


def execute(session: Session, scope: Scope, run_id: str) -> RunReport:
    """
    Plan *scope* and write it, after what earlier runs have left unfinished.

    The run goes by *run_id*, or by that and a number where the run store knows one of that name.
    Raises what `plan_parts` and `write_parts` raise; whatever happens to a single contract after
    that is an outcome.
    """
    with _begun(session, run_id, _kind(session, scope), scope) as journal:
        journal.step = "finish earlier runs"
        earlier, warnings = _finish_earlier(session)
        with _told_before(earlier):
            report = _one(session, scope, journal)
        own = (*report.own_warnings, *warnings)
        return replace(report, earlier=earlier, own_warnings=own)


def catch_up(session: Session, scope: Scope, run_id: str, days: int) -> tuple[RunReport, ...]:
    """The runs of the missed dates of the last *days* days in order, then that of *scope*."""
    look = replace(scope, missed_dates=MissedDates.CATCH_UP)
    dates = missed_dates(session.environment, look, days)
    reports: list[RunReport] = []
    for name, each in dated(scope, run_id, dates, days):
        with _told_before(reports):
            reports.append(execute(session, each, name))
    return tuple(reports)


@contextmanager
def _told_before(reports: Sequence[RunReport]) -> Iterator[None]:
    """What ends a command in the block takes along what the command had written before."""
    try:
        yield
    except (PlanRejected, RunInterrupted) as ending:
        ending.before = (*reports, *ending.before)
        raise


def run_due(session: Session, scope: Scope, run_id: str, days: int | None) -> tuple[RunReport, ...]:
    """The run of *scope*, after the missed dates of the last *days* days where that is a number."""
    if days is None:
        return (execute(session, scope, run_id),)
    return catch_up(session, scope, run_id, days)


def apply(session: Session, plan: RunPlan, run_id: str) -> RunReport:
    """
    Write the drafts of a plan that was made earlier, those that changed since excepted.

    Raises `PlanFileError` when the plan is for another tenant.
    """
    organization = session.environment.tenant.organization_id
    if plan.organization_id != organization:
        message = (
            f"the plan is for organization {plan.organization_id}; this environment belongs to"
            f" {organization}"
        )
        raise PlanFileError(message)
    with _begun(session, run_id, RunKind.APPLY, plan.scope) as journal:
        journal.step = "keep the plan"
        kept = journal.take_plan(plan)
        journal.step = "write"
        return write_parts(session, journal, kept, resumed=True)


def _kind(session: Session, scope: Scope) -> RunKind:
    """What the history calls the run of *scope*."""
    if scope.missed_dates is MissedDates.CATCH_UP:
        return RunKind.CATCH_UP
    return RunKind.PLATFORM if session.environment.modes.by_action else RunKind.RUN


@contextmanager
def _begun(session: Session, run_id: str, kind: RunKind, scope: Scope) -> Iterator[Journal]:
    """The journal of a run that begins; what stops it before anything is written is told so."""
    store = session.environment.store
    try:
        with (
            Journal(store, unused_run_id(store, run_id)) as journal,
            _stopped_by_keyboard(journal),
        ):
            session.begin(journal, kind, scope.run_date)
            yield journal
    except Stopping as stopping:
        raise RunInterrupted from stopping


@contextmanager
def _stopped_by_keyboard(journal: Journal) -> Iterator[None]:
    """An interrupt within the block is a stop, unless something may have been written by then."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        if journal.step in _WRITING:
            raise
        raise Stopping from interrupt


def _one(session: Session, scope: Scope, journal: Journal) -> RunReport:
    journal.step = "plan"
    try:
        plan = plan_parts(session.environment, journal.store, journal.run_id, scope)
    except PlanRejected as rejected:
        _keep_rejected(journal, rejected)
        raise
    journal.step = "keep the plan"
    journal.keep_plan(plan)
    journal.step = "write"
    return write_parts(session, journal, plan)


def _keep_rejected(journal: Journal, rejected: PlanRejected) -> None:
    """A plan that broke a bound can be looked at afterwards, but is never taken up."""
    try:
        if rejected.plan is not None:
            keep_manifest(journal.store, journal.run_id, rejected.plan, RunFile.PREVIEW)
    except RunStoreError as fault:
        rejected.add_note(str(fault))


def _finish_earlier(session: Session) -> tuple[tuple[RunReport, ...], tuple[PlanWarning, ...]]:
    """The reports of the runs that are finished now, and what could not be read or planned."""
    environment = session.environment
    reports: list[RunReport] = []
    warnings: list[PlanWarning] = []
    for run_id in unfinished(environment.store, environment.tenant.organization_id):
        try:
            plan = stored_plan(environment.store, run_id)
            check_parts(plan)
        except PlanFileError as error:
            text = f"run {run_id} is unfinished, but cannot be taken up: {error}"
            warnings.append(PlanWarning(code="unfinished-run-unreadable", text=text))
            continue
        report = _finish(session, run_id, plan)
        reports += (report, *_again(session, report, warnings))
        text = f"run {run_id} of {plan.run_date} was unfinished and has been taken up."
        warnings.append(PlanWarning(code="earlier-run-finished", text=text))
    return tuple(reports), tuple(warnings)


def _finish(session: Session, run_id: str, plan: RunPlan) -> RunReport:
    with Journal(session.environment.store, run_id, "finish") as journal:
        return write_parts(session, journal, plan, resumed=True)


def _again(session: Session, report: RunReport, warnings: list[PlanWarning]) -> Iterator[RunReport]:
    """A new plan of the same date for what changed since: its run had begun and is still owed."""
    drifted = {contract for part in report.written for contract in part.drifted}
    if not drifted:
        return
    scope = Scope(
        run_date=report.run_date, contracts=tuple(sorted(drifted)), beside_platform_job=True
    )
    try:
        with _begun(session, report.run_id + AGAIN, RunKind.RUN, scope) as journal:
            yield _one(session, scope, journal)
    except PlanRejected as error:
        text = f"what changed since run {report.run_id} was planned could not be planned: {error}"
        warnings.append(PlanWarning(code="earlier-run-not-planned", text=text))
