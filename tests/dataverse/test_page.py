"""Pages: looked through before they are handed out, and never changed."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from connector.dataverse.errors import MalformedAnswer
from connector.dataverse.message import Headers, Method, RequestLine, Response
from connector.dataverse.page import raw_page, row_page

LINK = "https://org.crm.dynamics.com/api/data/v9.2/accounts?$skiptoken=1"
LINE = RequestLine(method=Method.GET, path="accounts")


class Amount(msgspec.Struct):
    amount: Decimal


class Amounts(msgspec.Struct):
    value: list[Amount]


def response(body: bytes | memoryview) -> Response:
    kind = Headers((("Content-Type", "application/json"),))
    return Response(status=200, headers=kind, body=body, request=LINE)


def test_a_page_is_its_bytes_the_number_of_its_rows_and_its_link() -> None:
    body = b'{"@odata.nextLink":"%b","value":[{"a":1.50},{"a":null}]}' % LINK.encode()

    page = raw_page(response(body), query=3, expands=False)

    assert (page.query, page.rows, page.body, page.next_link) == (3, 2, body, LINK)
    assert page.size == len(body)
    assert page.request == LINE


def test_the_body_of_a_part_is_handed_on_without_a_copy() -> None:
    batch = b'--b{"value":[{}]}--b--'
    view = memoryview(batch)[3:17]

    page = raw_page(response(view), query=0, expands=False)

    assert page.body == b'{"value":[{}]}'
    assert isinstance(page.body, memoryview)
    assert page.body.obj is batch


def test_a_typed_decoder_reads_exact_numbers_from_a_page() -> None:
    body = b'{"value":[{"amount":12345678901234567890.1200},{"amount":7}]}'
    page = raw_page(response(memoryview(body)), query=0, expands=False)

    rows = msgspec.json.decode(page.body, type=Amounts).value

    assert [str(row.amount) for row in rows] == ["12345678901234567890.1200", "7"]


def test_a_byte_order_mark_before_a_page_is_taken_off() -> None:
    page = raw_page(response(b'\xef\xbb\xbf{"value":[]}'), query=0, expands=False)

    assert page.body == b'{"value":[]}'


def test_a_text_cut_within_a_character_does_not_make_the_page_unreadable() -> None:
    body = rb'{"value":[{"name":"party \ud83c"},{"name":"whole \ud83c\udf89"}]}'

    page = raw_page(response(body), query=0, expands=False)

    names = [row["name"] for row in msgspec.json.decode(page.body)["value"]]
    assert names == ["party \ufffd", "whole 🎉"]
    assert [row["name"] for row in row_page(response(body), expands=False).rows] == names


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>sign in</html>",
        b"null",
        b"[]",
        b"{}",
        b'{"value":null}',
        b'{"value":{}}',
        b'{"value":[1]}',
        b'{"value":[[]]}',
        b'{"value":[{"a":1}',
        b'{"value":[{"a":1}]}x',
        b'{"value":[{"a":NaN}]}',
        b'{"value":[{"a":tru}]}',
        b'{"value":[{"a":"\xff"}]}',
        b'{"value":[{"a":"\xed\xa0\x80"}]}',
        b'{"value":[{"a":"\\x"}]}',
        b'{"value":[],"@odata.nextLink":5}',
        b'{"value":[],"@odata.nextLink":""}',
        b'{"value":[{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}]}",
    ],
    ids=lambda body: repr(body[:40]),
)
def test_what_is_no_page_is_refused_alike_with_and_without_decoding(body: bytes) -> None:
    with pytest.raises(MalformedAnswer) as raw:
        raw_page(response(body), query=0, expands=False)
    with pytest.raises(MalformedAnswer) as decoded:
        row_page(response(body), expands=False)

    assert raw.value.request == decoded.value.request == LINE
    assert not raw.value.may_have_acted


@pytest.mark.parametrize(
    "row",
    [
        b'{"lines":[{}],"lines@odata.nextLink":"https://h/x?$skiptoken=1"}',
        b'{"lines":[' + b",".join([b"{}"] * 5_000) + b"]}",
    ],
    ids=["with a skip token", "as many as a page holds"],
)
def test_expanded_rows_that_may_not_be_all_are_seen_in_bytes_too(row: bytes) -> None:
    with pytest.raises(MalformedAnswer, match="lines was cut"):
        raw_page(response(b'{"value":[' + row + b"]}"), query=0, expands=True)
