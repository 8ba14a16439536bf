"""Reading and writing rows inside one transaction of the store."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from connector.emulator import faults
from connector.emulator.schema.model import Column, Reference, Schema, Table
from connector.emulator.schema.values import Stored, Value, from_storage, to_storage
from connector.emulator.storage.computed import Computed, computed_columns, has_names, number_of
from connector.emulator.storage.files import FileStore
from connector.emulator.storage.layout import VERSION, sql_column, sql_table, sql_target
from connector.emulator.storage.platform_rows import (
    add_user_settings,
    name_convention,
    settings_of,
    tenant_languages,
)
from connector.emulator.storage.row_defaults import on_create, on_update

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from connector.emulator.schema.languages import Languages
    from connector.emulator.storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRow:
    """A row as stored; ``values`` has every column by logical name, null as None."""

    table: Table
    id: UUID
    values: Mapping[str, Value]
    version: int

    @property
    def etag(self) -> str:
        """The weak ETag of this version of the row."""
        return f'W/"{self.version}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A row that was deleted, and the row version at which it was."""

    id: UUID
    version: int


class Transaction:
    """The rows of a store, from the beginning to the end of one transaction."""

    def __init__(self, store: Store, user: Reference) -> None:
        self._store = store
        self.user = user

    @property
    def schema(self) -> Schema:
        """The tables of the store."""
        return self._store.schema

    @property
    def now(self) -> datetime:
        """The emulated instant."""
        return self._store.clock()

    @property
    def languages(self) -> Languages:
        """The languages of the tenant."""
        return tenant_languages(self._store.connection, self.schema)

    def user_settings(self) -> tuple[int | None, int | None]:
        """The language and the time zone code that the calling user has set."""
        return settings_of(self._store.connection, self.schema, self.user.id)

    @property
    def files(self) -> FileStore:
        """The contents of files and images."""
        return FileStore(self._store.connection)

    @property
    def version(self) -> int:
        """The highest row version given out so far."""
        return self._store.version

    def define(self, schema: Schema) -> None:
        """
        Change the definitions of tables, columns and keys; undone with the transaction.

        Raises 412 (0x80060892) when rows break a new key.
        """
        try:
            self._store.define(schema)
        except sqlite3.IntegrityError as error:
            raise _broken_key(schema, str(error)) from error

    def see_to_messages(self) -> None:
        """See to the rows about messages before they are read."""
        self._store.see_to_messages()

    def select(self, sql: str, parameters: Sequence[Stored] = ()) -> list[tuple[Stored, ...]]:
        """The rows of a SELECT statement as SQLite returns them."""
        return self._store.connection.execute(sql, parameters).fetchall()

    def new_id(self) -> UUID:
        """The next id of the store's id source."""
        return self._store.next_id()

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
        reader = self._store.reader(table)
        sql = f"{reader.select}{where} ORDER BY {_id_column(table)}"
        return [reader.row(raw) for raw in self.select(sql, parameters)]

    def insert(self, table: Table, values: Mapping[str, Value]) -> UUID:
        """
        Add a row and return its id: the given primary key or the next of the id source.

        Read-only columns are taken as given; what is missing is filled as the platform does.
        Raises 412 (0x80040237, 0x80060892) for a primary or alternate key that exists.
        """
        self._store.index(table)
        filled = on_create(table, dict(values), self.now, self.user)
        for one in self._computed(table):
            if filled.get(one.column) is None:
                filled[one.column] = one.value(filled)
        row_id = filled.get(table.primary_id) or self.new_id()
        if not isinstance(row_id, UUID):
            raise faults.wrong_type(table.primary_id, row_id, "Edm.Guid")
        filled[table.primary_id] = row_id
        number = number_of(table, row_id, self._store.version)
        if number is not None and filled.get(number[0]) is None:
            filled[number[0]] = number[1]
        names, stored = self._assignments(table, filled)
        columns = ", ".join(names)
        marks = ", ".join("?" * len(names))
        sql = f"INSERT INTO {sql_table(table)} ({columns}) VALUES ({marks})"  # noqa: S608 - quoted names of the schema
        self._write(table, sql, stored)
        if table.logical_name == "systemuser":
            store = self._store
            add_user_settings(store.connection, store.schema, row_id, store.next_version())
        return row_id

    def update(self, table: Table, row_id: UUID, changes: Mapping[str, Value]) -> None:
        """Set columns of a row; 404 when it does not exist, 412 when a key is taken."""
        touched = [one for one in self._computed(table) if _is_touched(one, changes)]
        current = self._state_of(table, row_id)
        filled = on_update(table, dict(changes), current, self.now, self.user)
        filled.pop(table.primary_id, None)
        if touched:
            whole = {**self._row(table, row_id).values, **filled}
            filled |= {one.column: one.value(whole) for one in touched}
        names, stored = self._assignments(table, filled)
        sets = ", ".join(f"{name} = ?" for name in names)
        sql = f"UPDATE {sql_table(table)} SET {sets} WHERE {_id_column(table)} = ?"  # noqa: S608 - quoted names of the schema
        self._write(table, sql, [*stored, str(row_id)])

    def delete(self, table: Table, row_id: UUID) -> None:
        """Remove a row, leaving a tombstone for change tracking; 404 when it does not exist."""
        sql = f"DELETE FROM {sql_table(table)} WHERE {_id_column(table)} = ?"  # noqa: S608 - quoted names of the schema
        cursor = self._store.connection.execute(sql, (str(row_id),))
        if cursor.rowcount == 0:
            raise faults.not_found(table.logical_name, row_id)
        self._store.connection.execute(
            'INSERT INTO "_deleted" VALUES (?, ?, ?)',
            (table.logical_name, str(row_id), self._store.next_version()),
        )

    def referencing(self, table: Table, row_id: UUID) -> Iterator[tuple[Table, Column, list[UUID]]]:
        """Every lookup column that points to a row, with the ids of the rows that do."""
        for other, column in self._store.referencing_columns(table.logical_name):
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
        reader = self._store.reader(table)
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
        convention = name_convention(self._store.connection, self.schema)
        return computed_columns(table, convention)

    def _row(self, table: Table, row_id: UUID) -> StoredRow:
        found = self.get(table, row_id)
        if found is None:
            raise faults.not_found(table.logical_name, row_id)
        return found

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
        stored: list[Stored] = [self._store.next_version()]
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
            self._store.connection.execute(sql, tuple(parameters))
        except sqlite3.IntegrityError as error:
            raise _integrity_fault(table, str(error)) from error


