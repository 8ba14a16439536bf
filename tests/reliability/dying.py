"""A process that dies at a chosen exchange: before its request goes out, or once it is answered."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from connector.dataverse.client import DataverseClient
from connector.dataverse.limiter import Limiter
from connector.dataverse.transport import RequestsTransport
from connector.usecases.environment import open_client

if TYPE_CHECKING:
    from connector.connector import Connector
    from connector.dataverse.message import Request, Response
    from connector.dataverse.transport import Transport


class Killed(BaseException):
    """The end of a process, which no handler of an error may survive."""


class DyingTransport:
    """
    Another transport until the exchange number *at*, counted from 0; from then on there is no more.

    With *answered* the server has carried that request out, and nobody hears of it.
    """

    def __init__(self, inner: Transport, at: int, *, answered: bool) -> None:
        self._inner = inner
        self._left = at
        self._answered = answered
        self._lock = threading.Lock()
        self.died = False

    @property
    def root(self) -> str:
        return self._inner.root

    def send(self, request: Request) -> Response:
        with self._lock:
            self._left -= 1
            left = self._left
        if left >= 0:
            return self._inner.send(request)
        if left == -1 and self._answered:
            self._inner.send(request)
        self.died = True
        raise Killed

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)

    def clock(self) -> float:
        return self._inner.clock()

    def close(self) -> None:
        self._inner.close()


def dies_at(connector: Connector, at: int, *, answered: bool) -> DyingTransport:
    """Let *connector* die at that exchange; one request at a time, so that the count is exact."""
    environment = connector._environment
    client = environment._resources.enter_context(
        open_client(environment.settings, "dying", environment.clock, environment)
    )
    transport = DyingTransport(client._transport, at, answered=answered)
    environment._client = DataverseClient(transport, limiter=Limiter(1))
    return transport


class Hurry:
    """Time that passes only by waiting for it."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def clock(self) -> float:
        return self.now


def in_a_hurry(connector: Connector) -> None:
    """Let *connector* not really wait for what it waits for."""
    hurry, guarded = Hurry(), connector._environment.client._transport
    transport = guarded._transport  # type: ignore[attr-defined]
    assert isinstance(transport, RequestsTransport)
    transport._sleep = hurry.sleep
    transport._clock = hurry.clock
