"""An end that Ctrl-C, Ctrl-Break and SIGTERM bring to what serves."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def until_told_to_stop() -> Iterator[threading.Event]:
    """An event that signals set; in other threads only its owner sets it."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    told: SimpleQueue[int | None] = SimpleQueue()
    hearer = threading.Thread(target=_pass_on, args=(told, stop), name="stop", daemon=True)
    hearer.start()
    # A handler runs in the midst of whatever holds the event's lock; only this queue bears that.
    before = {
        number: signal.signal(number, lambda number, _: told.put(number))
        for name in ("SIGINT", "SIGTERM", "SIGBREAK")
        if (number := getattr(signal, name, None)) is not None
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        told.put(None)  # nobody told, but the hearer shall end
        hearer.join()


def _pass_on(told: SimpleQueue[int | None], stop: threading.Event) -> None:
    if told.get() is not None:
        stop.set()
