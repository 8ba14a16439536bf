"""The emulator's tables in SQLite: in memory or in a file, one connection under one lock."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import RLock
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from connector.emulator.storage import definitions_store, sql_functions
from connector.emulator.storage.files import FILE_TABLES, FileStore
from connector.emulator.storage.layout import SYSTEM_TABLES, index_statements, sql_table
from connector.emulator.storage.platform_rows import add_message_rows, add_platform_rows
from connector.emulator.storage.principals import USER, add_principals
from connector.emulator.storage.transaction import RowReader, StoredRow, Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from connector.emulator.schema.model import Column, Reference, Schema, Table

__all__ = ["Store", "StoredRow", "Transaction"]

START: Final = datetime(2020, 10, 1, tzinfo=UTC)
_SEQUENCE: Final = UUID("0a6e0000-0000-4000-8000-0000000000ff")


class Store:
    """
    All rows of one emulated organisation.

    *clock* stamps creation and change; *ids* gives primary keys that the caller does not.
    By default the instant stands still and ids follow a fixed sequence, so that the same
    script gives the same rows. Threads take turns: a transaction holds the lock to its end.
    """

    def __init__(
        self,
        schema: Schema,
        path: Path | None = None,
        *,
        clock: Callable[[], datetime] | None = None,
        ids: Callable[[], UUID] | None = None,
    ) -> None:
        self.schema = schema
        self._base = schema
        self.clock = clock or _standing_clock
        self.lock = RLock()
        self.version = 0
        self._ids = ids
        self._id_count = 0
        self._depth = 0
        self._indexed: set[str] = set()
        self._readers: dict[str, RowReader] = {}
        self._referencing: dict[str, tuple[tuple[Table, Column], ...]] = {}
        self._messages_of: Schema | None = None
        self.connection = sqlite3.connect(
            ":memory:" if path is None else path,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=1024,
        )
        if path is not None:
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")
        sql_functions.register(self.connection)
        self._prepare()

    @contextmanager
    def transaction(self, user: Reference = USER) -> Iterator[Transaction]:
        """
        A transaction that commits at its end and rolls back when an exception leaves it.

        Inside another transaction of the same thread it is a savepoint of its own.
        """
        with self.lock:
            begin, end, undo = self._statements()
            before = (self.version, self._id_count)
            schema = self.schema
            self.connection.execute(begin)
            self._depth += 1
            is_whole = False
            try:
                yield Transaction(self, user)
                if self._depth == 1:
                    self._save_counters(before)
                self.connection.execute(end)
                is_whole = True
            finally:
                self._depth -= 1
                if not is_whole:
                    self._undo(undo, before)
                    self._use(schema)

    @contextmanager
    def reading(self, user: Reference = USER) -> Iterator[Transaction]:
        """A view of the rows for queries; nothing may be written through it."""
        with self.lock:
            yield Transaction(self, user)

    def snapshot(self) -> bytes:
        """Everything stored, to give to `restore` of a store of the same schema."""
        with self.lock:
            return self.connection.serialize()

    def restore(self, snapshot: bytes) -> None:
        """Replace everything stored by a snapshot, definitions made over the wire included."""
        with self.lock:
            source = sqlite3.connect(":memory:")
            try:
                source.deserialize(snapshot)
                source.backup(self.connection)
            finally:
                source.close()
            self._prepare()

    def clear(self) -> None:
        """Delete every row and begin again with version and id sequences at their start."""
        with self.lock:
            self.connection.execute("BEGIN IMMEDIATE")
            for table in self.schema.tables.values():
                self.connection.execute(f"DELETE FROM {sql_table(table)}")  # noqa: S608 - quoted names of the schema
            self.connection.execute('DELETE FROM "_meta"')
            self.connection.execute('DELETE FROM "_deleted"')
            FileStore(self.connection).clear()
            self.connection.execute("COMMIT")
            self._prepare()

    def adopt(self, schema: Schema) -> None:
        """Take a schema with more tables, columns or keys; rows stay as they are."""
        with self.lock:
            self._base = schema
            self._prepare()

    def define(self, schema: Schema) -> None:
        """
        Change definitions inside the transaction under way, which undoes them with itself.

        Tables, columns and keys that *schema* lacks go with all that is in them. Raises
        `sqlite3.IntegrityError` when rows break a new key.
        """
        definitions_store.take_away(self.connection, self.schema, schema)
        definitions_store.lay_out(self.connection, schema)
        definitions_store.save(self.connection, self._base, schema)
        self._use(schema)

    def forget_definitions(self) -> None:
        """Go back to the tables and columns that the store was opened with."""
        with self.transaction():
            self.define(self._base)

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self.lock:
            self.connection.close()

    def next_version(self) -> int:
        """The next row version."""
        self.version += 1
        return self.version

    def next_id(self) -> UUID:
        """The next primary key of the id source."""
        if self._ids is not None:
            return self._ids()
        self._id_count += 1
        return uuid5(_SEQUENCE, str(self._id_count))

    def index(self, table: Table) -> None:
        """
        See to the indices of a table's lookups, before its first row.

        Not with the tables themselves: a tenant has ten thousands of lookups, and SQLite
        reads its whole catalogue for each index that it makes.
        """
        if table.logical_name not in self._indexed:
            for statement in index_statements(table):
                self.connection.execute(statement)
            self._indexed.add(table.logical_name)

    def see_to_messages(self) -> None:
        """
        See to the rows about messages, before they are first read under this schema.

        Not with the tables themselves: there are a thousand of them, and few scripts ask.
        """
        if self._messages_of is self.schema:
            return
        begins = not self.connection.in_transaction
        if begins:
            self.connection.execute("BEGIN IMMEDIATE")
        add_message_rows(self.connection, self.schema)
        if begins:
            self.connection.execute("COMMIT")
        self._messages_of = self.schema

    def reader(self, table: Table) -> RowReader:
        """How rows of a table are read, made once."""
        reader = self._readers.get(table.logical_name)
        if reader is None:
            reader = self._readers[table.logical_name] = RowReader(table)
        return reader

    def referencing_columns(self, target: str) -> tuple[tuple[Table, Column], ...]:
        """Every lookup column of the schema that may point to the table *target*."""
        found = self._referencing.get(target)
        if found is None:
            found = self._referencing[target] = tuple(
                (table, column)
                for table in self.schema.tables.values()
                for column in table.columns.values()
                if target in column.targets
            )
        return found

    def _statements(self) -> tuple[str, str, tuple[str, ...]]:
        if self._depth == 0:
            return "BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",)
        name = f"level_{self._depth}"
        return f"SAVEPOINT {name}", f"RELEASE {name}", (f"ROLLBACK TO {name}", f"RELEASE {name}")

    def _undo(self, statements: tuple[str, ...], before: tuple[int, int]) -> None:
        self.version, self._id_count = before
        self._indexed.clear()
        self._messages_of = None
        for statement in statements:
            self.connection.execute(statement)

    def _use(self, schema: Schema) -> None:
        if schema is not self.schema:
            self.schema = schema
            self._indexed.clear()
            self._readers.clear()
            self._referencing.clear()

    def _prepare(self) -> None:
        self._indexed.clear()
        self._messages_of = None
        self.connection.executescript(SYSTEM_TABLES + FILE_TABLES)
        self._use(definitions_store.saved(self.connection, self._base))
        self.connection.execute("BEGIN IMMEDIATE")
        definitions_store.lay_out(self.connection, self.schema)
        add_platform_rows(self.connection, self.schema)
        self.connection.execute("COMMIT")
        counters = dict(self.connection.execute('SELECT name, value FROM "_meta"'))
        self.version = counters.get("version", 0)
        self._id_count = counters.get("ids", 0)
        with self.transaction() as tx:
            add_principals(tx)

    def _save_counters(self, before: tuple[int, int]) -> None:
        if before != (self.version, self._id_count):
            self.connection.executemany(
                'INSERT OR REPLACE INTO "_meta" VALUES (?, ?)',
                (("version", self.version), ("ids", self._id_count)),
            )


def _standing_clock() -> datetime:
    return START
