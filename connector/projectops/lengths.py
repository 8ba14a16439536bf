"""Texts as long as the tenant's columns hold them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.dataverse.message import JsonValue, Row
    from connector.projectops.tenant import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortened:
    """A text that was longer than its *column* holds, in characters."""

    table: str
    column: str
    length: int
    most: int

    def __str__(self) -> str:
        """The column with both lengths."""
        return f"{self.table}.{self.column} ({self.length} characters, it holds {self.most})"


def fitted(tenant: Tenant, table: str, row: Row) -> tuple[Row, tuple[Shortened, ...]]:
    """*row* of *table* with every text cut to its column's length, and what was cut."""
    lengths = tenant.lengths.get(table)
    if not lengths:
        return row, ()
    cut = tuple(_too_long(table, lengths, row))
    return ({**row, **{c.column: _cut(row[c.column], c.most) for c in cut}} if cut else row), cut


def combined(cut: Sequence[Shortened]) -> str:
    """*cut* for one message: each column once, with the longest text that it met."""
    longest: dict[tuple[str, str], Shortened] = {}
    for item in cut:
        key = (item.table, item.column)
        if key not in longest or item.length > longest[key].length:
            longest[key] = item
    return ", ".join(str(item) for item in longest.values())


def _too_long(table: str, lengths: Mapping[str, int], row: Row) -> list[Shortened]:
    return [
        Shortened(table=table, column=column, length=size, most=most)
        for column, value in row.items()
        if isinstance(value, str)
        and (most := lengths.get(column)) is not None
        and len(value) * 2 > most  # a character takes at most two units
        and (size := _units(value)) > most
    ]


def _units(text: str) -> int:
    """The length as the platform counts it: in units of UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def _cut(value: JsonValue, most: int) -> str:
    """The text up to *most* units; half a character is left out."""
    return str(value).encode("utf-16-le")[: most * 2].decode("utf-16-le", errors="ignore")
