"""Stored rows as a Web API answer shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from connector.emulator.query.annotations import FORMATTED, LOOKUP_NAME, Annotations
from connector.emulator.query.run import read_all
from connector.emulator.storage.string_maps import STRING_MAP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.schema.model import Table
    from connector.emulator.storage.store import Transaction

_UNWRITTEN: Final = 'W/"0"'


def dump_rows(
    tx: Transaction, table: Table, *, written: bool = False
) -> tuple[Mapping[str, Any], ...]:
    """
    Return every row of a table with all its columns, ordered by primary key.

    Lookups name their table; those to rows that are not stored carry the label that was kept.
    Labels of choices that follow from the definitions are left out, with *written* all rows that
    the platform has by itself, as privileges are.
    """
    if table.logical_name == STRING_MAP:
        return _brought_labels(tx, table)
    rows = read_all(tx, table, Annotations((LOOKUP_NAME,)))
    if written:
        rows = [row for row in rows if row["@odata.etag"] != _UNWRITTEN]
    _add_labels(tx, table, rows)
    return tuple(rows)


def _brought_labels(tx: Transaction, table: Table) -> tuple[Mapping[str, Any], ...]:
    own = tx.brought_labels()
    rows = read_all(tx, table, Annotations()) if own else []
    return tuple(row for row in rows if row[table.primary_id] in own)


def _add_labels(tx: Transaction, table: Table, rows: list[dict[str, Any]]) -> None:
    for column in table.columns.values():
        if column.is_lookup:
            _label_column(tx, column.property_name, rows)


def _label_column(tx: Transaction, name: str, rows: list[dict[str, Any]]) -> None:
    by_table: dict[str, set[str]] = {}
    for row in rows:
        if row[name] is not None:
            by_table.setdefault(row[f"{name}@{LOOKUP_NAME}"], set()).add(row[name])
    labels = {
        (target, row_id): label
        for target, ids in by_table.items()
        for row_id, label in tx.labels_of(target, ids).items()
        if not _is_stored(tx, target, row_id)
    }
    if not labels:
        return
    for row in rows:
        label = labels.get((row.get(f"{name}@{LOOKUP_NAME}", ""), row[name]))
        if label is not None:
            row[f"{name}@{FORMATTED}"] = label


def _is_stored(tx: Transaction, target: str, row_id: str) -> bool:
    table = tx.schema.tables.get(target)
    return table is not None and tx.exists(table, UUID(row_id))