def _is_touched(computed: Computed, changes: Mapping[str, Value]) -> bool:
    """Whether a change asks for a new value of a computed column that it does not give itself."""
    if computed.column in changes:
        return False
    return any(name in changes for name in computed.sources)


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


class RowReader:
    """Turns the rows of ``select`` into stored rows of one table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        columns = list(table.columns.values())
        names = [VERSION, *(sql_column(column) for column in columns)]
        poly = [column for column in columns if column.is_polymorphic]
        names += [sql_target(column) for column in poly]
        self.select = f"SELECT {', '.join(names)} FROM {sql_table(table)}"  # noqa: S608 - quoted names of the schema
        self._targets = {
            column.logical_name: 1 + len(columns) + place for place, column in enumerate(poly)
        }
        self._id_place = 1 + list(table.columns).index(table.primary_id)

    def row(self, raw: tuple[Stored, ...]) -> StoredRow:
        """The stored row of one row of ``select``."""
        values: dict[str, Value] = {}
        for column, stored in zip(self._table.columns.values(), raw[1:], strict=False):
            if stored is None:
                values[column.logical_name] = None
            elif column.is_lookup:
                values[column.logical_name] = self._reference(column, stored, raw)
            else:
                values[column.logical_name] = from_storage(column, stored)
        return StoredRow(
            table=self._table,
            id=UUID(str(raw[self._id_place])),
            values=values,
            version=int(raw[0]),  # type: ignore[arg-type]
        )

    def _reference(self, column: Column, stored: Stored, raw: tuple[Stored, ...]) -> Reference:
        place = self._targets.get(column.logical_name)
        table = column.targets[0] if place is None else str(raw[place])
        return Reference(table=table, id=UUID(str(stored)))
