"""The privileges that a user or team holds through security roles, read from the stored rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID

from connector.emulator.schema.model import Reference
from connector.emulator.schema.rights import Depth
from connector.emulator.storage.principals import ADMINISTRATOR_TEMPLATE, BUSINESS_UNIT_ID, ROLE_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from connector.emulator.schema.values import Stored
    from connector.emulator.storage.transaction import Transaction

_NEEDED: Final = ("privilege", "role", "roleprivileges", "systemuserroles", "systemuser")
_TEAMS: Final = ("team", "teamroles", "teammembership")
_ROLE_COLUMNS: Final = 'r."roleid", r."businessunitid", r."roletemplateid", r."isinherited"'
_ROLE_OF_ID: Final = f'SELECT {_ROLE_COLUMNS} FROM "role" AS r WHERE r."roleid" = ?'  # noqa: S608 - names of this module
_ALL_DEPTHS: Final = sum(Depth)
# A copy of a role in a business unit holds what its root holds.
_HELD: Final = """
SELECT p."name", p."privilegeid", rp."privilegedepthmask"
FROM "role" AS r
JOIN "roleprivileges" AS rp
  ON rp."roleid" = r."roleid" OR rp."roleid" = r."parentrootroleid"
JOIN "privilege" AS p ON p."privilegeid" = rp."privilegeid"
WHERE r."roleid" = ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A privilege through one role: its depth, counted from *unit*, and who has the role."""

    name: str
    privilege_id: UUID
    depth: Depth
    unit: UUID
    holder: Reference
    inherited: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role that a principal has; *inherited* lets members use the Basic depth of a team's."""

    id: UUID
    unit: UUID
    is_administrator: bool
    inherited: bool


