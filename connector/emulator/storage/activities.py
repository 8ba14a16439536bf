"""
Activities of every kind in the one table of all activities.

`activitypointers` lists tasks, emails, phone calls and appointments with the columns that they
share. SQLite keeps it so by triggers, whoever writes the row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator.storage.layout import sql_table, stored_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator.schema.model import Schema, Table

POINTER: Final = "activitypointer"
ACTIVITIES: Final = ("appointment", "email", "phonecall", "task")
_KEY: Final = '"activityid"'
_TYPE: Final = '"activitytypecode"'


def trigger_statements(schema: Schema) -> Iterator[str]:
    """The statements that make the triggers of the activities that a schema has."""
    pointer = schema.tables.get(POINTER)
    if pointer is None:
        return
    for name in ACTIVITIES:
        table = schema.tables.get(name)
        if table is not None:
            yield from _triggers(pointer, table)


def _triggers(pointer: Table, table: Table) -> Iterator[str]:
    own = {name for name, _ in stored_columns(table)}
    shared = [name for name, _ in stored_columns(pointer) if name in own - {_TYPE}]
    names = ", ".join([*shared, _TYPE])
    values = ", ".join([*(f"NEW.{name}" for name in shared), f"'{table.logical_name}'"])
    sets = ", ".join(f"{name} = excluded.{name}" for name in shared if name != _KEY)
    upsert = (
        f"INSERT INTO {sql_table(pointer)} ({names}) VALUES ({values}) "  # noqa: S608 - quoted names of the schema
        f"ON CONFLICT({_KEY}) DO UPDATE SET {sets}"
    )
    delete = f"DELETE FROM {sql_table(pointer)} WHERE {_KEY} = OLD.{_KEY}"  # noqa: S608 - quoted names of the schema
    for event, action in (("INSERT", upsert), ("UPDATE", upsert), ("DELETE", delete)):
        trigger = f'"{table.logical_name}#{event.lower()}"'
        yield f"DROP TRIGGER IF EXISTS {trigger}"
        yield f"CREATE TRIGGER {trigger} AFTER {event} ON {sql_table(table)} BEGIN {action}; END"
