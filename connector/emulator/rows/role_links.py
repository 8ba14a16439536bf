"""Who has which role and who is in which team: the rows between, as `$ref` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from connector.emulator import faults
from connector.emulator.schema.rights import Right

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.schema.model import Table
    from connector.emulator.storage.store import StoredRow, Transaction

_BAD_REQUEST: Final = 400
_SIDES: Final[Mapping[str, tuple[str, tuple[str, str]]]] = {
    "systemuserroles_association": ("systemuserroles", ("systemuser", "role")),
    "teamroles_association": ("teamroles", ("team", "role")),
    "teammembership_association": ("teammembership", ("team", "systemuser")),
    "roleprivileges_association": ("roleprivileges", ("role", "privilege")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLink:
    """A navigation property from one table to another, over the table between."""

    between: str
    own: str
    other: str


def link_of(table: Table, name: str) -> RoleLink | None:
    """The link that a navigation property of a table is; None for any other."""
    between, sides = _SIDES.get(name, ("", ("", "")))
    if table.logical_name not in sides:
        return None
    other = sides[0] if table.logical_name == sides[1] else sides[1]
    return RoleLink(between=between, own=table.logical_name, other=other)


def tied(tx: Transaction, link: RoleLink, row: StoredRow) -> list[UUID]:
    """The ids of the rows at the other side of a link."""
    rows = tx.find(tx.schema.table(link.between), {f"{link.own}id": row.id})
    return [UUID(str(one.values[f"{link.other}id"])) for one in rows]


def tie(tx: Transaction, link: RoleLink, row: StoredRow, other: StoredRow) -> None:
    """
    Give a role to a user or team, or take a user into a team.

    Raises 400 (0x80041409) for a role of another business unit, 403 for a caller who may not.
    """
    _check(tx, link, row, other)
    wanted = {f"{link.own}id": row.id, f"{link.other}id": other.id}
    table = tx.schema.table(link.between)
    if not tx.find(table, wanted):
        tx.insert(table, wanted)


def untie(tx: Transaction, link: RoleLink, row: StoredRow, other: StoredRow) -> None:
    """Undo that; 404 when the two are not tied."""
    _check(tx, link, row, other)
    wanted = {f"{link.own}id": row.id, f"{link.other}id": other.id}
    table = tx.schema.table(link.between)
    found = tx.find(table, wanted)
    if not found:
        raise faults.not_found(table.logical_name, f"{row.id},{other.id}")
    tx.delete(table, found[0].id)


def _check(tx: Transaction, link: RoleLink, row: StoredRow, other: StoredRow) -> None:
    if link.between == "roleprivileges":
        message = "Privileges are added to a role by AddPrivilegesRole."
        raise faults.bad_request(message)
    sides = {row.table.logical_name: row, other.table.logical_name: other}
    if set(sides) != {link.own, link.other}:
        message = f"A row of '{link.other}' was expected, not of '{other.table.logical_name}'."
        raise faults.bad_request(message)
    role = sides.get("role")
    if role is None:
        tx.check(sides["team"], Right.WRITE)
        return
    tx.check(role, Right.ASSIGN)
    holder = row if role is other else other
    unit, role_unit = holder.values.get("businessunitid"), role.values.get("businessunitid")
    if unit is not None and role_unit is not None and unit != role_unit:
        raise _other_unit(holder, role)


def _other_unit(holder: StoredRow, role: StoredRow) -> faults.DataverseFault:
    kind = "user" if holder.table.logical_name == "systemuser" else "team"
    message = (
        "Cannot associate security role because the security role's Business Unit is not the same "
        f"as the {kind}'s Business Unit. Details: {kind}id={holder.id}, "
        f"{kind}BU={_id(holder)}, roleId={role.id}, roleBU={_id(role)}"
    )
    return faults.DataverseFault(_BAD_REQUEST, "0x80041409", message)


def _id(row: StoredRow) -> object:
    return getattr(row.values.get("businessunitid"), "id", None)