_EVERYTHING: Final = Role(id=ROLE_ID, unit=BUSINESS_UNIT_ID, is_administrator=True, inherited=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """
    What one user or team may do by its roles and by those of its teams.

    A system administrator holds every privilege to the depth Global; ``held`` lists it too.
    """

    principal: Reference
    unit: UUID
    teams: tuple[UUID, ...]
    roles: tuple[Role, ...]
    held: Mapping[str, tuple[Held, ...]] = field(default_factory=dict)

    @property
    def is_administrator(self) -> bool:
        """Whether one of the roles is System Administrator."""
        return any(role.is_administrator for role in self.roles)

    def holds(self, name: str) -> bool:
        """Whether a privilege is held to some depth."""
        return self.is_administrator or name in self.held

    def own(self, name: str) -> Depth | None:
        """The depth of a privilege by the roles of the principal itself."""
        return _deepest(one for one in self.held.get(name, ()) if one.holder == self.principal)

    def effective(self, name: str) -> Depth | None:
        """The depth of a privilege by all roles."""
        return _deepest(self.held.get(name, ()))


def roles_are_used(tx: Transaction) -> bool:
    """Whether anybody but the emulator's own user has, or ever had, a role."""
    schema = tx.schema
    if any(name not in schema.tables for name in _NEEDED):
        return False
    names = [name for name in ("systemuserroles", "teamroles") if name in schema.tables]
    given = any(tx.select(f'SELECT 1 FROM "{one}" WHERE "_version" > 0 LIMIT 1') for one in names)  # noqa: S608 - names of this module
    taken = 'SELECT 1 FROM "_deleted" WHERE "table" IN (?, ?) LIMIT 1'
    return given or bool(tx.select(taken, ("systemuserroles", "teamroles")))


def grants_of(tx: Transaction, principal: Reference) -> Grants:
    """
    The grants of a user or team; as long as nobody has a role, those of an administrator.

    Raises 501 where the schema has no tables for roles and privileges.
    """
    for name in _NEEDED:
        tx.schema.table(name)
    teams = _teams_of(tx, principal) if principal.table == "systemuser" else ()
    roles: list[Role] = []
    held: dict[str, list[Held]] = {}
    for holder, role in _role_pairs(tx, principal, teams):
        roles.append(role)
        for one in _held_by(tx, holder, role):
            held.setdefault(one.name, []).append(one)
    return Grants(
        principal=principal,
        unit=unit_of(tx, principal),
        teams=teams,
        roles=tuple(roles),
        held={name: tuple(many) for name, many in held.items()},
    )


def role_privileges(tx: Transaction, role_id: UUID) -> tuple[UUID, list[tuple[str, UUID, Depth]]]:
    """The business unit of a role, and names, ids and depths of what it holds."""
    role = _role(tx.select(_ROLE_OF_ID, (str(role_id),))[0])
    held = _held_by(tx, Reference(table="role", id=role_id), role)
    return role.unit, [(one.name, one.privilege_id, one.depth) for one in held]


def unit_of(tx: Transaction, principal: Reference) -> UUID:
    """The business unit of a user or team, the root one where the row names none."""
    table = tx.schema.table(principal.table)
    if "businessunitid" not in table.columns:
        return BUSINESS_UNIT_ID
    rows = tx.select(
        f'SELECT "businessunitid" FROM "{table.logical_name}" WHERE "{table.primary_id}" = ?',  # noqa: S608 - quoted names of the schema
        (str(principal.id),),
    )
    return UUID(str(rows[0][0])) if rows and rows[0][0] else BUSINESS_UNIT_ID


def _role_pairs(
    tx: Transaction, principal: Reference, teams: tuple[UUID, ...]
) -> Iterator[tuple[Reference, Role]]:
    if not roles_are_used(tx):
        yield principal, _EVERYTHING
        return
    for holder in (principal, *(Reference(table="team", id=team) for team in teams)):
        for role in _roles_of(tx, holder):
            yield holder, role


def _teams_of(tx: Transaction, user: Reference) -> tuple[UUID, ...]:
    if any(name not in tx.schema.tables for name in _TEAMS):
        return ()
    sql = 'SELECT "teamid" FROM "teammembership" WHERE "systemuserid" = ? ORDER BY "teamid"'
    return tuple(UUID(str(row[0])) for row in tx.select(sql, (str(user.id),)))


def _roles_of(tx: Transaction, holder: Reference) -> Iterable[Role]:
    link = "systemuserroles" if holder.table == "systemuser" else "teamroles"
    if link not in tx.schema.tables:
        return ()
    rows = tx.select(
        f'SELECT {_ROLE_COLUMNS} FROM "{link}" AS l JOIN "role" AS r ON r."roleid" = l."roleid" '  # noqa: S608 - quoted names of the schema
        f'WHERE l."{holder.table}id" = ? ORDER BY r."roleid"',
        (str(holder.id),),
    )
    return tuple(_role(row) for row in rows)


def _role(row: tuple[Stored, ...]) -> Role:
    role_id, unit, template, inherited = row
    return Role(
        id=UUID(str(role_id)),
        unit=UUID(str(unit)) if unit else BUSINESS_UNIT_ID,
        is_administrator=str(template) == str(ADMINISTRATOR_TEMPLATE),
        inherited=inherited != 0,
    )


def _held_by(tx: Transaction, holder: Reference, role: Role) -> Iterable[Held]:
    if role.is_administrator:
        for name, privilege_id in tx.select('SELECT "name", "privilegeid" FROM "privilege"'):
            yield _held((name, privilege_id), Depth.GLOBAL, holder, role)
        return
    for name, privilege_id, mask in tx.select(_HELD, (str(role.id),)):
        depth = depth_of(mask)
        if depth is not None:
            yield _held((name, privilege_id), depth, holder, role)


def _held(privilege: tuple[Stored, Stored], depth: Depth, holder: Reference, role: Role) -> Held:
    name, privilege_id = privilege
    return Held(
        name=str(name),
        privilege_id=UUID(str(privilege_id)),
        depth=depth,
        unit=role.unit,
        holder=holder,
        inherited=role.inherited,
    )


def depth_of(mask: Stored) -> Depth | None:
    """The deepest depth in a mask of `roleprivileges`; None where it grants nothing."""
    number = int(mask or 0) & _ALL_DEPTHS
    return max((depth for depth in Depth if number & depth), default=None)


def _deepest(held: Iterable[Held]) -> Depth | None:
    return max((one.depth for one in held), default=None)
