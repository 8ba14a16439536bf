"""What is wrong with a seed: each fault with its file, table, row and column, all at once."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SHOWN: Final = 20
_LONGEST: Final = 80
_LENIENT: Final = (
    "nothing was loaded; lenient (--lenient) loads the rest and lists what is left out"
)


class SeedError(Exception):
    """
    A seed cannot be loaded; nothing of it was.

    *problems* holds one sentence per fault: file, table, row (from 1), column, value, and what
    was expected. The text shows the first twenty of them and counts the others.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        lines = [*shown(problems), _LENIENT]
        super().__init__("the seed cannot be loaded:\n  " + "\n  ".join(lines))
        self.problems = tuple(problems)


class Unreadable(Exception):  # noqa: N818  it says what the value is
    """A value of a seed that its column cannot take; the text says what the column takes."""


def unreadable(*, reason: str) -> Unreadable:
    """The fault of one value."""
    return Unreadable(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the sources of a seed a row stands; *unit* is `row`, or `line` of a text file."""

    file: str
    table: str
    number: int
    unit: str = "row"

    def says(self, what: str) -> str:
        """One sentence about this row."""
        return f"{in_file(self.file)}{self.table} {self.unit} {self.number}: {what}"


@dataclass(slots=True)
class _Repeated:
    place: Place
    what: str
    rows: int = 1

    def __str__(self) -> str:
        more = "" if self.rows == 1 else f" (and in {self.rows - 1:,} more rows)"
        return self.place.says(self.what) + more


@dataclass(slots=True)
class Findings:
    """Faults in the order in which they were met; the same one of many rows is told once."""

    _found: list[str | _Repeated] = field(default_factory=list)
    _repeated: dict[tuple[str, str, str], _Repeated] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, sentence: str) -> None:
        """Note a fault that is told as it is."""
        self._found.append(sentence)

    def add_repeated(self, place: Place, what: str) -> None:
        """Note a fault that every row of a file may have; rows are counted."""
        key = (place.file, place.table, what)
        known = self._repeated.get(key)
        if known is not None:
            known.rows += 1
            return
        self._repeated[key] = _Repeated(place, what)
        self._found.append(self._repeated[key])

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence per fault."""
        return tuple(str(one) for one in self._found)


def shown(sentences: Sequence[str]) -> tuple[str, ...]:
    """The first twenty sentences and the number of the others."""
    if len(sentences) <= _SHOWN:
        return tuple(sentences)
    return (*sentences[:_SHOWN], f"and {len(sentences) - _SHOWN:,} more")


def in_file(file: str) -> str:
    """The beginning of a sentence about a file; nothing for rows that came from no file."""
    if not file:
        return ""
    return f"{file}: " if file.isprintable() else f"{file!r}: "


def nearest(name: str, known: Iterable[str]) -> str:
    """Words that name the nearest of *known*, or none."""
    by_lower = {one.lower(): one for one in known}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return f"; the nearest is '{by_lower[found[0]]}'" if found else ""


def quoted(raw: object) -> str:
    """A value as a message shows it: escaped, and shortened when long."""
    text = repr(raw) if isinstance(raw, str) else str(raw)
    text = text if text.isprintable() else repr(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
