"""A `requests` request, carried to a WSGI application and its answer back, without a socket."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Protocol, runtime_checkable
from urllib.parse import unquote_to_bytes, urlsplit

from werkzeug.test import run_wsgi_app

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from requests import PreparedRequest

PORTS = {"http": 80, "https": 443}


@runtime_checkable
class Readable(Protocol):
    """An open file, as `requests` takes it for a body."""

    def read(self) -> str | bytes:
        """Everything that is left in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the application said; a body shorter than its Content-Length stays as it is."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def ask(application: WSGIApplication, request: PreparedRequest) -> Answer:
    """The application's answer; whatever it raises is raised."""
    chunks, status, headers = run_wsgi_app(application, environ_of(request), buffered=True)
    return Answer(
        status=int(status.split(" ", 1)[0]),
        headers=tuple(headers.to_wsgi_list()),
        body=b"".join(chunks),
    )


def environ_of(request: PreparedRequest) -> WSGIEnvironment:
    """The request as a server would describe it; the query stays as it was sent."""
    parts = urlsplit(request.url or "")
    body = body_bytes(request.body)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": request.method or "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path or "/").decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or PORTS[parts.scheme]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "HTTP_HOST": parts.netloc,
    }
    environ.update(header_variables(request.headers.items()))
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def header_variables(headers: Iterable[tuple[str, str | bytes]]) -> Iterable[tuple[str, str]]:
    """Headers under the names that WSGI gives them."""
    for name, value in headers:
        key = name.upper().replace("-", "_")
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        yield key if key == "CONTENT_TYPE" else f"HTTP_{key}", text


def body_bytes(body: object) -> bytes:
    """A body as `requests` holds it: nothing, text, bytes, a file or an iterable of bytes."""
    match body:
        case None:
            return b""
        case str():
            return body.encode()
        case bytes():
            return body
        case Readable():
            return body_bytes(body.read())
        case Iterable():
            return b"".join(body)
    message = f"a request body cannot be of type {type(body).__name__}"
    raise TypeError(message)
