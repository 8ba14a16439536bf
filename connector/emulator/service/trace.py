"""The last requests that an emulator answered, for tests that ask what was sent."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

CAPACITY: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceEntry:
    """
    One exchange; never its headers, which carry tokens.

    *target* is path and query as sent, *operations* the number of operations it
    held (more than one only for a batch), *seconds* the modelled server time.
    """

    at: datetime
    method: str
    target: str
    status: int
    operations: int
    request_bytes: int
    response_bytes: int
    seconds: float
    request_id: str


class Trace:
    """A bounded list of exchanges, oldest first."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._entries: deque[TraceEntry] = deque(maxlen=capacity)
        self._lock = threading.Lock()

    def add(self, entry: TraceEntry) -> None:
        """Record an exchange."""
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        """Forget everything recorded."""
        with self._lock:
            self._entries.clear()

    @property
    def entries(self) -> tuple[TraceEntry, ...]:
        """What was recorded, oldest first."""
        with self._lock:
            return tuple(self._entries)
