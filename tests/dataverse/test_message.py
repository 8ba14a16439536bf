"""Requests and answers as values."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connector.dataverse.errors import MalformedAnswer
from connector.dataverse.message import Headers, Method, Request, Response, RetrySafety


def response(body: bytes) -> Response:
    return Response(status=200, headers=Headers(), body=body)


def test_headers_are_found_in_any_case_and_the_first_value_counts() -> None:
    headers = Headers((("REQ_ID", "1"), ("req_id", "2")))

    assert headers["Req_Id"] == "1"
    assert headers.get("absent") is None


def test_headers_never_show_their_values() -> None:
    assert "secret" not in repr(Headers((("Authorization", "Bearer secret"),)))


def test_money_is_parsed_exactly_and_a_byte_order_mark_is_no_fault() -> None:
    value = response(b'\xef\xbb\xbf{"a":20000.0000,"b":0.1}').json_object()

    assert str(value["a"]) == "20000.0000"
    assert value["b"] == Decimal("0.1")


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"\xff\xfe", b'{"a":NaN}', b'{"a":', b"[" * 100_000, b"9" * 5000]
)
def test_a_body_that_is_not_json_raises_whatever_it_is(body: bytes) -> None:
    with pytest.raises(MalformedAnswer, match="not JSON"):
        response(body).json()


def test_a_body_that_is_no_object_raises() -> None:
    with pytest.raises(MalformedAnswer, match="no JSON object"):
        response(b"[1]").json_object()


@pytest.mark.parametrize("text", ["a\r\nX: y", "a\nb", "a\x00"])
def test_a_value_cannot_end_its_own_line(text: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        Request(method=Method.GET, path=text, retry=RetrySafety.SAFE)
    with pytest.raises(ValueError, match="control character"):
        Request(method=Method.GET, path="a", headers=(("X", text),), retry=RetrySafety.SAFE)


def test_what_is_shown_of_a_request_is_short() -> None:
    request = Request(method=Method.GET, path="a" * 1000, retry=RetrySafety.SAFE)

    assert len(str(request.line)) < 210
