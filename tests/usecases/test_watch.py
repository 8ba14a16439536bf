"""Who listens is told one event at a time, and who sleeps wakes up when the run is to end."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from connector import ExitCode
from connector.dataverse.errors import NotSent
from connector.outcome import InvoiceStatus
from connector.usecases.progress import PartWritten, Retried, Waiting
from connector.usecases.watch import RunInterrupted, Stopping, Watch
from tests.report.sample import ADATUM, report

if TYPE_CHECKING:
    from connector.usecases.progress import ProgressEvent

EVENT = PartWritten(run_id="R1", number=1, done=1, parts=1)


def test_events_from_several_threads_come_one_at_a_time() -> None:
    inside, most = 0, 0

    def slow(_event: ProgressEvent) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.002)
        inside -= 1

    watch = Watch(slow)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: watch.tell(EVENT), range(40)))

    assert most == 1


def test_nobody_has_to_listen() -> None:
    Watch().tell(EVENT)


def test_a_wait_is_told_when_it_is_long_enough_to_be_noticed() -> None:
    heard: list[ProgressEvent] = []
    watch = Watch(heard.append)

    watch.sleep(0.01)
    watch.sleep(0.6)

    assert heard == [Waiting(seconds=0.6)]


def test_what_is_sent_again_is_told_with_its_reason() -> None:
    heard: list[ProgressEvent] = []

    Watch(heard.append).retried(NotSent("no connection"), 2.0)

    assert heard == [Retried(error="no connection", seconds=2.0)]


@pytest.mark.parametrize("how", ["stop", "abandon"])
def test_who_sleeps_wakes_up_when_the_run_is_to_end(how: str) -> None:
    watch = Watch()
    end = watch.stop.set if how == "stop" else watch.abandon
    timer = threading.Timer(0.05, end)
    timer.start()
    began = time.monotonic()

    with pytest.raises(Stopping):
        watch.sleep(30)

    assert time.monotonic() - began < 5
    timer.join()


def test_a_run_that_is_to_end_does_not_begin_to_sleep() -> None:
    watch = Watch()
    watch.check()
    watch.stop.set()

    for act in (watch.check, lambda: watch.sleep(0), lambda: watch.sleep(5)):
        with pytest.raises(Stopping):
            act()


def test_an_interrupt_says_how_far_the_run_came() -> None:
    error = RunInterrupted(report(ADATUM, status=InvoiceStatus.FAILED, error="not yet"))

    assert error.exit_code is ExitCode.INTERRUPTED == 130
    assert str(error) == (
        "interrupted: 0 of 1 invoices of run run-1 are written, 1 are not;"
        " the next run finishes them"
    )
    assert str(RunInterrupted()) == "interrupted: nothing was written"
