"""What counts as a difference between two answers, and what does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connector.cassette.shapes import Gap, Reply, gaps

JSON = {"content-type": "application/json; odata.metadata=minimal", "odata-version": "4.0"}
CONTEXT = "@odata.context"


def reply(document: Any = None, status: int = 200, /, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = b"" if document is None else json.dumps(document).encode()
    return Reply(status=status, headers=JSON | named, body=body)


def found(recorded: Reply, emulated: Reply) -> list[str]:
    return [f"{gap.what}: {gap.recorded} / {gap.emulated}" for gap in gaps(recorded, emulated)]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"name": "A", "n": 1}, {"n": 2.5, "name": "B"}),
        ({"name": None}, {"name": "B"}),
        ({"value": [{"a": 1}, {"a": 2}]}, {"value": [{"a": 3}]}),
        ({"value": [{"a": 1}, {"a": 1, "b": "x"}]}, {"value": [{"a": 1, "b": "y"}]}),
        ({"value": [], "@odata.nextLink": "x"}, {"value": []}),
        ({"@Microsoft.PowerApps.CDS.TraceText": "x"}, {}),
        ({CONTEXT: "https://a/$metadata#accounts"}, {CONTEXT: "https://b/$metadata#accounts"}),
    ],
)
def test_other_values_of_one_shape_are_no_difference(left: Any, right: Any) -> None:
    assert found(reply(left), reply(right)) == []


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, "body.b: there / missing"),
        ({"a": 1}, {"a": 1, "b": 2}, "body.b: missing / there"),
        ({"a": 1}, {"a": "1"}, "body.a: a number / a text"),
        ({"a": True}, {"a": 1}, "body.a: true or false / a number"),
        ({"a": {}}, {"a": []}, "body.a: an object / a list"),
        ({"value": [{"a": 1}]}, {"value": [{}]}, "body.value[].a: there / missing"),
        ({"value": [{"a": 1}]}, {"value": []}, "body.value: 1 rows / 0 rows"),
        (
            {CONTEXT: "x#accounts(name)"},
            {CONTEXT: "x#accounts"},
            "body.@odata.context: accounts(name) / accounts",
        ),
    ],
)
def test_another_shape_is_told_with_its_place(left: Any, right: Any, said: str) -> None:
    assert found(reply(left), reply(right)) == [said]


def test_another_status_is_told_alone_with_what_was_answered() -> None:
    refusal = {"error": {"code": "0x80060888", "message": "no"}}

    [said] = found(reply({"a": 1}), reply(refusal, 400))

    assert said.startswith("status: 200 / 400 ")
    assert "0x80060888" in said


def test_another_error_code_is_told() -> None:
    left, right = ({"error": {"code": code, "message": "m"}} for code in ("0x1", "0x2"))

    assert found(reply(left, 400), reply(right, 400)) == ["error code: 0x1 / 0x2"]


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        ({"etag": 'W/"1"'}, {"etag": 'W/"2"'}, []),
        ({"etag": 'W/"1"'}, {}, ["header etag: there / none"]),
        ({}, {"retry_after": "3"}, ["header retry-after: none / there"]),
        ({"preference_applied": "a"}, {}, ["header preference-applied: a / none"]),
        ({"req_id": "1"}, {}, []),
    ],
)
def test_headers_that_matter_are_compared(
    left: dict[str, str], right: dict[str, str], said: list[str]
) -> None:
    assert found(reply({}, **left), reply({}, **right)) == said


def test_another_media_type_is_told_and_its_parameters_are_not() -> None:
    left = Reply(status=200, headers={"content-type": "text/plain; charset=utf-8"}, body=b"1")
    right = Reply(status=200, headers={"content-type": "text/plain"}, body=b"2")
    other = Reply(status=200, headers={"content-type": "text/html"}, body=b"")

    assert list(gaps(left, right)) == []
    assert list(gaps(left, other)) == [
        Gap(what="header content-type", recorded="text/plain", emulated="text/html"),
        Gap(what="body", recorded="1 bytes", emulated="0 bytes"),
    ]


def batch(boundary: str, *answers: str) -> Reply:
    parts = "".join(
        f"--{boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
        f"\r\n{answer}\r\n"
        for answer in answers
    )
    headers = {"content-type": f"multipart/mixed; boundary={boundary}"}
    return Reply(status=200, headers=headers, body=f"{parts}--{boundary}--\r\n".encode())


def test_the_answers_of_a_batch_are_compared_one_by_one() -> None:
    good = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"a": 1}'
    bare = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}"
    bad = "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n\r\n{}"

    assert found(batch("x", good, good), batch("y", good, good)) == []
    assert found(batch("x", good, good), batch("y", good, bare)) == [
        "answer 2 of the batch: body.a: there / missing"
    ]
    assert found(batch("x", good), batch("y", bad)) == [
        "answer 1 of the batch: status: 200 / 404 {}"
    ]
    assert found(batch("x", good), batch("y", good, bad)) == ["batch: 1 answers / 2 answers"]
