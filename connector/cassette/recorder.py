"""A WSGI application that stands between a client and a tenant, and writes a cassette."""

from __future__ import annotations

import base64
import json
import logging
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from connector.cassette.exchange import (
    ORIGIN,
    CassetteError,
    Exchange,
    RecordedRequest,
    RecordedResponse,
    exchange_line,
    head_line,
)
from connector.cassette.http import (
    RawRequest,
    RawResponse,
    Unreachable,
    answer,
    is_textual,
    moved,
    moved_body,
    origin_of,
    request_of,
    send,
)
from connector.cassette.secrets import (
    REQUEST_HEADERS,
    RESPONSE_HEADERS,
    kept_headers,
    without_secrets,
)
from connector.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import BinaryIO
    from wsgiref.types import StartResponse, WSGIEnvironment

    from connector.cassette.http import Headers

_log = logging.getLogger(__name__)
#: Only what lies below is recorded; a sign-in that goes through here is not.
RECORDED: Final = "/api/data/"
#: Headers that name addresses of the tenant.
_ADDRESSES: Final = frozenset({"location", "odata-entityid"})


class Recorder:
    """
    Sends each request on to *tenant* and keeps what lies below `/api/data/` in a new file.

    *tenant* is scheme and host. *token*, where given, is asked for the token of each request; the
    client's own is then left out. A context manager that closes the file.
    """

    def __init__(self, tenant: str, path: Path, token: Callable[[], str] | None = None) -> None:
        """Raises `CassetteError` when *path* is there already or cannot be written."""
        self._tenant = tenant
        self._token = token
        self._path = path
        self._lock = threading.Lock()
        self.recorded = 0
        self._file = self._opened()

    def __enter__(self) -> Recorder:  # noqa: PYI034 - nobody derives from it
        """The recorder itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._file.close()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request as the tenant does, with the tenant's address replaced by ours."""
        ours = origin_of(environ)
        try:
            request = request_of(environ)
            response = send(self._tenant, self._towards(request, ours))
        except ValueError as error:
            return _refused(start_response, 400, str(error))
        except ConnectorError as error:
            _log.error("%s", error)
            return _refused(start_response, 502, f"the recorder could not sign in: {error}")
        except Unreachable as error:
            _log.warning("%s did not answer: %s", self._tenant, error)
            text = f"the tenant {self._tenant} did not answer whole: {error}; not recorded"
            return _refused(start_response, 502, text)
        if request.target.startswith(RECORDED):
            self._keep(request, response, ours)
        return answer(start_response, self._back(response, ours), request.method)

    def _towards(self, request: RawRequest, ours: str) -> RawRequest:
        headers = request.headers
        if self._token is not None:
            token = self._token()
            own = (("Authorization", f"Bearer {token}"),) if token else ()
            headers = (*(h for h in headers if h[0].lower() != "authorization"), *own)
        body = moved_body(request.body, headers, ours, self._tenant)
        target = moved(request.target, ours, self._tenant)
        return RawRequest(method=request.method, target=target, headers=headers, body=body)

    def _back(self, response: RawResponse, ours: str) -> RawResponse:
        headers = tuple(
            (n, moved(v, self._tenant, ours) if n.lower() in _ADDRESSES else v)
            for n, v in response.headers
        )
        body = moved_body(response.body, response.headers, self._tenant, ours)
        return RawResponse(
            status=response.status, reason=response.reason, headers=headers, body=body
        )

    def _keep(self, request: RawRequest, response: RawResponse, ours: str) -> None:
        neutral = _Neutral((ours, self._tenant))
        asked_body, asked_base64 = neutral.body(request.body, request.headers)
        body, encoded = neutral.body(response.body, response.headers)
        with self._lock:
            self.recorded += 1
            exchange = Exchange(
                number=self.recorded,
                request=RecordedRequest(
                    method=request.method,
                    target=neutral.text(request.target),
                    headers=neutral.headers(request.headers, REQUEST_HEADERS),
                    body=asked_body,
                    base64=asked_base64,
                ),
                response=RecordedResponse(
                    status=response.status,
                    headers=neutral.headers(response.headers, RESPONSE_HEADERS),
                    body=body,
                    base64=encoded,
                ),
            )
            self._written(exchange_line(exchange))

    def _opened(self) -> BinaryIO:
        try:
            file = self._path.open("xb")
        except FileExistsError as error:
            message = f"the cassette {self._path} is there already; choose another name"
            raise CassetteError(message) from error
        except OSError as error:
            message = f"cannot write the cassette {self._path}: {error.strerror or error}"
            raise CassetteError(message) from error
        file.write(head_line())
        file.flush()
        return file

    def _written(self, line: bytes) -> None:
        """A line as soon as it is known; a full disk is told, and the client is answered."""
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            _log.error("the exchange could not be kept in %s: %s", self._path, error)


class _Neutral:
    """Texts without secrets, and without the addresses of tenant and recorder."""

    def __init__(self, origins: tuple[str, ...]) -> None:
        self._origins = origins

    def text(self, text: str) -> str:
        for origin in self._origins:
            text = moved(text, origin, ORIGIN)
        return without_secrets(text)

    def headers(self, headers: Headers, names: frozenset[str]) -> dict[str, str]:
        return {name: self.text(value) for name, value in kept_headers(headers, names).items()}

    def body(self, body: bytes, headers: Headers) -> tuple[str | None, str | None]:
        """The body as text, or as Base64 where it is none."""
        if not body:
            return None, None
        with suppress(UnicodeDecodeError):
            if is_textual(headers):
                return self.text(body.decode()), None
        return None, base64.b64encode(body).decode("ascii")


def _refused(start_response: StartResponse, status: int, text: str) -> list[bytes]:
    body = json.dumps({"error": {"code": "proforma-recorder", "message": text}}).encode()
    headers = (("Content-Type", "application/json"),)
    reason = "Bad Gateway" if status == 502 else "Bad Request"  # noqa: PLR2004 - named beside it
    response = RawResponse(status=status, reason=reason, headers=headers, body=body)
    return answer(start_response, response, "POST")
