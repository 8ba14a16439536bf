"""The service's refusals of callers, in its own words, as published answers show them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.schema.model import Reference
from connector.emulator.schema.rights import access_text
from connector.emulator.schema.table_facts import type_code_of

if TYPE_CHECKING:
    from uuid import UUID

    from connector.emulator.schema.model import Table
    from connector.emulator.schema.rights import Right
    from connector.emulator.storage.row_reader import StoredRow

_FORBIDDEN: Final = 403
_USER: Final = "systemuser"
_NO_OBJECT: Final = "00000000-0000-0000-0000-000000000000"
_ADVICE: Final = "Consider adding missed privilege to one of the principal (user/team) roles."


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What the messages tell of a principal; *access_mode* and *object_id* are those of users."""

    principal: Reference
    roles: int
    privileges: int
    all_privileges: int
    unit: UUID
    access_mode: str = "0 Read-Write"
    object_id: str = _NO_OBJECT
    team_type: int = 0

    def __str__(self) -> str:
        counts = f"privilegeCount={self.privileges}"
        cached = f"MetadataCachePrivilegesCount={self.all_privileges}"
        if self.principal.table == _USER:
            return (
                f"Principal user (Id={self.principal.id}, type=8, roleCount={self.roles}, "
                f"{counts}, accessMode='{self.access_mode}', AADObjectId='{self.object_id}', "
                f"{cached}, businessUnitId={self.unit})"
            )
        return (
            f"Principal team (Id={self.principal.id}, type=9, teamType={self.team_type}, {counts}, "
            f"{cached}, businessUnitId={self.unit})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """A row that a right does not reach, and what the caller may do with it."""

    row: StoredRow
    right: Right
    by_role: int
    by_share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """A privilege that somebody lacks, and the table that it was needed for, if any."""

    name: str
    privilege_id: UUID | None
    table: Table | None


def missing_privilege(
    described: Described, lacking: Lacking, caller: UUID
) -> faults.DataverseFault:
    """The caller lacks a privilege altogether (0x80040220)."""
    message = f"{described}, {_missing(lacking, caller)}"
    return faults.DataverseFault(_FORBIDDEN, "0x80040220", message)


def owner_cannot_read(
    described: Described, lacking: Lacking, caller: UUID, *, creating: bool
) -> faults.DataverseFault:
    """A new owner could not read the row (0x80040299)."""
    prefix = "Read Privilege Check For Owner failed with exception: " if creating else ""
    message = f"{prefix}{described}, {_missing(lacking, caller)}"
    return faults.DataverseFault(_FORBIDDEN, "0x80040299", message)


def access_denied(denied: Denied, caller: Reference, origin: str) -> faults.DataverseFault:
    """The privilege is held, but does not reach the row (0x80048306)."""
    row = denied.row
    table, name = row.table, row.table.logical_name
    page = f"{origin}/main.aspx?forceUCI=1&pagetype=entityrecord&etn={name}&id={row.id}"
    message = (
        f"user with id {caller.id} does not have {denied.right.access} right(s) for record with "
        f"id {row.id} of entity {table.label or name}. Consider assigning a role with the required "
        "access level to the user or team. For further troubleshooting, please work with a system "
        f"administrator to use the Access Checker tool on this record: {page}. More details: "
        f"{_details(denied, caller)}"
    )
    return faults.DataverseFault(_FORBIDDEN, "0x80048306", message)


def no_roles(user_id: UUID) -> faults.DataverseFault:
    """The user has no role at all (0x80042f09)."""
    message = (
        f"The user with id {user_id} has not been assigned any roles. They need a role with the "
        "prvReadUser privilege."
    )
    return faults.DataverseFault(_FORBIDDEN, "0x80042f09", message)


def no_member() -> faults.DataverseFault:
    """The token is that of nobody in the organisation (0x80072560)."""
    message = "The user is not a member of the organization."
    return faults.DataverseFault(_FORBIDDEN, "0x80072560", message)


def disabled() -> faults.DataverseFault:
    """The user was disabled (0x80040225)."""
    message = "The specified user is either disabled or is not a member of any business unit."
    return faults.DataverseFault(_FORBIDDEN, "0x80040225", message)


def may_not_act_on_behalf() -> faults.DataverseFault:
    """The caller may not impersonate (0x8004A110)."""
    message = "User does not have the privilege to act on behalf another user."
    return faults.DataverseFault(_FORBIDDEN, "0x8004A110", message)


def _missing(lacking: Lacking, caller: UUID) -> str:
    logical, label, code = ("", "", 0)
    if lacking.table is not None:
        logical = lacking.table.logical_name
        label, code = lacking.table.label or logical, type_code_of(logical)
    return (
        f"is missing {lacking.name} privilege (Id={lacking.privilege_id or _NO_OBJECT}) on "
        f"OTC={code} for entity '{logical}' "
        f"(LocalizedName='{label}'). context.Caller={caller}. {_ADVICE}"
    )


def _details(denied: Denied, caller: Reference) -> str:
    row = denied.row
    owner, unit = row.values.get("ownerid"), row.values.get("owningbusinessunit")
    return json.dumps(
        {
            "CallerPrincipal": _principal(caller),
            "OwnerPrincipal": _principal(owner),
            "ObjectId": str(row.id),
            "ObjectTypeCode": type_code_of(row.table.logical_name),
            "EntityName": row.table.logical_name,
            "ObjectBusinessUnitId": str(unit.id) if isinstance(unit, Reference) else None,
            "RightsToCheck": denied.right.access,
            "RoleAccessRights": access_text(denied.by_role),
            "PoaAccessRights": access_text(denied.by_share),
            "HsmAccessRights": access_text(0),
            "GrantedAccessRights": access_text(denied.by_role | denied.by_share),
        },
        separators=(",", ":"),
    )


def _principal(value: object) -> dict[str, object] | None:
    if not isinstance(value, Reference):
        return None
    is_user = value.table == _USER
    return {"PrincipalId": str(value.id), "Type": 8 if is_user else 9, "IsUserPrincipal": is_user}
