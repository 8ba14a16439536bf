"""A WSGI application that answers from a cassette what was recorded there, and nothing else."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from connector.cassette.exchange import ORIGIN, RecordedRequest
from connector.cassette.http import (
    RawResponse,
    answer,
    is_textual,
    moved,
    moved_body,
    origin_of,
    request_of,
)
from connector.cassette.matching import key_of, nearest
from connector.cassette.secrets import REQUEST_HEADERS, kept_headers, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from connector.cassette.exchange import Cassette, Exchange
    from connector.cassette.http import RawRequest
    from connector.cassette.matching import Key

_TOKEN: Final = re.compile(r"/(?:[\w.-]+/)?oauth2(?:/v2\.0)?/token")
_READS: Final = frozenset({"GET", "HEAD"})
_REASONS: Final = {200: "OK", 201: "Created", 204: "No Content", 400: "Bad Request"}


class Replayer:
    """
    Answers a request by the recorded one of the same key.

    Equal requests are answered in their recorded order. After the last of them a read is answered
    by it again, a write is not. What was not recorded is answered 501 with the nearest that was.
    """

    def __init__(self, cassette: Cassette) -> None:
        self._exchanges = cassette.exchanges
        self._left: dict[Key, list[Exchange]] = defaultdict(list)
        for exchange in cassette.exchanges:
            self._left[key_of(exchange.request)].append(exchange)
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        ours = origin_of(environ)
        try:
            request = request_of(environ)
        except ValueError as error:
            return answer(start_response, _error(400, str(error)), "POST")
        if request.method == "POST" and _TOKEN.fullmatch(request.target.partition("?")[0]):
            return answer(start_response, _json(200, _SIGNED_IN), request.method)
        asked = _recorded(request, ours)
        found = self._taken(key_of(asked))
        response = self._unknown(asked) if found is None else _replayed(found, ours)
        return answer(start_response, response, request.method)

    def _taken(self, key: Key) -> Exchange | None:
        with self._lock:
            left = self._left.get(key)
            if not left:
                return None
            is_last_read = len(left) == 1 and key.method in _READS
            return left[0] if is_last_read else left.pop(0)

    def _unknown(self, asked: RecordedRequest) -> RawResponse:
        key = key_of(asked)
        again = any(key_of(one.request) == key for one in self._exchanges)
        if again:
            text = f"{asked.line} was recorded, and has been answered as often as it was"
            return _error(501, text)
        text = f"no recorded exchange answers {asked.line}"
        close = nearest(key, self._exchanges)
        if close is None:
            return _error(501, f"{text}; the cassette is empty")
        exchange, differences = close
        text += (
            f"; the nearest is number {exchange.number}, {exchange.request.line}, which differs in"
            f" {' and '.join(differences)}"
        )
        return _error(501, text)


_SIGNED_IN: Final = {"token_type": "Bearer", "expires_in": 3599, "access_token": "replayed"}


def _recorded(request: RawRequest, ours: str) -> RecordedRequest:
    """The request as a recorder would have kept it."""
    headers = kept_headers(request.headers, REQUEST_HEADERS)
    neutral = {name: moved(value, ours, ORIGIN) for name, value in headers.items()}
    target = without_secrets(moved(request.target, ours, ORIGIN))
    body = moved_body(request.body, request.headers, ours, ORIGIN)
    if is_textual(request.headers):
        text = without_secrets(body.decode("utf-8", "replace"))
        return RecordedRequest(method=request.method, target=target, headers=neutral, body=text)
    encoded = base64.b64encode(body).decode("ascii") if body else None
    return RecordedRequest(method=request.method, target=target, headers=neutral, base64=encoded)


def _replayed(exchange: Exchange, ours: str) -> RawResponse:
    found = exchange.response
    headers = tuple((name, moved(value, ORIGIN, ours)) for name, value in found.headers.items())
    return RawResponse(
        status=found.status,
        reason=_REASONS.get(found.status, "Recorded"),
        headers=headers,
        body=moved_body(found.content, headers, ORIGIN, ours),
    )


def _error(status: int, text: str) -> RawResponse:
    return _json(status, {"error": {"code": "proforma-replayer", "message": text}})


def _json(status: int, document: object) -> RawResponse:
    return RawResponse(
        status=status,
        reason=_REASONS.get(status, "Not Implemented"),
        headers=(("Content-Type", "application/json"), ("OData-Version", "4.0")),
        body=json.dumps(document).encode(),
    )
