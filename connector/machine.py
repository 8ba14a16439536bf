"""What only the machine knows: time, and a name of this process. A shell, like the CLI."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from platform import node


def system_clock() -> datetime:
    """The instant that the machine's clock shows, in UTC."""
    return datetime.now(UTC)


def process_name() -> str:
    """A name that no other process bears: host, process and the instant of asking."""
    return f"{node()}-{os.getpid()}-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"


def elapsed_seconds() -> float:
    """Seconds since some moment; they only grow."""
    return time.perf_counter()


def let_pass(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)
