"""
Definitions made over the wire, kept beside the rows so that snapshots and files have them.

Only what differs from the schema that the store was opened with is written down.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from connector.emulator.schema.document import differences, option_set_document
from connector.emulator.schema.file import extend
from connector.emulator.schema.many_to_many import relationship_document
from connector.emulator.storage import role_rows
from connector.emulator.storage.activities import trigger_statements
from connector.emulator.storage.files import FILE_TABLES
from connector.emulator.storage.layout import (
    SYSTEM_TABLES,
    create_statements,
    drop_column_statements,
    drop_key_statement,
    key_statements,
    sql_table,
    stored_columns,
)
from connector.emulator.storage.platform_rows import add_platform_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator.schema.model import Schema, Table

# No table is named so: logical names have no space.
_OPTION_SETS: Final = "option sets"
_MANY_TO_MANY: Final = "many to many"


@lru_cache(maxsize=8)
def _empty_store(schema: Schema) -> bytes:
    """A store without rows of clients, made once a schema: a tenant has thousands of columns."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(SYSTEM_TABLES + FILE_TABLES)
        lay_out(connection, schema)
        add_platform_rows(connection, schema)
        role_rows.fill(connection, schema)
        return connection.serialize()


def lay_out_new(connection: sqlite3.Connection, schema: Schema) -> None:
    """Create everything of *schema* in a database that is empty, the platform's rows included."""
    with closing(sqlite3.connect(":memory:")) as source:
        source.deserialize(_empty_store(schema))
        source.backup(connection)


def forget_everything(connection: sqlite3.Connection) -> None:
    """Leave a database without tables: quicker than emptying hundreds of them."""
    with closing(sqlite3.connect(":memory:")) as source:
        source.backup(connection)


def lay_out(connection: sqlite3.Connection, schema: Schema, standing: Schema | None = None) -> None:
    """Create what tables, columns and indices are missing; those of *standing* are there."""
    existing = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    there = standing.tables if standing else {}
    for name, table in schema.tables.items():
        if there.get(name) is table:
            continue
        if name not in existing:
            _execute_all(connection, create_statements(table))
            continue
        rows = connection.execute(f"PRAGMA table_info({sql_table(table)})")
        present = {f'"{row[1]}"' for row in rows}
        for column, kind in stored_columns(table):
            if column not in present:
                connection.execute(f"ALTER TABLE {sql_table(table)} ADD COLUMN {column} {kind}")
        _execute_all(connection, key_statements(table))
    _execute_all(connection, trigger_statements(schema))


def take_away(connection: sqlite3.Connection, before: Schema, after: Schema) -> None:
    """Drop tables, columns and keys that *after* lacks, with everything in them."""
    for name, table in before.tables.items():
        kept = after.tables.get(name)
        if kept is None:
            connection.execute(f"DROP TABLE IF EXISTS {sql_table(table)}")
            connection.execute('DELETE FROM "_deleted" WHERE "table" = ?', (name,))
        elif kept is not table:
            _execute_all(connection, _lost(table, kept))


def save(connection: sqlite3.Connection, base: Schema, schema: Schema) -> None:
    """Write down in what *schema* differs from *base*."""
    documents = {
        name: None if document is None else json.dumps(document)
        for name, document in differences(base, schema).items()
    }
    if schema.option_sets != base.option_sets or (
        schema.option_set_labels != base.option_set_labels
    ):
        documents[_OPTION_SETS] = json.dumps(option_set_document(schema))
    relationships = _changed_relationships(base, schema)
    if relationships:
        documents[_MANY_TO_MANY] = json.dumps(relationships)
    connection.execute('DELETE FROM "_definitions"')
    connection.executemany('INSERT INTO "_definitions" VALUES (?, ?)', documents.items())


def saved(connection: sqlite3.Connection, base: Schema) -> Schema:
    """*base* with what was written down."""
    rows = dict(connection.execute('SELECT name, document FROM "_definitions"'))
    sets = json.loads(rows.pop(_OPTION_SETS, None) or "{}")
    relationships = json.loads(rows.pop(_MANY_TO_MANY, None) or "{}")
    changed = {name: json.loads(text) for name, text in rows.items() if text is not None}
    schema = base
    if sets or changed or relationships:
        document = {"tables": changed, "option_sets": sets}
        document["many_to_many"] = {n: one for n, one in relationships.items() if one is not None}
        document["dropped_many_to_many"] = [n for n, one in relationships.items() if one is None]
        schema = extend(base, document)
    for name, text in rows.items():
        if text is None:
            schema = schema.without_table(name)
    return schema


def _changed_relationships(base: Schema, schema: Schema) -> dict[str, object]:
    """Many-to-many relationships that differ, by name; None for one that is gone."""
    found: dict[str, object] = {
        name: relationship_document(one, schema)
        for name, one in schema.many_to_many.items()
        if base.many_to_many.get(name) != one
    }
    return found | {name: None for name in base.many_to_many if name not in schema.many_to_many}


def _lost(table: Table, kept: Table) -> Iterator[str]:
    for key in table.keys:
        if key not in kept.keys:
            yield drop_key_statement(table, key)
    for name, column in table.columns.items():
        if name not in kept.columns:
            yield from drop_column_statements(table, column)


def _execute_all(connection: sqlite3.Connection, statements: Iterator[str]) -> None:
    for statement in statements:
        connection.execute(statement)
