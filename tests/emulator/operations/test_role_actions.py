"""Changing roles and teams over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator.storage.principals import ROLE_ID, USER_ID
from tests.emulator.organisation import BASIC, GLOBAL, LOCAL, ROOT, Organisation, Session, named
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from connector.emulator import Emulator

CRM = "Microsoft.Dynamics.CRM."
ROLE = f"roles({named('reader')})/{CRM}"
TEAM = f"teams({named('team')})/{CRM}"


@pytest.fixture
def office(plain: Emulator) -> Organisation:
    office = Organisation(plain)
    office.user("clerk", office.role("reader", {"prvReadAccount": BASIC}))
    office.user("other")
    office.team("team", office.role("billing", {"prvReadInvoice": GLOBAL}))
    office.load()
    return office


@pytest.fixture
def web(office: Organisation) -> Web:
    return Web(InProcess(office.emulator.app))


@pytest.fixture
def clerk(office: Organisation) -> Session:
    return office.session("clerk")


def held(web: Web) -> dict[str, str]:
    rows = web("GET", f"RetrieveRolePrivilegesRole(RoleId={named('reader')})").json()
    return {row["PrivilegeName"]: row["Depth"] for row in rows["RolePrivileges"]}


def privilege(office: Organisation, name: str, depth: str) -> dict[str, str]:
    known = office.privilege(name)
    return {"PrivilegeId": known, "Depth": depth, "BusinessUnitId": ROOT, "PrivilegeName": name}


def test_privileges_are_added_to_a_role(web: Web, office: Organisation, clerk: Session) -> None:
    given = [
        privilege(office, "prvReadContact", "Global"),
        privilege(office, "prvReadAccount", "Deep"),
    ]
    assert clerk("GET", "contacts").status == 403

    assert web("POST", f"{ROLE}AddPrivilegesRole", {"Privileges": given}).status == 204
    assert held(web) == {"prvReadAccount": "Deep", "prvReadContact": "Global"}
    assert clerk("GET", "contacts").status == 200


def test_privileges_of_a_role_are_replaced_and_removed(
    web: Web, office: Organisation, clerk: Session
) -> None:
    given = [privilege(office, "prvReadContact", "Local")]
    assert web("POST", f"{ROLE}ReplacePrivilegesRole", {"Privileges": given}).status == 204
    assert held(web) == {"prvReadContact": "Local"}
    assert clerk("GET", "accounts").status == 403

    known = {"privilegeid": office.privilege("prvReadContact"), "@odata.type": f"{CRM}privilege"}
    assert web("POST", f"{ROLE}RemovePrivilegeRole", {"Privilege": known}).status == 204
    assert held(web) == {}


@pytest.mark.parametrize(
    ("privileges", "status"),
    [
        (None, 400),
        ([], 400),
        (["prvReadContact"], 400),
        ([{"Depth": "Global"}], 404),
        ([{"Depth": "Global", "PrivilegeId": named("none")}], 404),
        ([{"Depth": "Everything", "PrivilegeId": "contact"}], 400),
        ([{"Depth": 3, "PrivilegeId": "contact"}], 400),
        ([{"Depth": "Basic", "PrivilegeId": "product"}], 400),
    ],
)
def test_what_is_no_privilege_of_that_depth_is_refused(
    web: Web,
    office: Organisation,
    privileges: Any,
    status: int,
) -> None:
    known = {"contact": "prvReadContact", "product": "prvReadProduct"}
    for one in privileges or []:
        if isinstance(one, dict) and one.get("PrivilegeId") in known:
            one["PrivilegeId"] = office.privilege(known[one["PrivilegeId"]])

    answer = web("POST", f"{ROLE}AddPrivilegesRole", {"Privileges": privileges})
    assert answer.status == status
    assert held(web) == {"prvReadAccount": "Basic"}


def test_the_administrators_role_and_copies_cannot_be_changed(
    web: Web, office: Organisation
) -> None:
    north = office.unit("north")
    office.role("copy", unit=north, _parentrootroleid_value=named("reader"))
    office.load()
    given = {"Privileges": [privilege(office, "prvReadContact", "Global")]}

    for role in (ROLE_ID, named("copy")):
        assert web("POST", f"roles({role})/{CRM}AddPrivilegesRole", given).status == 400


def test_roles_are_changed_by_who_may_write_them(clerk: Session, office: Organisation) -> None:
    given = {"Privileges": [privilege(office, "prvReadContact", "Global")]}
    answer = clerk("POST", f"{ROLE}AddPrivilegesRole", given)

    assert answer.code == "0x80040220"
    assert "prvReadRole" in answer.message or "prvWriteRole" in answer.message


def test_members_join_and_leave_a_team(web: Web, clerk: Session) -> None:
    members = {"Members": [{"systemuserid": named("clerk"), "@odata.type": f"{CRM}systemuser"}]}
    for _ in range(2):
        assert web("POST", f"{TEAM}AddMembersTeam", members).status == 204
    assert len(web.rows("teammemberships")) == 1
    assert clerk("GET", "invoices").status == 200

    assert web("POST", f"{TEAM}RemoveMembersTeam", members).status == 204
    assert web.rows("teammemberships") == []
    assert clerk("GET", "invoices").status == 403


def test_only_users_are_members(web: Web) -> None:
    for members in (None, [], [{"teamid": named("team"), "@odata.type": f"{CRM}team"}]):
        assert web("POST", f"{TEAM}AddMembersTeam", {"Members": members}).status == 400


def test_a_role_is_given_and_taken_from_both_sides(web: Web) -> None:
    user, role = named("other"), named("reader")
    ways = [
        (f"systemusers({user})/systemuserroles_association", f"roles({role})"),
        (f"roles({role})/systemuserroles_association", f"systemusers({user})"),
        (f"teams({named('team')})/teamroles_association", f"roles({role})"),
        (f"teams({named('team')})/teammembership_association", f"systemusers({user})"),
    ]
    for path, other in ways:
        before = len(web.rows("systemuserrolescollection")), len(web.rows("teamrolescollection"))
        assert web("POST", f"{path}/$ref", {"@odata.id": other}).status == 204
        assert web("DELETE", f"{path}/$ref?$id={other}").status == 204
        after = len(web.rows("systemuserrolescollection")), len(web.rows("teamrolescollection"))
        assert after == before


def test_a_role_of_another_business_unit_is_refused(web: Web, office: Organisation) -> None:
    north = office.unit("north")
    role = office.role("northern", {"prvReadAccount": LOCAL}, unit=north)
    office.load()
    path = f"systemusers({named('other')})/systemuserroles_association/$ref"
    answer = web("POST", path, {"@odata.id": f"roles({role})"})

    assert (answer.status, answer.code) == (400, "0x80041409")
    assert answer.message == (
        "Cannot associate security role because the security role's Business Unit is not the same "
        f"as the user's Business Unit. Details: userid={named('other')}, userBU={ROOT}, "
        f"roleId={role}, roleBU={north}"
    )
    wrong = web("POST", path, {"@odata.id": f"systemusers({USER_ID})"})
    assert wrong.status == 400


def test_giving_a_role_needs_the_privilege_to_assign_roles(
    office: Organisation, clerk: Session
) -> None:
    office.user("chief", office.role("chief", {"prvAssignRole": GLOBAL, "prvReadUser": GLOBAL}))
    office.load()
    path = f"systemusers({named('other')})/systemuserroles_association/$ref"
    role = {"@odata.id": f"roles({named('reader')})"}

    assert clerk("POST", path, role).code == "0x80040220"
    assert office.session("chief")("POST", path, role).status == 204


def test_a_role_is_made_over_the_wire(web: Web, office: Organisation) -> None:
    body = {"name": "Biller", "businessunitid@odata.bind": f"/businessunits({ROOT})"}
    role = web.create("roles", **body)
    given = {"Privileges": [privilege(office, "prvReadContact", "Global")]}
    web("POST", f"roles({role})/{CRM}AddPrivilegesRole", given)
    link = f"systemusers({named('other')})/systemuserroles_association/$ref"
    web("POST", link, {"@odata.id": f"roles({role})"})

    assert office.session("other")("GET", "contacts").status == 200
