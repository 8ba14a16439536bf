"""The one place with a socket: a request goes out, a whole answer or a typed error comes back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Protocol, TypedDict

import requests
from requests.auth import AuthBase

from connector.dataverse.address import ForeignAddressError, absolute_url, is_loopback
from connector.dataverse.errors import Ambiguous, NotSent, SignInFailed
from connector.dataverse.message import Headers, Request, Response, RetrySafety
from connector.dataverse.network_failures import SENDING_FAILURES, network_failure
from connector.dataverse.round_trip import RoundTrip, TimedAdapter

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from uuid import UUID

    from connector.dataverse.credentials import TokenSource
    from connector.dataverse.errors import DataverseError

_UNAUTHORIZED = 401
_CHUNK_BYTES = 1 << 16
_TOKEN = re.compile(r"[\x21-\x7e]*")
_STANDARD_HEADERS = (
    ("Accept", "application/json"),
    ("OData-MaxVersion", "4.0"),
    ("OData-Version", "4.0"),
)


class Transport(Protocol):
    """What the client needs of the world: to send one request, and to wait."""

    @property
    def root(self) -> str:
        """The service root, an absolute address that ends with a slash."""

    def send(self, request: Request) -> Response:
        """The answer, whatever its status; raises DataverseError when there is no whole one."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""

    def clock(self) -> float:
        """Seconds that only grow, and by what was slept at least."""

    def close(self) -> None:
        """Close the connections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOptions:
    """
    How to talk to the network; times are in seconds.

    *read_timeout* is the longest silence, *answer_timeout* the longest whole answer (Dataverse
    itself ends a request after two minutes). With *trust_env* proxies and certificate bundles
    named in the environment count; the environment never speaks for this machine's own addresses.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 130.0
    answer_timeout: float = 300.0
    trust_env: bool = True
    ca_bundle: str | None = None
    pool_size: int = 64
    user_agent: str = "proforma-connector"
    correlation_id: UUID | None = None


class RequestsTransport:
    """
    Requests over one pool of connections, shared by all threads.

    Cookies are refused, so that no affinity cookie ties all workers to one server of the tenant.
    Redirects are never followed and links to other hosts never called: the token stays with the
    tenant. A 401 makes the next request ask for a new token.
    """

    def __init__(
        self,
        root: str,
        tokens: TokenSource,
        *,
        ids: Callable[[], UUID],
        clock: Callable[[], float],
        sleep: Callable[[float], object],
        options: SessionOptions | None = None,
    ) -> None:
        """
        *ids* gives a new id for each request, unlike those of any other process.

        *clock* is in seconds and only grows, at least by what was waited for with *sleep*; a fine
        one (`time.perf_counter`) makes the limiter use more of what is granted.
        """
        self._root = root
        self._tokens = tokens
        self._ids = ids
        self._options = options or SessionOptions()
        self._clock = clock
        self._sleep = sleep
        self._round_trip = RoundTrip(clock)
        self._session = _session(root, self._options, self._round_trip)

    @property
    def root(self) -> str:
        """The service root."""
        return self._root

    def send(self, request: Request) -> Response:
        """One sending, no repetition; the answer may have any status."""
        url = self._url(request)
        bearer = _Bearer(self._tokens.token())
        try:
            prepared = self._prepared(request, url, bearer)
            answer = self._session.send(prepared, **self._sending(url))
            body = self._body(request, answer)
        except SENDING_FAILURES as error:
            raise network_failure(error, request) from error
        if answer.status_code == _UNAUTHORIZED:
            self._tokens.invalidate()
        headers = Headers(tuple(answer.headers.items()))
        return Response(
            status=answer.status_code,
            headers=headers,
            body=body,
            request=request.line,
            on_the_way=self._round_trip.seconds,
        )

    def sleep(self, seconds: float) -> None:
        """Let time pass on the clock that was given."""
        self._sleep(seconds)

    def clock(self) -> float:
        """Seconds of the clock that was given."""
        return self._clock()

    def close(self) -> None:
        """Close the pooled connections."""
        self._session.close()

    def _url(self, request: Request) -> str:
        try:
            return absolute_url(self._root, request.path)
        except ForeignAddressError as error:
            raise NotSent(str(error), request=request.line, permanent=True) from error

    def _prepared(self, request: Request, url: str, bearer: AuthBase) -> requests.PreparedRequest:
        headers = dict((*_STANDARD_HEADERS, *self._correlation(), *request.headers))
        if request.header("If-Match") is None and request.header("If-None-Match") is None:
            headers["If-None-Match"] = "null"
        if request.body is not None:
            headers.setdefault("Content-Type", "application/json")
        plain = requests.Request(
            request.method.value, url, headers=headers, data=request.body, auth=bearer
        )
        prepared = self._session.prepare_request(plain)
        prepared.url = url  # requests would rewrite escapes, and a paging cookie must stay as it is
        return prepared

    def _correlation(self) -> tuple[tuple[str, str], ...]:
        correlation_id = self._options.correlation_id
        own = ("x-ms-client-request-id", str(self._ids()))
        return (own, ("x-ms-correlation-id", str(correlation_id))) if correlation_id else (own,)

    def _sending(self, url: str) -> _Sending:
        """How to send to an address; the environment may name proxies and certificates."""
        options = self._options
        found = self._session.merge_environment_settings(
            url, {}, stream=True, verify=options.ca_bundle, cert=None
        )
        return _Sending(
            stream=True,
            verify=found["verify"],
            proxies={} if is_loopback(url) else found["proxies"],
            timeout=(options.connect_timeout, options.read_timeout),
            allow_redirects=False,
        )

    def _body(self, request: Request, answer: requests.Response) -> bytes:
        """The whole body; requests itself finds it shorter than announced, we find it too slow."""
        deadline = self._clock() + self._options.answer_timeout
        chunks: list[bytes] = []
        for chunk in answer.iter_content(_CHUNK_BYTES):
            chunks.append(chunk)
            if self._clock() > deadline:
                answer.close()
                raise self._too_slow(request)
        return b"".join(chunks)

    def _too_slow(self, request: Request) -> DataverseError:
        text = f"the answer was not complete after {self._options.answer_timeout:.0f} s"
        writes = request.retry is not RetrySafety.SAFE
        return Ambiguous(text, request=request.line, may_have_acted=writes)


class _Sending(TypedDict):
    """What requests wants to know beside the request itself."""

    stream: bool
    verify: bool | str | None
    proxies: MutableMapping[str, str]
    timeout: tuple[float, float]
    allow_redirects: bool


class _Bearer(AuthBase):
    """Puts the token on one request; its presence keeps a .netrc file from replacing it."""

    def __init__(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            message = "the token holds characters that no header may hold"
            raise SignInFailed(message)
        self._token = token

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            prepared.headers["Authorization"] = f"Bearer {self._token}"
        return prepared


def _session(root: str, options: SessionOptions, round_trip: RoundTrip) -> requests.Session:
    session = requests.Session()
    session.trust_env = options.trust_env
    session.headers["User-Agent"] = options.user_agent
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    pool = TimedAdapter(
        round_trip, pool_connections=1, pool_maxsize=options.pool_size, pool_block=True
    )
    session.mount(root.partition("://")[0] + "://", pool)
    return session
