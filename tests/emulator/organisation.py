"""An organisation with business units, users, teams and roles, as a seed of plain rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from connector.emulator.storage.principals import BUSINESS_UNIT_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator import Emulator

_NAMES = UUID("0b000000-0000-4000-8000-000000000000")
ROOT = str(BUSINESS_UNIT_ID)
BASIC, LOCAL, DEEP, GLOBAL = 1, 2, 4, 8


def named(name: str) -> str:
    """The id that a thing of this organisation has."""
    return str(uuid5(_NAMES, name))


@dataclass(slots=True)
class Organisation:
    """Collects rows; every method adds one thing and the rows that tie it to others."""

    emulator: Emulator
    seed: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def unit(self, name: str, parent: str = ROOT) -> str:
        row = {"businessunitid": named(name), "name": name, "_parentbusinessunitid_value": parent}
        return self._add("businessunits", row, "businessunitid")

    def user(self, name: str, *roles: str, unit: str = ROOT, **columns: object) -> str:
        user = {"systemuserid": named(name), "fullname": name, "_businessunitid_value": unit}
        user_id = self._add("systemusers", user | columns, "systemuserid")
        for role in roles:
            row = {
                "systemuserroleid": named(f"{name}/{role}"),
                "systemuserid": user_id,
                "roleid": role,
            }
            self._add("systemuserrolescollection", row, "systemuserroleid")
        return user_id

    def team(self, name: str, *roles: str, members: tuple[str, ...] = (), unit: str = ROOT) -> str:
        row = {"teamid": named(name), "name": name, "_businessunitid_value": unit}
        team_id = self._add("teams", row, "teamid")
        for role in roles:
            link = {"teamroleid": named(f"{name}/{role}"), "teamid": team_id, "roleid": role}
            self._add("teamrolescollection", link, "teamroleid")
        for member in members:
            link = {
                "teammembershipid": named(f"{name}/{member}"),
                "teamid": team_id,
                "systemuserid": member,
            }
            self._add("teammemberships", link, "teammembershipid")
        return team_id

    def role(
        self,
        name: str,
        held: Mapping[str, int] | None = None,
        *,
        unit: str = ROOT,
        **columns: object,
    ) -> str:
        row = {"roleid": named(name), "name": name, "_businessunitid_value": unit}
        role_id = self._add("roles", row | columns, "roleid")
        for privilege, mask in (held or {}).items():
            link = {
                "roleprivilegeid": named(f"{name}/{privilege}"),
                "roleid": role_id,
                "privilegeid": self.privilege(privilege),
                "privilegedepthmask": mask,
            }
            self._add("roleprivilegescollection", link, "roleprivilegeid")
        return role_id

    def privilege(self, name: str) -> str:
        rows = self.emulator.rows("privileges")
        return next(str(row["privilegeid"]) for row in rows if row["name"] == name)

    def load(self) -> None:
        self.emulator.seed(self.seed)
        self.seed = {}

    def _add(self, entity_set: str, row: dict[str, Any], key: str) -> str:
        self.seed.setdefault(entity_set, []).append(row)
        return str(row[key])
