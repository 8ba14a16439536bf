"""Many rows: in batches, in parts, at once; whole or not at all, and never more than was asked."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
import pytest

from connector.dataverse.client import DataverseClient
from connector.dataverse.errors import DataverseError, Forbidden, MalformedAnswer, PagingError
from connector.dataverse.limiter import Limiter
from connector.dataverse.query import Query
from connector.dataverse.retry import RetryPolicy
from connector.dataverse.values import read_datetime, read_integer
from tests.dataverse.far_side import ROOT, FarSide, answer, client_of, error, multipart, scripted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.dataverse.message import Request, Response
    from connector.dataverse.page import Page

_GET = re.compile(rb"GET /api/data/v9\.2/(\S+) HTTP")
FORBIDDEN = error(403, "0x80040220")


def read(page: Page) -> list[object]:
    """The numbers of a page's rows."""
    return [row["n"] for row in msgspec.json.decode(page.body)["value"]]


def tables(count: int) -> list[Query]:
    return [Query(entity_set=f"t{at}") for at in range(count)]


@dataclass
class Tables:
    """
    Tables `t0`, `t1`, … whose rows are numbered by table and place, some on several pages.

    *broken* answers instead of each request whose address it matches.
    """

    pages: dict[str, int] = field(default_factory=dict)
    broken: str = "nothing is"
    outcome: Response = FORBIDDEN
    filler: str = ""
    batches: list[int] = field(default_factory=list)
    most_at_once: int = 0
    _at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Request) -> Response:
        if request.path != "$batch":
            return self.page(request.path)
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        wanted = _GET.findall(request.body or b"")
        self.batches.append(len(wanted))
        parts = [self.page(path.decode()) for path in wanted]
        with self._lock:
            self._at_once -= 1
        return multipart(*parts, status=max(part.status for part in parts))

    def page(self, path: str) -> Response:
        if re.search(self.broken, path):
            return self.outcome
        name, _, at = path.removeprefix(ROOT).partition("?$skiptoken=")
        number = int(at or 1)
        last = number >= self.pages.get(name, 1)
        link = {} if last else {"@odata.nextLink": f"{ROOT}{name}?$skiptoken={number + 1}"}
        rows = [{"n": f"{name}.{number}.{row}", "filler": self.filler} for row in (1, 2)]
        return answer(200, {"value": rows, **link})


def test_pages_come_one_by_one_as_they_are_wanted() -> None:
    client, far = client_of(Tables({"t0": 3}))
    pages = client.pages(Query(entity_set="t0"), page_size=2)

    assert read(next(pages)) == ["t0.1.1", "t0.1.2"]
    assert len(far.requests) == 1
    assert [read(page) for page in pages] == [["t0.2.1", "t0.2.2"], ["t0.3.1", "t0.3.2"]]
    assert [request.header("Prefer") for request in far.requests] == ["odata.maxpagesize=2"] * 3


def test_pages_of_several_queries_come_query_by_query() -> None:
    client, far = client_of(Tables({"t1": 2}))

    pages = list(client.pages_many(tables(3)))

    assert [(page.query, page.rows) for page in pages] == [(0, 2), (1, 2), (1, 2), (2, 2)]
    assert [read(page)[0] for page in pages] == ["t0.1.1", "t1.1.1", "t1.2.1", "t2.1.1"]
    assert [request.path for request in far.requests] == ["$batch", f"{ROOT}t1?$skiptoken=2"]


def test_the_pages_of_a_batch_are_views_of_one_answer() -> None:
    client, _ = client_of(Tables())

    first, second = client.pages_many(tables(2))

    assert isinstance(first.body, memoryview)
    assert isinstance(second.body, memoryview)
    assert first.body.obj is second.body.obj


def test_many_queries_travel_in_batches_of_fifty_and_keep_their_order() -> None:
    far_side = Tables({f"t{at}": 2 for at in range(0, 230, 7)})
    client, _ = client_of(far_side)

    pages = list(client.pages_many(tables(230)))

    assert sorted(far_side.batches) == [30, 50, 50, 50, 50]
    assert [page.query for page in pages] == sorted([*range(230), *range(0, 230, 7)])
    assert [read(page)[0] for page in pages if page.query == 7] == ["t7.1.1", "t7.2.1"]


def test_rows_of_many_queries_are_the_rows_of_each() -> None:
    client, _ = client_of(Tables({"t60": 3}))

    found = client.read_many(tables(120))

    assert [len(rows) for rows in found] == [2] * 60 + [6] + [2] * 59
    assert found[60][5]["n"] == "t60.3.2"


def test_the_first_batch_goes_alone_and_the_others_as_the_tenant_recommends() -> None:
    together = threading.Barrier(4, timeout=5)
    done: list[str] = []

    def app(request: Request) -> Response:
        if done:
            together.wait()
        done.append(request.path)
        parts = _GET.findall(request.body or b"")
        pages = multipart(*[answer(200, {"value": [{"n": 1}]})] * len(parts))
        hint = ("x-ms-dop-hint", "4")
        return answer(200, pages.body, (hint, *pages.headers.items()))

    client = DataverseClient(FarSide(app), None, Limiter())

    assert len(list(client.pages_many(tables(5 * 50)))) == 250
    assert client.statistics.batch == 5
    assert client.workers == 4


