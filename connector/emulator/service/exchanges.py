"""The last exchanges with their headers and bodies, for finding out why a client fails."""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from connector.emulator.protocol.exchange import Request, Response

CAPACITY: Final = 50
#: So many characters of a body are shown.
SHOWN: Final = 2_000
WITHHELD: Final = "(withheld)"
#: A value is looked at with some of its surroundings before the text is cut.
_KEPT_BYTES: Final = 4 * SHOWN
_SECRET_HEADERS: Final = frozenset(
    {"authorization", "cookie", "set-cookie", "proxy-authorization", "x-identity-header"}
)
_CONFIDENTIAL: Final = r"password|passwd|secret|token|assertion|credential|api_?key|device_code"
_IN_JSON: Final = re.compile(
    rf'("[^"\\]*(?:{_CONFIDENTIAL})[^"\\@]*"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|\Z)', re.IGNORECASE
)
_IN_PATHS: Final = "/:@!$&'()*+,;=-._~"
_IN_FORM: Final = re.compile(rf"(\b\w*(?:{_CONFIDENTIAL}|\bcode)\w*=)[^&\s]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """
    A request and its answer; secrets are withheld, and bodies cut to `SHOWN` characters.

    *status* is 0 where the connection broke without an answer; *note* then says on which side
    of the operation.
    """

    at: datetime
    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: str
    status: int
    response_headers: Mapping[str, str]
    response_body: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What is kept of an exchange; its texts are made only when somebody asks."""

    at: datetime
    method: str
    url: tuple[str, str, str]
    sent_headers: Mapping[str, str]
    sent: bytes
    status: int
    received_headers: Iterable[tuple[str, str]]
    received: bytes
    note: str


class Exchanges:
    """A bounded list of exchanges, oldest first."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._kept: deque[_Kept] = deque(maxlen=capacity)
        self._lock = threading.Lock()

    def add(
        self, at: datetime, request: Request, response: Response | None, note: str = ""
    ) -> None:
        """Keep an exchange; without *response* the connection broke."""
        kept = _Kept(
            at=at,
            method=request.method,
            url=(request.service_root, request.path, request.query),
            sent_headers=request.headers,
            sent=request.body[:_KEPT_BYTES],
            status=response.status if response else 0,
            received_headers=response.headers if response else (),
            received=response.body[:_KEPT_BYTES] if response else b"",
            note=note,
        )
        with self._lock:
            self._kept.append(kept)

    def clear(self) -> None:
        """Forget everything kept."""
        with self._lock:
            self._kept.clear()

    @property
    def last(self) -> tuple[Exchange, ...]:
        """What was kept, oldest first."""
        with self._lock:
            kept = tuple(self._kept)
        return tuple(_shown(one) for one in kept)


def _shown(kept: _Kept) -> Exchange:
    root, path, query = kept.url
    url = root + quote(path, safe=_IN_PATHS) + (f"?{query}" if query else "")
    return Exchange(
        at=kept.at,
        method=kept.method,
        url=url,
        request_headers=_headers(kept.sent_headers.items()),
        request_body=_text(kept.sent, kept.sent_headers.get("content-type", "")),
        status=kept.status,
        response_headers=_headers(kept.received_headers),
        response_body=_text(kept.received),
        note=kept.note,
    )


def _headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: WITHHELD if name.lower() in _SECRET_HEADERS else value for name, value in headers}


def _text(body: bytes, media_type: str = "") -> str:
    """The beginning of *body* without the values of what is called a token or a password."""
    text = body.decode("utf-8", "replace")
    if "urlencoded" in media_type:
        text = _IN_FORM.sub(rf"\1{WITHHELD}", text)
    text = _IN_JSON.sub(rf'\1"{WITHHELD}"', text)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} …"
