"""Roles of users and members of teams, read from either side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.emulator.storage.principals import ROLE_ID, USER_ID
from tests.emulator.organisation import BASIC, Organisation, named
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from connector.emulator import Emulator


@pytest.fixture
def web(plain: Emulator) -> Web:
    office = Organisation(plain)
    role = office.role("reader", {"prvReadAccount": BASIC})
    clerk = office.user("clerk", role)
    office.user("lonely")
    office.team("team", role, members=(clerk,))
    office.load()
    return Web(InProcess(plain.app))


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        (f"systemusers({named('clerk')})/systemuserroles_association", [named("reader")]),
        (f"systemusers({USER_ID})/systemuserroles_association", [str(ROLE_ID)]),
        (f"systemusers({named('lonely')})/systemuserroles_association", []),
        (f"roles({named('reader')})/systemuserroles_association", [named("clerk")]),
        (f"roles({named('reader')})/teamroles_association", [named("team")]),
        (f"teams({named('team')})/teammembership_association", [named("clerk")]),
        (f"systemusers({named('clerk')})/teammembership_association", [named("team")]),
    ],
)
def test_rows_at_the_other_side_are_read(web: Web, path: str, ids: list[str]) -> None:
    rows = web.rows(path)
    keys = [row.get("roleid") or row.get("systemuserid") or row.get("teamid") for row in rows]

    assert keys == ids
    assert web("GET", f"{path}/$count").body.decode("utf-8-sig") == str(len(ids))


def test_they_are_queried_like_any_other_rows(web: Web) -> None:
    path = f"roles({named('reader')})/roleprivileges_association"

    assert [row["name"] for row in web.rows(f"{path}?$select=name")] == ["prvReadAccount"]
    assert web.rows(f"{path}?$filter=name eq 'prvWriteAccount'") == []
    (row,) = web.rows(path)
    body = {"@odata.id": f"privileges({row['privilegeid']})"}
    assert web("POST", f"{path}/$ref", body).status == 400
    assert web("DELETE", f"{path}({row['privilegeid']})/$ref").status == 400
    assert len(web.rows(path)) == 1


def test_roles_are_expanded_with_their_users(web: Web) -> None:
    expand = "$expand=systemuserroles_association($select=name)&$select=fullname"
    rows = web.rows(f"systemusers?{expand}&$filter=systemuserroles_association/any()")

    shown = {
        row["fullname"]: [one["name"] for one in row["systemuserroles_association"]] for row in rows
    }
    assert shown == {"clerk": ["reader"], "Emulator User": ["System Administrator"]}
