"""Rows by their keys, as addresses write them: key predicates become column values."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from connector.emulator import faults
from connector.emulator.schema.model import ColumnKind, Reference
from connector.emulator.schema.values import decode_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.protocol.addressing import KeyValue
    from connector.emulator.schema.model import Column, Table
    from connector.emulator.schema.values import NewValues, Value


def typed_key(table: Table, key: UUID | Mapping[str, KeyValue]) -> NewValues:
    """
    Return a key predicate as column values by logical name.

    Only the primary key by its name, and a declared alternate key with all its
    columns, address a row; anything else is the documented 400.
    """
    if isinstance(key, UUID):
        return {table.primary_id: key}
    values: NewValues = {}
    for name, value in key.items():
        column = table.properties.get(name)
        if column is None:
            raise faults.invalid_key(table.logical_name)
        typed = decode_value(table.logical_name, column, _raw_key(table, column, value))
        values[column.logical_name] = _as_reference(column, typed)
    declared = [frozenset(one.columns) for one in table.keys] + [frozenset({table.primary_id})]
    if frozenset(values) not in declared or None in values.values():
        raise faults.invalid_key(table.logical_name)
    return values


def _raw_key(table: Table, column: Column, value: KeyValue) -> object:
    """A key value as JSON writes it; dates stand without quotes, and only for columns of dates."""
    if isinstance(value, date) != (column.kind in (ColumnKind.DATE, ColumnKind.DATETIME)):
        raise faults.invalid_key(table.logical_name)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def missing(table: Table, key: UUID | Mapping[str, KeyValue]) -> faults.DataverseFault:
    """Return the documented 404 of a key that names no row."""
    if isinstance(key, UUID):
        return faults.not_found(table.logical_name, key)
    shown = ",".join(f"{name}={value}" for name, value in key.items())
    return faults.not_found_by_key(table.logical_name, shown)


def _as_reference(column: Column, value: Value) -> Value:
    if column.is_lookup and isinstance(value, UUID):
        return Reference(table=column.targets[0], id=value)
    return value
