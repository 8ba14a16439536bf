"""Whoever stops the process ends the command as Ctrl-C does."""

from __future__ import annotations

import signal
import threading

import pytest

from connector.cli.stops import STOPS, stops_heard


@pytest.mark.parametrize("name", [name for name in STOPS if hasattr(signal, name)])
def test_a_stop_is_an_interrupt_within_the_block_and_what_it_was_after_it(name: str) -> None:
    number = getattr(signal, name)
    before = signal.getsignal(number)

    def stopped() -> None:
        with stops_heard():
            signal.raise_signal(number)

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert signal.getsignal(number) is before


def test_a_stop_that_somebody_else_hears_stays_theirs() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    try:
        with stops_heard():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)

    assert heard == [signal.SIGTERM]


def test_another_thread_than_the_main_one_hears_no_signals() -> None:
    through: list[bool] = []

    def block() -> None:
        with stops_heard():
            through.append(True)

    thread = threading.Thread(target=block)
    thread.start()
    thread.join()

    assert through == [True]
