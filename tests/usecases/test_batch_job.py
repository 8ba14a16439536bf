"""The recurring job over weeks of a clock that tests move; the instants are worked out by hand."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from connector.errors import ExitCode
from connector.invoicing.recurring_job import RecurringJob, Workflow
from connector.runs.batch_job_file import JobPhase
from connector.runs.lease import LeaseHeld, LeaseRecord
from connector.runs.store import RunStoreError
from connector.usecases.batch_job import (
    BatchJobRefused,
    BatchJobRunning,
    JobStatus,
    Processed,
    batch_job_status,
    serve_batch_job,
)
from connector.usecases.watch import RunInterrupted
from tests.projectops.one_contract import tenant_with
from tests.usecases.opened import opened

if TYPE_CHECKING:
    from pathlib import Path

    from connector.runs.lease import Lease, LeaseTerms
    from connector.runs.store import RunStore
    from connector.usecases.environment import Environment

RUNNER = RecurringJob(
    name="Project operations create invoices", workflow=Workflow.PROCESS_RUNNER, anchor=None
)
CALLER = replace(RUNNER, workflow=Workflow.PROCESS_RUN_CALLER)
#: 08:00 in Berlin.
BEGIN = datetime(2020, 10, 5, 6, tzinfo=UTC)
DONE = Processed(exit_code=ExitCode.DONE, said="2 invoices written")


@dataclass
class Days:
    """A clock, and a Process that takes its time and stops the service after so many runs."""

    environment: Environment
    runs: int
    takes: timedelta = timedelta(0)
    now: datetime = BEGIN
    starts: list[datetime] = field(default_factory=list)
    dates: list[date] = field(default_factory=list)
    met: list[Exception | Processed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.environment.clock = lambda: self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def is_stopping(self) -> bool:
        return len(self.starts) >= self.runs

    def new_run_id(self) -> str:
        return f"R{len(self.starts) + 1}"

    def process(self, run_date: date, run_id: str) -> Processed:
        self.starts.append(self.now)
        self.dates.append(run_date)
        assert run_id == f"R{len(self.starts)}"
        self.now += self.takes
        met = self.met.pop(0) if self.met else DONE
        if isinstance(met, Exception):
            raise met
        return met


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """A tenant that stays known: closing would ask a far side that is not there."""
    environment = opened(tenant_with(), tmp_path)
    monkeypatch.setattr(environment, "close", lambda: None)
    return environment


def serve(days: Days, job: RecurringJob) -> ExitCode:
    return serve_batch_job(days.environment, job, days.process, days)


def test_process_runner_processes_at_once_and_then_24_hours_after_each_end(
    environment: Environment,
) -> None:
    days = Days(environment, runs=3, takes=timedelta(minutes=20))

    assert serve(days, RUNNER) is ExitCode.DONE

    assert days.starts == [
        BEGIN,
        BEGIN + timedelta(days=1, minutes=20),
        BEGIN + timedelta(days=2, minutes=40),
    ]
    assert days.dates == [date(2020, 10, 5), date(2020, 10, 6), date(2020, 10, 7)]


def test_what_is_known_of_the_tenant_is_forgotten_after_each_run(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names, choices and connections would be days old at the next one."""
    days, closed = Days(environment, runs=3), []
    monkeypatch.setattr(environment, "close", lambda: closed.append(len(days.starts)))

    serve(days, RUNNER)

    assert closed == [1, 2, 3]


def test_process_run_caller_sleeps_first(environment: Environment) -> None:
    days = Days(environment, runs=2, takes=timedelta(minutes=20))

    serve(days, CALLER)

    assert days.starts == [BEGIN + timedelta(days=1), BEGIN + timedelta(days=2, minutes=20)]


def test_an_anchored_job_runs_at_the_same_time_for_three_weeks(environment: Environment) -> None:
    days = Days(environment, runs=22, takes=timedelta(minutes=20))

    serve(days, replace(CALLER, anchor=time(6)))

    # 06:00 in Berlin is 04:00 UTC until 24 October 2020 and 05:00 UTC from 25 October on.
    summer = [datetime(2020, 10, day, 4, tzinfo=UTC) for day in range(6, 25)]
    winter = [datetime(2020, 10, day, 5, tzinfo=UTC) for day in range(25, 28)]
    assert days.starts == summer + winter


def test_the_run_date_is_that_of_the_business_time_zone(environment: Environment) -> None:
    days = Days(environment, runs=1, now=datetime(2020, 10, 5, 22, 30, tzinfo=UTC))

    serve(days, RUNNER)

    assert days.dates == [date(2020, 10, 6)]


def test_a_date_that_the_timer_passes_over_is_told(
    environment: Environment, caplog: pytest.LogCaptureFixture
) -> None:
    """Berlin is two hours before UTC: the run ends at 23:50 there, the next begins at 00:10."""
    days = Days(environment, runs=2, takes=timedelta(minutes=20))
    days.now = datetime(2020, 10, 5, 21, 50, tzinfo=UTC)

    serve(days, RUNNER)

    assert days.dates == [date(2020, 10, 5), date(2020, 10, 7)]
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert [text.partition(":")[0] for text in told] == ["no run begins on 2020-10-06"]


