"""Waiting that the service asked for, on the emulator's clock instead of the wall's."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from connector.emulator import VirtualClock

#: So many requests to wait are remembered.
CAPACITY: Final = 1_000
_ROUNDING: Final = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    at: datetime
    seconds: float


class Waits:
    """
    How long callers were asked to wait by `Retry-After`, and have not waited yet.

    A sleep that is as long as one of these, or longer, is that wait: the clock moves on to its
    end, and the sleep is over at once. Waits that several callers make side by side pass
    side by side. Any other sleep is none of ours.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._asked: deque[_Asked] = deque(maxlen=CAPACITY)

    def ask(self, retry_after: str) -> None:
        """Remember a `Retry-After` in seconds; a date in its place is left to the real clock."""
        try:
            seconds = float(retry_after)
        except ValueError:
            return
        with self._lock:
            self._asked.append(_Asked(at=self._clock(), seconds=seconds))

    def passed(self, seconds: float) -> bool:
        """Whether a sleep of *seconds* is a wait that was asked for; then it has passed."""
        with self._lock:
            fitting = [one for one in self._asked if one.seconds <= seconds + _ROUNDING]
            if not fitting:
                return False
            wait = max(fitting, key=lambda one: one.seconds)
            self._asked.remove(wait)
            rest = wait.at + timedelta(seconds=seconds) - self._clock()
            self._clock.advance(max(rest.total_seconds(), 0.0))
            return True


@contextmanager
def virtual_waits(waits: Waits) -> Iterator[None]:
    """Put `time.sleep` and `asyncio.sleep` on the emulator's clock for such waits only."""
    sleep, sleep_in_loop = time.sleep, asyncio.sleep

    def slept(seconds: float, /) -> None:
        if not waits.passed(seconds):
            sleep(seconds)

    async def slept_in_loop(delay: float, result: Any = None) -> Any:  # noqa: ANN401  as asyncio
        return await sleep_in_loop(0 if waits.passed(delay) else delay, result)

    with ExitStack() as stack:
        stack.enter_context(patch.object(time, "sleep", slept))
        stack.enter_context(patch.object(asyncio, "sleep", slept_in_loop))
        yield
