"""
The three service protection limits, counted on the emulator's own clock.

Requests and execution time are counted per user over a sliding window; too many
requests at once are refused immediately. Codes, window and numbers are the
documented ones (page "Service protection API limits").
"""

from __future__ import annotations

import heapq
import math
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.emulator.faults import DataverseFault

if TYPE_CHECKING:
    from datetime import datetime

TOO_MANY_REQUESTS: Final = "0x80072322"
TOO_MUCH_TIME: Final = "0x80072321"
TOO_MANY_AT_ONCE: Final = "0x80072326"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """
    The limits, and the model of time that fills them.

    Times are seconds. *enforced* False counts nothing. A request takes
    *request_seconds* plus *operation_seconds* for each operation that it holds,
    as server time, and *latency* more on its way, which is no server time.
    *parallelism* is what `x-ms-dop-hint` recommends. *advances_clock* lets every
    answered request move the virtual clock by the whole time that it took;
    otherwise latency really passes and server time is only counted.
    *concurrent* is the highest number that is still admitted at once.
    """

    enforced: bool = False
    requests: int = 6000
    execution_seconds: float = 1200.0
    concurrent: int = 52
    window_seconds: float = 300.0
    request_seconds: float = 0.0
    operation_seconds: float = 0.0
    latency: float = 0.0
    parallelism: int = 8
    advances_clock: bool = False

    def server_seconds(self, operations: int) -> float:
        """Return the server time of a request with that many operations."""
        return self.request_seconds + self.operation_seconds * operations


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left of the window after a request, for the two debugging headers."""

    requests: int
    seconds: float

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The headers that show it; the service offers them for debugging only."""
        return (
            ("x-ms-ratelimit-burst-remaining-xrm-requests", str(self.requests)),
            ("x-ms-ratelimit-time-remaining-xrm-requests", f"{self.seconds:.2f}"),
        )


class _Window:
    """What one user has used up lately."""

    def __init__(self) -> None:
        self.spent: deque[tuple[float, float]] = deque()
        self.seconds = 0.0
        self.arrivals: deque[float] = deque()
        self.running: list[float] = []
        self.in_flight = 0

    def forget_before(self, oldest: float, now: float) -> None:
        while self.spent and self.spent[0][0] <= oldest:
            self.seconds -= self.spent.popleft()[1]
        while self.arrivals and self.arrivals[0] <= oldest:
            self.arrivals.popleft()
        while self.running and self.running[0] <= now:
            heapq.heappop(self.running)

    def until_below(self, limit: float, window: float, now: float) -> float:
        """Seconds until enough execution time has left the window."""
        excess = self.seconds - limit
        for at, seconds in self.spent:
            excess -= seconds
            if excess < 0:
                return at + window - now
        return window


class ProtectionLimits:
    """Admits or refuses requests of a user, and remembers what they cost."""

    def __init__(self, settings: LimitSettings | None = None) -> None:
        self.settings = settings or LimitSettings()
        self._windows: dict[str, _Window] = {}
        self._lock = threading.Lock()

    def configure(self, settings: LimitSettings) -> None:
        """Replace the limits and forget what was counted."""
        with self._lock:
            self.settings = settings
            self._windows.clear()

    def clear(self) -> None:
        """Forget what was counted."""
        with self._lock:
            self._windows.clear()

    def admit(self, user: str, at: datetime) -> None:
        """Count a request that arrives, or raise the documented 429 with its Retry-After."""
        if not self.settings.enforced:
            return
        now = at.timestamp()
        with self._lock:
            window = self._windows.setdefault(user, _Window())
            window.forget_before(now - self.settings.window_seconds, now)
            self._check(window, now)
            window.arrivals.append(now)
            window.in_flight += 1

    def complete(self, user: str, at: datetime, seconds: float) -> Remaining | None:
        """Count the server time of an admitted request; None when nothing is counted."""
        if not self.settings.enforced:
            return None
        start = at.timestamp()
        with self._lock:
            window = self._windows.setdefault(user, _Window())
            window.in_flight = max(window.in_flight - 1, 0)
            window.spent.append((start, seconds))
            window.seconds += seconds
            heapq.heappush(window.running, start + seconds)
            return Remaining(
                max(self.settings.requests - len(window.arrivals), 0),
                max(self.settings.execution_seconds - window.seconds, 0.0),
            )

    def _check(self, window: _Window, now: float) -> None:
        limits = self.settings
        at_once = window.in_flight + len(window.running)
        if at_once >= limits.concurrent:
            wait = window.running[0] - now if window.running else 1.0
            raise _refused(TOO_MANY_AT_ONCE, _AT_ONCE.format(limits.concurrent), wait)
        if len(window.arrivals) >= limits.requests:
            wait = window.arrivals[-limits.requests] + limits.window_seconds - now
            text = _REQUESTS.format(limits.requests, limits.window_seconds)
            raise _refused(TOO_MANY_REQUESTS, text, wait)
        if window.seconds >= limits.execution_seconds:
            wait = window.until_below(limits.execution_seconds, limits.window_seconds, now)
            text = _TIME.format(limits.execution_seconds, limits.window_seconds)
            raise _refused(TOO_MUCH_TIME, text, wait)


_REQUESTS: Final = "Number of requests exceeded the limit of {:d} over time window of {:g} seconds."
_TIME: Final = (
    "Combined execution time of incoming requests exceeded limit of {:g} seconds over {:g} seconds."
)
_AT_ONCE: Final = "Number of concurrent requests exceeded the limit of {:d}."


def _refused(code: str, message: str, wait: float) -> DataverseFault:
    seconds = str(max(math.ceil(wait), 1))
    return DataverseFault(
        status=429, code=code, message=message, headers=(("Retry-After", seconds),)
    )
