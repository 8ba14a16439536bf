"""An end that Ctrl-C, Ctrl-Break and SIGTERM bring to what serves."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
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
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for name in ("SIGINT", "SIGTERM", "SIGBREAK")
        if (number := getattr(signal, name, None)) is not None
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
