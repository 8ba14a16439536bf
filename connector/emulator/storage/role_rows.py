"""
Rows that the platform has by itself: privileges, and the role that holds all of them.

They follow from the tables, so they are written when something first reads them, with the row
version 0: nobody wrote them, and dumps leave them out.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final
from uuid import uuid5

from connector.emulator.schema.privileges import all_privileges
from connector.emulator.schema.rights import Depth
from connector.emulator.storage.layout import VERSION, sql_table
from connector.emulator.storage.principals import (
    ADMINISTRATOR_TEMPLATE,
    BUSINESS_UNIT_ID,
    ORGANIZATION_ID,
    ROLE_ID,
    USER_ID,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from connector.emulator.schema.model import Schema
    from connector.emulator.schema.privileges import Privilege
    from connector.emulator.schema.values import Stored

ADMINISTRATOR: Final = "System Administrator"
_FILLED: Final = "roles"
TABLES: Final = ("privilege", "role", "roleprivileges", "roletemplate", "systemuserroles")
"""The tables that have such rows."""

_QUOTED: Final = ('"privilege"', '"role', '"systemuserroles"')

Cells = dict[str, "Stored"]


def reads_roles(sql: str) -> bool:
    """Whether a statement may read rows that the platform has by itself."""
    return any(name in sql for name in _QUOTED)


def fill(connection: sqlite3.Connection, schema: Schema) -> None:
    """Write what is missing; the role is given to the user once, so that it can be taken away."""
    if "privilege" in schema.tables:
        _fill_privileges(connection, schema)
    marked = connection.execute('SELECT 1 FROM "_meta" WHERE name = ?', (_FILLED,)).fetchone()
    if marked is None:
        _insert(connection, schema, "roletemplate", [_TEMPLATE])
        _insert(connection, schema, "role", [_ROLE])
        _insert(connection, schema, "systemuserroles", [_OF_USER])
        connection.execute('INSERT INTO "_meta" VALUES (?, 1)', (_FILLED,))


def _fill_privileges(connection: sqlite3.Connection, schema: Schema) -> None:
    """Write the privileges of all tables; a row of the same name that somebody wrote stays."""
    table = schema.tables["privilege"]
    connection.execute(f"DELETE FROM {sql_table(table)} WHERE {VERSION} = 0")  # noqa: S608 - quoted names of the schema
    written = dict(connection.execute(f'SELECT "name", "privilegeid" FROM {sql_table(table)}'))  # noqa: S608 - quoted names of the schema
    privileges = all_privileges(schema)
    missing = [one for name, one in privileges.items() if name not in written]
    _insert(connection, schema, "privilege", map(_privilege, missing))
    if "roleprivileges" in schema.tables:
        held = [*written.values(), *(str(one.id) for one in missing)]
        _hold(connection, schema, held)


def _hold(connection: sqlite3.Connection, schema: Schema, held: Iterable[str]) -> None:
    table = schema.tables["roleprivileges"]
    connection.execute(f"DELETE FROM {sql_table(table)} WHERE {VERSION} = 0")  # noqa: S608 - quoted names of the schema
    _insert(connection, schema, "roleprivileges", map(_held, held))


def _insert(
    connection: sqlite3.Connection, schema: Schema, name: str, rows: Iterable[Mapping[str, Stored]]
) -> None:
    table, cells = schema.tables.get(name), tuple(rows)
    if table is None or not cells:
        return
    known = [column for column in cells[0] if column in table.columns]
    names = ", ".join(f'"{column}"' for column in known)
    marks = ", ".join("?" * len(known))
    sql = f"INSERT OR IGNORE INTO {sql_table(table)} ({VERSION}, {names}) VALUES (0, {marks})"  # noqa: S608 - quoted names of the schema
    connection.executemany(sql, [[row[column] for column in known] for row in cells])


@lru_cache(maxsize=8192)
def _privilege(one: Privilege) -> Mapping[str, Stored]:
    return {
        "privilegeid": str(one.id),
        "name": one.name,
        "accessright": 0 if one.right is None else one.right.mask,
        "canbebasic": int(one.can_be(Depth.BASIC)),
        "canbelocal": int(one.can_be(Depth.LOCAL)),
        "canbedeep": int(one.can_be(Depth.DEEP)),
        "canbeglobal": int(one.can_be(Depth.GLOBAL)),
        "canbeentityreference": 0,
        "canbeparententityreference": 0,
    }


@lru_cache(maxsize=8192)
def _held(privilege_id: str) -> Mapping[str, Stored]:
    return {
        "roleprivilegeid": str(uuid5(ROLE_ID, privilege_id)),
        "roleid": str(ROLE_ID),
        "privilegeid": privilege_id,
        "privilegedepthmask": int(Depth.GLOBAL),
        "ismanaged": 1,
    }


_TEMPLATE: Final[Cells] = {
    "roletemplateid": str(ADMINISTRATOR_TEMPLATE),
    "name": ADMINISTRATOR,
    "upgrading": 0,
}
_ROLE: Final[Cells] = {
    "roleid": str(ROLE_ID),
    "name": ADMINISTRATOR,
    "businessunitid": str(BUSINESS_UNIT_ID),
    "isinherited": 1,
    "ismanaged": 1,
    "organizationid": str(ORGANIZATION_ID),
    "parentrootroleid": str(ROLE_ID),
    "roletemplateid": str(ADMINISTRATOR_TEMPLATE),
}
_OF_USER: Final[Cells] = {
    "systemuserroleid": str(uuid5(ROLE_ID, str(USER_ID))),
    "roleid": str(ROLE_ID),
    "systemuserid": str(USER_ID),
}
