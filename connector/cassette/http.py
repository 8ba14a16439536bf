"""Requests and answers as they come and go: from WSGI, to a tenant, and back."""

from __future__ import annotations

import gzip
import http.client
import ssl
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

#: A tenant answers within two minutes, or its gateway does.
SECONDS: Final = 150.0
_OF_ONE_HOP: Final = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer"}
    | {"transfer-encoding", "upgrade", "host", "content-length", "accept-encoding", "expect"}
)
_TEXTUAL: Final = ("json", "xml", "text/", "multipart/", "x-www-form-urlencoded", "javascript")

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRequest:
    """A request with its body whole and plain; *target* is path and query as sent."""

    method: str
    target: str
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RawResponse:
    """An answer with its body whole and plain."""

    status: int
    reason: str
    headers: Headers
    body: bytes


class Unreachable(Exception):  # noqa: N818 - named by what happened
    """The other side did not answer whole; it may have acted."""


def request_of(environ: WSGIEnvironment) -> RawRequest:
    """The request that *environ* holds; raises `ValueError` for a body that is not as it says."""
    path = quote(environ.get("PATH_INFO", "").encode("latin-1"), safe="/()$=,':@!*;+&~")
    query = environ.get("QUERY_STRING", "")
    target = str(environ.get("RAW_URI") or (f"{path}?{query}" if query else path))
    headers = [
        (key.removeprefix("HTTP_").replace("_", "-").title(), str(value))
        for key, value in environ.items()
        if key.startswith("HTTP_") or key == "CONTENT_TYPE"
    ]
    body = _read(environ)
    encoding = str(environ.get("HTTP_CONTENT_ENCODING", ""))
    if encoding:
        headers = [item for item in headers if item[0] != "Content-Encoding"]
    return RawRequest(
        method=environ["REQUEST_METHOD"],
        target=_without_origin(target),
        headers=tuple(headers),
        body=decoded(body, encoding),
    )


def origin_of(environ: WSGIEnvironment) -> str:
    """Scheme, host and port by which the client has reached us."""
    return f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST') or environ['SERVER_NAME']}"


def send(origin: str, request: RawRequest) -> RawResponse:
    """
    The answer of *origin* to *request*, over a connection of its own.

    Nothing is sent twice, and no redirection is followed. Raises `Unreachable`.
    """
    parts = urlsplit(origin)
    headers = {n: v for n, v in request.headers if n.lower() not in _OF_ONE_HOP}
    headers |= {"Host": parts.netloc, "Accept-Encoding": "gzip", "Connection": "close"}
    if request.body or request.method in {"POST", "PATCH", "PUT"}:
        headers["Content-Length"] = str(len(request.body))
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    try:
        connection.request(request.method, request.target, request.body or None, headers)
        answer = connection.getresponse()
        body = decoded(answer.read(), answer.headers.get("Content-Encoding", ""))
    except (OSError, http.client.HTTPException, ValueError) as error:
        message = f"{type(error).__name__}: {error}"
        raise Unreachable(message) from error
    finally:
        connection.close()
    kept = [(n, v) for n, v in answer.getheaders() if n.lower() not in _OF_ONE_HOP]
    return RawResponse(
        status=answer.status,
        reason=answer.reason,
        headers=tuple(item for item in kept if item[0].lower() != "content-encoding"),
        body=body,
    )


def decoded(body: bytes, encoding: str) -> bytes:
    """*body* without its compression; raises `ValueError` for one that cannot be undone."""
    name = encoding.strip().lower()
    try:
        if name in {"gzip", "x-gzip"}:
            return gzip.decompress(body)
        if name == "deflate":
            return zlib.decompress(body)
    except (OSError, EOFError, zlib.error) as error:
        message = f"the body is not {name} as its Content-Encoding says"
        raise ValueError(message) from error
    if name not in {"", "identity"}:
        message = f"bodies with the Content-Encoding {name!r} are not supported"
        raise ValueError(message)
    return body


def is_textual(headers: Iterable[tuple[str, str]]) -> bool:
    """Whether the Content-Type is that of text, in which addresses and secrets are replaced."""
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    return any(word in kind.lower() for word in _TEXTUAL)


def moved(text: str, old: str, new: str) -> str:
    r"""*text* with the address *old* replaced by *new*, also where JSON has `\/` for slashes."""
    escaped_old, escaped_new = (each.replace("/", "\\/") for each in (old, new))
    return text.replace(old, new).replace(escaped_old, escaped_new)


def moved_body(body: bytes, headers: Headers, old: str, new: str) -> bytes:
    """The same for a body, where it is text."""
    if not is_textual(headers):
        return body
    return moved(body.decode("utf-8", "surrogateescape"), old, new).encode(
        "utf-8", "surrogateescape"
    )


def answer(start_response: StartResponse, response: RawResponse, method: str) -> list[bytes]:
    """Give *response* to a client."""
    headers = [(n, v) for n, v in response.headers if n.lower() not in _OF_ONE_HOP]
    headers.append(("Content-Length", str(len(response.body))))
    start_response(f"{response.status} {response.reason}", headers)
    return [] if method == "HEAD" else [response.body]


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=SECONDS)
    context = ssl.create_default_context()
    return http.client.HTTPSConnection(host, port, timeout=SECONDS, context=context)


def _read(environ: WSGIEnvironment) -> bytes:
    stream = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated"):
        return bytes(stream.read())
    return bytes(stream.read(int(environ.get("CONTENT_LENGTH") or 0)))


def _without_origin(target: str) -> str:
    """Path and query of a target that some clients send with scheme and host."""
    if target.startswith("/"):
        return target
    parts = urlsplit(target)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
