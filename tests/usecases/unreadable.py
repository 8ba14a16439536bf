"""A tenant that cannot read one contract: the service fails or refuses when asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.dataverse.client import DataverseClient
from connector.dataverse.limiter import Limiter
from connector.dataverse.message import Headers, Response

if TYPE_CHECKING:
    from uuid import UUID

    from connector.connector import Connector
    from connector.dataverse.message import Request
    from connector.dataverse.transport import Transport


class PartialTransport:
    """Another transport, except for reads that name a contract, once there is one to fail at."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.contract: UUID | None = None
        self.status = 500

    @property
    def root(self) -> str:
        return self._inner.root

    def send(self, request: Request) -> Response:
        body = request.body or b""
        is_read = b"GET " in body and b"PATCH " not in body
        if self.contract is not None and is_read and str(self.contract).encode() in body:
            return Response(status=self.status, headers=Headers(()), body=b"")
        return self._inner.send(request)

    def sleep(self, _seconds: float) -> None:
        """Nobody waits for what is scripted."""

    def clock(self) -> float:
        return self._inner.clock()

    def close(self) -> None:
        self._inner.close()


def unreadable(connector: Connector) -> PartialTransport:
    """Let *connector* reach its tenant through such a transport, a request at a time."""
    environment = connector._environment
    transport = PartialTransport(environment.client._transport)
    environment._client = DataverseClient(transport, limiter=Limiter(1))
    return transport
