"""From the rows of SQLite to rows as the rest of the emulator knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from connector.emulator.schema.model import Column, Reference, Table
from connector.emulator.schema.values import Stored, Value, from_storage
from connector.emulator.storage.layout import VERSION, sql_column, sql_table, sql_target

if TYPE_CHECKING:
    from collections.abc import Mapping


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
