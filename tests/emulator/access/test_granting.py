"""Users who may do what a few words say, from the first request on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import Emulator, EmulatorOptions, PrivilegesError
from connector.emulator.schema.file import read_schema
from connector.emulator.storage.principals import USER_ID
from tests.emulator.organisation import Organisation, Session, named
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Iterator

APPLICATION = "a1b2c3d4-0000-4000-8000-000000000001"
CRM = "Microsoft.Dynamics.CRM."


@pytest.fixture
def web(plain: Emulator) -> Web:
    """A client of the plain emulator, in process."""
    return Web(InProcess(plain.app))


@pytest.fixture
def granted() -> Iterator[Emulator]:
    """An emulator whose options say what two users may do."""
    words = {
        "clerk@emulator.invalid": {"*": "global", "contact": {"create": "none"}},
        APPLICATION: "administrator",
    }
    options = EmulatorOptions(privileges=words)
    emulator = Emulator(behaviour="plain", options=options)
    yield emulator
    emulator.close()


def as_user(emulator: Emulator, token: str, method: str, path: str, body: Any = None) -> int:
    web = Web(InProcess(emulator.app))
    return web(method, path, body, {"Authorization": f"Bearer {token}"}).status


def test_users_are_made_with_a_role_of_their_own(granted: Emulator) -> None:
    users = {row["fullname"]: row for row in granted.rows("systemusers")}

    assert users["clerk@emulator.invalid"]["domainname"] == "clerk@emulator.invalid"
    assert users[APPLICATION]["applicationid"] == APPLICATION
    assert users[APPLICATION]["accessmode"] == 4
    roles = {row["name"] for row in granted.rows("roles")}
    assert roles == {"System Administrator", "Privileges of clerk@emulator.invalid"}


def test_users_may_do_what_the_words_say(granted: Emulator) -> None:
    clerk = "clerk@emulator.invalid"

    assert as_user(granted, clerk, "POST", "accounts", {"name": "A"}) == 204
    assert as_user(granted, clerk, "POST", "contacts", {"lastname": "I"}) == 403
    assert as_user(granted, APPLICATION, "POST", "contacts", {"lastname": "I"}) == 204
    assert as_user(granted, "any text", "POST", "contacts", {"lastname": "I"}) == 204


def test_the_words_hold_after_a_seed_and_a_reset(granted: Emulator) -> None:
    clerk = "clerk@emulator.invalid"
    office = Organisation(granted)
    office.user("clerk")
    office.load()
    users = [
        row["systemuserid"] for row in granted.rows("systemusers") if row["domainname"] == clerk
    ]

    assert users == [named("clerk")]
    assert Session(Web(InProcess(granted.app)), "clerk")("POST", "contacts", {}).status == 403
    granted.reset()
    assert as_user(granted, clerk, "POST", "contacts", {"lastname": "I"}) == 403


def test_a_second_grant_takes_the_place_of_the_first(plain: Emulator) -> None:
    clerk = "clerk@emulator.invalid"
    assert plain.grant({clerk: {"account": "global"}}) == 1
    assert as_user(plain, clerk, "GET", "accounts") == 200

    plain.grant({clerk: {"contact": "global"}})
    assert as_user(plain, clerk, "GET", "accounts") == 403
    assert as_user(plain, clerk, "GET", "contacts") == 200
    assert len(plain.rows("systemuserrolescollection")) == 2


def test_roles_of_the_user_go_and_those_of_its_teams_stay(plain: Emulator) -> None:
    office = Organisation(plain)
    north = office.unit("north")
    own = office.role("own", {"prvReadAccount": 8}, unit=north)
    clerk = office.user("clerk", own, unit=north)
    office.team("team", office.role("of team", {"prvReadProduct": 8}), members=(clerk,))
    office.load()
    plain.grant({"clerk@emulator.invalid": {"contact": "local"}})
    session = office.session("clerk")

    assert session("GET", "accounts").status == 403
    assert session("GET", "contacts").status == 200
    assert session("GET", "products").status == 200
    roles = {row["name"]: row["_businessunitid_value"] for row in plain.rows("roles")}
    assert roles["Privileges of clerk@emulator.invalid"] == north


def test_everybody_else_is_named_by_a_star(plain: Emulator, web: Web) -> None:
    plain.grant({"*": {"*": "global", "contact": {"create": "none"}}})

    assert web("POST", "accounts", {"name": "A"}).status == 204
    answer = web("POST", "contacts", {"lastname": "I"})
    assert (answer.status, answer.code) == (403, "0x80040220")
    assert f"Principal user (Id={USER_ID}" in answer.message


def test_what_was_granted_is_told_by_the_functions(plain: Emulator, web: Web) -> None:
    plain.grant({"*": {"account": "global", "systemuser": {"read": "basic"}}})
    path = f"systemusers({USER_ID})/{CRM}RetrieveUserPrivileges"
    rows = web("GET", path).json()["RolePrivileges"]
    shown = {row["PrivilegeName"]: row["Depth"] for row in rows}

    assert shown == {
        "prvReadUser": "Basic",
        **{
            f"prv{verb}Account": "Global"
            for verb in (
                *("Create", "Read", "Write", "Delete"),
                *("Assign", "Share", "Append", "AppendTo"),
            )
        },
    }


def test_a_user_is_found_by_application_and_by_id(plain: Emulator) -> None:
    office = Organisation(plain)
    office.user("program", applicationid=APPLICATION, domainname=None)
    office.user("clerk")
    office.load()
    plain.grant({APPLICATION: {"account": "global"}, named("clerk"): {"contact": "global"}})

    assert len(plain.rows("systemusers")) == 3
    assert as_user(plain, APPLICATION, "GET", "accounts") == 200
    assert office.session("clerk")("GET", "contacts").status == 200


def test_a_fault_changes_nothing(plain: Emulator) -> None:
    plain.grant({"clerk@emulator.invalid": {"account": "global"}})
    before = plain.dump()

    with pytest.raises(PrivilegesError):
        plain.grant({"clerk@emulator.invalid": {"contact": "global"}, "other": "high"})
    assert plain.dump() == before


def test_privileges_are_granted_over_the_control_plane(plain: Emulator, web: Web) -> None:
    words = {"*": {"account": "global"}}
    answer = web("POST", "/_emulator/privileges", words)
    wrong = web("POST", "/_emulator/privileges", {"*": "high"})

    assert (answer.status, answer.json()) == (200, {"users": 1})
    assert web("GET", "contacts").status == 403
    assert wrong.status == 400
    assert "'high' is no depth" in wrong.message
    plain.reset()
    assert web("GET", "contacts").status == 200


def test_a_schema_without_roles_cannot_grant() -> None:
    table = {"columns": {"thingid": {"kind": "guid"}}}
    document = {"format": "proforma-emulator-schema/1", "tables": {"thing": table}}
    emulator = Emulator(schema=read_schema(document), behaviour="plain")

    with pytest.raises(PrivilegesError) as refused:
        emulator.grant({"*": "global"})
    emulator.close()
    assert "the schema has no table 'role'" in refused.value.problems


def test_a_dump_brings_users_and_privileges_to_another_emulator(granted: Emulator) -> None:
    clerk = "clerk@emulator.invalid"
    other = Emulator(behaviour="plain", seed=granted.dump())

    assert as_user(other, clerk, "POST", "accounts", {"name": "A"}) == 204
    assert as_user(other, clerk, "POST", "contacts", {"lastname": "I"}) == 403
    assert as_user(other, APPLICATION, "POST", "contacts", {"lastname": "I"}) == 204
    other.close()
