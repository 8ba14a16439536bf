"""The emulator's tables in SQLite: in memory or in a file, one connection under one lock."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING
from weakref import finalize

from connector.emulator.storage.caller import OWN_USER, Caller
from connector.emulator.storage.database import Database
from connector.emulator.storage.principals import principals
from connector.emulator.storage.row_reader import StoredRow
from connector.emulator.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from connector.emulator.schema.model import Schema

__all__ = ["Store", "StoredRow", "Transaction"]


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
        self.lock = RLock()
        self._database = Database(schema, path, clock=clock, ids=ids)
        # Whoever forgets to close leaves no open file behind, which Windows would not delete.
        finalize(self, self._database.connection.close)
        self._depth = 0
        self._prepare()

    @property
    def schema(self) -> Schema:
        """The tables as they are now, those made over the wire included."""
        return self._database.schema

    @property
    def version(self) -> int:
        """The highest row version given out so far."""
        return self._database.version

    @property
    def security(self) -> int:
        """Counts the changes of what decides who may do what: users, teams, roles and the like."""
        return self._database.security

    @property
    def clock(self) -> Callable[[], datetime]:
        """What stamps creation and change."""
        return self._database.clock

    @contextmanager
    def transaction(self, caller: Caller = OWN_USER) -> Iterator[Transaction]:
        """
        A transaction that commits at its end and rolls back when an exception leaves it.

        Inside another transaction of the same thread it is a savepoint of its own.
        """
        with self.lock:
            database = self._database
            begin, end, undo = self._statements()
            before = database.mark()
            database.connection.execute(begin)
            self._depth += 1
            is_whole = False
            try:
                yield Transaction(database, caller)
                if self._depth == 1:
                    database.deferred.settle()
                    database.save_counters(before)
                database.connection.execute(end)
                is_whole = True
            finally:
                self._depth -= 1
                if not is_whole:
                    database.undo(undo, before)

    @contextmanager
    def reading(self, caller: Caller = OWN_USER) -> Iterator[Transaction]:
        """A view of the rows for queries; nothing may be written through it."""
        with self.lock:
            yield Transaction(self._database, caller)

    def snapshot(self) -> bytes:
        """Everything stored, to give to `restore` of a store of the same schema."""
        with self.lock:
            return self._database.connection.serialize()

    def restore(self, snapshot: bytes) -> None:
        """Replace everything stored by a snapshot, definitions made over the wire included."""
        with self.lock:
            source = sqlite3.connect(":memory:")
            try:
                source.deserialize(snapshot)
                source.backup(self._database.connection)
            finally:
                source.close()
            self._prepare()

    def clear(self) -> None:
        """Delete every row and begin again with version and id sequences at their start."""
        with self.lock:
            self._database.empty()
            self._prepare()

    def adopt(self, schema: Schema) -> None:
        """Take a schema with more tables, columns or keys; rows stay as they are."""
        with self.lock:
            self._database.base = schema
            self._prepare()

    def forget_definitions(self) -> None:
        """Go back to the tables and columns that the store was opened with."""
        if self.schema is self._database.base:
            return
        with self.transaction() as tx:
            tx.define(self._database.base)

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self.lock:
            self._database.connection.close()

    def _statements(self) -> tuple[str, str, tuple[str, ...]]:
        if self._depth == 0:
            return "BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",)
        name = f"level_{self._depth}"
        return f"SAVEPOINT {name}", f"RELEASE {name}", (f"ROLLBACK TO {name}", f"RELEASE {name}")

    def _prepare(self) -> None:
        self._database.prepare()
        with self.transaction() as tx:
            _add_principals(tx)


def _add_principals(tx: Transaction) -> None:
    for name, values in principals(tx.schema.languages.base).items():
        table = tx.schema.tables.get(name)
        if table is not None and not tx.find(table, {table.primary_id: values[table.primary_id]}):
            known = {key: value for key, value in values.items() if key in table.columns}
            tx.insert(table, known)
