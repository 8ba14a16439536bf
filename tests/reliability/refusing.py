"""A tenant that takes only some forms of writing, in front of the emulator."""

from __future__ import annotations

import io
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from connector.emulator.serving import server as servers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication

    from tests.end_to_end.tenant import TestTenant

_OPERATION = re.compile(rb"(PATCH|POST|DELETE) (\S+) HTTP/1\.1\r\n((?:[^\r\n]+\r\n)*)\r\n")


@dataclass(frozen=True)
class Operation:
    """One operation of a change set."""

    method: str
    table: str
    headers: str

    @property
    def is_conditional_create(self) -> bool:
        return self.method == "PATCH" and "If-None-Match: *" in self.headers


@dataclass
class RefusingTenant:
    """Answers a batch that holds an operation of the refused kind with a refusal."""

    app: WSGIApplication
    refuses: Callable[[Operation], bool]
    message: str = "The header If-None-Match is not supported for this request."
    status: str = "400 Bad Request"
    refused: list[str] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if not environ["PATH_INFO"].endswith("$batch"):
            return self.app(environ, start_response)
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = io.BytesIO(body)
        hit = next((o for o in operations(body) if self.refuses(o)), None)
        if hit is None:
            return self.app(environ, start_response)
        self.refused.append(hit.table)
        answer = json.dumps({"error": {"code": "0x80060888", "message": self.message}}).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))]
        start_response(self.status, headers)
        return [answer]


def operations(body: bytes) -> Iterator[Operation]:
    for found in _OPERATION.finditer(body):
        path = found.group(2).decode().rpartition("/")[2]
        yield Operation(
            found.group(1).decode(), path.partition("(")[0], found.group(3).decode("latin-1")
        )


@contextmanager
def refusing(
    tenant: TestTenant, refuses: Callable[[Operation], bool], **options: Any
) -> Iterator[tuple[TestTenant, RefusingTenant]]:
    """*tenant* behind a front that refuses some operations."""
    front = RefusingTenant(tenant.emulator.app, refuses, **options)
    with servers.serve(front, host="127.0.0.1", port=0, tls=None) as server:
        yield replace(tenant, url=server.url), front
