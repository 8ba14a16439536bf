"""One line on standard error that says how a run goes on; nothing where nobody watches."""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from connector.usecases.progress import Progress, ProgressEvent

#: Back to the beginning of the line, and away with what stood there.
_AFRESH: Final = "\r\x1b[K"


@contextmanager
def told_progress(stream: TextIO | None = None) -> Iterator[Progress | None]:
    """Who is told within the block; the line is gone after it."""
    target = sys.stderr if stream is None else stream
    if not target.isatty():
        yield None
        return

    def show(event: ProgressEvent) -> None:
        width = shutil.get_terminal_size().columns - 1
        target.write(_AFRESH + str(event)[:width])
        target.flush()

    try:
        yield show
    finally:
        target.write(_AFRESH)
        target.flush()
