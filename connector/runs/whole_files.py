"""Write a file so that it is there as a whole or not at all, whenever the machine stops."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

T = TypeVar("T")

#: What Windows says while another program reads, scans or replaces the file: access denied,
#: sharing violation, lock violation. Elsewhere such an error is no matter of time.
_BUSY: Final = frozenset({5, 32, 33})
#: Seconds between attempts at a file that is busy; about a second in all.
_PAUSES: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.3)
#: Windows finds the end of a file first and writes there afterwards, so threads take turns.
_APPENDING: Final = threading.Lock()
#: Windows would turn line ends into two characters without it.
_BINARY: Final = getattr(os, "O_BINARY", 0)


def write_whole(path: Path, lines: Iterable[str]) -> None:
    """Replace *path* by *lines*; raises `OSError` when the disk refuses, and leaves it alone."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        _patiently(lambda: temporary.replace(path))
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def append_line(path: Path, line: str) -> None:
    """
    Add *line* to *path* in one write.

    A line that the machine's end has cut is left behind: whoever reads must expect that.
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | _BINARY
    with _APPENDING:
        handle = _patiently(lambda: os.open(path, flags, 0o644))
        try:
            os.write(handle, f"{line}\n".encode())
        finally:
            os.close(handle)


def read_whole(path: Path) -> str:
    """The text of *path*, also while it is replaced; raises `OSError`, `UnicodeDecodeError`."""
    return _patiently(lambda: path.read_text(encoding="utf-8"))


def _patiently(act: Callable[[], T]) -> T:
    for pause in _PAUSES:
        try:
            return act()
        except PermissionError as error:
            if getattr(error, "winerror", None) not in _BUSY:
                raise
            time.sleep(pause)
    return act()
