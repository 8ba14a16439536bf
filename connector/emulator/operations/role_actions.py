"""Changing what roles hold, and who is in a team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from connector.emulator import faults
from connector.emulator.access.catalog import catalog_of
from connector.emulator.operations.entity_references import row_named, rows_named
from connector.emulator.operations.scope import NO_CONTENT
from connector.emulator.protocol.json_text import load_object
from connector.emulator.schema.model import Reference
from connector.emulator.schema.privileges import all_privileges
from connector.emulator.schema.rights import Depth, Right, depth_named
from connector.emulator.schema.values import parse_guid
from connector.emulator.storage.principals import ADMINISTRATOR_TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.exchange import Response
    from connector.emulator.storage.store import StoredRow

_HELD: Final = "roleprivileges"
_MEMBERS: Final = "teammembership"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A privilege and the depth that a role is to hold it to."""

    privilege_id: UUID
    depth: Depth


def add_privileges(scope: Scope, role: StoredRow) -> Response:
    """Have a role hold privileges; one that it holds already gets the new depth."""
    _check_changeable(scope, role)
    for wanted in _wanted(scope):
        _hold(scope, role, wanted)
    return NO_CONTENT


def replace_privileges(scope: Scope, role: StoredRow) -> Response:
    """Have a role hold these privileges and no others."""
    _check_changeable(scope, role)
    wanted = _wanted(scope)
    table = scope.schema.table(_HELD)
    for held in scope.tx.find(table, {"roleid": role.id}):
        scope.tx.delete(table, held.id)
    for one in wanted:
        _hold(scope, role, one)
    return NO_CONTENT


def remove_privilege(scope: Scope, role: StoredRow) -> Response:
    """Take a privilege from a role."""
    _check_changeable(scope, role)
    body = load_object(scope.request.body)
    privilege = row_named(scope.writer, "Privilege", body.get("Privilege"))
    table = scope.schema.table(_HELD)
    for held in scope.tx.find(table, {"roleid": role.id, "privilegeid": privilege.id}):
        scope.tx.delete(table, held.id)
    return NO_CONTENT


def add_members(scope: Scope, team: StoredRow) -> Response:
    """Add users to a team."""
    table = scope.schema.table(_MEMBERS)
    for user in _members(scope, team):
        link = {"teamid": team.id, "systemuserid": user.id}
        if not scope.tx.find(table, link):
            scope.tx.insert(table, link)
    return NO_CONTENT


def remove_members(scope: Scope, team: StoredRow) -> Response:
    """Take users out of a team."""
    table = scope.schema.table(_MEMBERS)
    for user in _members(scope, team):
        for link in scope.tx.find(table, {"teamid": team.id, "systemuserid": user.id}):
            scope.tx.delete(table, link.id)
    return NO_CONTENT


BOUND: Final[Mapping[tuple[str, str], Callable[[Scope, StoredRow], Response]]] = {
    ("role", "AddPrivilegesRole"): add_privileges,
    ("role", "ReplacePrivilegesRole"): replace_privileges,
    ("role", "RemovePrivilegeRole"): remove_privilege,
    ("team", "AddMembersTeam"): add_members,
    ("team", "RemoveMembersTeam"): remove_members,
}


def _members(scope: Scope, team: StoredRow) -> list[StoredRow]:
    scope.tx.check(team, Right.WRITE)
    if team.values.get("isdefault"):
        raise faults.bad_request(message="The members of a default team cannot be changed.")
    body = load_object(scope.request.body)
    users = rows_named(scope.writer, "Members", body.get("Members"))
    for user in users:
        if user.table.logical_name != "systemuser":
            raise faults.payload_error(message="the parameter 'Members' must list users")
    return users


def _check_changeable(scope: Scope, role: StoredRow) -> None:
    scope.tx.check(role, Right.WRITE)
    template, root = role.values.get("roletemplateid"), role.values.get("parentrootroleid")
    if isinstance(template, Reference) and template.id == ADMINISTRATOR_TEMPLATE:
        raise faults.bad_request(message="The role System Administrator cannot be changed.")
    if isinstance(root, Reference) and root.id != role.id:
        message = f"The role {role.id} is inherited; its root {root.id} can be changed."
        raise faults.bad_request(message)


def _wanted(scope: Scope) -> list[_Wanted]:
    given = load_object(scope.request.body).get("Privileges")
    if not isinstance(given, list) or not given:
        raise faults.payload_error(message="the parameter 'Privileges' must list privileges")
    return [_one(scope, entry) for entry in given]


def _one(scope: Scope, entry: object) -> _Wanted:
    if not isinstance(entry, dict):
        raise faults.payload_error(message="each of 'Privileges' must be an object")
    depth = depth_named(str(entry.get("Depth", "")))
    if depth is None:
        expected = "Microsoft.Dynamics.CRM.PrivilegeDepth"
        raise faults.wrong_type(name="Depth", value=entry.get("Depth"), expected=expected)
    catalog = catalog_of(scope.tx)
    privilege_id = parse_guid(str(entry.get("PrivilegeId", "")))
    if privilege_id is None or privilege_id not in catalog.names:
        raise _unknown(entry)
    known = all_privileges(scope.schema).get(catalog.names[privilege_id])
    if known is not None and not known.can_be(depth):
        message = f"The privilege {known.name} cannot be held to the depth {depth.wire}."
        raise faults.bad_request(message)
    return _Wanted(privilege_id=privilege_id, depth=depth)


def _unknown(entry: Mapping[str, Any]) -> faults.DataverseFault:
    return faults.not_found("privilege", str(entry.get("PrivilegeId", ""))[:100])


def _hold(scope: Scope, role: StoredRow, wanted: _Wanted) -> None:
    table = scope.schema.table(_HELD)
    key = {"roleid": role.id, "privilegeid": wanted.privilege_id}
    known = scope.tx.find(table, key)
    mask = {"privilegedepthmask": int(wanted.depth)}
    if known:
        scope.tx.update(table, known[0].id, mask)
    else:
        scope.tx.insert(table, {**key, **mask})
