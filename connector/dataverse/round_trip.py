"""How long a message is on the way at least, learned from connections while they are opened."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable


class RoundTrip:
    """
    The shortest time in which a connection was opened: one message there, one back.

    The server executes nothing meanwhile, and every request takes at least as long for its way.
    Through a proxy nothing is learned.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._shortest: float | None = None
        self._lock = threading.Lock()

    @property
    def seconds(self) -> float:
        """The shortest time so far; 0 when none is known."""
        return self._shortest or 0.0

    def note(self, seconds: float) -> None:
        """Hear how long a connection took."""
        with self._lock:
            if self._shortest is None or seconds < self._shortest:
                self._shortest = seconds


class TimedAdapter(HTTPAdapter):
    """The pool of connections of `requests`, whose connections tell how long they took."""

    def __init__(self, round_trip: RoundTrip, **options: Any) -> None:  # noqa: ANN401 - passed on
        self._round_trip = round_trip
        super().__init__(**options)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - passed on
        """Open connections by way of the timed classes."""
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _timed_pool(HTTPConnectionPool, HTTPConnection, self._round_trip),
            "https": _timed_pool(HTTPSConnectionPool, HTTPSConnection, self._round_trip),
        }


def _timed_pool(
    pool: type[HTTPConnectionPool], connection: type[HTTPConnection], round_trip: RoundTrip
) -> type[HTTPConnectionPool]:
    def opened(self: HTTPConnection) -> socket.socket:
        began = round_trip.clock()
        found = connection._new_conn(self)  # noqa: SLF001 - the one step before encryption
        round_trip.note(round_trip.clock() - began)
        return found

    timed = type(f"Timed{connection.__name__}", (connection,), {"_new_conn": opened})
    return type(f"Timed{pool.__name__}", (pool,), {"ConnectionCls": timed})
