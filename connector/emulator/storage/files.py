"""The contents of files and images, and uploads under way, beside the rows that own them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

FILE_TABLES: Final = """
CREATE TABLE IF NOT EXISTS "_files" (id TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "_uploads" (
  token TEXT PRIMARY KEY, "table" TEXT NOT NULL, row_id TEXT NOT NULL, "column" TEXT NOT NULL,
  name TEXT NOT NULL, content BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "_blocks" (
  token TEXT NOT NULL, id TEXT NOT NULL, content BLOB NOT NULL,
  PRIMARY KEY (token, id)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An upload or a download under way: the column of a row that it is for, and what has come."""

    token: str
    table: str
    row_id: UUID
    column: str
    name: str
    content: bytes = b""


class FileStore:
    """Contents by the id of their file, and uploads by their token."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, file_id: UUID, content: bytes) -> None:
        """Keep the content of a file."""
        sql = 'INSERT OR REPLACE INTO "_files" VALUES (?, ?)'
        self._connection.execute(sql, (str(file_id), content))

    def content(self, file_id: UUID) -> bytes | None:
        """The content of a file, or None."""
        sql = 'SELECT content FROM "_files" WHERE id = ?'
        row = self._connection.execute(sql, (str(file_id),)).fetchone()
        return None if row is None else bytes(row[0])

    def remove(self, file_id: UUID) -> None:
        """Forget the content of a file."""
        self._connection.execute('DELETE FROM "_files" WHERE id = ?', (str(file_id),))

    def begin(self, upload: Upload) -> None:
        """Begin an upload, or a download that is carried on by its token."""
        sql = 'INSERT INTO "_uploads" VALUES (?, ?, ?, ?, ?, ?)'
        values = (upload.token, upload.table, str(upload.row_id), upload.column, upload.name)
        self._connection.execute(sql, (*values, upload.content))

    def upload(self, token: str) -> Upload | None:
        """The upload of a token, or None."""
        sql = 'SELECT token, "table", row_id, "column", name, content FROM "_uploads"'
        row = self._connection.execute(f"{sql} WHERE token = ?", (token,)).fetchone()
        if row is None:
            return None
        return Upload(
            token=row[0],
            table=row[1],
            row_id=UUID(row[2]),
            column=row[3],
            name=row[4],
            content=bytes(row[5]),
        )

    def extend(self, upload: Upload, content: bytes) -> None:
        """Add what comes next to an upload."""
        sql = 'UPDATE "_uploads" SET content = ? WHERE token = ?'
        self._connection.execute(sql, (upload.content + content, upload.token))

    def put_block(self, token: str, block_id: str, content: bytes) -> None:
        """Keep a block of an upload; one that is sent again replaces itself."""
        sql = 'INSERT OR REPLACE INTO "_blocks" VALUES (?, ?, ?)'
        self._connection.execute(sql, (token, block_id, content))

    def blocks(self, token: str, ids: Sequence[str]) -> list[bytes | None]:
        """The blocks of an upload in the order of *ids*; None for one that never came."""
        sql = 'SELECT id, content FROM "_blocks" WHERE token = ?'
        found = dict(self._connection.execute(sql, (token,)))
        return [None if one not in found else bytes(found[one]) for one in ids]

    def end(self, token: str) -> None:
        """Forget an upload with its blocks."""
        self._connection.execute('DELETE FROM "_uploads" WHERE token = ?', (token,))
        self._connection.execute('DELETE FROM "_blocks" WHERE token = ?', (token,))

    def clear(self) -> None:
        """Forget everything."""
        for name in ("_files", "_uploads", "_blocks"):
            self._connection.execute(f'DELETE FROM "{name}"')  # noqa: S608 - names of our own
