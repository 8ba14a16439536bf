"""A client of our own over http.client, and tenants that answer in ways of their own."""

from __future__ import annotations

import gzip
import http.client
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from connector.cassette import Recorder, Replayer, read_cassette
from connector.emulator import Emulator
from connector.emulator.serving import server as servers
from connector.sample_tenant import sample_seed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

ROOT = "/api/data/v9.2/"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    url: str,
    method: str,
    target: str,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send one request; a body of text or bytes goes as it is, anything else as JSON."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    given = dict(headers or {})
    content = body
    if body is not None and not isinstance(body, str | bytes | list):
        content = json.dumps(body)
        given.setdefault("Content-Type", "application/json")
    try:
        is_chunked = isinstance(content, list)
        path = target if target.startswith("/") else ROOT + target
        connection.request(method, path, content, given, encode_chunked=is_chunked)
        found = connection.getresponse()
        kept = {name.lower(): value for name, value in found.getheaders()}
        return Answer(found.status, kept, found.read())
    finally:
        connection.close()


class Compressed:
    """An application whose answers are compressed, as a tenant's are."""

    def __init__(self, inner: WSGIApplication) -> None:
        self._inner = inner

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen: list[Any] = []

        def kept(status: str, headers: list[tuple[str, str]], _error: object = None, /) -> Any:
            seen.extend([status, headers])

        body = b"".join(self._inner(environ, kept))
        status, headers = seen
        headers = [item for item in headers if item[0].lower() != "content-length"]
        if body and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            body = gzip.compress(body)
            headers.append(("Content-Encoding", "gzip"))
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]


class Scripted:
    """An application that answers everything in one way, and remembers what was asked."""

    def __init__(self, body: str, *headers: tuple[str, str], status: str = "200 OK") -> None:
        self._body, self._headers, self._status = body.encode(), headers, status
        self.asked: list[Mapping[str, str]] = []
        self.bodies: list[bytes] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.asked.append({k: v for k, v in environ.items() if isinstance(v, str)})
        self.bodies.append(environ["wsgi.input"].read())
        start_response(self._status, list(self._headers))
        return [self._body]


@contextmanager
def recording(tenant: WSGIApplication, path: Path) -> Iterator[tuple[str, str]]:
    """The addresses of a recorder and of the tenant behind it, both on sockets."""
    with (
        servers.serve(tenant) as behind,
        Recorder(behind.url, path) as recorder,
        servers.serve(recorder) as before,
    ):
        yield before.url, behind.url


@contextmanager
def replaying(path: Path) -> Iterator[str]:
    with servers.serve(Replayer(read_cassette(path))) as server:
        yield server.url


@contextmanager
def sample() -> Iterator[Emulator]:
    emulator = Emulator(seed=sample_seed())
    yield emulator
    emulator.close()
