"""
What the command line, the Azure Function and a library user call.

Each method of `Connector` is one line that names the use case doing it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from connector.runs.history import details, records, report_of
from connector.runs.plan_file import read_plan, write_plan
from connector.scope import scope_of
from connector.usecases.batch_job import batch_job_status, serve_batch_job
from connector.usecases.batch_job_process import InvoiceProcess, process_of
from connector.usecases.explain import explain_record
from connector.usecases.generate_schedule import generate_for_line
from connector.usecases.notify import tell_run, tell_undo
from connector.usecases.plan import plan_run, preview, preview_due
from connector.usecases.questions import TenantQuestions
from connector.usecases.run import apply, catch_up, execute, run_due
from connector.usecases.steps.calls import StepCalls
from connector.usecases.surroundings import surroundings
from connector.usecases.undo import preview_undo, undo
from connector.usecases.utilization import compute_utilization

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path
    from uuid import UUID

    from connector.errors import ExitCode
    from connector.invoicing.explain import Explanation
    from connector.invoicing.ids import ContractId, ContractLineId
    from connector.invoicing.recurring_job import RecurringJob, Workflow
    from connector.invoicing.schedule_rows import Generation
    from connector.outcome import UndoReport
    from connector.report.surroundings import Surroundings
    from connector.run_record import RunRecord
    from connector.run_report import RunPlan, RunReport
    from connector.runs.history import RunDetails
    from connector.scope import Override, Scope
    from connector.usecases.batch_job import Control, JobStatus
    from connector.usecases.progress import Progress
    from connector.utilization_report import UtilizationReport


class Connector(TenantQuestions, StepCalls):
    """
    One configured environment: plans, applies, runs, and answers the questions of its base.

    A context manager; nothing is opened or sent before it is used.
    """

    def plan(
        self,
        run_date: date,
        *,
        contracts: Sequence[ContractId] = (),
        beside_platform_job: bool = False,
        overrides: Sequence[Override] = (),
        progress: Progress | None = None,
    ) -> RunPlan:
        """
        Decide which drafts are due on *run_date*, in all contracts or only in *contracts*.

        Only reads. With *beside_platform_job* it goes on although the tenant's own job is active;
        *overrides* lift safety bounds, each for a reason. *progress* is told how it goes on, from
        several threads, one call at a time. Raises `PlatformJobActive`, `PlanRejected` with what
        was planned, and `DataverseError` when a read fails.
        """
        scope = scope_of(run_date, contracts, overrides, beside_platform_job=beside_platform_job)
        with self._environment.watching(progress):
            return plan_run(self._environment, scope)

    def save_plan(self, plan: RunPlan, path: Path) -> None:
        """Write *plan* to *path*, whole or not at all; raises `PlanFileError`."""
        write_plan(plan, path)

    def read_plan(self, path: Path) -> RunPlan:
        """The plan in *path*; raises `PlanFileError` when it was altered, cut or is no plan."""
        return read_plan(path)

    def apply(self, path: Path, *, run_id: str, progress: Progress | None = None) -> RunReport:
        """
        Write the drafts of a stored plan.

        Raises `PlanFileError` when the plan was altered or is for another tenant. A contract
        whose records changed since is reported as drifted; the others go on. Raises `LeaseHeld`
        while another run writes to the tenant.
        """
        plan = read_plan(path)
        with self._writing(progress, run_id, plan.run_date) as session:
            report = apply(session, plan, run_id)
        return tell_run(self._environment, report)

    def run(
        self,
        run_date: date,
        *,
        run_id: str,
        dry_run: bool = False,
        contracts: Sequence[ContractId] = (),
        beside_platform_job: bool = False,
        overrides: Sequence[Override] = (),
        progress: Progress | None = None,
    ) -> RunReport:
        """
        Plan, check, write and verify the drafts that are due on *run_date*.

        What an earlier run left unfinished is finished first. With *dry_run* nothing is written
        and no lease taken. The other options and what is raised are those of `plan`; `LeaseHeld`
        is raised while another run writes to the tenant. Whatever happens to a single contract
        after that is an outcome in the report.
        """
        scope = scope_of(run_date, contracts, overrides, beside_platform_job=beside_platform_job)
        if dry_run:
            return self._preview(progress, scope, run_id)
        with self._writing(progress, run_id, run_date) as session:
            report = execute(session, scope, run_id)
        return tell_run(self._environment, report)

    def catch_up(
        self,
        run_date: date,
        *,
        run_id: str,
        days: int,
        contracts: Sequence[ContractId] = (),
        beside_platform_job: bool = False,
        overrides: Sequence[Override] = (),
        progress: Progress | None = None,
    ) -> tuple[RunReport, ...]:
        """
        Run each missed date of the last *days* days in order, then *run_date* itself.

        One report a date, with the date appended to *run_id*; equal to having run every day
        (DR-5, DR-7). Schedule rows whose run failed are tried again (DR-6), and milestones that
        became Ready after their date are billed on *run_date* (DR-9). The other options are those
        of `run`.
        """
        scope = scope_of(run_date, contracts, overrides, beside_platform_job=beside_platform_job)
        with self._writing(progress, run_id, run_date) as session:
            reports = catch_up(session, scope, run_id, days)
        return tuple(tell_run(self._environment, report) for report in reports)

    def run_due(
        self,
        run_date: date,
        *,
        run_id: str,
        catch_up_days: int | None = None,
        contracts: Sequence[ContractId] = (),
        beside_platform_job: bool = False,
        overrides: Sequence[Override] = (),
        progress: Progress | None = None,
    ) -> tuple[RunReport, ...]:
        """
        What the settings say is due on *run_date*: its own run, or missed dates before it as well.

        Under `missed_dates = "catch-up"`, or where *catch_up_days* is given, this is `catch_up`
        (0 days: as many as configured), else `run`; one report a date.
        """
        days = self._environment.settings.run.days_to_catch_up(catch_up_days)
        scope = scope_of(run_date, contracts, overrides, beside_platform_job=beside_platform_job)
        with self._writing(progress, run_id, run_date) as session:
            reports = run_due(session, scope, run_id, days)
        return tuple(tell_run(self._environment, report) for report in reports)

    def preview_due(
        self,
        run_date: date,
        *,
        run_id: str,
        catch_up_days: int | None = None,
        contracts: Sequence[ContractId] = (),
        beside_platform_job: bool = False,
        overrides: Sequence[Override] = (),
        progress: Progress | None = None,
    ) -> tuple[RunReport, ...]:
        """
        What `run_due` would write, each date planned as if those before it had been written.

        Only reads, each contract once. Raises what `plan` raises; a `PlanRejected` of several
        dates carries a note that names its date.
        """
        days = self._environment.settings.run.days_to_catch_up(catch_up_days)
        scope = scope_of(run_date, contracts, overrides, beside_platform_job=beside_platform_job)
        with self._environment.watching(progress):
            return preview_due(self._environment, scope, run_id, days)

    def serve_batch_job(
        self, job: RecurringJob, control: Control, *, beside_platform_job: bool = False
    ) -> ExitCode:
        """
        Be the recurring job of the documentation until *control* ends it; each run is `run_due`.

        Raises `BatchJobRefused`, `BatchJobRunning`, and `RunInterrupted` where the end met a run.
        """
        run = partial(self.run_due, beside_platform_job=beside_platform_job)
        invoices = InvoiceProcess(run=run, control=control, stop=self.stop)
        process = process_of(job.workflow, self._environment, invoices)
        return serve_batch_job(self._environment, job, process, control)

    def batch_job_status(self, workflow: Workflow) -> JobStatus:
        """Whether the recurring job runs, and how it stood last."""
        return batch_job_status(self._environment, workflow)

    def utilization(self, first: date, last: date, *, write: bool = False) -> UtilizationReport:
        """
        Billable time over capacity by role, from *first* to *last*, both inclusive (DR-24).

        With *write* the rows of the chart Utilization by Role are set.
        """
        return compute_utilization(self._environment, first, last, write=write)

    def undo(
        self,
        run_id: str,
        *,
        undo_id: str,
        progress: Progress | None = None,
    ) -> UndoReport:
        """
        Delete the untouched drafts of run *run_id* and set its schedule rows back to Not Run.

        Raises `PlanFileError` for a run that the store holds no plan of, and `LeaseHeld`.
        """
        with self._writing(progress, undo_id) as session:
            report = undo(session, run_id, undo_id)
        tell_undo(self._environment, report)
        return report

    def preview_undo(self, run_id: str, *, progress: Progress | None = None) -> UndoReport:
        """
        Which drafts of run *run_id* `undo` would delete, and why the others stay; only reads.

        Raises `PlanFileError` for a run that the store holds no plan of.
        """
        with self._environment.watching(progress):
            return preview_undo(self._environment, run_id)

    def history(self, *, last: int | None = None) -> tuple[RunRecord, ...]:
        """The runs that the run store remembers, or the *last* ones, oldest first."""
        return records(self._environment.store, last)

    def remembered(self, run_id: str) -> RunDetails:
        """Everything that the run store holds of one run; raises `RunStoreError`, sends nothing."""
        return details(self._environment.store, run_id)

    def surroundings(
        self, reports: Sequence[RunReport], *, asks: bool = True, calendar: bool = True
    ) -> Surroundings:
        """
        What a report of *reports* says around them: language, user, the run before, coming runs.

        For `write_report`; only reads, and sends nothing unless it *asks* the tenant. The
        *calendar* reads the contracts once more. What cannot be read is left out.
        """
        return surroundings(self._environment, reports, asks=asks, calendar=calendar)

    def stored_report(self, run_id: str) -> RunReport:
        """
        The report of one run as the run store holds it; sends nothing.

        Raises `RunStoreError` for a run that is not known, `PlanFileError` for one without a plan.
        """
        return report_of(self._environment.store, run_id)

    def explain(self, record: UUID, run_date: date) -> Explanation:
        """
        What happens to *record* on *run_date*, by which rules, and what would change it.

        *record* is the id of a contract, contract line, schedule row, actual, milestone, product
        line or retainer. Raises `RecordUnknown` and `ContractUnreadable`.
        """
        return explain_record(self._environment, record, run_date)

    def generate_schedule(self, line: ContractLineId, *, write: bool = False) -> Generation:
        """
        The schedule rows or periodic milestones that a contract line's frequency stands for.

        With *write* those that the line lacks are created. Raises `GenerationRefused`.
        """
        return generate_for_line(self._environment, line, write=write)

    def _preview(self, progress: Progress | None, scope: Scope, run_id: str) -> RunReport:
        with self._environment.watching(progress):
            return preview(self._environment, scope, run_id)
