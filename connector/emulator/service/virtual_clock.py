"""
The clock of an emulator: stands still, moves when told, or follows a real one.

Tests get the same instants every time; a shell that wants real time passes its
own source of it.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

START: Final = datetime(2020, 10, 1, 8, 0, tzinfo=UTC)


class VirtualClock:
    """
    A clock that is set and advanced from outside.

    Without *source* it stands still between calls of `advance`; with one it
    follows that source, shifted by whatever it was set and advanced by.
    """

    def __init__(
        self, start: datetime = START, *, source: Callable[[], datetime] | None = None
    ) -> None:
        self._start = start
        self._source = source
        self._lock = threading.Lock()
        self._shift = timedelta()

    def __call__(self) -> datetime:
        """Return the present instant, in UTC."""
        with self._lock:
            return self._present()

    def advance(self, seconds: float) -> datetime:
        """Move the clock on and return the new instant; negative steps are refused."""
        if seconds < 0:
            message = "the clock cannot be advanced by a negative time"
            raise ValueError(message)
        with self._lock:
            self._shift += timedelta(seconds=seconds)
            return self._present()

    def set(self, instant: datetime) -> datetime:
        """Move the clock to *instant*, forwards or backwards; it must carry a zone."""
        if instant.tzinfo is None:
            message = "the clock needs an instant with a time zone"
            raise ValueError(message)
        with self._lock:
            self._shift += instant.astimezone(UTC) - self._present()
            return self._present()

    def reset(self) -> None:
        """Go back to the start, or to the source's own time."""
        with self._lock:
            self._shift = timedelta()

    def _present(self) -> datetime:
        base = self._start if self._source is None else self._source()
        return base.astimezone(UTC) + self._shift
