"""A wait that was asked for passes on the emulator's clock, and nothing else does."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest

from connector.emulator import VirtualClock
from connector.testing.waiting import Waits, virtual_waits


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


def passed(clock: VirtualClock) -> timedelta:
    return clock() - VirtualClock()()


def test_nothing_passes_that_was_not_asked_for(clock: VirtualClock) -> None:
    assert not Waits(clock).passed(10)
    assert passed(clock) == timedelta()


def test_a_sleep_of_that_length_is_the_wait_and_is_used_up(clock: VirtualClock) -> None:
    waits = Waits(clock)
    waits.ask("7")

    assert not waits.passed(6.9)
    assert waits.passed(7)
    assert not waits.passed(7)
    assert passed(clock) == timedelta(seconds=7)


def test_a_longer_sleep_is_the_wait_too_in_its_own_length(clock: VirtualClock) -> None:
    waits = Waits(clock)
    waits.ask("1.5")

    assert waits.passed(2)
    assert passed(clock) == timedelta(seconds=2)


def test_waits_that_were_asked_for_at_once_pass_at_once(clock: VirtualClock) -> None:
    waits = Waits(clock)
    for _ in range(3):
        waits.ask("30")

    assert [waits.passed(30) for _ in range(3)] == [True] * 3
    assert passed(clock) == timedelta(seconds=30)


def test_the_longest_wait_that_fits_is_meant(clock: VirtualClock) -> None:
    waits = Waits(clock)
    waits.ask("5")
    waits.ask("60")

    assert waits.passed(60)
    assert waits.passed(5)
    assert passed(clock) == timedelta(seconds=60)


def test_a_date_is_left_to_the_wall(clock: VirtualClock) -> None:
    waits = Waits(clock)
    waits.ask("Wed, 21 Oct 2026 07:28:00 GMT")

    assert not waits.passed(10_000)


def test_both_sleeps_of_python_know_of_it(clock: VirtualClock) -> None:
    waits = Waits(clock)
    begun = time.perf_counter()
    with virtual_waits(waits):
        waits.ask("100")
        time.sleep(100)
        waits.ask("200")
        assert asyncio.run(asyncio.sleep(200, "slept")) == "slept"
        time.sleep(0.01)

    assert 0.01 <= time.perf_counter() - begun < 5
    assert passed(clock) == timedelta(seconds=300)
