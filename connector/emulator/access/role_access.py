"""What a user may do by roles and shares, as the transactions of its requests ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from connector.emulator.access import refusals
from connector.emulator.schema.privileges import privilege_for
from connector.emulator.schema.rights import Right

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from connector.emulator.access.reach import Reach
    from connector.emulator.faults import DataverseFault
    from connector.emulator.schema.model import Reference, Table
    from connector.emulator.storage.caller import Access
    from connector.emulator.storage.row_reader import StoredRow


class Principals(Protocol):
    """What is known of all users and teams."""

    @property
    def privilege_ids(self) -> Mapping[str, UUID]:
        """The ids of privileges by name."""

    def reach_of(self, principal: Reference) -> Reach:
        """What a user or team reaches."""

    def described(self, principal: Reference) -> refusals.Described:
        """What messages tell of it."""

    def rights_to(self, principal: Reference, row: StoredRow) -> tuple[int, int]:
        """The masks of its rights to a row: by roles, and by sharing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAccess:
    """The access of a user by its roles; *origin* is the address that messages link to."""

    caller: Reference
    reach: Reach
    principals: Principals
    origin: str

    def demand(self, table: Table, right: Right) -> None:
        """Raise 403 unless a role has the privilege, to whatever depth."""
        if self.reach.holds(table, right):
            return
        privilege = privilege_for(self.reach.schema, table, right)
        if privilege is not None:
            raise self._missing(privilege.name, table)

    def demand_named(self, privilege: str) -> None:
        """Raise 403 unless a role has a privilege that is no right to rows."""
        if not self.reach.grants.holds(privilege):
            raise self._missing(privilege, None)

    def condition(self, table: Table, right: Right) -> str | None:
        """The SQL condition of the rows that the right reaches; None for all."""
        return self.reach.condition(table, right)

    def refusal(self, row: StoredRow, right: Right) -> DataverseFault:
        """The 403 of a row that the right does not reach."""
        by_role, by_share = self.principals.rights_to(self.caller, row)
        denied = refusals.Denied(row=row, right=right, by_role=by_role, by_share=by_share)
        return refusals.access_denied(denied, self.caller, self.origin)

    def check_owner(self, table: Table, owner: Reference, *, creating: bool) -> None:
        """Raise 403 when *owner* has no privilege to read what it is to own."""
        reach = self.principals.reach_of(owner)
        privilege = privilege_for(reach.schema, table, Right.READ)
        if privilege is None or reach.holds(table, Right.READ):
            return
        raise refusals.owner_cannot_read(
            self.principals.described(owner),
            self._lacking(privilege.name, table),
            self.caller.id,
            creating=creating,
        )

    def _missing(self, name: str, table: Table | None) -> DataverseFault:
        described = self.principals.described(self.caller)
        return refusals.missing_privilege(described, self._lacking(name, table), self.caller.id)

    def _lacking(self, name: str, table: Table | None) -> refusals.Lacking:
        known = self.principals.privilege_ids.get(name)
        return refusals.Lacking(name=name, privilege_id=known, table=table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined:
    """The access of a user on whose behalf another acts: what both of them may do."""

    actor: Access
    user: Access

    def demand(self, table: Table, right: Right) -> None:
        """Raise 403 unless both have the privilege."""
        self.user.demand(table, right)
        self.actor.demand(table, right)

    def demand_named(self, privilege: str) -> None:
        """Raise 403 unless both have the privilege."""
        self.user.demand_named(privilege)
        self.actor.demand_named(privilege)

    def condition(self, table: Table, right: Right) -> str | None:
        """The SQL condition of the rows that both reach."""
        found = [one.condition(table, right) for one in (self.user, self.actor)]
        terms = [f"({one})" for one in found if one is not None]
        return " AND ".join(terms) or None

    def refusal(self, row: StoredRow, right: Right) -> DataverseFault:
        """The 403 of a row that one of them does not reach, as the user's."""
        return self.user.refusal(row, right)

    def check_owner(self, table: Table, owner: Reference, *, creating: bool) -> None:
        """Raise 403 when *owner* could not read what it is to own."""
        self.user.check_owner(table, owner, creating=creating)
