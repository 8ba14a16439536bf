"""The collector is off while parts are planned, and on again afterwards, whatever happened."""

from __future__ import annotations

import gc
import threading

import pytest

from connector.usecases.parts.collector import collector_paused


def test_the_collector_is_off_inside_and_on_again_outside() -> None:
    with collector_paused():
        inside = gc.isenabled()

    assert (inside, gc.isenabled()) == (False, True)


def test_it_stays_off_until_the_last_of_several_parts_is_through() -> None:
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with collector_paused():
            entered.set()
            leave.wait(5)

    thread = threading.Thread(target=other)
    with collector_paused():
        thread.start()
        entered.wait(5)
    while_the_other_goes_on = gc.isenabled()
    leave.set()
    thread.join()

    assert (while_the_other_goes_on, gc.isenabled()) == (False, True)


def test_an_error_turns_it_on_again() -> None:
    with pytest.raises(ValueError, match="broken"), collector_paused():
        raise ValueError("broken")  # noqa: EM101

    assert gc.isenabled()


def test_who_keeps_it_off_keeps_it_off() -> None:
    gc.disable()
    try:
        with collector_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
