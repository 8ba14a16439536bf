"""Roles of users and members of teams, read from either side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.emulator.rows.role_links import link_of
from connector.emulator.storage.principals import ROLE_ID, USER_ID
from tests.emulator.organisation import BASIC, Organisation, named
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from connector.emulator import Emulator
    from connector.emulator.schema.model import Schema


@pytest.fixture
def web(plain: Emulator) -> Web:
    office = Organisation(plain)
    role = office.role("reader", {"prvReadAccount": BASIC})
    clerk = office.user("clerk", role)
    office.user("lonely")
    office.team("team", role, members=(clerk,))
    office.load()
    return Web(InProcess(plain.app))


def test_links_lead_from_one_table_to_the_other(schema: Schema) -> None:
    user, role, account = (schema.table(name) for name in ("systemuser", "role", "account"))
    there, back = (link_of(table, "systemuserroles_association") for table in (user, role))

    assert there is not None
    assert back is not None
    assert (there.own, there.other, there.between) == ("systemuser", "role", "systemuserroles")
    assert (back.own, back.other, back.between) == ("role", "systemuser", "systemuserroles")
    assert link_of(account, "systemuserroles_association") is None
    assert link_of(user, "something_association") is None


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
    assert web("GET", f"{path}({ROLE_ID})").status == 501
    body = {"@odata.id": f"privileges({ROLE_ID})"}
    assert web("POST", f"{path}/$ref", body).status in (400, 404)
