"""An organisation with business units, users, teams and roles, as a seed of plain rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from connector.emulator.storage.principals import BUSINESS_UNIT_ID
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator import Emulator
    from tests.emulator.web import Answer

_NAMES = UUID("0b000000-0000-4000-8000-000000000000")
ROOT = str(BUSINESS_UNIT_ID)
BASIC, LOCAL, DEEP, GLOBAL = 1, 2, 4, 8


def named(name: str) -> str:
    """The id that a thing of this organisation has."""
    return str(uuid5(_NAMES, name))


def address(name: str) -> str:
    """The user name of a user."""
    return f"{name}@emulator.invalid"


@dataclass(frozen=True, slots=True)
class Session:
    """Requests of one user, who signs in by name."""

    web: Web
    name: str

    def __call__(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        signed = {"Authorization": f"Bearer {address(self.name)}"}
        return self.web(method, path, body, signed | dict(headers or {}))

    def names(self, path: str) -> set[str]:
        """The names of the rows of an answer."""
        answer = self("GET", path)
        assert answer.status == 200, answer.body
        return {str(row["name"]) for row in answer.json()["value"]}


@dataclass(slots=True)
class Organisation:
    """Collects rows; every method adds one thing and the rows that tie it to others."""

    emulator: Emulator
    seed: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def unit(self, name: str, parent: str = ROOT) -> str:
        row = {"businessunitid": named(name), "name": name, "_parentbusinessunitid_value": parent}
        return self._add("businessunits", row, "businessunitid")

    def user(self, name: str, *roles: str, unit: str = ROOT, **columns: object) -> str:
        user = {
            "systemuserid": named(name),
            "fullname": name,
            "domainname": address(name),
            "_businessunitid_value": unit,
        }
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

    def row(self, entity_set: str, name: str, owner: str = "", **columns: object) -> str:
        """A row that a user or team owns; the key is the name's id."""
        table = self.emulator.store.schema.by_entity_set(entity_set)
        row: dict[str, object] = {table.primary_id: named(name), "name": name} | columns
        if owner:
            row["_ownerid_value"] = owner
        return self._add(entity_set, row, table.primary_id)

    def load(self) -> None:
        self.emulator.seed(self.seed)
        self.seed = {}

    def session(self, name: str) -> Session:
        """Requests of a user."""
        return Session(Web(InProcess(self.emulator.app)), name)

    def _add(self, entity_set: str, row: dict[str, Any], key: str) -> str:
        self.seed.setdefault(entity_set, []).append(row)
        return str(row[key])
