"""What the platform fills in by itself when a row is created or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.schema.model import Column, ColumnKind, Reference, Table
from connector.emulator.storage.activities import ACTIVITIES
from connector.emulator.storage.principals import BUSINESS_UNIT, ORGANIZATION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connector.emulator.schema.values import Value

_STATE: Final = "statecode"
_STATUS: Final = "statuscode"
_CREATED: Final = "createdon"
_OVERRIDDEN: Final = "overriddencreatedon"


def on_create(
    table: Table, values: dict[str, Value], now: datetime, user: Reference
) -> dict[str, Value]:
    """
    *values* with creation and change stamps, owner, state, status and defaults where not given.

    Raises 0x80048408 when a given status reason does not belong to the state.
    """
    _record_migration(table, values, now)
    stamps: dict[str, Value] = {
        "createdon": now,
        "modifiedon": now,
        "createdby": user,
        "modifiedby": user,
        "organizationid": ORGANIZATION,
    }
    if table.logical_name in ACTIVITIES:
        stamps["activitytypecode"] = table.logical_name
    if table.ownership == "user":
        owner = values.get("ownerid") or user
        stamps.update({"ownerid": owner, "owningbusinessunit": BUSINESS_UNIT})
        stamps["owninguser"] = owner
    for name, value in stamps.items():
        column = table.columns.get(name)
        if column is not None and values.get(name) is None and _takes(column, value):
            values[name] = value
    for name, default in table.defaults.items():
        if name not in values:
            values[name] = default
    _fill_state(table, values)
    return values


def on_update(
    table: Table,
    changes: dict[str, Value],
    current: Mapping[str, Value],
    now: datetime,
    user: Reference,
) -> dict[str, Value]:
    """
    *changes* with change stamps, and the default status reason of a new state.

    Raises 0x80048408 when the status reason does not belong to the state.
    """
    for name, value in (("modifiedon", now), ("modifiedby", user)):
        if name in table.columns and name not in changes:
            changes[name] = value
    if "ownerid" in changes and "owninguser" in table.columns:
        owner = changes["ownerid"]
        is_user = isinstance(owner, Reference) and owner.table == "systemuser"
        changes["owninguser"] = owner if is_user else None
    if _STATE in changes or _STATUS in changes:
        _change_state(table, changes, current)
    return changes


def _record_migration(table: Table, values: dict[str, Value], now: datetime) -> None:
    """
    Take the instant of a migrated row as that of its creation; the other column tells when it came.

    Rows that name both, as an export does, stay as they are.
    """
    given = values.get(_OVERRIDDEN)
    if given is not None and values.get(_CREATED) is None and _CREATED in table.columns:
        values[_CREATED], values[_OVERRIDDEN] = given, now


def _takes(column: Column, value: Value) -> bool:
    return not isinstance(value, Reference) or not column.is_lookup or value.table in column.targets


def _fill_state(table: Table, values: dict[str, Value]) -> None:
    state_column = table.columns.get(_STATE)
    status_column = table.columns.get(_STATUS)
    status = values.get(_STATUS)
    if state_column is not None and values.get(_STATE) is None:
        state = status_column.states.get(status) if status_column else None  # type: ignore[arg-type]
        values[_STATE] = min(state_column.options, default=0) if state is None else state
    if status_column is not None and status is None:
        values[_STATUS] = default_status(status_column, values.get(_STATE))
    _check_status(table, values.get(_STATE), values.get(_STATUS))


def _change_state(table: Table, changes: dict[str, Value], current: Mapping[str, Value]) -> None:
    state = changes.get(_STATE, current.get(_STATE))
    status_column = table.columns.get(_STATUS)
    is_new_state = _STATE in changes and state != current.get(_STATE)
    if status_column is not None and is_new_state and _STATUS not in changes:
        changes[_STATUS] = default_status(status_column, state)
    _check_status(table, state, changes.get(_STATUS, current.get(_STATUS)))


def default_status(column: Column, state: Value) -> int | None:
    """The first status reason of a state, in the order of the schema file."""
    return next((status for status in column.options if column.states.get(status) == state), None)


def _check_status(table: Table, state: Value, status: Value) -> None:
    column = table.columns.get(_STATUS)
    if column is None or column.kind is not ColumnKind.STATUS or not isinstance(status, int):
        return
    belongs_to = column.states.get(status)
    if belongs_to is not None and isinstance(state, int) and belongs_to != state:
        raise faults.invalid_status(table.logical_name, status, state)
