"""How much is sent at once: the three service protection limits, and what the server advises."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.dataverse.errors import Throttled
    from connector.dataverse.message import Response

TOO_MANY_AT_ONCE = "0x80072326"

_DOP_HINT = "x-ms-dop-hint"
_DEFAULT_WORKERS = 8
_RECOVERY = 20
"""Good answers for each place among the parallel requests after which one more is tried."""
_LOOK_AGAIN = 1.0
"""Seconds to wait when the requests under way alone take all the time that is granted."""
_LOOK_UP = 0.5
"""Seconds after which a thread that waits for a place looks up: on Windows a wait without an end
hears no Ctrl-C."""


class Time(Protocol):
    """A clock and the way to wait on it; both belong to the transport."""

    def clock(self) -> float:
        """Seconds that only ever grow."""

    def sleep(self, seconds: float) -> None:
        """Let time pass on that clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectionLimits:
    """
    What one web server grants one user within a sliding window of seconds.

    The defaults are the documented ones (Service protection API limits). *servers* multiplies
    the first two for environments that are known to have several, because affinity is off and
    requests spread over all of them.
    """

    requests: int = 6_000
    execution_seconds: float = 1_200.0
    concurrent: int = 51
    window: float = 300.0
    servers: int = 1


@dataclass(slots=True)
class Stay:
    """A place among the requests under way; *on_the_way* is no execution time, as far as known."""

    on_the_way: float = 0.0


class Limiter:
    """
    Lets requests through while the server will not refuse them.

    Begins with *workers* requests at once and, unless that was given, follows the parallelism
    that the server recommends. Counts requests and their time as the server does, except that
    time on the way counts as well beyond the least that it takes, that a request counts while it
    is under way, and that it counts until a window after its end: all err to the careful side.
    After a 429 everything waits for as long as the server said.
    """

    def __init__(self, workers: int | None = None, limits: ProtectionLimits | None = None) -> None:
        self._limits = limits or ProtectionLimits()
        self._follows_hint = workers is None
        self._advised = min(workers or _DEFAULT_WORKERS, self._limits.concurrent)
        self._most = self._advised
        self._under_way: list[float] = []
        self._good_answers = 0
        self._closed_until = 0.0
        self._spent: deque[tuple[float, float]] = deque()
        self._spent_seconds = 0.0
        self._changed = threading.Condition()

    @property
    def workers(self) -> int:
        """Requests that may be under way at once, as far as is known now."""
        return self._most

    @contextmanager
    def slot(self, time: Time) -> Iterator[Stay]:
        """A place among the requests under way; waits until there is one."""
        began, stay = self._enter(time), Stay()
        try:
            yield stay
        finally:
            self._leave(began, time.clock(), stay.on_the_way)

    def observe(self, response: Response) -> None:
        """Learn from an answer what the server recommends."""
        hint = response.headers.get(_DOP_HINT, "")
        with self._changed:
            if self._follows_hint and hint.isdecimal() and int(hint) > 0:
                self._advise(min(int(hint), self._limits.concurrent))
            self._good_answers += 1
            if self._most < self._advised and self._good_answers >= _RECOVERY * self._most:
                self._good_answers = 0
                self._most += 1
            self._changed.notify_all()

    def hold(self, throttled: Throttled, now: float) -> None:
        """Let nothing through until the server's wait is over, and then less at once if told so."""
        with self._changed:
            self._closed_until = max(self._closed_until, now + (throttled.retry_after or 0.0))
            self._good_answers = 0
            if throttled.code == TOO_MANY_AT_ONCE:
                self._most = max(1, self._most * 3 // 4)

    def _advise(self, parallelism: int) -> None:
        if parallelism != self._advised:
            self._advised = self._most = parallelism

    def _enter(self, time: Time) -> float:
        while True:
            with self._changed:
                while len(self._under_way) >= self._most:
                    self._changed.wait(_LOOK_UP)
                now = time.clock()
                wait = self._wait(now)
                if wait <= 0:
                    self._under_way.append(now)
                    return now
            time.sleep(wait)

    def _leave(self, began: float, ended: float, on_the_way: float) -> None:
        seconds = max(ended - began - on_the_way, 0.0)
        with self._changed:
            self._under_way.remove(began)
            self._spent.append((ended, seconds))
            self._spent_seconds += seconds
            self._changed.notify()

    def _wait(self, now: float) -> float:
        """Seconds until the next request is within all limits."""
        self._forget(now)
        return max(self._closed_until - now, self._until_fewer(now), self._until_shorter(now))

    def _forget(self, now: float) -> None:
        while self._spent and self._spent[0][0] + self._limits.window <= now:
            self._spent_seconds -= self._spent.popleft()[1]

    def _until_fewer(self, now: float) -> float:
        granted = self._limits.requests * self._limits.servers
        excess = len(self._spent) + len(self._under_way) + 1 - granted
        if excess <= 0 or not self._spent:
            return 0.0
        last = self._spent[min(excess, len(self._spent)) - 1]
        return last[0] + self._limits.window - now

    def _until_shorter(self, now: float) -> float:
        """
        Seconds until there is execution time left.

        What is under way counts with all of its time so far, and with as much as others took: the
        server may have counted it, at its beginning or at its end, before we hear of that.
        """
        granted = self._limits.execution_seconds * self._limits.servers
        usual = self._spent_seconds / len(self._spent) if self._spent else 0.0
        running = sum(max(now - began, usual) for began in self._under_way)
        excess = self._spent_seconds + running - granted
        if excess < 0:
            return 0.0
        for ended, seconds in self._spent:
            excess -= seconds
            if excess < 0:
                return ended + self._limits.window - now
        return _LOOK_AGAIN
