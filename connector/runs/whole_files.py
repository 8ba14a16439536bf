"""Write a file so that it is there as a whole or not at all, whenever the machine stops."""

from __future__ import annotations

import errno
import os
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

T = TypeVar("T")

#: What the name of a file ends with that is not whole yet.
TEMPORARY: Final = ".tmp"

#: What Windows says while another program reads, scans or replaces the file: access denied,
#: sharing violation, lock violation. Elsewhere such an error is no matter of time.
_BUSY: Final = frozenset({5, 32, 33})
#: Seconds between attempts at a file that is busy; about a second in all.
_PAUSES: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.3)
#: Windows finds the end of a file first and writes there afterwards, so threads take turns.
_APPENDING: Final = threading.Lock()
#: Windows would turn line ends into two characters without it.
_BINARY: Final = getattr(os, "O_BINARY", 0)


def write_whole(path: Path, chunks: Iterable[bytes]) -> None:
    """Replace *path* by *chunks*; raises `OSError` when the disk refuses, and leaves it alone."""
    with _written(path, chunks) as temporary:
        _patiently(lambda: temporary.replace(path))


def write_once(path: Path, chunks: Iterable[bytes]) -> bool:
    """
    Make *path* of *chunks*; False, and nothing changes, where there is one already.

    Of several that write at once one is first. Raises `OSError` when the disk refuses.
    """
    if path.exists():
        return False
    with _written(path, chunks) as temporary:
        return _moved(temporary, path)


def append_line(path: Path, line: bytes) -> None:
    """
    Add *line* to *path*, where it begins a line also when the one before it was cut.

    Raises `OSError` when the disk takes a part of it only: whoever reads must expect that.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | _BINARY
    with _APPENDING:
        handle = _patiently(lambda: os.open(path, flags, 0o644))
        try:
            text = _line_end(handle) + line + b"\n"
            if os.write(handle, text) < len(text):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(handle)


def read_whole(path: Path) -> bytes:
    """The content of *path*, also while it is replaced; raises `OSError`."""
    return _patiently(path.read_bytes)


def _line_end(handle: int) -> bytes:
    """What is missing of the last line of an open file."""
    size = os.lseek(handle, 0, os.SEEK_END)
    if not size:
        return b""
    os.lseek(handle, size - 1, os.SEEK_SET)
    return b"" if os.read(handle, 1) == b"\n" else b"\n"


@contextmanager
def _written(path: Path, chunks: Iterable[bytes]) -> Iterator[Path]:
    """A file beside *path* that holds all of *chunks*, and is gone after the block."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}{TEMPORARY}")
    try:
        with temporary.open("wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _moved(temporary: Path, path: Path) -> bool:
    """A second name for the same content is refused where the name is taken, unlike a move."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without links: the last look is all there is
        if path.exists():
            return False
        _patiently(lambda: temporary.replace(path))
    return True


def _patiently(act: Callable[[], T]) -> T:
    for pause in _PAUSES:
        try:
            return act()
        except PermissionError as error:
            if getattr(error, "winerror", None) not in _BUSY:
                raise
            time.sleep(pause)
    return act()
