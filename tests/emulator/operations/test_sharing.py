"""Sharing rows, and asking who may do what with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator.organisation import BASIC, GLOBAL, Organisation, Session, named
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from connector.emulator import Emulator
    from tests.emulator.web import Answer

CRM = "Microsoft.Dynamics.CRM."
ACCOUNT = named("account")
TARGET = {"accountid": ACCOUNT, "@odata.type": f"{CRM}account"}
AT_ACCOUNT = f'@t={{"@odata.id":"accounts({ACCOUNT})"}}'


@pytest.fixture
def office(plain: Emulator) -> Organisation:
    """An owner who may do everything with own accounts, and a guest who has none."""
    office = Organisation(plain)
    verbs = ("Read", "Write", "Share", "Assign", "Append", "AppendTo", "Delete")
    all_of_them = {f"prv{verb}Account": BASIC for verb in verbs} | {"prvReadUser": GLOBAL}
    owner = office.user("owner", office.role("owner", all_of_them))
    guest = {"prvReadAccount": BASIC, "prvWriteAccount": BASIC, "prvReadUser": GLOBAL}
    member = office.user("guest", office.role("guest", guest))
    office.team("team", members=(member,))
    office.row("accounts", "account", owner)
    office.load()
    return office


@pytest.fixture
def owner(office: Organisation) -> Session:
    return office.session("owner")


@pytest.fixture
def guest(office: Organisation) -> Session:
    return office.session("guest")


def principal(name: str) -> dict[str, str]:
    kind, key = ("team", "teamid") if name == "team" else ("systemuser", "systemuserid")
    return {key: named(name), "@odata.type": f"{CRM}{kind}"}


def share(session: Session, action: str, mask: str, name: str = "guest") -> Answer:
    access = {"AccessMask": mask, "Principal": principal(name)}
    return session("POST", action, {"Target": TARGET, "PrincipalAccess": access})


def revoke(session: Session, name: str = "guest") -> Answer:
    return session("POST", "RevokeAccess", {"Target": TARGET, "Revokee": principal(name)})


def access(session: Session, name: str) -> str:
    path = f"systemusers({named(name)})/{CRM}RetrievePrincipalAccess(Target=@t)?{AT_ACCOUNT}"
    answer = session("GET", path)
    assert answer.status == 200, answer.body
    return str(answer.json()["AccessRights"])


def shared(session: Session) -> list[dict[str, Any]]:
    answer = session("GET", f"RetrieveSharedPrincipalsAndAccess(Target=@t)?{AT_ACCOUNT}")
    assert answer.status == 200, answer.body
    return list(answer.json()["PrincipalAccesses"])


def test_what_was_shared_can_be_done(owner: Session, guest: Session) -> None:
    assert guest("GET", f"accounts({ACCOUNT})").status == 403
    assert share(owner, "GrantAccess", "ReadAccess").status == 204

    assert guest.names("accounts") == {"account"}
    assert guest("GET", f"accounts({ACCOUNT})").status == 200
    assert guest("PATCH", f"accounts({ACCOUNT})", {"name": "B"}).code == "0x80048306"


def test_rights_are_added_replaced_and_taken_back(owner: Session, guest: Session) -> None:
    share(owner, "GrantAccess", "ReadAccess")
    share(owner, "GrantAccess", "WriteAccess")
    assert [one["AccessMask"] for one in shared(owner)] == ["ReadAccess, WriteAccess"]
    assert guest("PATCH", f"accounts({ACCOUNT})", {"name": "B"}).status == 204

    share(owner, "ModifyAccess", "ReadAccess")
    assert [one["AccessMask"] for one in shared(owner)] == ["ReadAccess"]
    assert guest("PATCH", f"accounts({ACCOUNT})", {"name": "C"}).status == 403

    assert revoke(owner).status == 204
    assert shared(owner) == []
    assert guest("GET", f"accounts({ACCOUNT})").status == 403
    assert revoke(owner).status == 204


def test_what_was_shared_with_a_team_counts_for_its_members(owner: Session, guest: Session) -> None:
    share(owner, "GrantAccess", "ReadAccess", "team")

    assert guest.names("accounts") == {"account"}
    assert shared(owner) == [
        {
            "AccessMask": "ReadAccess",
            "Principal": {"@odata.type": f"#{CRM}team", "ownerid": named("team")},
        }
    ]


def test_a_share_counts_only_with_the_privilege(owner: Session, guest: Session) -> None:
    share(owner, "GrantAccess", "ReadAccess, DeleteAccess")

    assert access(owner, "guest") == "ReadAccess"
    assert guest("DELETE", f"accounts({ACCOUNT})").code == "0x80040220"


def test_who_shares_must_have_the_rights_and_that_of_sharing(
    owner: Session, guest: Session
) -> None:
    assert share(guest, "GrantAccess", "ReadAccess").code == "0x80040220"
    assert share(owner, "GrantAccess", "CreateAccess").code == "0x80040220"
    assert share(owner, "GrantAccess", "ReadAccess, ShareAccess, AssignAccess").status == 204


def test_access_is_told_for_who_may_read_the_row(owner: Session, guest: Session) -> None:
    own = "ReadAccess, WriteAccess, AppendAccess, AppendToAccess, DeleteAccess"
    assert access(owner, "owner") == f"{own}, ShareAccess, AssignAccess"
    assert access(owner, "guest") == "None"
    path = f"systemusers({named('guest')})/{CRM}RetrievePrincipalAccess(Target=@t)?{AT_ACCOUNT}"
    assert guest("GET", path).code == "0x80048306"


def test_without_roles_everybody_may_do_everything(plain: Emulator) -> None:
    web = Web(InProcess(plain.app))
    office = Organisation(plain)
    office.user("guest")
    office.row("accounts", "account")
    office.load()
    path = f"systemusers({named('guest')})/{CRM}RetrievePrincipalAccess(Target=@t)?{AT_ACCOUNT}"

    assert web("GET", path).json()["AccessRights"] == (
        "ReadAccess, WriteAccess, AppendAccess, AppendToAccess, CreateAccess, DeleteAccess, "
        "ShareAccess, AssignAccess"
    )


@pytest.mark.parametrize(
    "target",
    [
        f"{{'@odata.id':'accounts({ACCOUNT})'}}",
        f'{{"@odata.id":"https://org.crm.dynamics.com/api/data/v9.2/accounts({ACCOUNT})"}}',
        f'{{"@odata.type":"{CRM}account","accountid":"{ACCOUNT}"}}',
    ],
)
def test_a_row_is_named_by_address_or_by_type_and_key(owner: Session, target: str) -> None:
    name = f"systemusers({named('owner')})/{CRM}RetrievePrincipalAccess"

    assert owner("GET", f"{name}(Target=@p)?@p={target}").status == 200
    assert owner("GET", f"{name}(Target={target})").status == 200


def test_shares_are_rows_of_their_own(owner: Session, office: Organisation) -> None:
    share(owner, "GrantAccess", "ReadAccess, WriteAccess")
    (row,) = office.emulator.rows("principalobjectaccessset")

    assert {
        name: row[name] for name in row if not name.startswith(("@", "changed", "version"))
    } == {
        "principalobjectaccessid": row["principalobjectaccessid"],
        "objectid": ACCOUNT,
        "objecttypecode": "account",
        "principalid": named("guest"),
        "principaltypecode": "systemuser",
        "accessrightsmask": 3,
        "inheritedaccessrightsmask": 0,
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"Target": TARGET}, 400),
        ({"Target": TARGET, "PrincipalAccess": {"AccessMask": "ReadAccess"}}, 400),
        (
            {
                "Target": TARGET,
                "PrincipalAccess": {"AccessMask": "Everything", "Principal": principal("guest")},
            },
            400,
        ),
        (
            {
                "Target": TARGET,
                "PrincipalAccess": {"AccessMask": "ReadAccess", "Principal": TARGET},
            },
            400,
        ),
        ({"Target": {"accountid": ACCOUNT}}, 400),
        ({"Target": {"@odata.type": f"{CRM}account"}}, 400),
        ({"Target": {"@odata.type": f"{CRM}account", "accountid": named("none")}}, 404),
        ({"Target": {"@odata.id": "products(1)"}}, 400),
    ],
)
def test_a_body_that_names_nothing_to_share_is_refused(
    owner: Session, body: dict[str, Any], status: int
) -> None:
    assert owner("POST", "GrantAccess", body).status == status


def test_rows_of_the_organisation_are_not_shared(office: Organisation) -> None:
    web = Web(InProcess(office.emulator.app))
    product = {
        "productid": web.create("products", name="P", productnumber="P-1"),
        "@odata.type": f"{CRM}product",
    }
    given = {"AccessMask": "ReadAccess", "Principal": principal("guest")}

    answer = web("POST", "GrantAccess", {"Target": product, "PrincipalAccess": given})
    assert answer.status == 400
