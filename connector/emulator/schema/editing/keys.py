"""Alternate keys: created and deleted, usable at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from connector.emulator.schema.editing import refusals
from connector.emulator.schema.editing.naming import schema_name
from connector.emulator.schema.model import AlternateKey, ColumnKind, Schema, Table

if TYPE_CHECKING:
    from connector.emulator.schema.editing.body import Body

_KINDS: Final = frozenset(
    {ColumnKind.DECIMAL, ColumnKind.INTEGER, ColumnKind.STRING, ColumnKind.DATETIME}
    | {ColumnKind.DATE, ColumnKind.LOOKUP, ColumnKind.PICKLIST}
)
_MOST_KEYS: Final = 10
_MOST_COLUMNS: Final = 16


def with_new_key(schema: Schema, table: Table, body: Body) -> tuple[Schema, AlternateKey]:
    """*schema* with the key that an entity key definition describes."""
    name = schema_name(body, "key")
    columns = tuple(one.lower() for one in body.texts("KeyAttributes"))
    _check_columns(table, columns)
    for key in table.keys:
        if key.name.lower() == name.lower():
            raise refusals.duplicate_key_name(table.logical_name, name)
        if set(key.columns) == set(columns):
            raise refusals.duplicate_key_columns(table.logical_name)
    if len(table.keys) >= _MOST_KEYS:
        message = f"The entity {table.logical_name} has {_MOST_KEYS} keys already."
        raise refusals.invalid(message)
    key = AlternateKey(name=name, columns=columns)
    return schema.with_table(replace(table, keys=(*table.keys, key))), key


def without_key(schema: Schema, table: Table, key: AlternateKey) -> Schema:
    """*schema* without a key."""
    kept = tuple(one for one in table.keys if one.name != key.name)
    return schema.with_table(replace(table, keys=kept))


def _check_columns(table: Table, columns: tuple[str, ...]) -> None:
    if not 0 < len(columns) <= _MOST_COLUMNS or len(set(columns)) < len(columns):
        message = f"A key has 1 to {_MOST_COLUMNS} different columns."
        raise refusals.invalid(message)
    for name in columns:
        column = table.columns.get(name)
        if column is None:
            message = f"The entity {table.logical_name} has no attribute {name}."
            raise refusals.invalid(message)
        if column.kind not in _KINDS:
            message = f"The attribute {name} is of a type that a key cannot have."
            raise refusals.invalid(message)
