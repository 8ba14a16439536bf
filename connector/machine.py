"""What only the machine knows: the instant, and a name of this process. A shell, like the CLI."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from platform import node


def system_clock() -> datetime:
    """The instant that the machine's clock shows, in UTC."""
    return datetime.now(UTC)


def process_name() -> str:
    """A name that no other process bears: host, process and the instant of asking."""
    return f"{node()}-{os.getpid()}-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
