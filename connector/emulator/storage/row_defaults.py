"""What the platform fills in by itself when a row is created or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.schema.model import Column, ColumnKind, Reference, Table
from connector.emulator.storage.activities import ACTIVITIES
from connector.emulator.storage.principals import ORGANIZATION

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from connector.emulator.schema.values import NewValues, RowValues, Value
    from connector.emulator.storage.caller import Caller

    UnitOf = Callable[[Reference], Reference]

_STATE: Final = "statecode"
_STATUS: Final = "statuscode"
_CREATED: Final = "createdon"
_OVERRIDDEN: Final = "overriddencreatedon"


def on_create(
    table: Table, values: NewValues, now: datetime, caller: Caller, unit_of: UnitOf
) -> NewValues:
    """
    *values* with creation and change stamps, owner, state, status and defaults where not given.

    *unit_of* tells the business unit of a user or team. Raises 0x80048408 when a given status
    reason does not belong to the state.
    """
    _record_migration(table, values, now)
    user = caller.user
    stamps: NewValues = {
        "createdon": now,
        "modifiedon": now,
        "createdby": user,
        "modifiedby": user,
        "organizationid": ORGANIZATION,
    }
    if table.logical_name in ACTIVITIES:
        stamps["activitytypecode"] = table.logical_name
    if caller.delegate is not None:
        stamps["createdonbehalfby"] = stamps["modifiedonbehalfby"] = caller.delegate
    if table.ownership == "user":
        owner = stamps["ownerid"] = _given_owner(values) or user
        stamps.update(owner_columns(owner, unit_of))
    for name, value in stamps.items():
        column = table.columns.get(name)
        if value is not None and column is not None and values.get(name) is None:
            values[name] = _fitting(column, value) if isinstance(value, Reference) else value
    for name, default in table.defaults.items():
        if name not in values:
            values[name] = default
    _fill_state(table, values)
    return values


def on_update(
    table: Table,
    changes: NewValues,
    current: RowValues,
    now: datetime,
    caller: Caller,
    unit_of: UnitOf,
) -> NewValues:
    """
    *changes* with change stamps, what follows from a new owner, and the default status of a state.

    Raises 0x80048408 when the status reason does not belong to the state.
    """
    stamps: NewValues = {
        "modifiedon": now,
        "modifiedby": caller.user,
        "modifiedonbehalfby": caller.delegate,
    }
    if "ownerid" in changes:
        stamps |= owner_columns(changes["ownerid"], unit_of)
    for name, value in stamps.items():
        if name in table.columns and name not in changes:
            changes[name] = value
    if _STATE in changes or _STATUS in changes:
        _change_state(table, changes, current)
    return changes


def owner_columns(owner: Value, unit_of: UnitOf) -> NewValues:
    """The columns that follow from the owner of a row: its user or team, and business unit."""
    reference = owner if isinstance(owner, Reference) else None
    kind = reference.table if reference else ""
    return {
        "owninguser": reference if kind == "systemuser" else None,
        "owningteam": reference if kind == "team" else None,
        "owningbusinessunit": unit_of(reference) if reference else None,
    }


def _given_owner(values: RowValues) -> Value:
    """The owner of a row that names it, be it as the user or the team alone."""
    return values.get("ownerid") or values.get("owninguser") or values.get("owningteam")


def _fitting(column: Column, value: Reference) -> Value:
    """A stamp as the column takes it: some tables hold the id where others have a lookup."""
    if not column.is_lookup:
        return value.id if column.kind is ColumnKind.GUID else None
    return value if value.table in column.targets else None


def _record_migration(table: Table, values: NewValues, now: datetime) -> None:
    """
    Take the instant of a migrated row as that of its creation; the other column tells when it came.

    Rows that name both, as an export does, stay as they are.
    """
    given = values.get(_OVERRIDDEN)
    if given is not None and values.get(_CREATED) is None and _CREATED in table.columns:
        values[_CREATED], values[_OVERRIDDEN] = given, now


def _fill_state(table: Table, values: NewValues) -> None:
    state_column = table.columns.get(_STATE)
    status_column = table.columns.get(_STATUS)
    status = values.get(_STATUS)
    if state_column is not None and values.get(_STATE) is None:
        state = status_column.states.get(status) if status_column else None  # type: ignore[arg-type]
        values[_STATE] = min(state_column.options, default=0) if state is None else state
    if status_column is not None and status is None:
        values[_STATUS] = default_status(status_column, values.get(_STATE))
    _check_status(table, values.get(_STATE), values.get(_STATUS))


def _change_state(table: Table, changes: NewValues, current: RowValues) -> None:
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
