"""Making users who may do what a few words say: rows of users, roles and what roles hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from connector.emulator.access.catalog import catalog_of
from connector.emulator.access.grants import unit_of
from connector.emulator.access.privilege_words import EVERYBODY, PrivilegesError, read_privileges
from connector.emulator.schema.model import Reference
from connector.emulator.schema.values import parse_guid
from connector.emulator.storage.principals import BUSINESS_UNIT, ROLE_ID, USER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from connector.emulator.access.privilege_words import Allowed
    from connector.emulator.schema.model import Table
    from connector.emulator.schema.values import NewValues
    from connector.emulator.storage.store import Store, Transaction

_NAMES: Final = UUID("0a6e2000-0000-4000-8000-000000000000")
_NON_INTERACTIVE: Final = 4
_NEEDED: Final = ("systemuser", "systemuserroles", "role", "roleprivileges", "privilege")


def grant(store: Store, source: Mapping[str, Any] | Path) -> int:
    """
    Give users exactly these privileges by a role of their own, and count the users.

    Users that do not exist are made. Roles that they had are taken from them; those of their
    teams stay. Raises `PrivilegesError` with every fault found, and nothing is changed.
    """
    missing = [name for name in _NEEDED if name not in store.schema.tables]
    if missing:
        raise PrivilegesError([f"the schema has no table '{name}'" for name in missing])
    allowed = read_privileges(source, store.schema)
    with store.transaction() as tx:
        for one in allowed:
            _grant(tx, one)
    return len(allowed)


def _grant(tx: Transaction, allowed: Allowed) -> None:
    user = _user_of(tx, allowed.user)
    links = tx.schema.table("systemuserroles")
    for link in tx.find(links, {"systemuserid": user.id}):
        tx.delete(links, link.id)
    role = ROLE_ID if allowed.is_administrator else _role(tx, user, allowed)
    tx.insert(
        links,
        {
            "systemuserroleid": uuid5(_NAMES, f"{user.id}/{role}"),
            "systemuserid": user.id,
            "roleid": role,
        },
    )


def _role(tx: Transaction, user: Reference, allowed: Allowed) -> UUID:
    """A role that holds what is allowed, in place of the one that was made before."""
    role_id = uuid5(_NAMES, f"role/{user.id}")
    roles, held = tx.schema.table("role"), tx.schema.table("roleprivileges")
    unit = Reference(table="businessunit", id=unit_of(tx, user))
    values: NewValues = {"name": f"Privileges of {allowed.user}", "businessunitid": unit}
    if tx.exists(roles, role_id):
        tx.update(roles, role_id, values)
    else:
        tx.insert(roles, values | {"roleid": role_id})
    for one in tx.find(held, {"roleid": role_id}):
        tx.delete(held, one.id)
    ids = catalog_of(tx).ids
    for name, depth in allowed.depths.items():
        row: NewValues = {
            "roleprivilegeid": uuid5(role_id, name),
            "roleid": role_id,
            "privilegeid": ids[name],
            "privilegedepthmask": int(depth),
        }
        tx.insert(held, row)
    return role_id


def _user_of(tx: Transaction, name: str) -> Reference:
    """The user of a name; one that a seed brought takes the place of the one that was made."""
    if name == EVERYBODY:
        return USER
    table = tx.schema.table("systemuser")
    made = uuid5(_NAMES, f"user/{name.casefold()}")
    found = [one.id for one in _named(tx, table, name)]
    others = [one for one in found if one != made]
    if others and made in found:
        tx.delete(table, made)
    if not found:
        tx.insert(table, _new_user(table, made, name))
    return Reference(table="systemuser", id=others[0] if others else made)


def _named(tx: Transaction, table: Table, name: str) -> list[Reference]:
    row_id = parse_guid(name)
    wanted: NewValues = {"domainname": name}
    if row_id is not None:
        wanted = {"applicationid": row_id, "systemuserid": row_id}
    known = ((column, value) for column, value in wanted.items() if column in table.columns)
    rows = [row for column, value in known for row in tx.find(table, {column: value})]
    return [Reference(table="systemuser", id=row.id) for row in rows]


def _new_user(table: Table, row_id: UUID, name: str) -> NewValues:
    application = parse_guid(name)
    values: NewValues = {
        "systemuserid": row_id,
        "fullname": name,
        "lastname": name,
        "businessunitid": BUSINESS_UNIT,
        "domainname": name if application is None else None,
        "applicationid": application,
        "accessmode": None if application is None else _NON_INTERACTIVE,
    }
    return {
        key: value for key, value in values.items() if value is not None and key in table.columns
    }
