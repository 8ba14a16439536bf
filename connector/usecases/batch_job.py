"""The recurring job of the documentation as a service in the foreground (section 10)."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from platform import node
from typing import TYPE_CHECKING, Final, Protocol, Self

from connector.errors import ConnectorError, ExitCode
from connector.invoicing.recurring_job import dates_without_run, name_fault, next_start
from connector.runs.batch_job_file import (
    JobPhase,
    JobState,
    LastRun,
    keep_state,
    kept_state,
    lease_name,
)
from connector.runs.lease import LeaseHeld, LeaseLost, LeaseTerms
from connector.runs.store import RunStoreError
from connector.usecases.watch import RunInterrupted

if TYPE_CHECKING:
    from datetime import date, datetime

    from connector.invoicing.recurring_job import RecurringJob, Workflow
    from connector.runs.lease import Lease
    from connector.usecases.environment import Environment

_log = logging.getLogger(__name__)
#: Seconds after which a sleeping job looks at the clock again, which may have been set.
_LOOK_UP: Final = 60.0


class BatchJobRefused(ConnectorError):  # noqa: N818 - named by what happened
    """A recurring job that cannot be started as it is described."""


class BatchJobRunning(ConnectorError):  # noqa: N818 - it is a state, not an error of ours
    """The recurring job runs already (J5)."""

    exit_code = ExitCode.LEASE_HELD

    def __init__(self, holding: LeaseHeld) -> None:
        super().__init__(
            "the batch job runs already: it is a recurring job, and several instances of it cause"
            " errors and duplicate invoices. Start it only one time, and restart it only if it"
            f" has stopped (proforma batch-job status). {holding.who} is that instance"
        )


class Control(Protocol):
    """How time passes for the service, who ends it, and what its runs are called."""

    def sleep(self, seconds: float) -> None:
        """Let seconds pass, fewer when the service is to end."""

    def is_stopping(self) -> bool:
        """Whether the service is to end."""

    def new_run_id(self) -> str:
        """A name for a run that no other bears."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Processed:
    """What a Process workflow has done: what a command of it would exit with, and one sentence."""

    exit_code: ExitCode
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """Whether a recurring job runs, and how it stood last as far as the store knows."""

    is_running: bool
    state: JobState | None


class Process(Protocol):
    """The Process workflow: what the job does each time."""

    def __call__(self, run_date: date, run_id: str, /) -> Processed:
        """Do it; raises what keeps it from being done."""


def serve_batch_job(
    environment: Environment, job: RecurringJob, process: Process, control: Control
) -> ExitCode:
    """
    Run *job* until *control* ends it, or once where it is not daily.

    A run that fails, or finds the tenant's lease taken, is reported; the job goes on. Raises
    `BatchJobRefused`, `BatchJobRunning`, `RunInterrupted` when a run was under way at the end, and
    what signing in raises.
    """
    fault = name_fault(job, environment.mapping.batch_job.create_invoices_phrases)
    if fault is not None:
        raise BatchJobRefused(fault)
    if not job.is_active:
        _log.info("the batch job %r is not active: nothing is started", job.name)
        return ExitCode.DONE
    with _OneInstance(environment, job.workflow) as instance:
        return _Service(environment, job, process, control, instance).serve()


def batch_job_status(environment: Environment, workflow: Workflow) -> JobStatus:
    """Whether the job of *workflow* runs, on whatever machine, and how it stood last."""
    organization = environment.tenant.organization_id
    try:
        with _OneInstance(environment, workflow):
            is_running = False
    except BatchJobRunning:
        is_running = True
    state = kept_state(environment.store, organization, workflow)
    return JobStatus(is_running=is_running, state=state)


class _OneInstance:
    """
    The right to be the one instance of a job, held for weeks.

    A store that was out of reach for a while may have taken it away; it is taken anew then,
    unless another instance has it.
    """

    def __init__(self, environment: Environment, workflow: Workflow) -> None:
        self._environment = environment
        self._workflow = workflow
        self._name = lease_name(environment.tenant.organization_id, workflow)
        self._lease: Lease | None = None

    def __enter__(self) -> Self:
        """Raises `BatchJobRunning`, and `RunStoreError` when the store refuses."""
        self._take()
        return self

    def __exit__(self, *_: object) -> None:
        if self._lease is not None:
            self._lease.__exit__()

    def assure(self) -> None:
        """See that the right is held; raises what entering raises."""
        if self._lease is not None:
            try:
                self._lease.check()
            except LeaseLost as lost:
                _log.warning("%s; the batch job takes it anew", lost)
                lease, self._lease = self._lease, None
                lease.__exit__()
        if self._lease is None:
            self._take()

    def _take(self) -> None:
        run_id = f"batch job {self._workflow.value}"
        terms = LeaseTerms(host=node(), run_id=run_id, clock=self._environment.clock)
        lease = self._environment.store.lease(self._name, terms)
        try:
            lease.__enter__()
        except LeaseHeld as holding:
            raise BatchJobRunning(holding) from holding
        self._lease = lease


