"""Who may end what serves: signals in the main thread, only the owner elsewhere."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from connector.stopping import until_told_to_stop


@pytest.mark.skipif(os.name == "nt", reason="Windows sends a program of its own no such signal")
def test_a_signal_sets_the_event_and_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGTERM)

    with until_told_to_stop() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(5)

    assert signal.getsignal(signal.SIGTERM) is before


def test_a_signal_in_the_midst_of_waiting_does_not_wait_for_itself() -> None:
    with until_told_to_stop() as stop:
        with stop._cond:  # type: ignore[attr-defined]  # as `wait` holds it for a moment
            signal.raise_signal(signal.SIGTERM)
        assert stop.wait(5)


def test_in_another_thread_no_handler_is_touched() -> None:
    seen: list[object] = []

    def run() -> None:
        before = signal.getsignal(signal.SIGTERM)
        with until_told_to_stop() as stop:
            seen.extend([stop.is_set(), signal.getsignal(signal.SIGTERM) is before])

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()

    assert seen == [False, True]
