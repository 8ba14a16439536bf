"""
The labels of choices as rows, in every language of the tenant: what `stringmaps` lists.

They follow from the definitions and are made when someone first looks. An export may bring its
own: those replace the derived ones of the same column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from connector.emulator.schema.languages import ENGLISH
from connector.emulator.schema.model import CHOICE_KINDS, ColumnKind
from connector.emulator.storage.layout import VERSION
from connector.emulator.storage.principals import ORGANIZATION_ID

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from connector.emulator.schema.model import Column, Schema

STRING_MAP: Final = "stringmap"
IN_SQL: Final = f'"{STRING_MAP}"'
#: The row version of a derived row; stored rows begin at 1.
DERIVED: Final = 0
_SPACE: Final = UUID("0a6e0000-0000-4000-8000-00000000005a")
_ORGANIZATION: Final = str(ORGANIZATION_ID)
_WITH_LABELS: Final = CHOICE_KINDS | {ColumnKind.MULTIPICKLIST, ColumnKind.BOOLEAN}
_COLUMNS: Final = (
    "stringmapid, objecttypecode, attributename, attributevalue, value, displayorder, langid, "
    "organizationid"
)
_INSERT: Final = f"INSERT INTO {IN_SQL} ({VERSION}, {_COLUMNS}) VALUES (0, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants

Derived = tuple[str, str, str, int, str, int, int, str]


def derive(connection: sqlite3.Connection, schema: Schema) -> None:
    """Make the derived rows anew, but for columns whose labels an export brought."""
    own = connection.execute(
        f"SELECT DISTINCT objecttypecode, attributename FROM {IN_SQL} WHERE {VERSION} > 0"  # noqa: S608 - constants
    )
    brought = {(str(row[0]), str(row[1])) for row in own}
    rows = [row for row in _rows(schema) if (row[1], row[2]) not in brought]
    begin = not connection.in_transaction
    if begin:
        connection.execute("BEGIN")
    connection.execute(f"DELETE FROM {IN_SQL} WHERE {VERSION} = {DERIVED}")  # noqa: S608 - constants
    connection.executemany(_INSERT, rows)
    if begin:
        connection.execute("COMMIT")


def brought(connection: sqlite3.Connection) -> Iterator[str]:
    """The ids of the rows that an export brought."""
    for row in connection.execute(f"SELECT stringmapid FROM {IN_SQL} WHERE {VERSION} > {DERIVED}"):  # noqa: S608 - constants
        yield str(row[0])


def _rows(schema: Schema) -> Iterator[Derived]:
    for table in schema.tables.values():
        for column in table.columns.values():
            if column.kind in _WITH_LABELS:
                yield from _rows_of(schema, (table.logical_name, column.logical_name), column)


def _rows_of(schema: Schema, names: tuple[str, str], column: Column) -> Iterator[Derived]:
    for order, (value, label) in enumerate(column.options.items(), 1):
        labels = column.option_labels.get(value, {})
        for language, text in schema.languages.texts(label, labels):
            row_id = _row_id(names, value, language)
            yield (row_id, *names, value, text, order, language, _ORGANIZATION)


def _row_id(names: tuple[str, str], value: int, language: int) -> str:
    told = "" if language == ENGLISH else f" {language}"
    return str(uuid5(_SPACE, f"{names}{value}{told}"))
