"""Lines in one order and each once, of which no more than a few are held in memory."""

from __future__ import annotations

from heapq import merge
from itertools import groupby, pairwise
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Bytes that are held in memory before they move to a temporary file.
IN_MEMORY: Final = 1 << 20
#: Bytes of each sorted run that are looked at together.
_CHUNK: Final = 1 << 12


class SortedLines:
    """
    Sorted runs of lines, one after the other in a file, to be merged in the end.

    A context manager: leaving it gives up the temporary file, if there is one.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY, mode="w+b")  # noqa: SIM115
        self._edges = [0]

    def __enter__(self) -> Self:
        """The lines, none yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give up what is held."""
        self._file.close()

    def add(self, lines: Iterable[bytes]) -> None:
        """A few more *lines*, which hold no line ends; raises `OSError` when there is no room."""
        run = b"".join(line + b"\n" for line in sorted(set(lines)))
        if run:
            self._file.seek(self._edges[-1])
            self._file.write(run)
            self._edges.append(self._edges[-1] + len(run))

    def merged(self) -> Iterator[bytes]:
        """Every line once, in order."""
        runs = pairwise(self._edges)
        ordered = merge(*(self._run(start, end) for start, end in runs))
        return (line for line, _ in groupby(ordered))

    def _run(self, start: int, end: int) -> Iterator[bytes]:
        rest = b""
        while start < end:
            self._file.seek(start)
            chunk = self._file.read(min(_CHUNK, end - start))
            start += len(chunk)
            *whole, rest = (rest + chunk).split(b"\n")
            yield from whole
