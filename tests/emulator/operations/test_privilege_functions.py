"""Which privileges a user, a team and a role hold, as clients ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.emulator import Emulator
from connector.emulator.schema.file import read_schema
from connector.emulator.storage.principals import BUSINESS_UNIT_ID, ROLE_ID, USER_ID
from tests.emulator.organisation import BASIC, DEEP, GLOBAL, LOCAL, Organisation, named
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from tests.emulator.web import Answer

CRM = "Microsoft.Dynamics.CRM."
CLERK = f"systemusers({named('clerk')})/{CRM}"


@pytest.fixture
def office(plain: Emulator) -> Organisation:
    """A clerk with a role, and a team whose role gives the clerk more."""
    office = Organisation(plain)
    north = office.unit("north")
    reading = office.role("reader", {"prvReadInvoice": LOCAL, "prvReadAccount": BASIC}, unit=north)
    billing = office.role("billing", {"prvCreateInvoice": DEEP, "prvReadAccount": GLOBAL})
    clerk = office.user("clerk", reading, unit=north)
    office.team("billing", billing, members=(clerk,))
    office.load()
    return office


@pytest.fixture
def ask(office: Organisation) -> Web:
    """A client of that organisation."""
    return Web(InProcess(office.emulator.app))


def held(answer: Answer) -> dict[str, str]:
    assert answer.status == 200, answer.body
    return {row["PrivilegeName"]: row["Depth"] for row in answer.json()["RolePrivileges"]}


def test_the_emulators_own_user_holds_every_privilege_globally(web: Web, plain: Emulator) -> None:
    answer = web("GET", f"systemusers({USER_ID})/{CRM}RetrieveUserPrivileges")

    found = held(answer)
    assert set(found.values()) == {"Global"}
    assert set(found) == {str(row["name"]) for row in plain.rows("privileges")}
    assert {"prvReadmsdyn_actual", "prvCreateInvoice", "prvAppendToOrder"} <= set(found)


def test_a_privilege_is_shown_with_its_id_and_business_unit(ask: Web, office: Organisation) -> None:
    answer = ask("GET", f"{CLERK}RetrieveUserPrivileges()")

    context = answer.json()["@odata.context"]
    rows = {row["PrivilegeName"]: row for row in answer.json()["RolePrivileges"]}
    assert context.endswith(f"$metadata#{CRM}RetrieveUserPrivilegesResponse")
    assert rows["prvReadInvoice"] == {
        "Depth": "Local",
        "PrivilegeId": office.privilege("prvReadInvoice"),
        "BusinessUnitId": named("north"),
        "PrivilegeName": "prvReadInvoice",
        "RecordFilterId": "00000000-0000-0000-0000-000000000000",
        "RecordFilterUniqueName": None,
    }


def test_privileges_of_teams_are_listed_with_the_depth_basic(ask: Web) -> None:
    found = held(ask("GET", f"{CLERK}RetrieveUserPrivileges"))

    assert found == {
        "prvCreateInvoice": "Basic",
        "prvReadAccount": "Basic",
        "prvReadInvoice": "Local",
    }


def test_a_named_privilege_is_answered_with_the_depth_in_force(ask: Web) -> None:
    def depth(arguments: str) -> dict[str, str]:
        return held(ask("GET", f"{CLERK}RetrieveUserPrivilegeByPrivilegeName({arguments})"))

    assert depth("PrivilegeName='prvReadAccount'") == {"prvReadAccount": "Global"}
    assert depth("PrivilegeName='prvcreateinvoice'") == {"prvCreateInvoice": "Deep"}
    assert depth("PrivilegeName='prvDeleteInvoice'") == {}


def test_a_privilege_is_found_by_its_id_too(ask: Web, office: Organisation) -> None:
    known = office.privilege("prvReadInvoice")
    name = f"{CLERK}RetrieveUserPrivilegeByPrivilegeId"

    assert held(ask("GET", f"{name}(PrivilegeId={known})")) == {"prvReadInvoice": "Local"}
    assert held(ask("GET", f"{name}(PrivilegeId=@one)?@one={known}")) == {"prvReadInvoice": "Local"}


def test_several_privileges_are_asked_for_at_once(ask: Web, office: Organisation) -> None:
    names = '["prvReadInvoice","prvDeleteInvoice","prvReadAccount"]'
    ids = f'["{office.privilege("prvCreateInvoice")}"]'
    by_names = f"{CLERK}RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@names)?@names={names}"
    by_ids = f"{CLERK}RetrieveUserSetOfPrivilegesByIds(PrivilegeIds=@ids)?@ids={ids}"

    assert held(ask("GET", by_names)) == {"prvReadInvoice": "Local", "prvReadAccount": "Global"}
    assert held(ask("GET", by_ids)) == {"prvCreateInvoice": "Deep"}


def test_a_team_and_a_role_show_what_they_hold(ask: Web) -> None:
    team = ask("GET", f"teams({named('billing')})/{CRM}RetrieveTeamPrivileges")
    role = ask("GET", f"RetrieveRolePrivilegesRole(RoleId={named('reader')})")
    administrator = ask("GET", f"RetrieveRolePrivilegesRole(RoleId={ROLE_ID})")

    assert held(team) == {"prvCreateInvoice": "Deep", "prvReadAccount": "Global"}
    assert held(role) == {"prvReadInvoice": "Local", "prvReadAccount": "Basic"}
    assert role.json()["RolePrivileges"][0]["BusinessUnitId"] == named("north")
    assert set(held(administrator).values()) == {"Global"}


def test_a_copy_of_a_role_holds_what_its_root_holds(plain: Emulator) -> None:
    office = Organisation(plain)
    north = office.unit("north")
    root = office.role("root", {"prvReadInvoice": DEEP})
    copy = office.role("copy", unit=north, _parentrootroleid_value=root)
    office.user("clerk", copy, unit=north)
    office.load()
    answer = Web(InProcess(plain.app))("GET", f"{CLERK}RetrieveUserPrivileges")

    assert held(answer) == {"prvReadInvoice": "Deep"}
    assert answer.json()["RolePrivileges"][0]["BusinessUnitId"] == north


def test_ids_of_a_tenants_export_replace_the_emulators_own(plain: Emulator) -> None:
    own = "99999999-0000-4000-8000-000000000001"
    plain.seed({"privileges": [{"privilegeid": own, "name": "prvReadInvoice"}]})
    ask = Web(InProcess(plain.app))
    path = f"systemusers({USER_ID})/{CRM}RetrieveUserPrivilegeByPrivilegeName"
    answer = ask("GET", f"{path}(PrivilegeName='prvReadInvoice')").json()
    shown = ask("GET", "EntityDefinitions(LogicalName='invoice')/Privileges").json()["value"]

    assert [row["PrivilegeId"] for row in answer["RolePrivileges"]] == [own]
    assert [row["PrivilegeId"] for row in shown if row["Name"] == "prvReadInvoice"] == [own]
    assert len(ask.rows("privileges?$filter=name eq 'prvReadInvoice'")) == 1


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("RetrieveUserPrivilegeByPrivilegeName(PrivilegeName='prvFlyInvoice')", 400),
        ("RetrieveUserPrivilegeByPrivilegeName(PrivilegeName=prvReadInvoice)", 400),
        ("RetrieveUserPrivilegeByPrivilegeName(Name='prvReadInvoice')", 400),
        ("RetrieveUserPrivilegeByPrivilegeName()", 400),
        ("RetrieveUserPrivilegeByPrivilegeId(PrivilegeId=@p)", 400),
        (f"RetrieveUserPrivilegeByPrivilegeId(PrivilegeId={named('none')})", 400),
        ("RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=prvReadInvoice)", 400),
        ("RetrieveUserSetOfPrivilegesByIds(PrivilegeIds=['x'])", 400),
        ("RetrieveTeamPrivileges", 404),
        ("RetrieveSomething", 404),
    ],
)
def test_a_call_that_does_not_fit_is_refused(ask: Web, address: str, status: int) -> None:
    assert ask("GET", CLERK + address).status == status


def test_a_user_and_a_role_that_do_not_exist_are_not_found(ask: Web) -> None:
    user = ask("GET", f"systemusers({named('nobody')})/{CRM}RetrieveUserPrivileges")
    role = ask("GET", f"RetrieveRolePrivilegesRole(RoleId={named('nothing')})")

    assert (user.status, role.status) == (404, 404)


def test_a_schema_without_roles_says_what_it_lacks() -> None:
    users = {"ownership": "business", "columns": {"systemuserid": {"kind": "guid"}}}
    document = {"format": "proforma-emulator-schema/1", "tables": {"systemuser": users}}
    emulator = Emulator(schema=read_schema(document), behaviour="plain")
    answer = Web(InProcess(emulator.app))(
        "GET", f"systemusers({USER_ID})/{CRM}RetrieveUserPrivileges"
    )
    emulator.close()

    assert answer.status == 501
    assert "'privilege'" in answer.message


def test_the_role_that_holds_everything_is_a_row_among_the_others(web: Web) -> None:
    (role,) = web.rows("roles?$select=name,_businessunitid_value")
    (link,) = web.rows("systemuserrolescollection?$select=systemuserid,roleid")

    assert role["name"] == "System Administrator"
    assert role["_businessunitid_value"] == str(BUSINESS_UNIT_ID)
    assert (link["systemuserid"], link["roleid"]) == (str(USER_ID), str(ROLE_ID))
