"""Several streams read at once: memory bounded, and the first failure ends them all."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from queue import Full, Queue
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_Item = TypeVar("_Item")

_CHUNK = 1_000
_CHUNKS_AHEAD = 8
_LOOK_UP = 0.1
"""Seconds after which a stream that waits for its consumer looks whether there still is one."""


def merged(streams: Sequence[Callable[[], Iterator[_Item]]], workers: int) -> Iterator[_Item]:
    """
    The items of all streams; in order within each, in no order between them.

    All streams together run ahead of the consumer by a few thousand items at most. The first
    failure is raised and ends all streams, as does a consumer who stops asking.
    """
    flow: _Flow[_Item] = _Flow(len(streams))
    pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="dataverse")
    try:
        for stream in streams:
            pool.submit(flow.pump, stream).add_done_callback(flow.put)
        yield from flow.items()
    finally:
        flow.stop()
        pool.shutdown(cancel_futures=True)


class _Flow(Generic[_Item]):
    """Chunks on their way from the streams to the consumer; a stream's end is its future."""

    def __init__(self, streams: int) -> None:
        self._running = streams
        self._stopped = threading.Event()
        self._queue: Queue[tuple[_Item, ...] | Future[None]] = Queue(_CHUNKS_AHEAD)

    def pump(self, stream: Callable[[], Iterator[_Item]]) -> None:
        """Put a stream's items on their way until it ends or nobody wants them."""
        items = stream()
        while not self._stopped.is_set():
            chunk = tuple(islice(items, _CHUNK))
            if not chunk:
                return
            self.put(chunk)

    def put(self, thing: tuple[_Item, ...] | Future[None]) -> None:
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
            thing = self._queue.get()
            if isinstance(thing, Future):
                thing.result()
                self._running -= 1
            else:
                yield from thing

    def stop(self) -> None:
        """Nobody wants any more."""
        self._stopped.set()
