"""One request by each HTTP library of Python, written as its documentation shows it."""

from __future__ import annotations

import asyncio
import http.client
import json
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import aiohttp
import httpx
import requests
import urllib3

from tests.testing.loops import all_closed

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

JSON: Final = {"Content-Type": "application/json", "Prefer": "return=representation"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """*send* gives status and text; the rest is what it raises when something breaks."""

    send: Callable[[str, str, Any, float], tuple[int, str]]
    lost: type[Exception]
    cut: type[Exception]
    late: type[Exception]
    unreachable: type[Exception]


def finished(work: Coroutine[Any, Any, tuple[int, str]]) -> tuple[int, str]:
    """Run *work* in a loop of its own, which stays until TLS has said its farewell."""

    async def whole() -> tuple[int, str]:
        try:
            return await work
        finally:
            await all_closed()

    return asyncio.run(whole())


def by_requests(method: str, url: str, body: Any, timeout: float) -> tuple[int, str]:
    answer = requests.request(method, url, json=body, headers=JSON, timeout=timeout)
    return answer.status_code, answer.text


def by_httpx(method: str, url: str, body: Any, timeout: float) -> tuple[int, str]:
    with httpx.Client(timeout=timeout) as client:
        answer = client.request(method, url, json=body, headers=JSON)
    return answer.status_code, answer.text


def by_httpx_in_a_loop(method: str, url: str, body: Any, timeout: float) -> tuple[int, str]:
    async def send() -> tuple[int, str]:
        async with httpx.AsyncClient(timeout=timeout) as client:
            answer = await client.request(method, url, json=body, headers=JSON)
        return answer.status_code, answer.text

    return finished(send())


def by_urllib3(method: str, url: str, body: Any, timeout: float) -> tuple[int, str]:
    with urllib3.PoolManager() as pool:
        content = None if body is None else json.dumps(body)
        answer = pool.request(
            method, url, body=content, headers=JSON, timeout=timeout, retries=False
        )
        return answer.status, answer.data.decode()


def by_http_client(method: str, url: str, body: Any, timeout: float) -> tuple[int, str]:
    parts = urlsplit(url)
    connection = http.client.HTTPSConnection(parts.netloc, timeout=timeout)
    try:
        content = None if body is None else json.dumps(body)
        connection.request(method, f"{parts.path}?{parts.query}", content, JSON)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def by_urllib(method: str, url: str, body: Any, timeout: float) -> tuple[int, str]:
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, content, JSON, method=method)  # noqa: S310  https
    with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310  https
        return answer.status, answer.read().decode()


def by_aiohttp(method: str, url: str, body: Any, timeout: float) -> tuple[int, str]:
    async def send() -> tuple[int, str]:
        limit = aiohttp.ClientTimeout(total=timeout)
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.request(method, url, json=body, headers=JSON) as answer,
        ):
            return answer.status, await answer.text()

    return finished(send())


LIBRARIES: Final = {
    "requests": Library(
        send=by_requests,
        lost=requests.ConnectionError,
        cut=requests.exceptions.ChunkedEncodingError,
        late=requests.ReadTimeout,
        unreachable=requests.ConnectionError,
    ),
    "httpx": Library(
        send=by_httpx,
        lost=httpx.RemoteProtocolError,
        cut=httpx.RemoteProtocolError,
        late=httpx.ReadTimeout,
        unreachable=httpx.ConnectError,
    ),
    "httpx in a loop": Library(
        send=by_httpx_in_a_loop,
        lost=httpx.RemoteProtocolError,
        cut=httpx.RemoteProtocolError,
        late=httpx.ReadTimeout,
        unreachable=httpx.ConnectError,
    ),
    "urllib3": Library(
        send=by_urllib3,
        lost=urllib3.exceptions.ProtocolError,
        cut=urllib3.exceptions.ProtocolError,
        late=urllib3.exceptions.ReadTimeoutError,
        unreachable=urllib3.exceptions.NewConnectionError,
    ),
    "http.client": Library(
        send=by_http_client,
        lost=http.client.RemoteDisconnected,
        cut=http.client.IncompleteRead,
        late=TimeoutError,
        unreachable=ConnectionRefusedError,
    ),
    "urllib": Library(
        send=by_urllib,
        lost=http.client.RemoteDisconnected,
        cut=http.client.IncompleteRead,
        late=TimeoutError,
        unreachable=urllib.error.URLError,
    ),
    "aiohttp": Library(
        send=by_aiohttp,
        lost=aiohttp.ServerDisconnectedError,
        cut=aiohttp.ClientPayloadError,
        late=TimeoutError,
        unreachable=aiohttp.ClientConnectorError,
    ),
}
