"""How a table lies in SQLite: column names, types, unique keys and indices."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from connector.emulator.schema.model import TEXT_KINDS, Column, ColumnKind, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator.schema.model import AlternateKey

VERSION: Final = '"_version"'
_INTEGERS: Final = frozenset(
    {ColumnKind.INTEGER, ColumnKind.BIGINT, ColumnKind.MONEY, ColumnKind.BOOLEAN}
    | {ColumnKind.PICKLIST, ColumnKind.STATE, ColumnKind.STATUS}
)
# Columns of text by which a row names another, as a transaction connection does.
_TEXTS_OF_IDS: Final = frozenset({"msdyn_transaction1", "msdyn_transaction2"})
# Lookups that nearly every row has and hardly any query starts from get no index.
_NOT_INDEXED: Final = frozenset(
    {"createdby", "modifiedby", "createdonbehalfby", "modifiedonbehalfby", "organizationid"}
    | {"ownerid", "owninguser", "owningteam", "owningbusinessunit", "transactioncurrencyid"}
)
SYSTEM_TABLES: Final = """
CREATE TABLE IF NOT EXISTS "_meta" (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "_deleted" (
  "table" TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY ("table", version)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "_definitions" (name TEXT PRIMARY KEY, document TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "_labels" (
  "table" TEXT NOT NULL, id TEXT NOT NULL, label TEXT NOT NULL,
  PRIMARY KEY ("table", id)) WITHOUT ROWID;
"""


def sql_table(table: Table) -> str:
    """The quoted name of a table."""
    return f'"{table.logical_name}"'


def sql_column(column: Column) -> str:
    """The quoted name of a column's value; the version number is the row version."""
    return VERSION if column.logical_name == "versionnumber" else f'"{column.logical_name}"'


def sql_target(column: Column) -> str:
    """The quoted name of the column that holds a polymorphic lookup's table."""
    return f'"{column.logical_name}#table"'


@lru_cache(maxsize=4096)
def stored_columns(table: Table) -> tuple[tuple[str, str], ...]:
    """Quoted names and SQLite types of all columns of a table, in order."""
    return tuple(_stored_columns(table))


def _stored_columns(table: Table) -> Iterator[tuple[str, str]]:
    yield VERSION, "INTEGER NOT NULL"
    for column in table.columns.values():
        if column.logical_name == "versionnumber":
            continue
        yield sql_column(column), _sql_type(table, column)
        if column.is_polymorphic:
            yield sql_target(column), "TEXT"


def _sql_type(table: Table, column: Column) -> str:
    if column.logical_name == table.primary_id:
        return "TEXT PRIMARY KEY NOT NULL"
    if column.kind in _INTEGERS:
        return "INTEGER"
    if column.kind is ColumnKind.DOUBLE:
        return "REAL"
    return "TEXT COLLATE NOCASE" if column.kind in TEXT_KINDS else "TEXT"


def create_statements(table: Table) -> Iterator[str]:
    """The statements that create a table with its keys."""
    columns = ", ".join(f"{name} {kind}" for name, kind in stored_columns(table))
    yield f"CREATE TABLE IF NOT EXISTS {sql_table(table)} ({columns})"
    yield from key_statements(table)


def drop_column_statements(table: Table, column: Column) -> Iterator[str]:
    """The statements that remove a column with what stands on it."""
    yield f'DROP INDEX IF EXISTS "{table.logical_name}#{column.logical_name}"'
    yield f"ALTER TABLE {sql_table(table)} DROP COLUMN {sql_column(column)}"
    if column.is_polymorphic:
        yield f"ALTER TABLE {sql_table(table)} DROP COLUMN {sql_target(column)}"


def drop_key_statement(table: Table, key: AlternateKey) -> str:
    """The statement that removes the unique index of a key."""
    return f"DROP INDEX IF EXISTS {_key_index(table, key)}"


def _key_index(table: Table, key: AlternateKey) -> str:
    return f'"{table.logical_name}#key#{key.name}"'


def key_statements(table: Table) -> Iterator[str]:
    """The statements that create what unique indices of keys are missing."""
    for key in table.keys:
        columns = ", ".join(sql_column(table.columns[column]) for column in key.columns)
        index = _key_index(table, key)
        yield f"CREATE UNIQUE INDEX IF NOT EXISTS {index} ON {sql_table(table)} ({columns})"


def index_statements(table: Table) -> Iterator[str]:
    """The statements that create what indices of lookups are missing."""
    for column in table.columns.values():
        if is_indexed(column):
            yield index_statement(table, column)


def is_indexed(column: Column) -> bool:
    """Whether the rows that refer to another by a column are found by an index."""
    name = column.logical_name
    is_usual = name in _NOT_INDEXED
    return name in _TEXTS_OF_IDS or (column.is_lookup and not is_usual and not column.read_only)


def index_statement(table: Table, column: Column) -> str:
    """The statement that creates the index of a column, nulls left out."""
    index = f'"{table.logical_name}#{column.logical_name}"'
    value = sql_column(column)
    return (
        f"CREATE INDEX IF NOT EXISTS {index} ON {sql_table(table)} ({value}) "
        f"WHERE {value} IS NOT NULL"
    )
