"""
What the command line, the Azure Function and a library user call.

Each method of `Connector` is one line that names the use case doing it.
"""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Self

from connector.machine import process_name, system_clock
from connector.projectops.named_records import contracts_called, line_called, record_called
from connector.projectops.role import tenant_role
from connector.runs.history import details, records, report_of
from connector.runs.plan_file import read_plan, write_plan
from connector.scope import scope_of
from connector.usecases.batch_job import batch_job_status, serve_batch_job
from connector.usecases.batch_job_process import InvoiceProcess, process_of
from connector.usecases.capture import capture
from connector.usecases.check import check
from connector.usecases.compare import compare
from connector.usecases.environment import Environment
from connector.usecases.explain import explain_record, forecast_runs
from connector.usecases.generate_schedule import generate_for_line
from connector.usecases.notify import tell_run, tell_undo, told_session
from connector.usecases.plan import plan_run, preview, preview_due
from connector.usecases.rehearse import rehearse
from connector.usecases.retention import remove_old_runs
from connector.usecases.run import apply, catch_up, execute, run_due
from connector.usecases.sign_in import sign_in
from connector.usecases.steps.documents import STEPS, answer
from connector.usecases.steps.run_steps import RunSteps
from connector.usecases.undo import preview_undo, undo
from connector.usecases.utilization import compute_utilization

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path
    from uuid import UUID

    from connector.invoicing.explain import Explanation
    from connector.invoicing.forecast import ForecastEntry
    from connector.invoicing.ids import ContractId, ContractLineId
    from connector.invoicing.recurring_job import RecurringJob, Workflow
    from connector.invoicing.schedule_rows import Generation
    from connector.outcome import Comparison, ExitCode, UndoReport
    from connector.projectops.findings import CheckReport
    from connector.projectops.role import RolePrivilege
    from connector.rehearsal_report import Rehearsal
    from connector.run_report import RunPlan, RunReport
    from connector.runs.history import RunDetails, RunRecord
    from connector.scope import Override, Scope
    from connector.settings.load import Settings
    from connector.usecases.batch_job import Control, JobStatus
    from connector.usecases.capture import Capture
    from connector.usecases.progress import Progress
    from connector.usecases.session import Session
    from connector.usecases.sign_in import SignedIn
    from connector.usecases.steps.documents import Document
    from connector.utilization_report import UtilizationReport


__all__ = ["STEPS", "Connector"]


