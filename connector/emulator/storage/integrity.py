"""What SQLite refuses about keys, in the words of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.emulator import faults

if TYPE_CHECKING:
    from connector.emulator.schema.model import Schema, Table


def broken_key(schema: Schema, message: str) -> faults.DataverseFault:
    """The fault of a new key that stored rows break."""
    name = message.partition(": ")[2].partition(".")[0]
    table = schema.tables.get(name)
    return faults.bad_request(message) if table is None else integrity_fault(table, message)


def integrity_fault(table: Table, message: str) -> faults.DataverseFault:
    """The fault of a row whose primary or alternate key is taken."""
    if message.endswith(f".{table.primary_id}"):
        return faults.duplicate_record(table.logical_name)
    for key in table.keys:
        if all(f".{name}" in message for name in key.columns):
            return faults.duplicate_key(table.logical_name, key.name)
    return faults.bad_request(message)
