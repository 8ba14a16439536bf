"""The clock that judges leases goes on while the machine sleeps, and never back."""

from __future__ import annotations

import sys
import time

import pytest

from connector.machine import lasting_seconds


def test_it_grows_with_time() -> None:
    before = lasting_seconds()
    time.sleep(0.02)

    assert 0.02 <= lasting_seconds() - before < 5


@pytest.mark.skipif(sys.platform != "linux", reason="other systems count sleep in their own clock")
def test_on_linux_it_counts_from_boot_sleep_included() -> None:
    assert abs(lasting_seconds() - time.clock_gettime(time.CLOCK_BOOTTIME)) < 1
