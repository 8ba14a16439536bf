"""The service's own words for what a caller may not do, as published answers show them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from connector.emulator.schema.table_facts import type_code_of
from connector.emulator.storage.principals import BUSINESS_UNIT_ID, USER_ID
from tests.emulator.organisation import BASIC, GLOBAL, Organisation, Session, named

if TYPE_CHECKING:
    from connector.emulator import Emulator

OBJECT = "a1b2c3d4-0000-4000-8000-000000000002"
GUID = "[0-9a-f-]{36}"


@pytest.fixture
def clerk(plain: Emulator) -> Session:
    """A clerk who holds two privileges by two roles, with an account of somebody else's."""
    office = Organisation(plain)
    roles = (
        office.role("reader", {"prvReadAccount": BASIC, "prvAssignAccount": GLOBAL}),
        office.role("writer", {"prvCreateAccount": BASIC}),
    )
    user = office.user("clerk", *roles, azureactivedirectoryobjectid=OBJECT, accessmode=4)
    office.row("accounts", "own", user)
    office.row("accounts", "theirs", office.team("others"))
    office.load()
    return office.session("clerk")


def test_a_missing_privilege_is_named_with_its_holder_and_table(
    clerk: Session, plain: Emulator
) -> None:
    answer = clerk("GET", "msdyn_actuals")
    privileges = plain.rows("privileges")
    ids = {row["name"]: row["privilegeid"] for row in privileges}

    assert (answer.status, answer.code) == (403, "0x80040220")
    assert answer.message == (
        f"Principal user (Id={named('clerk')}, type=8, roleCount=2, privilegeCount=3, "
        f"accessMode='4 Non-interactive', AADObjectId='{OBJECT}', "
        f"MetadataCachePrivilegesCount={len(privileges)}, businessUnitId={BUSINESS_UNIT_ID}), "
        f"is missing prvReadmsdyn_actual privilege (Id={ids['prvReadmsdyn_actual']}) on "
        f"OTC={type_code_of('msdyn_actual')} for entity 'msdyn_actual' "
        f"(LocalizedName='Actual'). context.Caller={named('clerk')}. Consider adding missed "
        "privilege to one of the principal (user/team) roles."
    )


def test_a_missing_privilege_of_no_table_names_none(clerk: Session) -> None:
    message = clerk("POST", "PublishAllXml").message

    assert "is missing prvPublishCustomization privilege" in message
    assert "on OTC=0 for entity '' (LocalizedName='')" in message


def test_a_row_out_of_reach_is_named_with_what_was_granted(clerk: Session) -> None:
    answer = clerk("GET", f"accounts({named('theirs')})")
    text, _, details = answer.message.partition(" More details: ")

    assert (answer.status, answer.code) == (403, "0x80048306")
    assert text == (
        f"user with id {named('clerk')} does not have ReadAccess right(s) for record with id "
        f"{named('theirs')} of entity Account. Consider assigning a role with the required access "
        "level to the user or team. For further troubleshooting, please work with a system "
        "administrator to use the Access Checker tool on this record: "
        "https://org.crm.dynamics.com/main.aspx?forceUCI=1&pagetype=entityrecord&etn=account"
        f"&id={named('theirs')}."
    )
    assert json.loads(details) == {
        "CallerPrincipal": {"PrincipalId": named("clerk"), "Type": 8, "IsUserPrincipal": True},
        "OwnerPrincipal": {"PrincipalId": named("others"), "Type": 9, "IsUserPrincipal": False},
        "ObjectId": named("theirs"),
        "ObjectTypeCode": 1,
        "EntityName": "account",
        "ObjectBusinessUnitId": str(BUSINESS_UNIT_ID),
        "RightsToCheck": "ReadAccess",
        "RoleAccessRights": "AssignAccess",
        "PoaAccessRights": "None",
        "HsmAccessRights": "None",
        "GrantedAccessRights": "AssignAccess",
    }


def test_an_owner_who_could_not_read_is_refused(clerk: Session) -> None:
    bind = {"ownerid@odata.bind": f"/teams({named('others')})"}
    assigned = clerk("PATCH", f"accounts({named('own')})", bind)
    expected = re.compile(
        rf"Principal team \(Id={named('others')}, type=9, teamType=0, privilegeCount=0, "
        rf"MetadataCachePrivilegesCount=\d+, businessUnitId={BUSINESS_UNIT_ID}\), is missing "
        rf"prvReadAccount privilege \(Id={GUID}\) on OTC=\d+ for entity 'account' "
        rf"\(LocalizedName='Account'\)\. context\.Caller={named('clerk')}\. Consider adding missed "
        r"privilege to one of the principal \(user/team\) roles\."
    )

    assert (assigned.status, assigned.code) == (403, "0x80040299")
    assert expected.fullmatch(assigned.message)


def test_a_new_row_for_such_an_owner_says_what_was_checked(plain: Emulator) -> None:
    office = Organisation(plain)
    office.team("others")
    office.user("clerk", office.role("reader", {"prvReadAccount": GLOBAL}))
    office.load()
    boss = {"ownerid@odata.bind": f"/teams({named('others')})", "name": "A"}
    answer = Session(office.session("clerk").web, "user")("POST", "accounts", boss)

    assert (answer.status, answer.code) == (403, "0x80040299")
    prefix = "Read Privilege Check For Owner failed with exception: Principal team "
    assert answer.message.startswith(prefix)
    assert answer.message.count(f"context.Caller={USER_ID}") == 1
    assert plain.rows("accounts") == ()
