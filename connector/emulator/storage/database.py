"""The open database of a store: its connection, its counters, and what is made once a schema."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from connector.emulator.schema.model import Reference
from connector.emulator.storage import (
    activities,
    definitions_store,
    role_rows,
    sql_functions,
    string_maps,
)
from connector.emulator.storage.deferred import Deferred
from connector.emulator.storage.files import FILE_TABLES, FileStore
from connector.emulator.storage.layout import (
    SYSTEM_TABLES,
    index_statement,
    index_statements,
    is_indexed,
    sql_table,
)
from connector.emulator.storage.platform_rows import add_message_rows, add_platform_rows
from connector.emulator.storage.principals import BUSINESS_UNIT
from connector.emulator.storage.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from connector.emulator.schema.model import Column, Schema, Table
    from connector.emulator.schema.values import RowValues
    from connector.emulator.storage.deferred import Pending

START: Final = datetime(2020, 10, 1, tzinfo=UTC)
_MANY: Final = 1_000
_FILE_CACHE: Final = 65_536  # KiB; ids are scattered, and so are the pages that a seed touches
_SEQUENCE: Final = UUID("0a6e0000-0000-4000-8000-0000000000ff")
# What decides who may do what; whoever keeps conclusions from it watches `Database.security`.
_SECURITY: Final = frozenset(
    {"privilege", "role", "roleprivileges", "systemuserroles", "teamroles", "teammembership"}
    | {"systemuser", "team", "businessunit", "organization"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a database stood when a transaction began."""

    version: int
    id_count: int
    security: int
    schema: Schema
    pending: Pending


