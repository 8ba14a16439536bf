"""The raw tables that the sources of a seed hold."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Entry = dict[str, Any]
#: Where an entry holds the id of its row when the source does not give it as a column.
RECORD_ID: Final = "@record.id"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """
    The rows of one table as a source has them, read as they are taken.

    *name* is what the source calls the table: its entity set or logical name. *numbers* says
    where each row stands, in *unit*s; without it they are counted from 1. *is_text* says that
    their values are texts.
    """

    file: str
    name: str
    rows: Iterable[object]
    numbers: Iterable[int] | None = None
    unit: str = "row"
    is_text: bool = False

    def numbered(self) -> Iterator[tuple[int, object]]:
        """Each row with its number."""
        return zip(self.numbers or count(1), self.rows, strict=False)
