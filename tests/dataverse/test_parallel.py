"""Streams that are read at once: everything arrives, little is held, failures end all."""

from __future__ import annotations

import threading
import time
from itertools import count, islice
from typing import TYPE_CHECKING

import pytest

from connector.dataverse.errors import Forbidden, PagingError
from connector.dataverse.parallel import merged
from connector.dataverse.query import Query
from tests.dataverse.far_side import ROOT, answer, client_of, error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connector.dataverse.message import Request, Response


def numbers(start: int, length: int) -> Callable[[], Iterator[int]]:
    return lambda: iter(range(start, start + length))


def threads_left() -> list[str]:
    return [found.name for found in threading.enumerate() if found.name.startswith("dataverse")]


def test_every_item_of_every_stream_arrives_once_and_in_its_streams_order() -> None:
    streams = [numbers(10_000 * at, 3_500) for at in range(7)]

    items = list(merged(streams, 3))

    assert sorted(items) == [10_000 * at + item for at in range(7) for item in range(3_500)]
    for at in range(7):
        part = [item for item in items if item // 10_000 == at]
        assert part == sorted(part)
    assert threads_left() == []


def test_no_streams_have_no_items() -> None:
    assert list(merged([], 3)) == []


def test_streams_are_read_at_the_same_time() -> None:
    meeting = threading.Barrier(3, timeout=5)

    def stream() -> Iterator[int]:
        meeting.wait()
        yield 1

    assert list(merged([stream] * 3, 3)) == [1, 1, 1]


def test_a_failing_stream_is_raised_and_ends_the_others() -> None:
    def failing() -> Iterator[int]:
        yield 1
        msg = "page"
        raise KeyError(msg)

    with pytest.raises(KeyError):
        list(merged([failing, count, count], 3))
    assert threads_left() == []


def test_a_consumer_that_stops_leaves_nothing_running() -> None:
    items = merged([count, count, count, numbers(0, 5)], 2)

    assert len(list(islice(items, 10))) == 10
    items.close()  # type: ignore[attr-defined]
    assert threads_left() == []


def test_streams_do_not_run_far_ahead_of_their_consumer() -> None:
    produced = 0

    def stream() -> Iterator[int]:
        nonlocal produced
        for number in count():
            produced += 1
            yield number

    items = merged([stream], 1)
    next(items)
    time.sleep(0.05)
    items.close()  # type: ignore[attr-defined]

    assert produced <= 12_000


def test_partitions_of_a_table_are_read_whole() -> None:
    def app(request: Request) -> Response:
        if "skiptoken" in request.path:
            return answer(200, {"value": [{"n": 2}]})
        link = f"{ROOT}{request.path}?$skiptoken=1"
        return answer(200, {"value": [{"n": 1}], "@odata.nextLink": link})

    client, _ = client_of(app)

    rows = client.read_partitions([Query(entity_set=f"t{at}") for at in range(20)])

    assert sorted(str(row["n"]) for row in rows) == ["1"] * 20 + ["2"] * 20


def test_a_partition_whose_page_is_missing_fails_the_whole_read() -> None:
    def app(request: Request) -> Response:
        if "skiptoken" in request.path:
            return error(403, "0x80040220")
        broken = "t13" in request.path
        link = {"@odata.nextLink": f"{ROOT}x?$skiptoken=1"} if broken else {}
        return answer(200, {"value": [{"n": 1}], **link})

    client, _ = client_of(app)

    with pytest.raises(PagingError) as raised:
        list(client.read_partitions([Query(entity_set=f"t{at}") for at in range(20)]))
    assert isinstance(raised.value.__cause__, Forbidden)