class Database:
    """
    One SQLite connection, and the schema that its tables follow.

    *clock* and *ids* are those of the store. Whoever uses it holds the store's lock.
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
        self.base = schema
        self.clock = clock or _standing_clock
        self.version = 0
        self.security = 0
        self.ownerships: dict[Reference, RowValues] = {}
        self._units: dict[Reference, Reference] = {}
        self._units_as_of = 0
        self._is_filled = False
        self._is_fill_uncommitted = False
        self._ids = ids
        self._id_count = 0
        self.deferred = Deferred()
        self._indexed: set[str] = set()
        self._statements: dict[str, Statements] = {}
        self._referencing: dict[str, tuple[tuple[Table, Column], ...]] = {}
        self._has_string_maps = False
        self._has_messages = False
        self._in_memory = path is None
        self.connection = _connected(path)

    def mark(self) -> Mark:
        """What `undo` goes back to, beside the rows."""
        return Mark(
            version=self.version,
            id_count=self._id_count,
            security=self.security,
            schema=self.schema,
            pending=self.deferred.pending(),
        )

    def see_to_roles(self, sql: str) -> None:
        """See to the rows of roles and privileges, if a statement may read them."""
        if not self._is_filled and role_rows.reads_roles(sql):
            self._fill()

    def unit_of(self, principal: Reference) -> Reference:
        """The business unit of a user or team, the root one where none is known."""
        if self._units_as_of != self.security:
            self._units.clear()
            self._units_as_of = self.security
        found = self._units.get(principal)
        if found is None:
            found = self._units[principal] = self._read_unit(principal)
        return found

    def wrote(self, table: Table) -> None:
        """Take note that rows of a table changed."""
        if table.logical_name in _SECURITY:
            self.security += 1
            if table.logical_name == "privilege":
                self._unfill()

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

    def index_search(self, table: Table, wanted: RowValues) -> None:
        """
        See to an index for a search by columns that have none, where a table has many rows.

        Packs search the same few columns again and again, the texts of a connection for one.
        """
        columns = [table.columns[name] for name, value in wanted.items() if value is not None]
        found = {table.primary_id, *(key.columns[0] for key in table.keys)}
        if not columns or any(is_indexed(one) or one.logical_name in found for one in columns):
            return
        name = f"{table.logical_name}#{columns[0].logical_name}"
        if name not in self._indexed and self._has_many(table):
            self.connection.execute(index_statement(table, columns[0]))
            self._indexed.add(name)

    def _has_many(self, table: Table) -> bool:
        highest = f"SELECT max(rowid) FROM {sql_table(table)}"  # noqa: S608 - a quoted name of the schema
        return (self.connection.execute(highest).fetchone()[0] or 0) > _MANY

    def statements(self, table: Table) -> Statements:
        """How rows of a table are read and written, made once."""
        found = self._statements.get(table.logical_name)
        if found is None:
            if not self._is_filled and table.logical_name in role_rows.TABLES:
                self._fill()
            found = self._statements[table.logical_name] = Statements(table)
        return found

    def referencing_columns(self, target: str) -> tuple[tuple[Table, Column], ...]:
        """
        Every lookup column of the schema that may point to the table *target*.

        Those of the table of all activities are left out: its rows follow the activities.
        """
        found = self._referencing.get(target)
        if found is None:
            found = self._referencing[target] = tuple(
                (table, column)
                for table in self.schema.tables.values()
                if table.logical_name != activities.POINTER
                for column in table.columns.values()
                if target in column.targets
            )
        return found

    def derive_string_maps(self) -> None:
        """See to the rows of labels, before they are looked at."""
        if not self._has_string_maps:
            self._has_string_maps = True
            string_maps.derive(self.connection, self.schema)

    def forget_string_maps(self) -> None:
        """Derive the rows of labels anew when they are next looked at."""
        self._has_string_maps = False

    def see_to_messages(self) -> None:
        """
        See to the rows about messages, before they are looked at.

        Not with the tables themselves: there are a thousand of them, and few scripts ask.
        """
        if self._has_messages:
            return
        self._has_messages = True
        begins = not self.connection.in_transaction
        if begins:
            self.connection.execute("BEGIN")
        add_message_rows(self.connection, self.schema)
        if begins:
            self.connection.execute("COMMIT")

    def _forget_derived(self) -> None:
        self._has_string_maps = self._has_messages = False
        self.ownerships.clear()

    def define(self, schema: Schema) -> None:
        """
        Change definitions inside the transaction under way, which undoes them with itself.

        Tables, columns and keys that *schema* lacks go with all that is in them. Raises
        `sqlite3.IntegrityError` when rows break a new key.
        """
        definitions_store.take_away(self.connection, self.schema, schema)
        definitions_store.lay_out(self.connection, schema, standing=self.schema)
        definitions_store.save(self.connection, self.base, schema)
        self._use(schema)

    def prepare(self) -> None:
        """Lay out what tables are missing and take up definitions and counters as they are."""
        self._indexed.clear()
        self._forget_derived()
        self._unfill()
        self.security += 1
        if self._is_new_in_memory():
            definitions_store.lay_out_new(self.connection, self.base)
            self._use(self.base)
            self._is_filled = True
            self.version = self._id_count = 0
            return
        self.connection.executescript(SYSTEM_TABLES + FILE_TABLES)
        self._use(definitions_store.saved(self.connection, self.base))
        self.connection.execute("BEGIN IMMEDIATE")
        definitions_store.lay_out(self.connection, self.schema)
        add_platform_rows(self.connection, self.schema)
        self.connection.execute("COMMIT")
        counters = dict(self.connection.execute('SELECT name, value FROM "_meta"'))
        self.version = counters.get("version", 0)
        self._id_count = counters.get("ids", 0)

    def _is_new_in_memory(self) -> bool:
        is_new = not self.connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        return self._in_memory and is_new

    def empty(self) -> None:
        """Delete every row, tombstone and counter; what was defined over the wire stays."""
        if self._in_memory and self.schema is self.base:
            definitions_store.forget_everything(self.connection)
            return
        self.connection.execute("BEGIN IMMEDIATE")
        for table in self.schema.tables.values():
            self.connection.execute(f"DELETE FROM {sql_table(table)}")  # noqa: S608 - quoted names of the schema
        self.connection.execute('DELETE FROM "_meta"')
        self.connection.execute('DELETE FROM "_deleted"')
        self.connection.execute('DELETE FROM "_labels"')
        FileStore(self.connection).clear()
        self.connection.execute("COMMIT")

    def save_counters(self, before: Mark) -> None:
        """Write the counters down where they differ from those of *before*."""
        self._is_fill_uncommitted = False
        if (before.version, before.id_count) != (self.version, self._id_count):
            self.connection.executemany(
                'INSERT OR REPLACE INTO "_meta" VALUES (?, ?)',
                (("version", self.version), ("ids", self._id_count)),
            )

    def undo(self, statements: tuple[str, ...], before: Mark) -> None:
        """Roll back by *statements*, to the counters, definitions and deferred work of before."""
        self.version, self._id_count = before.version, before.id_count
        self.deferred.put_back(before.pending)
        self._indexed.clear()
        self._forget_derived()
        for statement in statements:
            self.connection.execute(statement)
        if self._is_fill_uncommitted:
            self._unfill()
        if self.security != before.security:
            self.security += 1
        self._use(before.schema)

    def _fill(self) -> None:
        """Write the rows of roles and privileges that the platform has by itself."""
        self._is_filled = True
        self._is_fill_uncommitted = self.connection.in_transaction
        if self._is_fill_uncommitted:
            role_rows.fill(self.connection, self.schema)
            return
        self.connection.execute("BEGIN")
        role_rows.fill(self.connection, self.schema)
        self.connection.execute("COMMIT")

    def _unfill(self) -> None:
        """Have them written again before anybody reads them."""
        self._is_filled = self._is_fill_uncommitted = False
        for name in role_rows.TABLES:
            self._statements.pop(name, None)

    def _read_unit(self, principal: Reference) -> Reference:
        table = self.schema.tables.get(principal.table)
        if table is None or "businessunitid" not in table.columns:
            return BUSINESS_UNIT
        sql = f'SELECT "businessunitid" FROM {sql_table(table)} WHERE "{table.primary_id}" = ?'  # noqa: S608 - quoted names of the schema
        row = self.connection.execute(sql, (str(principal.id),)).fetchone()
        found = row[0] if row else None
        return Reference(table="businessunit", id=UUID(found)) if found else BUSINESS_UNIT

    def _use(self, schema: Schema) -> None:
        if schema is not self.schema:
            self.schema = schema
            self.security += 1
            self._unfill()
            self._indexed.clear()
            self._statements.clear()
            self._referencing.clear()
            self._forget_derived()


def _connected(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(
        ":memory:" if path is None else path,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=1024,
    )
    if path is not None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA cache_size = {-_FILE_CACHE}")
    sql_functions.register(connection)
    return connection


def _standing_clock() -> datetime:
    return START
