"""The statements that read and write rows of one table, made once for each set of columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from connector.emulator.schema.model import Column, ColumnKind, Reference, Table
from connector.emulator.schema.values import Stored, Value, storage_writer
from connector.emulator.storage.layout import VERSION, sql_column, sql_table, sql_target
from connector.emulator.storage.row_reader import RowReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.emulator.schema.values import RowValues

Names = tuple[str, ...]
_KEPT: Final = 256
_COMPUTED: Final = "versionnumber"


class _Step:
    """How one column is written; the last value is kept, because stamps and owners repeat."""

    __slots__ = ("is_date", "last", "last_stored", "name", "targets", "writer")

    def __init__(self, column: Column) -> None:
        self.name = column.logical_name
        self.targets = column.targets if column.is_polymorphic else ()
        self.writer = storage_writer(column)
        self.is_date = column.kind in (ColumnKind.DATETIME, ColumnKind.DATE)
        self.last: Value = None
        self.last_stored: Stored = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteStatement:
    """A statement that writes a row, and the columns whose values it takes."""

    sql: str
    steps: tuple[_Step, ...]

    def stored(self, version: int, values: RowValues) -> list[Stored]:
        """Its parameters: the row version, then *values* as SQLite takes them."""
        found: list[Stored] = [version]
        for step in self.steps:  # the innermost loop of every write: no calls that can be spared
            value = values[step.name]
            if step.writer is None or value is None:
                found.append(value)  # type: ignore[arg-type]
            elif value is step.last or (step.is_date and value == step.last):
                found.append(step.last_stored)
            else:
                step.last, step.last_stored = value, step.writer(value)
                found.append(step.last_stored)
            if step.targets:
                found.append(_target_of(step.targets, value))
        return found


class Statements:
    """The SQL of one table; *insert*, *update* and *reader* depend on the columns alone."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._name, self._row = sql_table(table), f'"{table.primary_id}" = ?'
        self.version = f"SELECT {VERSION} FROM {self._name} WHERE {self._row}"  # noqa: S608 - quoted names of the schema
        self.delete = f"DELETE FROM {self._name} WHERE {self._row}"  # noqa: S608 - quoted names of the schema
        self.whole = RowReader(table, table.columns)
        self.insert: Callable[[Names], WriteStatement] = lru_cache(_KEPT)(self._insert)
        self.update: Callable[[Names], WriteStatement] = lru_cache(_KEPT)(self._update)
        self.part: Callable[[Names], RowReader] = lru_cache(_KEPT)(self._part)

    def one_row(self, reader: RowReader) -> str:
        """The statement that reads the row of a primary key."""
        return f"{reader.select} WHERE {self._row}"

    def _insert(self, names: Names) -> WriteStatement:
        """The statement that adds a row."""
        columns = self._written(names)
        marks = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {self._name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - quoted names of the schema
        return WriteStatement(sql=sql, steps=self._steps(names))

    def _update(self, names: Names) -> WriteStatement:
        """The statement that sets columns of one row; its id is the last parameter."""
        sets = ", ".join(f"{name} = ?" for name in self._written(names))
        sql = f"UPDATE {self._name} SET {sets} WHERE {self._row}"  # noqa: S608 - quoted names of the schema
        return WriteStatement(sql=sql, steps=self._steps(names))

    def _part(self, names: Names) -> RowReader:
        return RowReader(self._table, names)

    def _columns(self, names: Names) -> list[Column]:
        return [self._table.columns[name] for name in names if name != _COMPUTED]

    def _written(self, names: Names) -> list[str]:
        found = [VERSION]
        for column in self._columns(names):
            found += [sql_column(column), *([sql_target(column)] if column.is_polymorphic else [])]
        return found

    def _steps(self, names: Names) -> tuple[_Step, ...]:
        return tuple(_Step(column) for column in self._columns(names))


def _target_of(targets: tuple[str, ...], value: Value) -> str | None:
    if isinstance(value, Reference):
        return value.table
    return None if value is None else targets[0]
