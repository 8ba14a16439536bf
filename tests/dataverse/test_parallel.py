"""Streams that are read at once: everything arrives, little is held, failures end all."""

from __future__ import annotations

import threading
import time
from itertools import count, islice
from typing import TYPE_CHECKING

import pytest

from connector.dataverse.errors import Forbidden, PagingError
from connector.dataverse.parallel import Room, ahead, merged
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


def test_many_short_streams_do_not_wait_for_a_consumer_that_still_starts_them() -> None:
    items = merged([numbers(at, 1) for at in range(300)], 4, chunk=1, chunks_ahead=2)

    assert sorted(items) == list(range(300))


def test_a_stream_that_fails_at_once_is_raised() -> None:
    def broken() -> Iterator[int]:
        raise PermissionError

    with pytest.raises(PermissionError):
        list(merged([broken], 1))


def test_a_consumer_that_is_slow_waits_for_nothing_but_itself() -> None:
    items = merged([numbers(0, 5)], 1, chunk=1, chunks_ahead=1)

    found = []
    for item in items:
        time.sleep(0.002)
        found.append(item)

    assert found == [0, 1, 2, 3, 4]


def calls(count: int) -> list[Callable[[], int]]:
    return [lambda at=at: at for at in range(count)]  # type: ignore[misc]


def room(places: int) -> Room[int]:
    """Room for so many answers, all of which have the size 1."""
    return Room(places, lambda _answer: 1)


@pytest.mark.parametrize("count", [0, 1, 2, 9])
@pytest.mark.parametrize("workers", [1, 3])
def test_answers_come_in_the_order_of_the_calls(count: int, workers: int) -> None:
    assert list(ahead(calls(count), lambda: workers, room(8))) == list(range(count))
    assert threads_left() == []


def test_the_next_calls_are_made_while_the_first_answer_is_looked_at() -> None:
    made: set[int] = set()
    ready = threading.Event()

    def call(number: int) -> int:
        made.add(number)
        if {1, 2, 3} <= made:
            ready.set()
        return number

    answers = ahead([lambda at=at: call(at) for at in range(9)], lambda: 3, room(8))  # type: ignore[misc]
    assert next(answers) == 0
    assert made == {0}
    assert next(answers) == 1
    assert ready.wait(5)
    assert made <= {0, 1, 2, 3, 4}
    answers.close()  # type: ignore[attr-defined]
    assert threads_left() == []


def test_large_answers_leave_room_for_one_call_at_a_time() -> None:
    under_way, most = 0, 0
    lock = threading.Lock()

    def call() -> int:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.001)
        with lock:
            under_way -= 1
        return 60

    assert list(ahead([call] * 6, lambda: 4, Room(100, lambda size: size))) == [60] * 6
    assert most == 1


def test_room_is_measured_by_the_largest_answer_so_far_and_there_is_always_some() -> None:
    space: Room[int] = Room(100, lambda size: size)
    places = []
    for size in (10, 5, 50, 1_000):
        space.measured(size)
        places.append(space.places)

    assert places == [10, 10, 2, 1]


def test_a_call_that_fails_ends_the_others() -> None:
    def failing() -> int:
        raise KeyError

    with pytest.raises(KeyError):
        list(ahead([*calls(3), failing, *calls(50)], lambda: 2, room(8)))
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
