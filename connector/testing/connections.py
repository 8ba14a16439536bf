"""Connections from a test to its emulator, seen from both ends at once."""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary, ref

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connector.emulator import VirtualClock

#: How often a server that holds an answer back looks whether anybody still waits, in seconds.
LOOK: Final = 0.02
#: From so many connections on, those that callers have left are looked for.
SWEEP_AT: Final = 64
_TIMED_OUT: Final = "The read operation timed out"


class Connection:
    """
    One connection; *client* is the caller's own socket.

    A server that is to answer late asks the client's socket how long it would wait. So a
    time-out of the caller's acts at once, and an answer within it comes at once. A socket that
    does not block, as those of asyncio, cannot be asked: its answer is late by the real clock.
    """

    def __init__(self, client: socket.socket, clock: VirtualClock) -> None:
        self._client = ref(client)
        self._changes_hands = False
        self._clock = clock
        self._told, self._tell = socket.socketpair()
        self._late = 0.0
        self._decided = threading.Event()
        self._is_over = False

    @property
    def is_gone(self) -> bool:
        """Whether the caller has closed or forgotten its socket."""
        client = self._client()
        return not self._changes_hands and (client is None or client.fileno() < 0)

    def leaves_its_socket(self) -> None:
        """Say that TLS is about to take over the caller's socket, which is closed by that."""
        self._changes_hands = True

    def held_by(self, client: socket.socket) -> None:
        """Say which socket the caller uses from now on."""
        self._client = ref(client)
        self._changes_hands = False

    def hold(self, seconds: float, client_left: Callable[[], bool]) -> None:
        """
        Let *seconds* pass before an answer, on the emulator's clock as far as anybody waits.

        *client_left* is what the server sees of the caller's leaving.
        """
        self._late = seconds
        self._decided.clear()
        if self._is_asked():
            self._tell.send(b"\0")
            self._decided_before(None, client_left)
        else:
            self._decided_before(time.monotonic() + seconds, client_left)
            self._clock.advance(seconds)

    def wait(self, client: ssl.SSLSocket) -> None:
        """Wait until something can be read; raises TimeoutError as the socket itself would."""
        patience = client.gettimeout()
        if patience == 0 or client.pending():
            return
        while self._says_late(client, patience):
            self._decide(patience)

    def release(self) -> None:
        """Hold no answer back any longer."""
        self._is_over = True
        self._decided.set()

    def close(self) -> None:
        """Give back what it holds."""
        self._told.close()
        self._tell.close()

    def _is_asked(self) -> bool:
        client = self._client()
        return isinstance(client, ssl.SSLSocket) and client.gettimeout() != 0

    def _decided_before(self, end: float | None, client_left: Callable[[], bool]) -> None:
        """Wait for the client's word, as long as it is there, at most until *end*."""
        while not (self._is_over or self.is_gone or client_left()):
            rest = LOOK if end is None else min(LOOK, end - time.monotonic())
            if rest <= 0 or self._decided.wait(rest):
                return

    def _says_late(self, client: ssl.SSLSocket, patience: float | None) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(client, selectors.EVENT_READ)
            selector.register(self._told, selectors.EVENT_READ)
            ready = {key.fileobj for key, _ in selector.select(patience)}
        if not ready:
            raise TimeoutError(_TIMED_OUT)
        return self._told in ready

    def _decide(self, patience: float | None) -> None:
        self._told.recv(1)
        waited = self._late if patience is None else min(patience, self._late)
        self._clock.advance(waited)
        self._decided.set()
        if waited < self._late:
            raise TimeoutError(_TIMED_OUT)


class Connections:
    """The open connections of a test: the caller's by its socket, the server's by its port."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._of_client: WeakKeyDictionary[socket.socket, Connection] = WeakKeyDictionary()
        self._of_port: dict[int, Connection] = {}
        self._sweep_at = SWEEP_AT

    def opened(self, client: socket.socket) -> None:
        """Keep a connection that was just made, or is being made."""
        with suppress(OSError):  # it was refused: there is nothing to keep
            port = int(client.getsockname()[1])
            connection = Connection(client, self._clock)
            with self._lock:
                self._forget_gone(port)
                self._of_client[client] = self._of_port[port] = connection

    @contextmanager
    def taken_over(self, client: socket.socket) -> Iterator[list[socket.socket]]:
        """Keep the connection of *client* under the socket that is put into the list."""
        connection, taken = self.of_client(client), [client]
        if connection is not None:
            connection.leaves_its_socket()
        try:
            yield taken
        finally:
            if connection is not None:
                connection.held_by(taken[-1])
                with self._lock:
                    self._of_client[taken[-1]] = connection

    def of_client(self, client: socket.socket) -> Connection | None:
        """The connection behind a caller's socket, if it leads to the emulator."""
        with self._lock:
            return self._of_client.get(client)

    def of_port(self, port: str) -> Connection | None:
        """The connection that comes from *port* of this machine, as the server sees it."""
        with self._lock:
            return self._of_port.get(int(port or 0))

    def release(self) -> None:
        """Hold no answer back any longer: the test is over."""
        with self._lock:
            for connection in self._of_port.values():
                connection.release()

    def close(self) -> None:
        """Forget all of them."""
        with self._lock:
            for connection in self._of_port.values():
                connection.close()
            self._of_port.clear()
            self._of_client.clear()

    def _forget_gone(self, port: int) -> None:
        """Close what callers have left: all of it now and then, and what had *port* before."""
        swept = len(self._of_port) >= self._sweep_at
        for known, connection in list(self._of_port.items() if swept else ()):
            if connection.is_gone:
                del self._of_port[known]
                connection.close()
        replaced = self._of_port.pop(port, None)
        if replaced is not None:
            replaced.close()
        if swept:
            self._sweep_at = max(SWEEP_AT, 2 * len(self._of_port))
