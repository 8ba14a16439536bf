"""Several reads at once: memory bounded, and the first failure ends them all."""

from __future__ import annotations

import sys
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import islice
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_Item = TypeVar("_Item")

_CHUNK = 1_000
_CHUNKS_AHEAD = 8
_LOOK_UP = 0.1
"""Seconds after which a thread that waits looks up: a stream whether it still has a consumer, the
consumer because on Windows a wait without an end hears no Ctrl-C."""


def merged(
    streams: Sequence[Callable[[], Iterator[_Item]]],
    workers: int,
    *,
    chunk: int = _CHUNK,
    chunks_ahead: int = _CHUNKS_AHEAD,
) -> Iterator[_Item]:
    """
    The items of all streams; in order within each, in no order between them.

    Items travel in chunks of so many. A chunk for each worker and *chunks_ahead* more are held at
    most. The first failure is raised and ends all streams, as does a consumer who stops asking.
    """
    flow: _Flow[_Item] = _Flow(len(streams), chunk, chunks_ahead)
    pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="dataverse")
    try:
        for stream in streams:
            pool.submit(flow.pump, stream)
        yield from flow.items()
    finally:
        flow.stop()
        pool.shutdown(cancel_futures=True)


def ahead(
    calls: Sequence[Callable[[], _Item]], workers: Callable[[], int], room: Room[_Item]
) -> Iterator[_Item]:
    """
    What the calls answer, in their order, while the next ones are made already.

    The first call is made alone: it shows how many *workers* are worth having and how large
    answers are. Then as many are under way, or wait to be taken, as there are workers and *room*.
    The first failure is raised and ends them all, as does a consumer who stops asking.
    """
    for call in calls[:1]:
        yield room.measured(call())
    if len(calls) > 1:
        yield from _in_a_pool(calls[1:], workers, room)


def _in_a_pool(
    calls: Sequence[Callable[[], _Item]], workers: Callable[[], int], room: Room[_Item]
) -> Iterator[_Item]:
    pool = ThreadPoolExecutor(max_workers=workers(), thread_name_prefix="dataverse")
    waiting: deque[Future[_Item]] = deque()
    try:
        for call in calls:
            while waiting and len(waiting) >= min(workers(), room.places):
                yield room.measured(_result(waiting.popleft()))
            waiting.append(pool.submit(call))
        while waiting:
            yield room.measured(_result(waiting.popleft()))
    finally:
        pool.shutdown(cancel_futures=True)


class Room(Generic[_Item]):
    """Memory for answers that wait: so many bytes, as far as earlier answers tell their size."""

    def __init__(self, most_bytes: int, size: Callable[[_Item], int]) -> None:
        self._most_bytes = most_bytes
        self._size = size
        self._largest = 1

    @property
    def places(self) -> int:
        """How many answers like the largest so far have room; always one."""
        return max(1, self._most_bytes // self._largest)

    def measured(self, answer: _Item) -> _Item:
        """*answer*, once its size is known."""
        self._largest = max(self._largest, self._size(answer))
        return answer


class _Flow(Generic[_Item]):
    """
    Chunks on their way from the streams to the consumer, and what ended each stream.

    Only the streams' own threads put anything on the way, for they alone may wait for room.
    """

    def __init__(self, streams: int, chunk: int, chunks_ahead: int) -> None:
        self._running = streams
        self._chunk = chunk
        self._stopped = threading.Event()
        self._queue: Queue[tuple[_Item, ...] | BaseException | None] = Queue(chunks_ahead)

    def pump(self, stream: Callable[[], Iterator[_Item]]) -> None:
        """Put a stream's items on their way until it ends or nobody wants them."""
        try:
            items = stream()
            while chunk := tuple(islice(items, self._chunk)):
                self._put(chunk)
                if self._stopped.is_set():
                    return
        finally:
            self._put(sys.exception())

    def _put(self, thing: tuple[_Item, ...] | BaseException | None) -> None:
        """Wait for room, unless the consumer has gone."""
        while not self._stopped.is_set():
            try:
                self._queue.put(thing, timeout=_LOOK_UP)
            except Full:
                continue
            return

    def items(self) -> Iterator[_Item]:
        """What arrives, until all streams have ended; raises what ended one of them."""
        while self._running:
            thing = self._taken()
            if isinstance(thing, BaseException):
                raise thing
            if thing is None:
                self._running -= 1
            else:
                yield from thing

    def stop(self) -> None:
        """Nobody wants any more."""
        self._stopped.set()

    def _taken(self) -> tuple[_Item, ...] | BaseException | None:
        while True:
            try:
                return self._queue.get(timeout=_LOOK_UP)
            except Empty:
                continue


def _result(future: Future[_Item]) -> _Item:
    while wait((future,), timeout=_LOOK_UP).not_done:
        continue
    return future.result()