class _Service:
    """One instance of a job, with what it remembers between two runs."""

    def __init__(
        self,
        environment: Environment,
        job: RecurringJob,
        process: Process,
        control: Control,
        instance: _OneInstance,
    ) -> None:
        self._environment = environment
        self._job = job
        self._process = process
        self._control = control
        self._instance = instance
        self._tenant = environment.tenant.organization_id
        self._zone = environment.settings.run.zone
        earlier = kept_state(environment.store, self._tenant, job.workflow)
        self._state = JobState(
            name=job.name,
            workflow=job.workflow,
            host=node(),
            since=environment.clock(),
            phase=JobPhase.SLEEP,
            last=earlier.last if earlier else None,
        )

    def serve(self) -> ExitCode:
        """Sleep and Process in turn."""
        due = self._first_start()
        try:
            while self._slept_until(due):
                last = self._processed()
                if not self._job.is_daily:
                    return last.exit_code
                due = next_start(self._job, last.ended, self._zone)
                self._warn_of_passed_dates(last, due)
        finally:
            self._keep(phase=JobPhase.STOPPED, next_start=None)
            _log.info("the batch job %r has ended", self._job.name)
        return ExitCode.DONE

    def _first_start(self) -> datetime:
        """Now, or when the timer of the last run known ends, or one that begins now (J2, J3)."""
        now = self._environment.clock()
        if not self._job.workflow.sleeps_first:
            return now
        last = self._state.last
        return next_start(self._job, last.ended if last else now, self._zone)

    def _slept_until(self, due: datetime) -> bool:
        """Let time pass by the clock of the machine; False when the service is to end."""
        self._keep(phase=JobPhase.SLEEP, next_start=due)
        _log.info("next run of %r: %s", self._job.name, due.astimezone(self._zone).isoformat())
        while not self._control.is_stopping():
            left = (due - self._environment.clock()).total_seconds()
            if left <= 0:
                return True
            self._control.sleep(min(left, _LOOK_UP))
        return False

    def _processed(self) -> LastRun:
        began, run_date = self._environment.clock(), self._environment.today
        run_id = self._control.new_run_id()
        self._keep(phase=JobPhase.PROCESS, next_start=None)
        _log.info("run %s of %s begins", run_id, run_date)
        done = self._tried(run_date, run_id)
        # What is known of the tenant, and the connections, would be days old at the next run.
        self._environment.close()
        last = LastRun(
            run_id=run_id,
            run_date=run_date,
            began=began,
            ended=self._environment.clock(),
            exit_code=done.exit_code,
            said=done.said,
        )
        self._state = replace(self._state, last=last)
        return last

    def _tried(self, run_date: date, run_id: str) -> Processed:
        """What became of a run; whatever it met, the job outlives it."""
        try:
            self._instance.assure()
            done = self._process(run_date, run_id)
        except (RunInterrupted, BatchJobRunning):
            raise
        except LeaseHeld as held:
            _log.warning("run %s of %s: %s; the next run tries again", run_id, run_date, held)
            return Processed(exit_code=ExitCode.LEASE_HELD, said=str(held))
        except ConnectorError as error:
            _log.error("run %s of %s failed: %s", run_id, run_date, error)
            return Processed(exit_code=ExitCode(error.exit_code), said=str(error))
        except Exception as error:  # noqa: BLE001 - the job outlives what one run has met
            _log.exception("run %s of %s failed unexpectedly", run_id, run_date)
            said = f"unexpected failure: {type(error).__name__}: {error}"
            return Processed(exit_code=ExitCode.SOME_CONTRACTS_FAILED, said=said)
        level = logging.INFO if done.exit_code is ExitCode.DONE else logging.ERROR
        _log.log(level, "run %s of %s: %s", run_id, run_date, done.said)
        return done

    def _warn_of_passed_dates(self, last: LastRun, due: datetime) -> None:
        """Under catch-up the next run replays what the timer has passed over."""
        is_replayed = self._environment.settings.run.days_to_catch_up() is not None
        if is_replayed or not self._job.workflow.makes_invoices:
            return
        for passed in dates_without_run(last.run_date, due.astimezone(self._zone).date()):
            _log.warning(
                "no run begins on %s: the timer counts from the end of a run and has passed over"
                " the date. Start the job with --anchor, or set missed_dates = 'catch-up'",
                passed,
            )

    def _keep(self, *, phase: JobPhase, next_start: datetime | None) -> None:
        """Write down how the job stands; a store that refuses for a while ends no job."""
        self._state = replace(self._state, phase=phase, next_start=next_start)
        try:
            keep_state(self._environment.store, self._tenant, self._state)
        except RunStoreError as error:
            _log.warning("the state of the batch job could not be kept: %s", error)
