"""Reading and writing rows inside one transaction of the store."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from connector.emulator import faults
from connector.emulator.schema.values import to_storage
from connector.emulator.storage.computed import Computed, computed_columns, has_names, number_of
from connector.emulator.storage.files import FileStore
from connector.emulator.storage.integrity import broken_key, integrity_fault
from connector.emulator.storage.labels import labels_of, remember
from connector.emulator.storage.layout import VERSION, sql_column, sql_table, sql_target
from connector.emulator.storage.platform_rows import (
    add_user_settings,
    name_convention,
    settings_of,
    tenant_languages,
)
from connector.emulator.storage.row_defaults import on_create, on_update
from connector.emulator.storage.sdk_messages import IN_SQL as MESSAGES_IN_SQL
from connector.emulator.storage.string_maps import IN_SQL, STRING_MAP, brought

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from connector.emulator.schema.languages import Languages
    from connector.emulator.schema.model import Column, Reference, Schema, Table
    from connector.emulator.schema.rights import Right
    from connector.emulator.schema.values import RowValues, Stored, Value
    from connector.emulator.storage.caller import Caller
    from connector.emulator.storage.database import Database
    from connector.emulator.storage.row_reader import RowReader, StoredRow
    from connector.emulator.storage.statements import Statements


_STATES: Final = ("statecode", "statuscode")
_OWNERSHIP: Final = ("ownerid", "owningbusinessunit")
_KEPT: Final = 1000
_USERS: Final = "systemuser"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A row that was deleted, and the row version at which it was."""

    id: UUID
    version: int