def test_a_date_that_catch_up_will_replay_is_no_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    environment = opened(tenant_with(), tmp_path, RUN__MISSED_DATES="catch-up")
    monkeypatch.setattr(environment, "close", lambda: None)
    days = Days(environment, runs=2, takes=timedelta(minutes=20))
    days.now = datetime(2020, 10, 5, 21, 50, tzinfo=UTC)

    serve(days, RUNNER)

    assert days.dates == [date(2020, 10, 5), date(2020, 10, 7)]
    assert [record for record in caplog.records if record.levelname == "WARNING"] == []


@pytest.mark.parametrize(
    ("met", "level", "said", "code"),
    [
        (RunStoreError("the disk is full"), "ERROR", "the disk is full", ExitCode.USAGE),
        (ValueError("odd"), "ERROR", "unexpected", ExitCode.SOME_CONTRACTS_FAILED),
        (LeaseHeld(None), "WARNING", "the next run tries again", ExitCode.LEASE_HELD),
        (
            Processed(exit_code=ExitCode.SOME_CONTRACTS_FAILED, said="1 invoice failed"),
            "ERROR",
            "1 invoice failed",
            ExitCode.SOME_CONTRACTS_FAILED,
        ),
    ],
)
def test_a_run_that_fails_is_told_and_the_next_one_comes(
    environment: Environment,
    caplog: pytest.LogCaptureFixture,
    met: Exception | Processed,
    level: str,
    said: str,
    code: ExitCode,
) -> None:
    days = Days(environment, runs=1, met=[met])
    serve(days, RUNNER)
    state = batch_job_status(environment, Workflow.PROCESS_RUNNER).state
    again = Days(environment, runs=2, met=[met])

    assert serve(again, RUNNER) is ExitCode.DONE

    assert len(again.starts) == 2
    assert any(said in r.getMessage() for r in caplog.records if r.levelname == level)
    assert state is not None
    assert state.last is not None
    assert state.last.exit_code is code


def test_a_run_that_the_end_interrupts_ends_the_service_and_is_taken_up_at_the_next_start(
    environment: Environment,
) -> None:
    first = Days(environment, runs=9, met=[DONE, RunInterrupted()])
    with pytest.raises(RunInterrupted):
        serve(first, CALLER)
    second = Days(environment, runs=1, now=BEGIN + timedelta(days=2, hours=3))

    serve(second, CALLER)

    # The timer of the run that ended at BEGIN + 1 day is over since BEGIN + 2 days.
    assert second.starts == [BEGIN + timedelta(days=2, hours=3)]


def test_a_caller_that_is_started_again_goes_on_with_its_timer(environment: Environment) -> None:
    first = Days(environment, runs=1, takes=timedelta(minutes=20))
    serve(first, CALLER)
    second = Days(environment, runs=1, now=BEGIN + timedelta(days=1, hours=6))

    serve(second, CALLER)

    assert second.starts == [BEGIN + timedelta(days=2, minutes=20)]


def test_a_job_that_is_not_daily_runs_once_and_ends_as_its_run_did(
    environment: Environment,
) -> None:
    failed = Processed(exit_code=ExitCode.SOME_CONTRACTS_FAILED, said="1 invoice failed")
    days = Days(environment, runs=9, met=[failed])

    code = serve(days, replace(CALLER, is_daily=False))

    assert code is ExitCode.SOME_CONTRACTS_FAILED
    assert days.starts == [BEGIN + timedelta(days=1)]


def test_an_inactive_job_starts_nothing(environment: Environment) -> None:
    days = Days(environment, runs=1)

    assert serve(days, replace(RUNNER, is_active=False)) is ExitCode.DONE
    assert days.starts == []


def test_a_name_without_the_documented_words_is_refused(environment: Environment) -> None:
    with pytest.raises(BatchJobRefused, match="must contain the words 'create invoices'"):
        serve(Days(environment, runs=1), replace(RUNNER, name="Nightly billing"))


def test_a_translated_name_of_the_mapping_is_taken(environment: Environment) -> None:
    days = Days(environment, runs=1)

    serve(days, replace(RUNNER, name="Projektverksamhet skapa fakturor"))

    assert days.starts == [BEGIN]


def test_a_second_instance_of_either_workflow_is_refused_with_the_documented_reason(
    environment: Environment,
) -> None:
    refusals = []

    def process(_run_date: date, _run_id: str) -> Processed:
        for job in (CALLER, RUNNER):
            with pytest.raises(BatchJobRunning) as caught:
                serve(Days(environment, runs=1), job)
            refusals.append(str(caught.value))
        days.starts.append(days.now)
        return DONE

    days = Days(environment, runs=1)
    serve_batch_job(environment, RUNNER, process, days)

    assert len(refusals) == 2
    assert all("restart it only if it has stopped" in text for text in refusals)
    assert all("batch job ProcessRunner on" in text for text in refusals)
    assert BatchJobRunning.exit_code is ExitCode.LEASE_HELD


