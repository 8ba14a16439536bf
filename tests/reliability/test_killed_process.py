"""kill -9 of the real command, at several points: the next run leaves what one alone leaves."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from connector.emulator import LimitSettings
from tests.reliability.undisturbed import content, violations

if TYPE_CHECKING:
    from tests.end_to_end.tenant import TestTenant

pytestmark = pytest.mark.long

DAY = date(2020, 10, 7)
PATIENCE = 30.0
#: A run of that day sends 10 requests; the drafts are written by the seventh and eighth.
POINTS = (3, 6, 7, 8, 9)


@pytest.mark.parametrize("point", POINTS)
def test_a_process_that_is_killed_leaves_nothing_to_repair(tenant: TestTenant, point: int) -> None:
    before = tenant.emulator.snapshot()
    tenant.run(DAY)
    expected = content(tenant)
    tenant.emulator.restore(before)
    store = tenant.folder / "killed"
    tenant.emulator.limits.configure(LimitSettings(latency=0.05))
    tenant.emulator.app.parts.trace.clear()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.one_run", tenant.url, str(store), str(DAY)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(tenant, point, process)
    finally:
        process.kill()
        process.wait()
    settle(tenant)
    tenant.emulator.limits.configure(LimitSettings())

    rerun = replace(tenant, folder=tenant.folder)
    with rerun.connector(RUN__STORE=str(store)) as connector:
        connector.run(DAY, run_id="rerun")

    assert content(tenant) == expected
    assert violations(tenant) == []


def wait_for(tenant: TestTenant, point: int, process: subprocess.Popen[bytes]) -> None:
    """Until the process has had *point* answers."""
    end = time.monotonic() + PATIENCE
    while len(tenant.emulator.trace) < point:
        assert process.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < end
        time.sleep(0.005)


def settle(tenant: TestTenant) -> None:
    """Until the tenant has done what was on its way when the process died."""
    seen = -1
    while len(tenant.emulator.trace) != seen:
        seen = len(tenant.emulator.trace)
        time.sleep(0.2)
