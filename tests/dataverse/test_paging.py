"""Pages: followed as they came, and never a part for the whole."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest

from connector.dataverse.errors import (
    BadRequest,
    DataverseError,
    Forbidden,
    MalformedAnswer,
    PagingError,
)
from connector.dataverse.query import Expand, Query
from tests.dataverse.far_side import ROOT, answer, client_of, error, multipart, scripted

if TYPE_CHECKING:
    from connector.dataverse.message import Request, Response

COOKIE = "%253ccookie%2520page%253d%25221%2522%253e&x='a'%2f"
LINK = f"{ROOT}accounts?$skiptoken={COOKIE}"
ACCOUNTS = Query(entity_set="accounts")


def page(*rows: object, link: object = None) -> Response:
    return answer(200, {"value": list(rows), **({"@odata.nextLink": link} if link else {})})


def numbered(number: int) -> dict[str, int]:
    return {"n": number}


def test_all_pages_are_read_in_order_by_their_own_links() -> None:
    client, far = client_of(
        scripted(
            page(numbered(1), numbered(2), link=LINK),
            page(link=LINK + "2"),
            page(numbered(3)),
        )
    )

    assert client.read_all(ACCOUNTS) == (numbered(1), numbered(2), numbered(3))
    assert [request.path for request in far.requests] == [ACCOUNTS.path(), LINK, LINK + "2"]


def test_every_page_is_asked_for_with_the_same_page_size() -> None:
    client, far = client_of(scripted(page(numbered(1), link=LINK), page()))

    list(client.read(Query(entity_set="accounts", annotations=("a", "b")), page_size=7))

    preferred = 'odata.maxpagesize=7,odata.include-annotations="a,b"'
    assert [request.header("Prefer") for request in far.requests] == [preferred, preferred]


def test_pages_are_only_read_as_far_as_rows_are_wanted() -> None:
    client, far = client_of(scripted(page(numbered(1), link=LINK)))

    assert list(islice(client.read(ACCOUNTS), 1)) == [numbered(1)]
    assert len(far.requests) == 1


def test_top_sends_no_page_size_and_bounds_the_rows() -> None:
    client, far = client_of(scripted(page(*map(numbered, range(5)))))

    assert len(client.read_all(Query(entity_set="accounts", top=3))) == 3
    assert far.requests[0].header("Prefer") is None


@pytest.mark.parametrize(
    ("second", "cause"),
    [
        (error(400, "0x80060888"), BadRequest),
        (error(403, "0x80040220"), Forbidden),
        (answer(200, b"<html>sign in</html>"), MalformedAnswer),
        (answer(200, b""), MalformedAnswer),
        (answer(200, {"rows": []}), MalformedAnswer),
        (answer(200, {"value": "all"}), MalformedAnswer),
        (answer(204), MalformedAnswer),
        (answer(302, headers=(("Location", "/"),)), MalformedAnswer),
        (page(numbered(2), link=LINK), MalformedAnswer),
        (page(numbered(2), link=5), MalformedAnswer),
    ],
)
def test_a_later_page_that_cannot_be_had_raises_and_keeps_its_place(
    second: Response, cause: type[DataverseError]
) -> None:
    client, _ = client_of(scripted(page(numbered(1), link=LINK), second))
    rows = client.read(ACCOUNTS)
    assert next(rows) == numbered(1)

    with pytest.raises(PagingError) as raised:
        list(rows)
    assert raised.value.continuation == LINK
    assert isinstance(raised.value.__cause__, cause)


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example.com/api/data/v9.2/accounts?$skiptoken=1",
        "https://org.crm.dynamics.com@evil.example.com/accounts",
        "http://org.crm.dynamics.com/api/data/v9.2/accounts",
        f"{ROOT}accounts\r\nX-Evil: 1",
    ],
)
def test_a_link_that_leads_away_is_not_followed(link: str) -> None:
    client, far = client_of(scripted(page(numbered(1), link=link)))

    with pytest.raises(PagingError) as raised:
        client.read_all(ACCOUNTS)
    assert raised.value.continuation == link
    assert len(far.requests) == 1


def test_links_in_a_circle_raise_instead_of_reading_for_ever() -> None:
    links = (LINK, LINK + "2", LINK)
    client, far = client_of(scripted(*(page(numbered(1), link=link) for link in links)))

    with pytest.raises(PagingError, match="never end"):
        client.read_all(ACCOUNTS)
    assert len(far.requests) == 3


def test_a_failing_first_page_raises_its_own_error() -> None:
    client, _ = client_of(scripted(error(403, "0x80040220")))

    with pytest.raises(Forbidden):
        client.read_all(ACCOUNTS)


@pytest.mark.parametrize(
    "row",
    [
        {"lines": [{}], "lines@odata.nextLink": f"{ROOT}x/lines?$skiptoken=%3ccookie"},
        {"lines": [{}] * 5_000},
    ],
)
def test_expanded_rows_that_may_not_be_all_raise(row: dict[str, object]) -> None:
    client, _ = client_of(scripted(page(row)))

    with pytest.raises(MalformedAnswer, match="lines was cut"):
        client.read_all(Query(entity_set="accounts", expand=(Expand(navigation="lines"),)))


def test_the_link_of_whole_expanded_rows_is_no_fault() -> None:
    row = {"lines": [{"a": 1}], "lines@odata.nextLink": f"{ROOT}accounts(1)/lines"}
    client, _ = client_of(scripted(page(row)))
    query = Query(entity_set="accounts", expand=(Expand(navigation="lines"),))

    assert client.read_all(query) == (row,)


def test_several_queries_are_read_in_one_batch_and_each_paged_on() -> None:
    first, second = page(numbered(1), link=LINK), page(numbered(9))

    def app(request: Request) -> Response:
        return multipart(first, second) if request.path == "$batch" else page(numbered(2))

    client, _ = client_of(app)

    found = client.read_many([ACCOUNTS, Query(entity_set="contacts", top=1)])

    assert found == ((numbered(1), numbered(2)), (numbered(9),))
    assert (client.statistics.batch, client.statistics.get) == (1, 1)


def test_no_queries_need_no_request() -> None:
    client, far = client_of(scripted(error(500)))

    assert client.read_many([]) == ()
    assert far.requests == []


@pytest.mark.parametrize(
    "outcome",
    [
        multipart(page(numbered(1)), error(403, "0x80040220"), status=403),
        multipart(page(numbered(1)), answer(200, b"<html>")),
        multipart(page(numbered(1)), answer(200, {"rows": []})),
        multipart(page(numbered(1))),
        answer(200, b"<html>"),
        answer(200, {"value": []}),
    ],
)
def test_one_failing_query_of_several_fails_them_all(outcome: Response) -> None:
    client, far = client_of(scripted(outcome))

    with pytest.raises(DataverseError):
        client.read_many([ACCOUNTS, Query(entity_set="contacts")])
    assert len(far.requests) <= 2


def test_a_query_that_is_throttled_inside_a_batch_is_asked_again() -> None:
    throttled = error(429, "0x80072321", headers=(("Retry-After", "3"),))
    client, far = client_of(
        scripted(
            multipart(page(numbered(1)), throttled, status=429),
            multipart(page(numbered(1)), page(numbered(2))),
        )
    )

    assert client.read_many([ACCOUNTS, ACCOUNTS]) == ((numbered(1),), (numbered(2),))
    assert far.slept == [3]
