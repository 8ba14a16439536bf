"""Parts in flight: bounded by number and by what they hold, in order, and stopped together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from connector.usecases.parts.in_flight import FIRST_GUESS, ROOM, InFlight
from connector.usecases.watch import Stopping, Watch

Work = Callable[[int], int]


class Hall:
    """Counts who is inside at once."""

    def __init__(self, weights: dict[int, int] | None = None) -> None:
        self.weights = weights or {}
        self.inside: set[int] = set()
        self.most = 0
        self.heaviest = 0
        self._lock = threading.Lock()

    def work(self, task: int) -> int:
        with self._lock:
            self.inside.add(task)
            self.most = max(self.most, len(self.inside))
            if len(self.inside) > 1:
                together = sum(self.weights.get(item, 0) for item in self.inside)
                self.heaviest = max(self.heaviest, together)
        time.sleep(0.01)
        with self._lock:
            self.inside.discard(task)
        return task


def flight(work: Work, **options: Any) -> InFlight[int, int]:
    defaults: dict[str, Any] = {"most": 4, "watch": Watch(), "weight": lambda _: 0}
    return InFlight(work=work, **(defaults | options))


def test_results_come_in_the_order_of_the_tasks_whatever_ended_first() -> None:
    def work(task: int) -> int:
        time.sleep(0.02 if task == 0 else 0)
        return task * 10

    assert flight(work).results(range(6)) == (0, 10, 20, 30, 40, 50)


def test_no_more_are_in_flight_than_may_be() -> None:
    hall = Hall()

    flight(hall.work, most=3, known=lambda _: 0).results(range(12))

    assert hall.most == 3


def test_what_is_known_to_be_heavy_is_not_in_flight_together_beyond_the_room() -> None:
    weights = dict.fromkeys(range(9), ROOM // 3) | {9: ROOM * 2}
    hall = Hall(weights)

    flight(hall.work, most=8, known=weights.__getitem__).results(range(10))

    assert 1 < hall.most <= 3
    assert hall.heaviest <= ROOM


def test_what_is_not_known_before_is_guessed_from_those_that_are_through() -> None:
    light = Hall()
    flight(light.work, most=20, weight=lambda _: 1).results(range(40))
    heavy = Hall()
    flight(heavy.work, most=20, weight=lambda _: ROOM).results(range(20))

    assert light.most > ROOM // FIRST_GUESS
    assert heavy.most <= ROOM // FIRST_GUESS  # the first ones; from then on each goes alone


def test_what_one_raises_ends_all_and_nothing_new_is_begun() -> None:
    begun, watch = [], Watch()

    def work(task: int) -> int:
        begun.append(task)
        if task == 1:
            message = "this part"
            raise LookupError(message)
        time.sleep(0.05)
        watch.check()
        return task

    with pytest.raises(LookupError, match="this part"):
        flight(work, most=2, watch=watch).results(range(20))

    assert len(begun) <= 3


def test_a_stop_ends_it_once_those_in_flight_are_at_a_safe_point() -> None:
    watch, ended = Watch(), []

    def work(task: int) -> int:
        if task == 2:
            watch.stop.set()
        time.sleep(0.01)
        ended.append(task)
        return task

    with pytest.raises(Stopping):
        flight(work, most=2, watch=watch).results(range(20))

    assert 2 in ended
    assert len(ended) <= 5


def test_an_interrupt_of_the_keyboard_sets_the_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, ended = Watch(), []

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    def work(task: int) -> int:
        time.sleep(0.05)
        ended.append(task)
        return task

    monkeypatch.setattr("connector.usecases.parts.in_flight.wait", interrupted)
    with pytest.raises(Stopping):
        flight(work, most=2, watch=watch).results(range(5))

    assert watch.stop.is_set()
    assert sorted(ended) == [0, 1]  # what was begun has come to its end


def test_nothing_to_do_has_no_results() -> None:
    assert flight(lambda task: task).results(()) == ()
