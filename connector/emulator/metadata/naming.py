"""Definitions by their names and ids, as addresses write them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.metadata.column_rows import attribute_rows
from connector.emulator.metadata.option_set_rows import option_set_row
from connector.emulator.metadata.relationship_rows import key_row
from connector.emulator.metadata.table_rows import entity_row
from connector.emulator.schema.identity import metadata_id
from connector.emulator.schema.languages import Languages
from connector.emulator.schema.model import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connector.emulator.metadata.rows import MetadataRow
    from connector.emulator.schema.model import AlternateKey, Column, Schema, Table

_NAMED: Final = re.compile(r"\s*(\w+)\s*=\s*'((?:[^']|'')*)'\s*")
_CHOICES: Final = frozenset(
    {ColumnKind.PICKLIST, ColumnKind.STATE, ColumnKind.STATUS, ColumnKind.BOOLEAN}
    | {ColumnKind.MULTIPICKLIST}
)


@lru_cache(maxsize=1024)
def definition_of(table: Table, languages: Languages) -> Mapping[str, object]:
    """The definition of a table as a reader of some language sees it, made once."""
    return entity_row(table, languages)


@lru_cache(maxsize=256)
def attributes_of(table: Table, languages: Languages) -> tuple[MetadataRow, ...]:
    """
    The attributes of a table as a reader of some language sees them, made once.

    Their option sets stand under names that begin with a NUL, which no client can select.
    """
    rows = []
    columns = table.columns
    for row in attribute_rows(table, languages):
        column = columns.get(str(row["LogicalName"]))
        if column is not None and column.kind in _CHOICES:
            options = option_set_row(table, column, languages)
            row["\0OptionSet"] = options
            row["\0GlobalOptionSet"] = options if column.option_set else None
        rows.append(row)
    return tuple(rows)


def table_named(schema: Schema, arguments: str) -> Table:
    """The table that the parentheses of EntityDefinitions name, by logical name or id."""
    named = _NAMED.fullmatch(arguments)
    for table in schema.tables.values():
        if named is not None and (named[1], named[2]) == ("LogicalName", table.logical_name):
            return table
        if named is None and metadata_id(table.logical_name) == arguments.strip().lower():
            return table
    msg = "an entity"
    raise missing(msg, arguments)


def column_named(table: Table, arguments: str) -> Column:
    """The column that the parentheses of Attributes name; 400 for one that shows another."""
    row = named_row(attributes_of(table, Languages()), arguments, "LogicalName", "an attribute")
    name = str(row["LogicalName"])
    if name not in table.columns:
        raise faults.bad_request(message=f"The attribute '{name}' belongs to another.")
    return table.columns[name]


def key_named(table: Table, arguments: str) -> AlternateKey:
    """The alternate key that the parentheses of Keys name."""
    rows = (key_row(table, key, Languages()) for key in table.keys)
    name = named_row(rows, arguments, "LogicalName", "a key")["SchemaName"]
    return next(key for key in table.keys if key.name == name)


def name_of_kind(kind: str, names: Iterable[str], arguments: str) -> str:
    """Which of *names* the parentheses of a definition of that kind name."""
    rows: list[MetadataRow] = [
        {"MetadataId": metadata_id(kind, name), "SchemaName": name, "Name": name} for name in names
    ]
    return str(named_row(rows, arguments, "SchemaName", "a definition")["SchemaName"])


def named_row(rows: Iterable[MetadataRow], arguments: str, key: str, what: str) -> MetadataRow:
    """The definition that parentheses name, by *key* or by its id; 404 when there is none."""
    named = _NAMED.fullmatch(arguments)
    for row in rows:
        if named is not None and named[1] in (key, "Name", "SchemaName", "LogicalName"):
            if str(row.get(named[1])) == named[2].replace("''", "'"):
                return row
        elif row["MetadataId"] == arguments.strip().lower():
            return row
    raise missing(what, arguments)


def missing(what: str, arguments: str) -> faults.DataverseFault:
    """The 404 of a definition that does not exist."""
    message = f"Could not find {what} with the specified key: {arguments[:200]}"
    return faults.DataverseFault(404, "0x80040217", message)