def test_batches_are_not_asked_for_ahead_when_their_answers_are_large() -> None:
    far_side = Tables(filler="x" * 200_000)  # 50 pages of 2 rows: 20 MB a batch
    client, _ = client_of(far_side)
    pages = client.pages_many(tables(4 * 50))

    next(pages)
    assert far_side.batches == [50]
    assert len(list(pages)) == 199
    assert far_side.most_at_once == 1


def test_no_queries_have_no_pages_and_need_no_request() -> None:
    client, far = client_of(scripted(error(500)))

    assert list(client.pages_many([])) == []
    assert list(client.pages_partitions([])) == []
    assert far.requests == []


def every_way(client: DataverseClient, queries: list[Query]) -> dict[str, Iterable[object]]:
    return {
        "pages": (page for query in queries for page in client.pages(query)),
        "pages_many": client.pages_many(queries),
        "pages_partitions": client.pages_partitions(queries),
        "read": (row for query in queries for row in client.read(query)),
        "read_many": (row for rows in client.read_many(queries) for row in rows),
        "read_partitions": client.read_partitions(queries),
    }


WAYS = sorted(every_way(client_of(Tables())[0], []))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("outcome", [FORBIDDEN, answer(200, b'{"value":[{"n"'), answer(204)])
@pytest.mark.parametrize(
    ("broken", "kind"), [("^t110$", DataverseError), (r"t110\?\$skiptoken=2$", PagingError)]
)
def test_a_page_that_fails_fails_the_whole_read(
    broken: str, kind: type[DataverseError], outcome: Response, way: str
) -> None:
    client, _ = client_of(Tables({"t110": 3}, broken=broken, outcome=outcome), RetryPolicy())

    with pytest.raises(kind) as raised:
        for _ in every_way(client, tables(120))[way]:
            pass

    cause = raised.value.__cause__ if kind is PagingError else raised.value
    assert isinstance(cause, Forbidden if outcome is FORBIDDEN else MalformedAnswer)
    assert not raised.value.may_have_acted
    assert left_threads() == []


def left_threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("dataverse")]


def test_a_consumer_that_stops_leaves_no_thread_behind() -> None:
    client, _ = client_of(Tables({f"t{at}": 2 for at in range(200)}))

    for pages in (client.pages_many(tables(200)), client.pages_partitions(tables(200))):
        assert len(list(islice(pages, 60))) == 60
        pages.close()  # type: ignore[attr-defined]
        assert left_threads() == []


def test_the_parts_of_a_table_are_read_at_once_and_tell_their_query() -> None:
    meeting = threading.Barrier(3, timeout=5)

    def app(request: Request) -> Response:
        if "skiptoken" not in request.path:
            meeting.wait()
        return Tables({"t0": 2, "t1": 1, "t2": 3}).page(request.path)

    client, _ = client_of(app)

    pages = list(client.pages_partitions(tables(3)))

    for place, of_table in ((0, ["1.1", "2.1"]), (1, ["1.1"]), (2, ["1.1", "2.1", "3.1"])):
        own = [str(read(page)[0]) for page in pages if page.query == place]
        assert own == [f"t{place}.{row}" for row in of_table]


def test_parts_do_not_run_far_ahead_of_their_consumer() -> None:
    far_side = Tables({f"t{at}": 100 for at in range(3)})
    client, far = client_of(far_side)
    pages = client.pages_partitions(tables(3))

    next(pages)
    threading.Event().wait(0.05)
    pages.close()  # type: ignore[attr-defined]

    assert len(far.requests) <= 3 * 2 + 2 + 1


def one_row(column: str, value: object) -> Response:
    return answer(200, {"value": [{column: value}]})


def test_a_query_is_cut_evenly_between_its_least_and_greatest_value() -> None:
    ends = multipart(
        one_row("createdon", "2020-10-01T00:00:00Z"), one_row("createdon", "2020-10-04T23:59:59Z")
    )
    client, far = client_of(scripted(ends))

    parts = client.partitions(Query(entity_set="t0"), "createdon", 2, read_datetime)

    middle = datetime(2020, 10, 3, tzinfo=UTC)
    assert [part.filter.text for part in parts if part.filter] == [
        f"createdon lt {middle:%Y-%m-%dT%H:%M:%SZ}",
        f"createdon ge {middle:%Y-%m-%dT%H:%M:%SZ}",
        "createdon eq null",
    ]
    body = (far.requests[0].body or b"").decode()
    assert "$orderby=createdon%20asc&$top=1 HTTP" in body
    assert "$orderby=createdon%20desc&$top=1 HTTP" in body


@pytest.mark.parametrize("rows", [(), (7,)])
def test_a_query_with_no_value_or_one_is_not_cut(rows: tuple[int, ...]) -> None:
    found = answer(200, {"value": [{"number": row} for row in rows]})
    client, _ = client_of(scripted(multipart(found, found)))
    query = Query(entity_set="t0")

    assert client.partitions(query, "number", 8, read_integer) == (query,)


def test_a_query_that_is_asked_twice_is_answered_twice_each_time_in_its_place() -> None:
    client, _ = client_of(Tables())

    assert [page.query for page in client.pages_many(tables(1) * 2)] == [0, 1]
