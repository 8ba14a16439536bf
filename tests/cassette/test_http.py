"""Requests and answers as they come and go."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import Any

import pytest

from connector.cassette.http import (
    RawRequest,
    Unreachable,
    decoded,
    is_textual,
    moved,
    moved_body,
    origin_of,
    request_of,
    send,
)
from connector.emulator.serving import server as servers
from tests.cassette.far_side import Scripted

PLAIN = b'{"a": 1}'


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (PLAIN, ""),
        (PLAIN, "identity"),
        (gzip.compress(PLAIN), "gzip"),
        (gzip.compress(PLAIN), " GZIP "),
        (zlib.compress(PLAIN), "deflate"),
    ],
)
def test_a_body_is_had_without_its_compression(body: bytes, encoding: str) -> None:
    assert decoded(body, encoding) == PLAIN


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(PLAIN, "gzip"), (gzip.compress(PLAIN)[:-9], "gzip"), (PLAIN, "deflate"), (PLAIN, "br")],
)
def test_a_compression_that_cannot_be_undone_is_told(body: bytes, encoding: str) -> None:
    with pytest.raises(ValueError, match=encoding):
        decoded(body, encoding)


def test_addresses_are_moved_in_texts_only() -> None:
    text = r'{"a": "https://a.b/x", "b": "https:\/\/a.b\/y"}'
    expected = r'{"a": "http://c:1/x", "b": "http:\/\/c:1\/y"}'
    json_type, binary = (("Content-Type", kind) for kind in ("application/json", "image/png"))

    assert moved(text, "https://a.b", "http://c:1") == expected
    assert moved_body(text.encode(), (json_type,), "https://a.b", "http://c:1") == expected.encode()
    assert moved_body(b"\xffhttps://a.b", (json_type,), "https://a.b", "c") == b"\xffc"
    assert moved_body(text.encode(), (binary,), "https://a.b", "c") == text.encode()
    assert not is_textual((binary,))


def environ(**more: Any) -> Any:
    usual = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/api/data/v9.2/accounts(name='Ã¤ b')",
        "QUERY_STRING": "$top=1",
        "SERVER_NAME": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:9",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(PLAIN),
        "CONTENT_LENGTH": str(len(PLAIN)),
    }
    return usual | more


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ({}, "/api/data/v9.2/accounts(name='%C3%A4%20b')?$top=1"),
        ({"RAW_URI": "/a%2Fb?$x=%24"}, "/a%2Fb?$x=%24"),
        ({"RAW_URI": "http://h:1/a?b"}, "/a?b"),
    ],
)
def test_a_target_is_what_was_sent_where_the_server_tells_it(given: Any, target: str) -> None:
    assert request_of(environ(**given)).target == target


def test_a_body_ends_where_its_length_says() -> None:
    stream = io.BytesIO(PLAIN + b"more")

    assert request_of(environ(**{"wsgi.input": stream})).body == PLAIN
    assert origin_of(environ()) == "http://127.0.0.1:9"


def test_an_answer_comes_from_the_host_that_is_asked_and_no_redirection_is_followed() -> None:
    tenant = Scripted("moved", ("Location", "https://elsewhere/"), status="302 Found")
    asked = RawRequest(
        method="GET", target="/x?$a=b%20c", headers=(("Host", "own"), ("X-A", "1")), body=b""
    )
    with servers.serve(tenant) as server:
        answer = send(server.url, asked)

    assert (answer.status, answer.body) == (302, b"moved")
    assert tenant.asked[0]["HTTP_HOST"] == server.url.removeprefix("http://")
    assert tenant.asked[0]["RAW_URI"] == "/x?$a=b%20c"
    assert tenant.asked[0]["HTTP_X_A"] == "1"


def test_nobody_there_is_told() -> None:
    asked = RawRequest(method="GET", target="/", headers=(), body=b"")

    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        send("http://127.0.0.1:9", asked)