class Transaction:
    """The rows of a store, from the beginning to the end of one transaction."""

    def __init__(self, database: Database, caller: Caller) -> None:
        self._database = database
        self._deferred = database.deferred
        self.caller = caller

    @property
    def user(self) -> Reference:
        """The user in whose name rows are written."""
        return self.caller.user

    @property
    def schema(self) -> Schema:
        """The tables of the store."""
        return self._database.schema

    @property
    def now(self) -> datetime:
        """The emulated instant."""
        return self._database.clock()

    @property
    def languages(self) -> Languages:
        """The languages of the tenant."""
        return tenant_languages(self._database.connection, self.schema)

    def user_settings(self) -> tuple[int | None, int | None]:
        """The language and the time zone code that the calling user has set."""
        return settings_of(self._database.connection, self.schema, self.user.id)

    @property
    def files(self) -> FileStore:
        """The contents of files and images."""
        return FileStore(self._database.connection)

    @property
    def version(self) -> int:
        """The highest row version given out so far."""
        return self._database.version

    def define(self, schema: Schema) -> None:
        """
        Change the definitions of tables, columns and keys; undone with the transaction.

        Raises 412 (0x80060892) when rows break a new key.
        """
        self._deferred.settle()
        try:
            self._database.define(schema)
        except sqlite3.IntegrityError as error:
            raise broken_key(schema, str(error)) from error

    def select(self, sql: str, parameters: Sequence[Stored] = ()) -> list[tuple[Stored, ...]]:
        """The rows of a SELECT statement as SQLite returns them."""
        self._deferred.settle()
        self._database.see_to_roles(sql)
        return self._select(sql, parameters)

    def defer(
        self, work: Callable[[], None], *, key: tuple[str, UUID], writes: frozenset[str]
    ) -> None:
        """
        Do *work* once, later: before the end, and before anyone sees the tables that it *writes*.

        Of several works of the same *key* the last is done. It must depend on the rows alone,
        and neither add nor delete any.
        """
        self._deferred.add(work, key, writes)

    def demand(self, table: Table, right: Right) -> None:
        """Raise 403 unless the caller has a right to rows of *table*, to whatever depth."""
        if self.caller.access is not None:
            self.caller.access.demand(table, right)

    def demand_named(self, privilege: str) -> None:
        """Raise 403 unless the caller has a privilege that is no right to rows."""
        if self.caller.access is not None:
            self.caller.access.demand_named(privilege)

    def check(self, row: StoredRow, right: Right) -> None:
        """Raise 403 unless the caller has a right to *row*, which is stored already."""
        access = self.caller.access
        if access is None:
            return
        access.demand(row.table, right)
        condition = access.condition(row.table, right)
        if condition is None:
            return
        table = row.table
        sql = f"SELECT 1 FROM {sql_table(table)} WHERE {_id_column(table)} = ? AND ({condition})"  # noqa: S608 - quoted names of the schema
        if not self.select(sql, (str(row.id),)):
            raise access.refusal(row, right)

    def unit_of(self, principal: Reference) -> Reference:
        """The business unit of a user or team, the root one where none is known."""
        return self._database.unit_of(principal)

    def ownership_of(self, reference: Reference) -> RowValues:
        """The owner and business unit of a row, as far as its table has them; kept for the next."""
        kept = self._database.ownerships
        found = kept.get(reference)
        if found is None:
            table = self.schema.table(reference.table)
            names = tuple(name for name in _OWNERSHIP if name in table.columns)
            row = self.part(table, reference.id, names)
            found = dict(row.values) if row else {}
            if len(kept) >= _KEPT:
                kept.clear()
            kept[reference] = found
        return found

    def new_id(self) -> UUID:
        """The next id of the store's id source."""
        return self._database.next_id()

    def get(self, table: Table, row_id: UUID) -> StoredRow | None:
        """The row of a primary key, or None."""
        self._deferred.settle(table)
        return self._one(table, self._statements(table).whole, row_id)

    def part(self, table: Table, row_id: UUID, names: tuple[str, ...]) -> StoredRow | None:
        """
        Some columns of the row of a primary key, or None.

        No deferred work is done first: it must not write these columns.
        """
        return self._one(table, self._statements(table).part(names), row_id)

    def remember_labels(self, labels: Mapping[tuple[str, str], str]) -> None:
        """Keep names of rows that are not stored, by table and id."""
        remember(self._database.connection, labels)

    def labels_of(self, table: str, ids: Iterable[str]) -> Mapping[str, str]:
        """The kept names of rows, by id, of a table that the schema may lack."""
        return labels_of(self._database.connection, table, ids)

    def version_of(self, table: Table, row_id: UUID) -> int | None:
        """The row version of a primary key, or None when there is no such row."""
        self._deferred.settle(table)
        rows = self._select(self._statements(table).version, (str(row_id),))
        return int(rows[0][0]) if rows else None  # type: ignore[arg-type]

    def exists(self, table: Table, row_id: UUID) -> bool:
        """Whether there is a row of this primary key."""
        return bool(self._select(self._statements(table).version, (str(row_id),)))

    def rows(self, table: Table) -> list[StoredRow]:
        """All rows of a table in the order of their primary key."""
        return self.find(table, {})

    def brought_labels(self) -> frozenset[str]:
        """The ids of the labels of choices that an export brought, in the table of all labels."""
        rows = brought(self._database.connection) if STRING_MAP in self.schema.tables else ()
        return frozenset(rows)

    def find(self, table: Table, wanted: RowValues) -> list[StoredRow]:
        """
        The rows whose columns equal *wanted* (by logical name; None means null).

        Ordered by primary key. Text compares without case.
        """
        self._deferred.settle(table)
        self._database.index_search(table, wanted)
        conditions = [_equals(table.columns[name], value) for name, value in wanted.items()]
        parameters = [to_storage(table.columns[name], value) for name, value in wanted.items()]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        reader = self._statements(table).whole
        sql = f"{reader.select}{where} ORDER BY {_id_column(table)}"
        return [reader.row(raw) for raw in self._select(sql, parameters)]

    def insert(self, table: Table, values: RowValues) -> UUID:
        """
        Add a row and return its id: the given primary key or the next of the id source.

        Read-only columns are taken as given; what is missing is filled as the platform does.
        Raises 412 (0x80040237, 0x80060892) for a primary or alternate key that exists.
        """
        self._database.index(table)
        filled = on_create(table, dict(values), self.now, self.caller, self._database.unit_of)
        for one in self._computed(table):
            if filled.get(one.column) is None:
                filled[one.column] = one.value(filled)
        row_id = filled.get(table.primary_id) or self.new_id()
        if not isinstance(row_id, UUID):
            raise faults.wrong_type(table.primary_id, row_id, "Edm.Guid")
        filled[table.primary_id] = row_id
        number = number_of(table, row_id, self._database.version)
        if number is not None and filled.get(number[0]) is None:
            filled[number[0]] = number[1]
        names = tuple([name for name, value in filled.items() if value is not None])
        statement = self._statements(table).insert(names)
        self._write(table, statement.sql, statement.stored(self._database.next_version(), filled))
        if table.logical_name == _USERS:
            database = self._database
            version = database.next_version()
            add_user_settings(database.connection, database.schema, row_id, version)
        return row_id

    def update(self, table: Table, row_id: UUID, changes: RowValues) -> None:
        """Set columns of a row; 404 when it does not exist, 412 when a key is taken."""
        self._deferred.settle(table)
        current = self._state_of(table, row_id, changes)
        touched = [one for one in self._computed(table) if _is_touched(one, changes)]
        filled = on_update(
            table, dict(changes), current, self.now, self.caller, self._database.unit_of
        )
        filled.pop(table.primary_id, None)
        if "ownerid" in filled or "owningbusinessunit" in filled:
            self._database.ownerships.clear()
        if touched:
            whole = {**self._row(table, row_id).values, **filled}
            filled |= {one.column: one.value(whole) for one in touched}
        statement = self._statements(table).update(tuple(filled))
        stored = statement.stored(self._database.next_version(), filled)
        if not self._write(table, statement.sql, [*stored, str(row_id)]):
            raise faults.not_found(table.logical_name, row_id)

    def complete(self, table: Table, row_ids: Iterable[UUID], values: RowValues) -> None:
        """Set columns as if the rows had been created so: no version and no stamp changes."""
        if values:
            sets = ", ".join(f"{sql_column(table.columns[name])} = ?" for name in values)
            stored = [to_storage(table.columns[name], value) for name, value in values.items()]
            sql = f"UPDATE {sql_table(table)} SET {sets} WHERE {_id_column(table)} = ?"  # noqa: S608 - quoted names of the schema
            self._database.ownerships.clear()
            for row_id in row_ids:
                self._write(table, sql, (*stored, str(row_id)))

    def retarget(self, table: Table, column: Column, found: Reference) -> None:
        """Turn the polymorphic lookups to a row of this id to its table; no version changes."""
        target, value = sql_target(column), sql_column(column)
        self._database.ownerships.clear()
        sql = f"UPDATE {sql_table(table)} SET {target} = ? WHERE {value} = ?"  # noqa: S608 - quoted names of the schema
        self._write(table, sql, (found.table, str(found.id)))

    def delete(self, table: Table, row_id: UUID) -> None:
        """Remove a row, leaving a tombstone for change tracking; 404 when it does not exist."""
        self._deferred.settle(table)
        self._database.ownerships.clear()
        if not self._write(table, self._statements(table).delete, (str(row_id),)):
            raise faults.not_found(table.logical_name, row_id)
        self._database.connection.execute(
            'INSERT INTO "_deleted" VALUES (?, ?, ?)',
            (table.logical_name, str(row_id), self._database.next_version()),
        )

    def referencing(self, table: Table, row_id: UUID) -> Iterator[tuple[Table, Column, list[UUID]]]:
        """Every lookup column that points to a row, with the ids of the rows that do."""
        for other, column in self._database.referencing_columns(table.logical_name):
            where = f"{sql_column(column)} = ?"
            parameters = [str(row_id)]
            if column.is_polymorphic:
                where += f" AND {sql_target(column)} = ?"
                parameters.append(table.logical_name)
            sql = f"SELECT {_id_column(other)} FROM {sql_table(other)} WHERE {where}"  # noqa: S608 - quoted names of the schema
            ids = [UUID(str(raw[0])) for raw in self.select(sql, parameters)]
            if ids:
                yield other, column, ids

    def changed_since(self, table: Table, version: int) -> list[StoredRow]:
        """Rows created or changed after a row version, oldest change first."""
        reader = self._statements(table).whole
        sql = f"{reader.select} WHERE {VERSION} > ? ORDER BY {VERSION}"
        return [reader.row(raw) for raw in self.select(sql, (version,))]

    def deleted_since(self, table: Table, version: int) -> list[Deletion]:
        """Rows deleted after a row version, oldest first."""
        sql = 'SELECT id, version FROM "_deleted" WHERE "table" = ? AND version > ?'
        rows = self.select(f"{sql} ORDER BY version", (table.logical_name, version))
        return [Deletion(id=UUID(str(row[0])), version=int(row[1])) for row in rows]  # type: ignore[arg-type]

    def _computed(self, table: Table) -> tuple[Computed, ...]:
        """What the platform works out on a table, names in the organization's order."""
        if not has_names(table):
            return computed_columns(table)
        return computed_columns(table, name_convention(self._database.connection, self.schema))

    def _row(self, table: Table, row_id: UUID) -> StoredRow:
        found = self.get(table, row_id)
        if found is None:
            raise faults.not_found(table.logical_name, row_id)
        return found

    def _one(self, table: Table, reader: RowReader, row_id: UUID) -> StoredRow | None:
        found = self._select(self._statements(table).one_row(reader), (str(row_id),))
        return reader.row(found[0]) if found else None

    def _state_of(self, table: Table, row_id: UUID, changes: RowValues) -> RowValues:
        """State and status of a row, where a change of one of them is to be checked."""
        names = tuple(name for name in _STATES if name in table.columns)
        if not any(name in changes for name in names):
            return {}
        found = self.part(table, row_id, names)
        if found is None:
            raise faults.not_found(table.logical_name, row_id)
        return found.values

    def _statements(self, table: Table) -> Statements:
        return self._database.statements(table)

    def _select(self, sql: str, parameters: Sequence[Stored]) -> list[tuple[Stored, ...]]:
        if IN_SQL in sql:
            self._database.derive_string_maps()
        if MESSAGES_IN_SQL in sql:
            self._database.see_to_messages()
        return self._database.connection.execute(sql, parameters).fetchall()

    def _write(self, table: Table, sql: str, parameters: Sequence[Stored]) -> int:
        """Carry out a statement and count the rows that it wrote."""
        if table.logical_name == STRING_MAP:
            self._database.forget_string_maps()
        try:
            count = self._database.connection.execute(sql, parameters).rowcount
        except sqlite3.IntegrityError as error:
            raise integrity_fault(table, str(error)) from error
        self._database.wrote(table)
        return count


def _is_touched(computed: Computed, changes: RowValues) -> bool:
    """Whether a change asks for a new value of a computed column that it does not give itself."""
    if computed.column in changes:
        return False
    return any(name in changes for name in computed.sources)


def _id_column(table: Table) -> str:
    return f'"{table.primary_id}"'


def _equals(column: Column, value: Value) -> str:
    """The condition for a value; indices of lookups leave nulls out, so `IS` could not use them."""
    return f"{sql_column(column)} {'IS' if value is None else '='} ?"
