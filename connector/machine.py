"""What only the machine knows: time, and a name of this process. A shell, like the CLI."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from functools import partial
from platform import node
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def system_clock() -> datetime:
    """The instant that the machine's clock shows, in UTC."""
    return datetime.now(UTC)


def process_name() -> str:
    """A name that no other process bears: host, process and the instant of asking."""
    return f"{node()}-{os.getpid()}-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"


def elapsed_seconds() -> float:
    """Seconds since some moment; they only grow."""
    return time.perf_counter()


def lasting_seconds() -> float:
    """
    Seconds since some moment; they grow also while the machine sleeps, and no clock set moves them.

    For what ends somewhere else at a certain time: a laptop that was closed must not believe that
    no time has passed.
    """
    return _lasting()


def _lasting_clock() -> Callable[[], float]:
    """On Linux the monotonic clock stands still during sleep, and another one does not."""
    name = {"linux": "CLOCK_BOOTTIME", "darwin": "CLOCK_MONOTONIC"}.get(sys.platform, "")
    clock = getattr(time, name, None)
    return time.monotonic if clock is None else partial(time.clock_gettime, clock)


_lasting = _lasting_clock()


def let_pass(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)
