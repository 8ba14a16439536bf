"""What associating rows needs: of roles with users and teams, of members with teams, of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from connector.emulator import faults
from connector.emulator.schema.rights import Right

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from connector.emulator.schema.model import Link, Reference, Schema, Table
    from connector.emulator.storage.store import StoredRow, Transaction

_BAD_REQUEST: Final = 400
_HOLDERS: Final = frozenset({"systemuserroles_association", "teamroles_association"})
_MEMBERS: Final = "teammembership_association"
_HELD: Final = "roleprivileges_association"
_RULED: Final = _HOLDERS | {_MEMBERS, _HELD}


class RowReader(Protocol):
    """What reads the rows that are associated, and for whom."""

    @property
    def tx(self) -> Transaction:
        """The transaction under way."""

    @property
    def schema(self) -> Schema:
        """The tables."""

    @property
    def system(self) -> bool:
        """Whether no rule for clients binds."""

    def row(self, table: Table, row_id: UUID) -> StoredRow:
        """A row; 404 when there is none."""


def check_association(reader: RowReader, own: Reference, link: Link, other: Reference) -> None:
    """
    Refuse an association, or its end, that may not be.

    Raises 400 (0x80041409) for a role of another business unit than its user or team, and 403 for
    a caller who may not append one row to the other, assign the role or change the team.
    """
    tx = reader.tx
    if reader.system or (tx.caller.access is None and link.relationship not in _RULED):
        return
    rows = [reader.row(reader.schema.table(one.table), one.id) for one in (own, other)]
    sides = {row.table.logical_name: row for row in rows}
    if link.relationship == _HELD:
        raise faults.bad_request(message="Privileges are added to a role by AddPrivilegesRole.")
    if link.relationship == _MEMBERS:
        tx.check(sides["team"], Right.WRITE)
    elif link.relationship in _HOLDERS:
        _check_role(tx, sides)
    else:
        tx.check(rows[0], Right.APPEND)
        tx.check(rows[1], Right.APPEND_TO)


def _check_role(tx: Transaction, sides: Mapping[str, StoredRow]) -> None:
    role = sides["role"]
    tx.check(role, Right.ASSIGN)
    holder = next(row for name, row in sides.items() if name != "role")
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
