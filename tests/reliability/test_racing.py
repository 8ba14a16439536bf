"""Runners that start together: with the lease one works, without it all do, and nothing doubles."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from connector.outcome import GOOD_STATUSES
from connector.run_report import RunReport
from connector.runs.lease import LeaseHeld
from tests.reliability.undisturbed import content, violations

if TYPE_CHECKING:
    from tests.end_to_end.tenant import TestTenant

DAYS = (date(2020, 10, 7), date(2020, 11, 20))


def race(tenant: TestTenant, day: date, runners: int, *, shared: bool) -> list[object]:
    """What became of each runner: its report, or that the lease was held."""
    start = Barrier(runners)

    def runner(number: int) -> object:
        store = tenant.folder / ("shared" if shared else f"store-{number}")
        with tenant.connector(RUN__STORE=str(store)) as connector:
            start.wait()
            try:
                return connector.run(day, run_id=f"runner-{number}")
            except LeaseHeld as held:
                return held

    with ThreadPoolExecutor(runners) as pool:
        return list(pool.map(runner, range(runners)))


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("shared", [True, False], ids=["lease", "no lease"])
@pytest.mark.parametrize("runners", [2, 4])
def test_racing_runners_leave_what_one_alone_leaves(
    tenant: TestTenant, runners: int, day: date, *, shared: bool
) -> None:
    before = tenant.emulator.snapshot()
    tenant.run(day)
    expected = content(tenant)
    tenant.emulator.restore(before)

    results = race(tenant, day, runners, shared=shared)

    assert content(tenant) == expected
    assert violations(tenant) == []
    reports = [result for result in results if isinstance(result, RunReport)]
    assert reports
    assert all(o.status in GOOD_STATUSES for report in reports for o in report.outcomes)


def test_runners_without_a_lease_race_through_invoices_of_several_change_sets(
    tenant: TestTenant,
) -> None:
    day = DAYS[0]
    before = tenant.emulator.snapshot()
    tenant.run(day)
    expected = content(tenant)
    tenant.emulator.restore(before)
    start = Barrier(2)

    def runner(number: int) -> RunReport:
        store = tenant.folder / f"store-{number}"
        with tenant.connector(RUN__STORE=str(store)) as connector:
            connector._environment.operations_per_change_set = 4
            start.wait()
            return connector.run(day, run_id=f"runner-{number}")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(runner, range(2)))
    tenant.run(day)

    assert content(tenant) == expected
    assert violations(tenant) == []
