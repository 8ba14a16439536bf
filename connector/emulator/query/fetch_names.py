"""
Names behind ids and numbers: columns that only FetchXML knows.

Beside every lookup, choice and yes/no column stands one that holds what a person reads:
``primarycontactidname``, ``statecodename``; beside a lookup to several tables also
``customeridtype``, the table of the row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.schema.model import CHOICE_KINDS, Column, ColumnKind
from connector.emulator.storage.layout import sql_column, sql_table, sql_target

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.emulator.query.source import Source

_NAME: Final = "name"
_TYPE: Final = "type"
_YES_NO: Final = {0: "No", 1: "Yes"}


def fetch_column(
    source: Source, name: str, labels: Callable[[Column, int], str]
) -> tuple[str, Column]:
    """
    The SQL and the column of an attribute; 400 for one that the table does not have.

    *labels* gives the label of a choice in the language of the user.
    """
    column = source.table.columns.get(name)
    if column is not None:
        return source.expression(column), column
    found = _behind(source, name, labels)
    if found is None:
        raise unknown_attribute(source, name)
    return f"({found}) COLLATE NOCASE", _text_column(name)


def unknown_attribute(source: Source, name: str) -> faults.DataverseFault:
    """The 400 for an attribute that the table does not have."""
    table = source.table.logical_name
    message = f"'{table}' entity doesn't contain attribute with Name = '{name}'."
    return faults.DataverseFault(400, "0x80041103", message)


def _behind(source: Source, name: str, labels: Callable[[Column, int], str]) -> str | None:
    columns = source.table.columns
    owner = columns.get(name.removesuffix(_NAME)) if name.endswith(_NAME) else None
    if owner is not None and owner.is_lookup:
        return _related_name(source, owner)
    if owner is not None and (owner.kind in CHOICE_KINDS or owner.kind is ColumnKind.BOOLEAN):
        return _label(source, owner, labels)
    owner = columns.get(name.removesuffix(_TYPE)) if name.endswith(_TYPE) else None
    if owner is not None and owner.is_polymorphic:
        return f"{source.alias}.{sql_target(owner)}"
    return None


def _related_name(source: Source, lookup: Column) -> str:
    """The primary name of the row that a lookup points to, in whichever of its tables it is."""
    found = []
    for target in lookup.targets:
        table = source.schema.tables.get(target)
        if table is None or table.primary_name is None:
            continue
        name = sql_column(table.columns[table.primary_name])
        sql = f"SELECT {name} FROM {sql_table(table)} WHERE "  # noqa: S608 - quoted names of the schema
        sql += f'"{table.primary_id}" = {source.expression(lookup)}'
        if lookup.is_polymorphic:
            sql += f" AND {source.alias}.{sql_target(lookup)} = '{target}'"
        found.append(f"({sql})")
    return f"coalesce({', '.join(found)}, NULL)" if found else "NULL"


def _label(source: Source, column: Column, labels: Callable[[Column, int], str]) -> str:
    options = column.options or (_YES_NO if column.kind is ColumnKind.BOOLEAN else {})
    if not options:
        return "NULL"
    cases = " ".join(
        f"WHEN {value} THEN {_quoted(labels(column, value) if column.options else label)}"
        for value, label in options.items()
    )
    return f"CASE {source.expression(column)} {cases} END"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace("\0", "") + "'"


def _text_column(name: str) -> Column:
    return Column(logical_name=name, kind=ColumnKind.STRING, property_name=name, read_only=True)
