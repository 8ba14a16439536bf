"""From the rows of SQLite to rows as the rest of the emulator knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from connector.emulator.schema.model import Column, Reference, Table
from connector.emulator.schema.values import Stored, Value, storage_reader
from connector.emulator.storage.layout import VERSION, sql_column, sql_table, sql_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from connector.emulator.schema.values import RowValues

RawRow = tuple[Stored, ...]
_FIRST: Final = 2  # behind the row version and the primary key


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRow:
    """
    A row as stored; ``values`` has every column by logical name, null as None.

    Of a row that was read in part, ``values`` has the columns that were asked for.
    """

    table: Table
    id: UUID
    values: RowValues
    version: int

    @property
    def etag(self) -> str:
        """The weak ETag of this version of the row."""
        return f'W/"{self.version}"'


class RowReader:
    """Turns the rows of ``select`` into the values of some columns of one table."""

    def __init__(self, table: Table, names: Iterable[str]) -> None:
        columns = [table.columns[name] for name in names]
        poly = [column for column in columns if column.is_polymorphic]
        selected = [VERSION, f'"{table.primary_id}"', *(sql_column(column) for column in columns)]
        selected += [sql_target(column) for column in poly]
        self.select = f"SELECT {', '.join(selected)} FROM {sql_table(table)}"  # noqa: S608 - quoted names of the schema
        targets = {
            column.logical_name: _FIRST + len(columns) + place for place, column in enumerate(poly)
        }
        self._table = table
        self._reads = {
            column.logical_name: _read(column, place, targets.get(column.logical_name))
            for place, column in enumerate(columns, _FIRST)
        }

    def row(self, raw: RawRow) -> StoredRow:
        """The stored row of one row of ``select``."""
        return StoredRow(
            table=self._table,
            id=UUID(str(raw[1])),
            values=_RowValues(self._reads, raw),
            version=int(raw[0]),  # type: ignore[arg-type]
        )


class _RowValues(Mapping[str, Value]):
    """The values of one row, each made when it is asked for: rows are wide, readers are not."""

    __slots__ = ("_raw", "_reads")

    def __init__(self, reads: Mapping[str, Callable[[RawRow], Value]], raw: RawRow) -> None:
        self._reads = reads
        self._raw = raw

    def __getitem__(self, name: str) -> Value:
        return self._reads[name](self._raw)

    def __iter__(self) -> Iterator[str]:
        return iter(self._reads)

    def __len__(self) -> int:
        return len(self._reads)


def _read(column: Column, place: int, target_place: int | None) -> Callable[[RawRow], Value]:
    """How the value of a column is read from a row."""
    if column.is_lookup:
        return _reference(column, place, target_place)
    reader = storage_reader(column)
    if reader is None:
        return lambda raw: raw[place]

    def read(raw: RawRow) -> Value:
        stored = raw[place]
        return None if stored is None else reader(stored)

    return read


def _reference(column: Column, place: int, target_place: int | None) -> Callable[[RawRow], Value]:
    only = column.targets[0]

    def read(raw: RawRow) -> Value:
        stored = raw[place]
        if stored is None:
            return None
        table = only if target_place is None else str(raw[target_place])
        return Reference(table=table, id=UUID(str(stored)))

    return read
