"""What SQLite lacks: Dataverse's text comparison, wildcards and exact aggregates."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Context, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from connector.emulator.schema.values import decimal_of, sortable_decimal

if TYPE_CHECKING:
    import sqlite3

    from connector.emulator.schema.values import Stored

_EXACT: Final = Context(prec=60)
_PIECE: Final = re.compile(r"\[\^?[^\]]+\]|%|_|.", re.DOTALL)


def register(connection: sqlite3.Connection) -> None:
    """Add the functions ``fold``, ``like_text``, ``local_day`` and the aggregates of decimals."""
    connection.create_function("fold", 1, fold, deterministic=True)
    connection.create_function("like_text", 2, like_text, deterministic=True)
    connection.create_function("local_day", 2, local_day, deterministic=True)
    connection.create_aggregate("sum_exact", 1, _SumExact)  # type: ignore[arg-type]
    connection.create_aggregate("sum_decimal", 1, _SumDecimal)  # type: ignore[arg-type]


def fold(text: Stored) -> Stored:
    """Text as it compares without case; anything else unchanged."""
    return text.casefold() if isinstance(text, str) else text


def local_day(instant: str | None, zone: str) -> str | None:
    """The day of a stored instant in a time zone, as ISO 8601 has it."""
    if instant is None:
        return None
    return datetime.fromisoformat(instant).astimezone(_zone(zone)).date().isoformat()


@lru_cache(maxsize=16)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def like_text(pattern: str, text: object) -> bool | None:
    """
    Whether *text* matches a LIKE pattern with ``% _ [abc] [^abc]``, without case.

    None (unknown) when the text is null, as in SQL. Time grows with the product of the
    lengths, whatever the pattern.
    """
    if text is None:
        return None
    pieces = _pieces(pattern)
    subject = str(text).casefold()
    if len(pieces) == 1:
        return pieces[0].fullmatch(subject) is not None
    return _matches_in_turn(pieces, subject)


def _matches_in_turn(pieces: tuple[re.Pattern[str], ...], subject: str) -> bool:
    first, *middle, last = pieces
    start = first.match(subject)
    if start is None:
        return False
    place = start.end()
    for piece in middle:
        found = piece.search(subject, place)
        if found is None:
            return False
        place = found.end()
    return _width(last) <= len(subject) - place and (
        last.fullmatch(subject, len(subject) - _width(last)) is not None
    )


@lru_cache(maxsize=256)
def _pieces(pattern: str) -> tuple[re.Pattern[str], ...]:
    """The stretches between the ``%`` of a pattern; each matches text of one width."""
    stretches: list[list[str]] = [[]]
    for piece in _PIECE.findall(pattern.casefold()):
        if piece == "%":
            stretches.append([])
        else:
            stretches[-1].append(_expression(piece))
    return tuple(re.compile("".join(stretch), re.DOTALL) for stretch in stretches)


@lru_cache(maxsize=256)
def _width(piece: re.Pattern[str]) -> int:
    return len(re.findall(r"\[(?:\\.|[^\]\\])*\]|\\.|.", piece.pattern, re.DOTALL))


def _expression(piece: str) -> str:
    if piece == "_":
        return "."
    return _character_class(piece[1:-1]) if len(piece) > 1 else re.escape(piece)


def _character_class(inner: str) -> str:
    negated = inner.startswith("^") and len(inner) > 1
    members = inner[1:] if negated else inner
    ranges = re.sub(r"([\\\[\]^&|~])", r"\\\1", members)
    try:
        re.compile(f"[{ranges}]")
    except re.error:
        ranges = re.escape(members)
    return f"[{'^' if negated else ''}{ranges}]"


class _SumExact:
    """Sum of integers of any size, as text so that it cannot overflow."""

    def __init__(self) -> None:
        self.total = 0
        self.seen = False

    def step(self, value: int | None) -> None:
        if value is not None:
            self.total += value
            self.seen = True

    def finalize(self) -> str | None:
        return str(self.total) if self.seen else None


class _SumDecimal:
    """Sum of sortable decimals, again sortable."""

    def __init__(self) -> None:
        self.total = Decimal(0)
        self.seen = False

    def step(self, value: str | None) -> None:
        if value is not None:
            self.total = _EXACT.add(self.total, decimal_of(value))
            self.seen = True

    def finalize(self) -> str | None:
        return sortable_decimal(self.total) if self.seen else None
