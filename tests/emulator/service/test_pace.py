"""Time passes really, on the emulator's clock, or as the caller waits."""

from __future__ import annotations

import pytest

from connector.emulator import LimitSettings, VirtualClock
from connector.emulator.service.limits import ProtectionLimits
from connector.emulator.service.pace import Pace


@pytest.mark.parametrize(
    ("advances", "asked", "slept", "waited", "passed"),
    [
        (False, False, [3.0], [], 0.0),
        (True, False, [], [], 5.0),
        (False, True, [], [3.0], 0.0),
        (True, True, [], [3.0], 2.0),
    ],
)
def test_the_way_is_waited_for_and_server_time_is_counted(
    advances: bool,  # noqa: FBT001  a case
    asked: bool,  # noqa: FBT001  a case
    slept: list[float],
    waited: list[float],
    passed: float,
) -> None:
    clock = VirtualClock()
    sleeps: list[float] = []
    waits: list[float] = []
    limits = ProtectionLimits(LimitSettings(advances_clock=advances, latency=1.0))
    pace = Pace(clock=clock, limits=limits, sleep=sleeps.append)

    pace.spend(2.0, 2.0, waits.append if asked else None)

    assert (sleeps, waits) == (slept, waited)
    assert (clock() - VirtualClock()()).total_seconds() == passed


def test_nobody_waits_for_nothing() -> None:
    waits: list[float] = []
    limits = ProtectionLimits(LimitSettings())

    Pace(clock=VirtualClock(), limits=limits).spend(2.0, 0.0, waits.append)

    assert waits == []
