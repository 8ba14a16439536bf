"""Rows as parameters of messages: by their address, or by type and primary key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from connector.emulator import faults
from connector.emulator.schema.values import parse_guid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from connector.emulator.rows.writer import Writer
    from connector.emulator.schema.model import Table
    from connector.emulator.storage.store import StoredRow

_PREFIX: Final = "Microsoft.Dynamics.CRM."
# Users and teams inherit their key from the type of owners.
_PRINCIPALS: Final = frozenset({"systemuser", "team"})


def row_named(writer: Writer, parameter: str, value: object) -> StoredRow:
    """
    The row that the value of a parameter names.

    Raises 400 for a value that names none, the documented 404 for a row that does not exist.
    """
    if not isinstance(value, dict):
        raise faults.payload_error(message=f"the parameter '{parameter}' must be an entity")
    address = value.get("@odata.id")
    if isinstance(address, str):
        return writer.resolve(address)
    table = _typed(writer, parameter, value)
    row_id = _key(table, value)
    if row_id is None:
        message = f"the parameter '{parameter}' needs '{table.primary_id}'"
        raise faults.payload_error(message)
    return writer.row(table, row_id)


def principal_named(writer: Writer, parameter: str, value: object) -> StoredRow:
    """The user or team that the value of a parameter names; 400 for a row of another table."""
    found = row_named(writer, parameter, value)
    if found.table.logical_name not in _PRINCIPALS:
        message = f"the parameter '{parameter}' must be a user or a team"
        raise faults.payload_error(message)
    return found


def rows_named(writer: Writer, parameter: str, values: object) -> list[StoredRow]:
    """The rows that a parameter lists."""
    if not isinstance(values, list) or not values:
        raise faults.payload_error(message=f"the parameter '{parameter}' must list entities")
    return [row_named(writer, parameter, one) for one in values]


def _typed(writer: Writer, parameter: str, value: Mapping[str, Any]) -> Table:
    name = str(value.get("@odata.type", "")).removeprefix("#")
    if not name.startswith(_PREFIX):
        message = f"the parameter '{parameter}' needs '@odata.type' or '@odata.id'"
        raise faults.payload_error(message)
    return writer.schema.table(name.removeprefix(_PREFIX))


def _key(table: Table, value: Mapping[str, Any]) -> UUID | None:
    names = [table.primary_id]
    if table.logical_name in _PRINCIPALS:
        names.append("ownerid")
    return next((parse_guid(str(value[name])) for name in names if name in value), None)
