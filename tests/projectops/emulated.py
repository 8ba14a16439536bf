"""The emulator as the far side of a client's transport, without a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from connector.dataverse.message import Headers, Response
from tests.dataverse.far_side import ROOT
from tests.emulator.web import InProcess

if TYPE_CHECKING:
    from connector.dataverse.message import Request
    from connector.emulator import Emulator
    from tests.dataverse.far_side import App


def emulated(emulator: Emulator) -> App:
    """What answers a request as *emulator* does."""
    carrier = InProcess(emulator.app)

    def app(request: Request) -> Response:
        address = request.path if "://" in request.path else ROOT + request.path
        parts = urlsplit(address)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        answer = carrier.send(
            request.method, target, dict(request.headers), bytes(request.body or b"")
        )
        return Response(
            status=answer.status,
            headers=Headers(tuple(answer.headers.items())),
            body=answer.body,
            request=request.line,
        )

    return app
