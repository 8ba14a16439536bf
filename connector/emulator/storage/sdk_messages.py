"""The rows that say which messages the service has, and which of them each table takes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from connector.emulator.known_names import messages

if TYPE_CHECKING:
    from connector.emulator.schema.model import Schema, Table

#: What every statement about messages and their tables contains.
IN_SQL: Final = '"sdkmessage'
_SEED: Final = UUID("0a6e0000-0000-4000-8000-0000000000fc")
_READING: Final = ("Retrieve", "RetrieveMultiple")
_WRITING: Final = (
    *("Create", "CreateMultiple", "Delete", "Update", "UpdateMultiple", "Upsert"),
    *("UpsertMultiple", "Associate", "Disassociate"),
)
_OF_OWNED: Final = ("Assign", "GrantAccess", "ModifyAccess", "RevokeAccess")
_OF_STATES: Final = ("SetState", "SetStateDynamicEntity")
# What the platform keeps by itself, or lets nobody create.
_NOT_CREATED: Final = frozenset(
    {"fileattachment", "organization", "sdkmessage", "sdkmessagefilter", "timezonedefinition"}
    | {"usersettings"}
)

MessageRow = tuple[str, str]
FilterRow = tuple[str, str, str]


def takes_multiple(table: Table) -> bool:
    """Whether a table takes CreateMultiple, UpdateMultiple and UpsertMultiple."""
    return not table.is_intersect and table.logical_name not in _NOT_CREATED


def message_id(name: str) -> str:
    """The primary key of a message, the same in every store."""
    return str(uuid5(_SEED, name))


@lru_cache(maxsize=1)
def message_rows() -> tuple[MessageRow, ...]:
    """Every message: its id and name."""
    names = {*messages(), *_READING, *_WRITING, *_OF_OWNED, *_OF_STATES}
    return tuple((message_id(name), name) for name in sorted(names))


@lru_cache(maxsize=64)
def filter_rows(schema: Schema) -> tuple[FilterRow, ...]:
    """What each table takes: the id of the row, that of the message, and the table."""
    return tuple(
        (str(uuid5(_SEED, f"{table.logical_name}/{name}")), message_id(name), table.logical_name)
        for table in schema.tables.values()
        for name in _taken(table)
    )


def _taken(table: Table) -> tuple[str, ...]:
    if table.is_intersect:
        return _READING
    if table.logical_name in _NOT_CREATED:
        return (*_READING, "Update")
    owned = _OF_OWNED if table.ownership == "user" else ()
    states = _OF_STATES if "statecode" in table.columns else ()
    return (*_READING, *_WRITING, *owned, *states)
