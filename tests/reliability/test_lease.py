"""One run per tenant at a time; a holder that died gives way, one that lived on notices."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

import pytest

from connector import ExitCode
from connector.invoicing.ids import OrganizationId
from connector.runs.file_lease import FileLease
from connector.runs.folder_store import FolderRunStore
from connector.runs.lease import LeaseHeld, LeaseLost, LeaseTerms
from connector.runs.names import TenantFile, tenant_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.tenant import TestTenant

TENANT = OrganizationId(UUID(int=7))
LEASE = tenant_file(TENANT, TenantFile.LEASE)
NOON = datetime(2020, 10, 5, 12, tzinfo=UTC)
DAY = date(2020, 10, 7)


class Clock:
    """A clock that shows what it was set to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def lease(folder: Path, host: str, clock: Clock, **options: timedelta) -> FileLease:
    terms = LeaseTerms(host=host, run_id=f"run-of-{host}", clock=clock, **options)
    held = FolderRunStore(folder).lease(LEASE, terms)
    assert isinstance(held, FileLease)
    return held


def without_lock(held: FileLease) -> FileLease:
    """As if the operating system's lock did not reach to the other host."""
    held._lock.release()
    return held


def test_a_second_run_is_told_who_holds_the_lease_and_since_when(tmp_path: Path) -> None:
    clock = Clock()
    second = lease(tmp_path, "second", clock)
    with lease(tmp_path, "first", clock):
        clock.now += timedelta(minutes=10)
        with pytest.raises(LeaseHeld) as caught:
            second.__enter__()

    assert caught.value.exit_code is ExitCode.LEASE_HELD
    assert "run-of-first on first since 2020-10-05T12:00:00+00:00" in str(caught.value)


def test_a_lease_given_back_is_free_at_once(tmp_path: Path) -> None:
    with lease(tmp_path, "first", Clock()):
        pass
    with lease(tmp_path, "second", Clock()) as second:
        second.check()


def test_another_host_waits_until_the_signs_of_life_stop(tmp_path: Path) -> None:
    clock = Clock()
    with lease(tmp_path, "first", clock) as first:
        without_lock(first)
        clock.now += timedelta(seconds=80)
        with pytest.raises(LeaseHeld):
            lease(tmp_path, "second", clock).__enter__()
        clock.now += timedelta(seconds=20)
        with lease(tmp_path, "second", clock) as second:
            second.check()
            with pytest.raises(LeaseLost, match="run-of-second on second has it now"):
                first.check()


def test_who_lost_the_lease_does_not_take_it_from_the_next_when_it_ends(tmp_path: Path) -> None:
    clock = Clock()
    with lease(tmp_path, "first", clock) as first:
        without_lock(first)
        clock.now += timedelta(minutes=5)
        second = lease(tmp_path, "second", clock)
        second.__enter__()

    second.check()
    second.__exit__()


@pytest.mark.parametrize("jump", [timedelta(days=-30), timedelta(days=30)])
def test_a_clock_that_jumps_does_not_lock_a_tenant_for_ever(
    tmp_path: Path, jump: timedelta
) -> None:
    clock = Clock()
    first = lease(tmp_path, "first", clock)
    first.__enter__()
    without_lock(first)  # and it dies here, without a word
    clock.now += jump

    with lease(tmp_path, "second", clock) as second:
        second.check()
    first.__exit__()


def test_a_living_holder_renews_its_lease(tmp_path: Path) -> None:
    clock = Clock()
    short = timedelta(seconds=0.15)
    with lease(tmp_path, "first", clock, lasts=short) as first:
        without_lock(first)
        clock.now += timedelta(hours=1)
        time.sleep(0.3)
        with pytest.raises(LeaseHeld):
            lease(tmp_path, "second", clock, lasts=short).__enter__()


def test_a_holder_that_was_killed_gives_way_at_once_on_its_own_host(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    clock = Clock()
    with pytest.raises(LeaseHeld):
        lease(tmp_path, "here", clock).__enter__()
    holder.kill()
    holder.wait()
    holder.stdout.close()

    with lease(tmp_path, "here", clock) as mine:
        mine.check()


_HOLD = f"""
import sys, time, pathlib
from datetime import UTC, datetime
from uuid import UUID
from connector.runs.lease import LeaseTerms
from connector.runs.folder_store import FolderRunStore
clock = lambda: datetime.fromisoformat("{NOON.isoformat()}")
terms = LeaseTerms(host="here", run_id="doomed", clock=clock)
with FolderRunStore(pathlib.Path(sys.argv[1])).lease("{LEASE}", terms):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_run_beside_another_is_refused_and_writes_nothing(tenant: TestTenant) -> None:
    with tenant.connector() as first, tenant.connector() as second:
        with first._environment.lease("first"), pytest.raises(LeaseHeld, match="run first on"):
            second.run(DAY, run_id="second")
        assert tenant.rows("invoices") == ()
        second.run(DAY, run_id="third")
        assert tenant.rows("invoices")


def test_a_preview_needs_no_lease(tenant: TestTenant) -> None:
    with tenant.connector() as first, first._environment.lease("first"):
        assert tenant.run(DAY, dry_run=True).outcomes


def test_a_run_that_lost_its_lease_stops_writing_and_the_next_one_finishes_it(
    tenant: TestTenant,
) -> None:
    with tenant.connector() as connector:
        plan = connector.plan(DAY)
        connector.save_plan(plan, tenant.folder / "plan.jsonl")
        environment = connector._environment
        taken_over = FenceFallsAt(environment.lease, 1)
        environment.lease = taken_over  # type: ignore[method-assign]
        with pytest.raises(LeaseLost):
            connector.apply(tenant.folder / "plan.jsonl", run_id="slow")

    assert len(tenant.rows("invoices")) == 1
    report = tenant.run(DAY)
    assert len(tenant.rows("invoices")) == 2
    assert [earlier.run_id for earlier in report.earlier] == ["slow"]


class FenceFallsAt:
    """Takes the real lease over, as another run would, at the given check of it."""

    def __init__(self, lease: Callable[..., Any], checks: int) -> None:
        self._lease = lease
        self._left = checks

    def __call__(self, run_id: str) -> FenceFallsAt:
        self._real = self._lease(run_id)
        return self

    def __enter__(self) -> Self:
        self._real.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._real.__exit__()

    def check(self) -> None:
        self._left -= 1
        if self._left < 0:
            path = self._real.path
            text = path.read_text(encoding="utf-8").replace('"epoch":1', '"epoch":2')
            path.write_text(text, encoding="utf-8")
        self._real.check()
