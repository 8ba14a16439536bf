"""
Names of rows that are not here: what an export showed of the targets of its lookups.

A tenant's export names users, campaigns and other rows that were not exported with it. Their
names are kept beside the rows, so that lookups show them; a row that is stored later shows its
own name instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from connector.emulator.schema.values import Stored

_CHUNK: Final = 500


def remember(connection: sqlite3.Connection, labels: Mapping[tuple[str, str], str]) -> None:
    """Keep the names of rows by table and id; the newest name counts."""
    connection.executemany(
        'INSERT OR REPLACE INTO "_labels" VALUES (?, ?, ?)',
        ((table, row_id, label) for (table, row_id), label in labels.items()),
    )


def labels_of(connection: sqlite3.Connection, table: str, ids: Iterable[str]) -> Mapping[str, str]:
    """The kept names of rows of a table, by id; an id without a name is left out."""
    wanted = sorted(ids)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        sql = f'SELECT id, label FROM "_labels" WHERE "table" = ? AND id IN ({marks})'  # noqa: S608 - only marks
        found.update(_rows(connection, sql, (table, *chunk)))
    return found


def _rows(
    connection: sqlite3.Connection, sql: str, parameters: Sequence[Stored]
) -> list[tuple[str, str]]:
    return [(str(row[0]), str(row[1])) for row in connection.execute(sql, parameters)]
