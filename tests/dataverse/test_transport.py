"""The transport on a real loopback socket: what goes out, and what each kind of silence means."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from traceback import format_exception
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
import trustme

from connector.dataverse.address import service_root
from connector.dataverse.client import DataverseClient
from connector.dataverse.errors import Ambiguous, DataverseError, NotSent, SignInFailed
from connector.dataverse.message import Method, Request, RetrySafety
from connector.dataverse.query import Query
from connector.dataverse.transport import RequestsTransport, SessionOptions
from tests.dataverse.far_side import Handler, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from connector.dataverse.credentials import TokenSource

READ = Request(method=Method.GET, path="accounts", retry=RetrySafety.SAFE)
WRITE = Request(method=Method.POST, path="accounts", body=b'{"a":1}', retry=RetrySafety.UNSAFE)
QUICK = SessionOptions(connect_timeout=1, read_timeout=0.3, answer_timeout=0.5)


@dataclass
class Tokens:
    """A sign-in that gives a new token each time the last one was not accepted."""

    given: list[str] = field(default_factory=lambda: ["token-1"])

    def token(self) -> str:
        return self.given[-1]

    def invalidate(self) -> None:
        self.given.append(f"token-{len(self.given) + 1}")


@contextmanager
def transport_to(
    behave: Callable[[Handler], None], options: SessionOptions = QUICK
) -> Iterator[RequestsTransport]:
    with serving(behave) as url, closing(transport_at(url, options)) as transport:
        yield transport


def transport_at(
    url: str, options: SessionOptions = QUICK, tokens: TokenSource | None = None
) -> RequestsTransport:
    numbers = iter(range(1, 1000))
    return RequestsTransport(
        service_root(url),
        tokens or Tokens(),
        ids=lambda: UUID(int=next(numbers)),
        clock=time.monotonic,
        sleep=time.sleep,
        options=options,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_request_goes_out_with_protocol_token_and_correlation_headers() -> None:
    seen: list[dict[str, str]] = []

    def behave(handler: Handler) -> None:
        seen.append({name.lower(): value for name, value in handler.headers.items()})
        handler.reply(200, handler.received)

    options = SessionOptions(correlation_id=UUID(int=7), user_agent="ours")
    with transport_to(behave, options) as transport:
        answer = transport.send(WRITE)

    assert answer.body == b'{"a":1}'
    assert (
        seen[0].items()
        >= {
            "accept": "application/json",
            "authorization": "Bearer token-1",
            "content-type": "application/json",
            "if-none-match": "null",
            "odata-maxversion": "4.0",
            "odata-version": "4.0",
            "user-agent": "ours",
            "x-ms-client-request-id": str(UUID(int=1)),
            "x-ms-correlation-id": str(UUID(int=7)),
        }.items()
    )


def test_a_condition_of_the_request_is_sent_instead_of_the_usual_null() -> None:
    seen: list[str | None] = []

    def behave(handler: Handler) -> None:
        seen.extend((handler.headers.get("If-Match"), handler.headers.get("If-None-Match")))
        handler.reply(204)

    request = Request(
        method=Method.DELETE,
        path="accounts(1)",
        headers=(("If-Match", 'W/"1"'),),
        retry=RetrySafety.UNSAFE,
    )
    with transport_to(behave) as transport:
        transport.send(request)

    assert seen == ['W/"1"', None]


def test_a_link_reaches_the_server_exactly_as_it_was_given() -> None:
    seen: list[str] = []

    def behave(handler: Handler) -> None:
        seen.append(handler.path)
        handler.reply(200, b"{}")

    cookie = "a?$skiptoken=%253ccookie%2520page%253d%25221%2522%2F%2D~'()%7E+*"
    with transport_to(behave) as transport:
        link = transport.root + cookie
        transport.send(Request(method=Method.GET, path=link, retry=RetrySafety.SAFE))

    assert seen == ["/api/data/v9.2/" + cookie]


def test_the_token_never_goes_to_another_host() -> None:
    stolen: list[str | None] = []

    def thief(handler: Handler) -> None:
        stolen.append(handler.headers.get("Authorization"))
        handler.reply(200, b"{}")

    with serving(thief) as elsewhere, transport_to(lambda h: h.reply(200)) as transport:
        foreign = Request(method=Method.GET, path=f"{elsewhere}/x", retry=RetrySafety.SAFE)
        with pytest.raises(NotSent, match="leads away") as raised:
            transport.send(foreign)

    assert raised.value.permanent
    assert stolen == []


def test_a_redirect_is_answered_and_not_followed() -> None:
    stolen: list[str | None] = []

    def thief(handler: Handler) -> None:
        stolen.append(handler.headers.get("Authorization"))
        handler.reply(200, b"{}")

    with (
        serving(thief) as elsewhere,
        transport_to(lambda h: h.reply(302, b"", ("Location", elsewhere))) as transport,
    ):
        assert transport.send(READ).status == 302
    assert stolen == []


def test_cookies_are_not_kept_so_that_no_server_is_preferred() -> None:
    seen: list[str | None] = []

    def behave(handler: Handler) -> None:
        seen.append(handler.headers.get("Cookie"))
        handler.reply(200, b"{}", ("Set-Cookie", "ARRAffinity=abc; path=/"))

    with transport_to(behave) as transport:
        transport.send(READ)
        transport.send(READ)

    assert seen == [None, None]


def test_a_401_makes_the_next_request_ask_for_a_new_token() -> None:
    seen: list[str | None] = []

    def behave(handler: Handler) -> None:
        seen.append(handler.headers.get("Authorization"))
        handler.reply(401 if len(seen) == 1 else 200, b'{"value":[]}')

    with transport_to(behave) as transport:
        assert DataverseClient(transport).read_all(Query(entity_set="accounts")) == ()

    assert seen == ["Bearer token-1", "Bearer token-2"]


def test_a_netrc_file_does_not_replace_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login mallory password x\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    seen: list[str | None] = []

    def behave(handler: Handler) -> None:
        seen.append(handler.headers.get("Authorization"))
        handler.reply(200)

    with transport_to(behave) as transport:
        transport.send(READ)

    assert seen == ["Bearer token-1"]


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)

    with transport_to(lambda handler: handler.reply(200)) as transport:
        assert transport.send(READ).status == 200


def test_a_host_where_nobody_listens_was_not_reached() -> None:
    with (
        closing(transport_at(f"http://127.0.0.1:{free_port()}")) as transport,
        pytest.raises(NotSent, match="refused") as raised,
    ):
        transport.send(WRITE)
    assert not raised.value.permanent
    assert not raised.value.may_have_acted


def hang_up(handler: Handler) -> None:
    handler.write_raw(b"")


def half_a_status(handler: Handler) -> None:
    handler.write_raw(b"HTTP/1.1 20")


def half_a_body(handler: Handler) -> None:
    handler.write_raw(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"value":[')


def half_a_chunk(handler: Handler) -> None:
    handler.write_raw(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{"value":')


def no_http(handler: Handler) -> None:
    handler.write_raw(b"220 smtp.example.com ready\r\n")


def broken_compression(handler: Handler) -> None:
    handler.reply(200, b"no gzip at all", ("Content-Encoding", "gzip"))


def silence(_handler: Handler) -> None:
    time.sleep(0.6)


def endless_drip(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    for _ in range(8):
        handler.wfile.write(b" " * 70_000)
        handler.wfile.flush()
        time.sleep(0.15)


@pytest.mark.parametrize(
    "behave",
    [
        hang_up,
        half_a_status,
        half_a_body,
        half_a_chunk,
        no_http,
        broken_compression,
        silence,
        endless_drip,
    ],
)
def test_a_write_without_a_whole_answer_is_ambiguous(behave: Callable[[Handler], None]) -> None:
    received: list[bytes] = []

    def receive(handler: Handler) -> None:
        received.append(handler.received)
        handler.close_connection = True
        behave(handler)

    with transport_to(receive) as transport, pytest.raises(Ambiguous) as raised:
        transport.send(WRITE)

    assert raised.value.may_have_acted
    assert received == [b'{"a":1}']


def test_a_read_without_a_whole_answer_has_changed_nothing() -> None:
    with transport_to(half_a_body) as transport, pytest.raises(Ambiguous) as raised:
        transport.send(READ)
    assert not raised.value.may_have_acted


def test_a_token_that_could_end_its_line_is_not_sent_and_not_shown() -> None:
    class Broken:
        def token(self) -> str:
            return "s3cret\nX-Evil: 1"

        def invalidate(self) -> None:
            """Nothing to forget."""

    with serving(lambda handler: handler.reply(200)) as url:
        transport = transport_at(url, tokens=Broken())
        with closing(transport), pytest.raises(SignInFailed) as raised:
            transport.send(READ)

    assert "s3cret" not in "".join(format_exception(raised.value))


def test_a_failed_sign_in_sends_nothing() -> None:
    class Locked:
        def token(self) -> str:
            message = "locked out"
            raise SignInFailed(message)

        def invalidate(self) -> None:
            """Nothing to forget."""

    received: list[str] = []
    with serving(lambda handler: received.append(handler.path)) as url:
        transport = transport_at(url, tokens=Locked())
        with closing(transport), pytest.raises(SignInFailed, match="locked out"):
            transport.send(READ)
    assert received == []


def test_one_transport_serves_many_threads_over_few_connections() -> None:
    peers: set[tuple[str, int]] = set()

    def behave(handler: Handler) -> None:
        peers.add(handler.client_address)
        handler.reply(200, handler.path.encode())

    answers: dict[int, bytes] = {}
    with transport_to(behave, SessionOptions(pool_size=4)) as transport:

        def send(number: int) -> None:
            request = Request(method=Method.GET, path=f"a{number}", retry=RetrySafety.SAFE)
            answers[number] = bytes(transport.send(request).body)

        threads = [threading.Thread(target=send, args=(number,)) for number in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert answers == {n: f"/api/data/v9.2/a{n}".encode() for n in range(32)}
    assert len(peers) <= 4


def test_a_trusted_certificate_is_spoken_to_and_an_unknown_one_is_not(tmp_path: Path) -> None:
    authority, bundle = trustme.CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    with serving(lambda handler: handler.reply(204), tls=context) as url:
        with closing(transport_at(url, SessionOptions(ca_bundle=str(bundle)))) as trusting:
            assert trusting.send(WRITE).status == 204
        with closing(transport_at(url, SessionOptions(trust_env=False))) as careful:
            failure = failure_of_sending(careful)

    assert isinstance(failure, NotSent)
    assert failure.permanent
    assert "not trusted" in str(failure)


def failure_of_sending(transport: RequestsTransport) -> DataverseError:
    with pytest.raises(DataverseError) as raised:
        transport.send(WRITE)
    return raised.value