def test_utilization_is_computed_beside_a_job_that_makes_invoices(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weekly = RecurringJob(name="Utilization", workflow=Workflow.UPDATE_ROLE_UTILIZATION)
    other = opened(tenant_with(), tmp_path)
    monkeypatch.setattr(other, "close", lambda: None)
    beside = Days(other, runs=2)

    def process(_run_date: date, _run_id: str) -> Processed:
        serve(beside, weekly)
        days.starts.append(days.now)
        return DONE

    days = Days(environment, runs=1)
    serve_batch_job(environment, RUNNER, process, days)

    assert beside.starts[1] - beside.starts[0] == timedelta(days=7)


def test_the_status_tells_whether_it_runs_and_what_it_waits_for(environment: Environment) -> None:
    seen: list[JobStatus] = []

    class Looking(Days):
        def sleep(self, seconds: float) -> None:
            if not seen:
                seen.append(batch_job_status(environment, Workflow.PROCESS_RUN_CALLER))
            super().sleep(seconds)

    before = batch_job_status(environment, Workflow.PROCESS_RUN_CALLER)
    serve(Looking(environment, runs=1), CALLER)
    after = batch_job_status(environment, Workflow.PROCESS_RUN_CALLER)

    assert (before.is_running, before.state) == (False, None)
    [during] = seen
    assert during.is_running
    assert during.state is not None
    assert (during.state.phase, during.state.next_start) == (
        JobPhase.SLEEP,
        BEGIN + timedelta(days=1),
    )
    assert not after.is_running
    assert after.state is not None
    assert after.state.last is not None
    assert (after.state.phase, after.state.last.said) == (JobPhase.STOPPED, "2 invoices written")


class Robbed(Days):
    """Another host writes its name into the lease file, once, while the job sleeps."""

    folder: Path
    #: How long before the next look the other one gave its last sign of life.
    silent_for: timedelta

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        seen = self.now - self.silent_for
        other = LeaseRecord(host="other", run_id="X", since=seen, renewed=seen, epoch=99)
        [file] = (self.folder / "runs").glob("tenants/*/invoice-job-lease.json")
        if not self.starts:
            file.write_bytes(msgspec.json.encode(other))


def test_a_job_that_runs_on_another_host_by_now_ends_before_it_writes(
    environment: Environment, tmp_path: Path
) -> None:
    days = Robbed(environment, runs=1)
    days.folder, days.silent_for = tmp_path, timedelta(seconds=5)

    with pytest.raises(BatchJobRunning, match="run X on other since"):
        serve(days, CALLER)

    assert days.starts == []
    state = batch_job_status(environment, Workflow.PROCESS_RUN_CALLER).state
    assert state is not None
    assert state.phase is JobPhase.STOPPED


def test_a_right_that_was_lost_to_nobody_who_lives_is_taken_anew(
    environment: Environment, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """So it is when a store was out of reach for longer than it keeps a lease."""
    days = Robbed(environment, runs=2)
    days.folder, days.silent_for = tmp_path, timedelta(hours=1)

    assert serve(days, CALLER) is ExitCode.DONE

    assert len(days.starts) == 2
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert [text for text in told if "takes it anew" in text] == told != []


@dataclass(frozen=True)
class Unplugged:
    """A run store that gives no lease on the second day."""

    store: RunStore
    days: Days

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def lease(self, name: str, terms: LeaseTerms) -> Lease:
        if self.days.now.day == 6:
            message = "the run store does not answer"
            raise RunStoreError(message)
        return self.store.lease(name, terms)


def test_a_store_that_is_out_of_reach_fails_the_run_and_not_the_job(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = Robbed(environment, runs=1)
    days.folder, days.silent_for = tmp_path, timedelta(hours=1)
    store = Unplugged(environment.store, days)
    monkeypatch.setattr(type(environment), "store", property(lambda _: store))

    assert serve(days, CALLER) is ExitCode.DONE

    assert days.starts == [BEGIN + timedelta(days=2)]


def test_a_clock_that_is_set_forward_is_noticed_within_a_minute(environment: Environment) -> None:
    class SetForward(Days):
        def sleep(self, seconds: float) -> None:
            assert seconds <= 60
            self.now += timedelta(hours=7)

    days = SetForward(environment, runs=1)
    serve(days, CALLER)

    assert days.starts == [BEGIN + timedelta(hours=28)]


def test_a_store_that_refuses_the_state_ends_no_job(
    environment: Environment, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    class Blocked(Days):
        def process(self, run_date: date, run_id: str) -> Processed:
            [file] = (tmp_path / "runs").glob("tenants/*/invoice-job.json")
            file.unlink()
            file.mkdir()
            return super().process(run_date, run_id)

    days = Blocked(environment, runs=1)
    with caplog.at_level(logging.WARNING):
        assert serve(days, RUNNER) is ExitCode.DONE

    assert days.starts == [BEGIN]
    assert any("could not be kept" in record.getMessage() for record in caplog.records)
