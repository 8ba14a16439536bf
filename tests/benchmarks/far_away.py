"""A tenant far away that works for each row: what an exchange really takes is slept through."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from connector.dataverse.client import DataverseClient
from connector.dataverse.limiter import Limiter
from connector.usecases.environment import open_client

if TYPE_CHECKING:
    from connector.connector import Connector
    from connector.dataverse.message import Request, Response
    from connector.dataverse.transport import Transport

#: To the tenant and back, and what the server works for each row of a change set.
LATENCY, A_ROW = 0.04, 0.005


class FarTransport:
    """Another transport whose every exchange takes its time before it is sent."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    @property
    def root(self) -> str:
        return self._inner.root

    def send(self, request: Request) -> Response:
        rows = 0 if request.body is None else bytes(request.body).count(b" HTTP/1.1\r\n")
        time.sleep(LATENCY + A_ROW * rows)
        return self._inner.send(request)

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)

    def clock(self) -> float:
        return self._inner.clock()

    def close(self) -> None:
        self._inner.close()


def moved_away(connector: Connector, workers: int) -> DataverseClient:
    """Let *connector* reach its tenant over that distance; returns the client that does."""
    environment = connector._environment
    client = environment._resources.enter_context(
        open_client(environment.settings, "far", environment.clock, environment)
    )
    far = DataverseClient(FarTransport(client._transport), limiter=Limiter(workers))
    environment._client = far
    return far
