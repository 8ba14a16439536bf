"""Ranges of bytes in requests: what to send of a file, and which part of it has come."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from connector.emulator import faults

_WANTED: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})(?:/\d{1,15})?", re.ASCII)
_SENT: Final = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRange:
    """Which bytes of a file a request carries: the first, the one after the last, and all."""

    start: int
    stop: int
    total: int

    @property
    def is_last(self) -> bool:
        """Whether the file is complete with these bytes."""
        return self.stop == self.total


def wanted_range(header: str, size: int) -> tuple[int, int]:
    """
    The first byte that a `Range` header asks for, and the one after the last.

    Takes `bytes=0-499`, `bytes=500-`, `bytes=-500` and, as older pages write it,
    `bytes=0-499/1000`; an end behind the file's is cut. Raises 416 for a range without a byte
    of the file and 400 for text that is no range.
    """
    match = _WANTED.fullmatch(header.strip())
    if match is None or not any(match.groups()):
        raise faults.bad_request(message=f"'{header[:80]}' is no range of bytes.")
    first, last = match.groups()
    if not first:
        start, stop = max(size - int(last), 0), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
    if start >= stop:
        raise faults.no_such_range(size)
    return start, stop


def sent_range(header: str | None, length: int) -> SentRange:
    """
    What a `Content-Range` header says of a body of *length* bytes.

    Raises 400 when there is none, or when its numbers do not fit each other or the body.
    """
    match = _SENT.fullmatch((header or "").strip())
    if match is None:
        raise faults.bad_request(message="A chunk needs the header Content-Range: bytes 0-9/100.")
    first, last, total = (int(one) for one in match.groups())
    if last < first or last >= total:
        raise faults.bad_request(message=f"The Content-Range '{match[0]}' is no part of a file.")
    if last - first + 1 != length:
        message = f"The Content-Range names {last - first + 1} bytes; {length} came."
        raise faults.bad_request(message)
    return SentRange(start=first, stop=last + 1, total=total)
