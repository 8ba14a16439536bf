"""How many requests are under way at once."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.dataverse.message import Response

_DOP_HINT = "x-ms-dop-hint"
_DEFAULT_WORKERS = 8


class Limiter:
    """
    Lets at most so many requests through at once.

    Begins with *workers* and, unless that was given, follows the parallelism that the server
    recommends in its answers.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._follows_hint = workers is None
        self._most = workers or _DEFAULT_WORKERS
        self._under_way = 0
        self._changed = threading.Condition()

    @property
    def workers(self) -> int:
        """Requests that may be under way at once, as far as is known now."""
        return self._most

    @contextmanager
    def slot(self) -> Iterator[None]:
        """A place among the requests under way; waits until there is one."""
        with self._changed:
            self._changed.wait_for(lambda: self._under_way < self._most)
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify()

    def observe(self, response: Response) -> None:
        """Learn from an answer what the server recommends."""
        hint = response.headers.get(_DOP_HINT, "")
        if self._follows_hint and hint.isdecimal() and int(hint) > 0:
            with self._changed:
                self._most = int(hint)
                self._changed.notify_all()
