"""A disk that takes no more, for the length of a block."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def full_disk(room: int = 16) -> Iterator[None]:
    """No file of this process can grow beyond *room* bytes; Windows cannot say so, and skips."""
    if sys.platform == "win32":
        pytest.skip("a process of Windows has no largest size of a file")
    import resource  # noqa: PLC0415 - Windows has no such module

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
