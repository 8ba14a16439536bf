"""When two requests are the same, and which recorded one is the nearest."""

from __future__ import annotations

from typing import Any

import pytest

from connector.cassette.exchange import Exchange, RecordedRequest, RecordedResponse
from connector.cassette.matching import key_of, nearest

PATH = "/api/data/v9.2/accounts"


def request(target: str = PATH, body: str | None = None, **given: Any) -> RecordedRequest:
    headers = given.pop("headers", {})
    return RecordedRequest(
        method=given.pop("method", "GET"), target=target, headers=headers, body=body
    )


def exchange(number: int, asked: RecordedRequest) -> Exchange:
    return Exchange(number=number, request=asked, response=RecordedResponse(status=200, headers={}))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (request(f"{PATH}?a=1&b=2"), request(f"{PATH}?b=2&a=1")),
        (request(f"{PATH}?$select=a%20b"), request(f"{PATH}?%24select=a%20b")),
        (request(body='{"a": 1, "b": 2}'), request(body='{"b":2,"a":1}')),
        (
            request(headers={"prefer": "B, a"}),
            request(headers={"prefer": "a,b", "accept": "x", "content-type": "y"}),
        ),
        (
            request(
                body="--a\nX: 1\n\nGET /x HTTP/1.1\n--a--",
                headers={"content-type": "multipart/mixed; boundary=a"},
            ),
            request(
                body="--b\nX: 1\n\nGET /x HTTP/1.1\n--b--",
                headers={"content-type": "multipart/mixed; boundary=b"},
            ),
        ),
    ],
)
def test_what_changes_no_answer_does_not_count(
    left: RecordedRequest, right: RecordedRequest
) -> None:
    assert key_of(left) == key_of(right)


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        (request(method="POST"), ("method",)),
        (request(f"{PATH}(1)"), ("path",)),
        (request(f"{PATH}?$top=1"), ("query",)),
        (request(body="{}"), ("body",)),
        (request(headers={"if-match": "*"}), ("headers",)),
        (request(f"{PATH}(1)?$top=1", method="DELETE"), ("method", "path", "query")),
    ],
)
def test_what_changes_an_answer_counts(other: RecordedRequest, differs: tuple[str, ...]) -> None:
    assert key_of(request()).differences(key_of(other)) == differs


def test_the_nearest_is_the_most_alike() -> None:
    kept = (exchange(1, request("/api/data/v9.2/WhoAmI")), exchange(2, request(f"{PATH}?$top=1")))

    found = nearest(key_of(request(f"{PATH}?$top=2")), kept)

    assert found is not None
    assert (found[0].number, found[1]) == (2, ("query",))
    assert nearest(key_of(request()), ()) is None
