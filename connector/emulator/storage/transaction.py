"""Reading and writing rows inside one transaction of the store."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from connector.emulator import faults
from connector.emulator.schema.model import Column, Reference, Schema, Table
from connector.emulator.schema.values import Stored, Value, to_storage
from connector.emulator.storage.layout import VERSION, sql_column, sql_table, sql_target
from connector.emulator.storage.row_defaults import on_create, on_update

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from connector.emulator.storage.database import Database
    from connector.emulator.storage.row_reader import StoredRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A row that was deleted, and the row version at which it was."""

    id: UUID
    version: int


class Transaction:
    """The rows of a store, from the beginning to the end of one transaction."""

    def __init__(self, database: Database, user: Reference) -> None:
        self._database = database
        self.user = user

    @property
    def schema(self) -> Schema:
        """The tables of the store."""
        return self._database.schema

    @property
    def now(self) -> datetime:
        """The emulated instant."""
        return self._database.clock()

    @property
    def version(self) -> int:
        """The highest row version given out so far."""
        return self._database.version

    def define(self, schema: Schema) -> None:
        """
        Change the definitions of tables, columns and keys; undone with the transaction.

        Raises 412 (0x80060892) when rows break a new key.
        """
        try:
            self._database.define(schema)
        except sqlite3.IntegrityError as error:
            raise _broken_key(schema, str(error)) from error

    def select(self, sql: str, parameters: Sequence[Stored] = ()) -> list[tuple[Stored, ...]]:
        """The rows of a SELECT statement as SQLite returns them."""
        return self._database.connection.execute(sql, parameters).fetchall()

    def new_id(self) -> UUID:
        """The next id of the store's id source."""
        return self._database.next_id()

    def get(self, table: Table, row_id: UUID) -> StoredRow | None:
        """The row of a primary key, or None."""
        found = self.find(table, {table.primary_id: row_id})
        return found[0] if found else None

    def version_of(self, table: Table, row_id: UUID) -> int | None:
        """The row version of a primary key, or None when there is no such row."""
        sql = f"SELECT {VERSION} FROM {sql_table(table)} WHERE {_id_column(table)} = ?"  # noqa: S608 - quoted names of the schema
        rows = self.select(sql, (str(row_id),))
        return int(rows[0][0]) if rows else None  # type: ignore[arg-type]

    def exists(self, table: Table, row_id: UUID) -> bool:
        """Whether there is a row of this primary key."""
        return self.version_of(table, row_id) is not None

    def rows(self, table: Table) -> list[StoredRow]:
        """All rows of a table in the order of their primary key."""
        return self.find(table, {})

    def find(self, table: Table, wanted: Mapping[str, Value]) -> list[StoredRow]:
        """
        The rows whose columns equal *wanted* (by logical name; None means null).

        Ordered by primary key. Text compares without case.
        """
        conditions = [f"{sql_column(table.columns[name])} IS ?" for name in wanted]
        parameters = [to_storage(table.columns[name], value) for name, value in wanted.items()]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        reader = self._database.reader(table)
        sql = f"{reader.select}{where} ORDER BY {_id_column(table)}"
        return [reader.row(raw) for raw in self.select(sql, parameters)]

    def insert(self, table: Table, values: Mapping[str, Value]) -> UUID:
        """
        Add a row and return its id: the given primary key or the next of the id source.

        Read-only columns are taken as given; what is missing is filled as the platform does.
        Raises 412 (0x80040237, 0x80060892) for a primary or alternate key that exists.
        """
        self._database.index(table)
        filled = on_create(table, dict(values), self.now, self.user)
        row_id = filled.get(table.primary_id) or self.new_id()
        if not isinstance(row_id, UUID):
            raise faults.wrong_type(table.primary_id, row_id, "Edm.Guid")
        filled[table.primary_id] = row_id
        names, stored = self._assignments(table, filled)
        columns = ", ".join(names)
        marks = ", ".join("?" * len(names))
        sql = f"INSERT INTO {sql_table(table)} ({columns}) VALUES ({marks})"  # noqa: S608 - quoted names of the schema
        self._write(table, sql, stored)
        return row_id

    def update(self, table: Table, row_id: UUID, changes: Mapping[str, Value]) -> None:
        """Set columns of a row; 404 when it does not exist, 412 when a key is taken."""
        current = self._state_of(table, row_id)
        filled = on_update(table, dict(changes), current, self.now, self.user)
        filled.pop(table.primary_id, None)
        names, stored = self._assignments(table, filled)
        sets = ", ".join(f"{name} = ?" for name in names)
        sql = f"UPDATE {sql_table(table)} SET {sets} WHERE {_id_column(table)} = ?"  # noqa: S608 - quoted names of the schema
        self._write(table, sql, [*stored, str(row_id)])

    def delete(self, table: Table, row_id: UUID) -> None:
        """Remove a row, leaving a tombstone for change tracking; 404 when it does not exist."""
        sql = f"DELETE FROM {sql_table(table)} WHERE {_id_column(table)} = ?"  # noqa: S608 - quoted names of the schema
        cursor = self._database.connection.execute(sql, (str(row_id),))
        if cursor.rowcount == 0:
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
        reader = self._database.reader(table)
        sql = f"{reader.select} WHERE {VERSION} > ? ORDER BY {VERSION}"
        return [reader.row(raw) for raw in self.select(sql, (version,))]

    def deleted_since(self, table: Table, version: int) -> list[Deletion]:
        """Rows deleted after a row version, oldest first."""
        sql = 'SELECT id, version FROM "_deleted" WHERE "table" = ? AND version > ?'
        rows = self.select(f"{sql} ORDER BY version", (table.logical_name, version))
        return [Deletion(id=UUID(str(row[0])), version=int(row[1])) for row in rows]  # type: ignore[arg-type]

    def _state_of(self, table: Table, row_id: UUID) -> dict[str, Value]:
        names = [name for name in ("statecode", "statuscode") if name in table.columns]
        columns = ", ".join([VERSION, *(sql_column(table.columns[name]) for name in names)])
        sql = f"SELECT {columns} FROM {sql_table(table)} WHERE {_id_column(table)} = ?"  # noqa: S608 - quoted names of the schema
        rows = self.select(sql, (str(row_id),))
        if not rows:
            raise faults.not_found(table.logical_name, row_id)
        return dict(zip(names, rows[0][1:], strict=True))

    def _assignments(
        self, table: Table, values: Mapping[str, Value]
    ) -> tuple[list[str], list[Stored]]:
        names: list[str] = [VERSION]
        stored: list[Stored] = [self._database.next_version()]
        for name, value in values.items():
            if name == "versionnumber":
                continue
            column = table.columns[name]
            names.append(sql_column(column))
            stored.append(to_storage(column, value))
            if column.is_polymorphic:
                names.append(sql_target(column))
                stored.append(_target_of(column, value))
        return names, stored

    def _write(self, table: Table, sql: str, parameters: Iterable[Stored]) -> None:
        try:
            self._database.connection.execute(sql, tuple(parameters))
        except sqlite3.IntegrityError as error:
            raise _integrity_fault(table, str(error)) from error


def _id_column(table: Table) -> str:
    return f'"{table.primary_id}"'


def _target_of(column: Column, value: Value) -> str | None:
    if isinstance(value, Reference):
        return value.table
    return None if value is None else column.targets[0]


def _broken_key(schema: Schema, message: str) -> faults.DataverseFault:
    name = message.partition(": ")[2].partition(".")[0]
    table = schema.tables.get(name)
    return faults.bad_request(message) if table is None else _integrity_fault(table, message)


def _integrity_fault(table: Table, message: str) -> faults.DataverseFault:
    if message.endswith(f".{table.primary_id}"):
        return faults.duplicate_record(table.logical_name)
    for key in table.keys:
        if all(f".{name}" in message for name in key.columns):
            return faults.duplicate_key(table.logical_name, key.name)
    return faults.bad_request(message)