class Connector:
    """
    One configured environment: plans, applies, runs and checks.

    A context manager; nothing is opened or sent before it is used.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        session: str | None = None,
        clock: Callable[[], datetime] = system_clock,
    ) -> None:
        """
        Raises `MappingError` when the mapping cannot be used.

        *session* names it in the correlation ids of its requests; without one it is named by host,
        process and start, so that no two look alike. *clock* shows the instant (aware of its zone)
        by which leases and safety bounds are judged.
        """
        self._environment = Environment(settings, session or process_name(), clock)

    def __enter__(self) -> Self:
        """The connector itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections; using the connector again opens them again."""
        self._environment.close()

    def stop(self) -> None:
        """
        Let what is under way end at its next safe point, between two change sets.

        For another thread, or for the handler of a signal. The call that is ended raises
        `RunInterrupted`, which says what is written; the next run finishes the rest.
        """
        self._environment.watch.stop.set()

    def sign_in(self) -> SignedIn:
        """
        Try address and sign-in: who is signed in, and which time zone the tenant's people keep.

        Raises `DataverseError` when they do not work.
        """
        return sign_in(self._environment)

    def check(self) -> CheckReport:
        """
        Look whether sign-in, tables, columns and choices are as the mapping says.

        Also whether a container that keeps the runs can be used; nothing stays written.
        """
        return check(self._environment)

    def role(self) -> tuple[RolePrivilege, ...]:
        """
        What a security role for these settings has to hold in this tenant, sorted by name.

        Whoever is signed in needs to see the definitions of tables only. Raises `DataverseError`,
        and `MappingError` when the tenant lacks a table or column that is required.
        """
        environment = self._environment
        return tenant_role(environment.client, environment.mapping, environment.modes)

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

    @property
    def steps(self) -> RunSteps:
        """The same run cut into steps that an engine carries out, such as Durable Functions."""
        return RunSteps(self._environment)

    def answer_step(
        self,
        step: str,
        document: Document,
        heard: Callable[[RunReport], None] = lambda _: None,
    ) -> Document:
        """
        One of `steps` by its name, for an engine that passes JSON.

        What was refused is in the answer, with whether another try is worth while; *heard* is told
        the report of a run that is finished.
        """
        return answer(self.steps, step, document, heard)

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

    def compare(
        self,
        run_date: date,
        *,
        contracts: Sequence[ContractId] = (),
        progress: Progress | None = None,
    ) -> Comparison:
        """Our plan of *run_date* against the drafts that the tenant's own job made for it."""
        with self._environment.watching(progress):
            return compare(self._environment, run_date, contracts)

    def history(self, *, last: int | None = None) -> tuple[RunRecord, ...]:
        """The runs that the run store remembers, or the *last* ones, oldest first."""
        return records(self._environment.store, last)

    def remembered(self, run_id: str) -> RunDetails:
        """Everything that the run store holds of one run; raises `RunStoreError`, sends nothing."""
        return details(self._environment.store, run_id)

    def contracts_called(self, words: Sequence[str]) -> tuple[ContractId, ...]:
        """
        The contracts that *words* name: ids, contract numbers or names, compared without case.

        Raises `RecordUnknown` for a word that names none, `RecordAmbiguous` for one that names
        several.
        """
        return contracts_called(self._environment.client, self._environment.tenant, words)

    def line_called(self, word: str, contracts: Sequence[ContractId] = ()) -> ContractLineId:
        """The contract line of this id or name, looked for in *contracts*; raises as above."""
        environment = self._environment
        return line_called(environment.client, environment.tenant, word, contracts)

    def record_called(self, word: str, contracts: Sequence[ContractId] = ()) -> UUID:
        """
        The record that *word* names, in *contracts* where any are given: what `explain` takes.

        A contract is meant before its lines, milestones and retainers, and those before invoices.
        Raises as above.
        """
        environment = self._environment
        return record_called(environment.client, environment.tenant, word, contracts)

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

    def forecast(
        self, first: date, last: date, *, contracts: Sequence[ContractId] = ()
    ) -> tuple[ForecastEntry, ...]:
        """The coming runs from *first* to *last*, both inclusive, with amounts by confidence."""
        return forecast_runs(self._environment, first, last, contracts)

    def capture(
        self, contracts: Sequence[ContractId], *, secret: str, scale: Decimal = Decimal(1)
    ) -> Capture:
        """
        *contracts* as a case for the emulator, with names, texts and ids replaced by rule.

        The new ids follow from *secret*; without it nobody can trace them back. Amounts of money
        are multiplied by *scale*. Raises `RecordUnknown` for one that cannot be read.
        """
        return capture(self._environment, contracts, secret=secret, scale=scale)

    def rehearse(
        self,
        run_date: date,
        *,
        run_id: str,
        contracts: Sequence[ContractId] = (),
        beside_platform_job: bool = False,
        overrides: Sequence[Override] = (),
        progress: Progress | None = None,
    ) -> Rehearsal:
        """
        Run *run_date* in an emulator that is filled from the tenant, of which only reads are asked.

        The drafts have the ids of a real run, and the totals and statuses that the platform's own
        logic gives them. The options and what is raised are those of `plan`; `RehearsalFailed`
        when the emulator cannot be made like the tenant.
        """
        scope = scope_of(run_date, contracts, overrides, beside_platform_job=beside_platform_job)
        with self._environment.watching(progress):
            return rehearse(self._environment, scope, run_id)

    def generate_schedule(self, line: ContractLineId, *, write: bool = False) -> Generation:
        """
        The schedule rows or periodic milestones that a contract line's frequency stands for.

        With *write* those that the line lacks are created. Raises `GenerationRefused`.
        """
        return generate_for_line(self._environment, line, write=write)

    def _preview(self, progress: Progress | None, scope: Scope, run_id: str) -> RunReport:
        with self._environment.watching(progress):
            return preview(self._environment, scope, run_id)

    @contextmanager
    def _writing(
        self, progress: Progress | None, run_id: str, run_date: date | None = None
    ) -> Iterator[Session]:
        """
        The right to write for the length of the block; of an error in it somebody is told.

        After a block that did not fail, old runs go as the settings say.
        """
        with told_session(self._environment, progress, run_id, run_date) as session:
            yield session
            remove_old_runs(self._environment, session.lease.check)
