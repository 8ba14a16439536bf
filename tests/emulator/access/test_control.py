"""Whose request it is, and when roles begin to count."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from connector.emulator.storage.principals import ROLE_ID, USER_ID
from tests.emulator.organisation import GLOBAL, Organisation, named
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from connector.emulator import Emulator

APPLICATION = "a1b2c3d4-0000-4000-8000-000000000001"
OBJECT = "a1b2c3d4-0000-4000-8000-000000000002"


@pytest.fixture
def web(plain: Emulator) -> Web:
    """A client of the plain emulator, in process."""
    return Web(InProcess(plain.app))


@pytest.fixture
def office(plain: Emulator) -> Organisation:
    """Users who are known by name, application and directory object; nobody has a role."""
    office = Organisation(plain)
    office.user("clerk", azureactivedirectoryobjectid=OBJECT)
    office.user("program", applicationid=APPLICATION, domainname=None, accessmode=4)
    office.user("leaver", isdisabled=True)
    office.load()
    return office


def who(web: Web, **headers: str) -> str:
    answer = web("GET", "WhoAmI", None, headers)
    assert answer.status == 200, answer.body
    return str(answer.json()["UserId"])


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def claims(**values: str) -> str:
    """A token with claims that nobody signed."""
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()) for one in ({}, values)]
    return ".".join(part.decode().rstrip("=") for part in [*parts, b"x"])


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("token", "name"),
    [
        ("clerk@emulator.invalid", "clerk"),
        ("CLERK@emulator.invalid", "clerk"),
        (APPLICATION, "program"),
        (claims(appid=APPLICATION), "program"),
        (claims(azp=APPLICATION.upper()), "program"),
        (claims(oid=OBJECT), "clerk"),
        (claims(upn="clerk@emulator.invalid", appid=APPLICATION), "clerk"),
    ],
)
def test_a_token_stands_for_the_user_that_it_names(web: Web, token: str, name: str) -> None:
    assert who(web, **bearer(token)) == named(name)


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("token", ["any text", claims(appid=named("unknown")), "a.b.c"])
def test_a_token_of_nobody_stands_for_the_emulators_own_user(web: Web, token: str) -> None:
    assert who(web, **bearer(token)) == str(USER_ID)
    assert who(web) == str(USER_ID)


@pytest.mark.usefixtures("office")
def test_a_token_of_the_own_sign_in_stands_for_its_application_or_person(
    web: Web, plain: Emulator
) -> None:
    form = {"grant_type": "client_credentials", "client_id": APPLICATION, "client_secret": "s"}
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    path = "/tenant/oauth2/v2.0/token"
    token = web("POST", path, urlencode(form).encode(), kind).json()["access_token"]
    person = {"grant_type": "refresh_token", "client_id": APPLICATION}
    signed_in = web("POST", path, urlencode(person).encode(), kind).json()["access_token"]

    assert who(web, **bearer(token)) == named("program")
    assert who(web, **bearer(signed_in)) == str(USER_ID)
    plain.tokens.revoke_all()


def test_rows_are_stamped_with_the_user_of_the_token(web: Web, office: Organisation) -> None:
    answer = office.session("clerk")("POST", "msdyn_projects", {"msdyn_subject": "I"})
    row = web.row("msdyn_projects", answer.row_id)

    assert (row["_createdby_value"], row["_ownerid_value"]) == (named("clerk"), named("clerk"))
    assert row["_createdonbehalfby_value"] is None


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("header", [("MSCRMCallerID", named("clerk")), ("CallerObjectId", OBJECT)])
def test_a_caller_acts_on_behalf_of_another_user(web: Web, header: tuple[str, str]) -> None:
    answer = web("POST", "msdyn_projects", {"msdyn_subject": "I"}, dict([header]))
    row = web.row("msdyn_projects", answer.row_id)

    assert (row["_createdby_value"], row["_ownerid_value"]) == (named("clerk"), named("clerk"))
    assert row["_createdonbehalfby_value"] == str(USER_ID)
    web("PATCH", f"msdyn_projects({answer.row_id})", {"msdyn_subject": "J"})
    changed = web.row("msdyn_projects", answer.row_id)
    assert (changed["_modifiedby_value"], changed["_modifiedonbehalfby_value"]) == (
        str(USER_ID),
        None,
    )


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"MSCRMCallerID": named("nobody")}, 404, "0x80040217"),
        ({"MSCRMCallerID": "clerk"}, 404, "0x80040217"),
        ({"MSCRMCallerID": named("leaver")}, 403, "0x80040225"),
        (bearer("leaver@emulator.invalid"), 403, "0x80040225"),
    ],
)
def test_who_does_not_exist_or_was_disabled_is_refused(
    web: Web, headers: dict[str, str], status: int, code: str
) -> None:
    answer = web("GET", "accounts", None, headers)

    assert (answer.status, answer.code) == (status, code)


def test_everybody_may_do_everything_until_somebody_has_a_role(
    web: Web, office: Organisation
) -> None:
    clerk = office.session("clerk")
    before = clerk("POST", "accounts", {"name": "A"}).status
    office.user("other", office.role("reader", {"prvReadAccount": GLOBAL}))
    office.load()
    answer = clerk("GET", "accounts")

    assert before == 204
    assert (answer.status, answer.code) == (403, "0x80042f09")
    assert answer.message == (
        f"The user with id {named('clerk')} has not been assigned any roles. They need a role "
        "with the prvReadUser privilege."
    )
    assert web("GET", "accounts").status == 200


def test_a_user_whose_last_role_was_taken_may_do_nothing(web: Web, office: Organisation) -> None:
    role = office.role("reader", {"prvReadAccount": GLOBAL})
    office.load()
    link = f"systemusers({named('clerk')})/systemuserroles_association"
    clerk = office.session("clerk")
    web("POST", f"{link}/$ref", {"@odata.id": f"roles({role})"})
    assert clerk("GET", "accounts").status == 200
    assert clerk("POST", "accounts", {"name": "A"}).code == "0x80040220"

    assert web("DELETE", f"{link}({role})/$ref").status == 204
    assert clerk("GET", "accounts").code == "0x80042f09"


def test_a_program_that_is_no_user_is_refused_once_roles_count(
    web: Web, office: Organisation
) -> None:
    office.user("other", office.role("reader", {"prvReadAccount": GLOBAL}))
    office.load()
    answer = web("GET", "accounts", None, bearer(claims(appid=named("unknown"))))

    assert (answer.status, answer.code) == (403, "0x80072560")
    assert web("GET", "accounts", None, bearer("any text")).status == 200


def test_a_system_administrator_is_known_by_the_template_of_the_role(
    office: Organisation,
) -> None:
    template = "627090ff-40a3-4053-8790-584edc5be201"
    office.seed = {"roletemplates": [{"roletemplateid": template, "name": "SA"}]}
    office.user("boss", office.role("Systemadministrator", _roletemplateid_value=template))
    office.load()
    boss = office.session("boss")

    assert boss("POST", "accounts", {"name": "A"}).status == 204
    assert boss("DELETE", f"systemusers({named('leaver')})").status == 204


def test_acting_for_another_needs_a_privilege_and_gives_what_both_may_do(
    plain: Emulator,
) -> None:
    office = Organisation(plain)
    held = {"prvReadAccount": GLOBAL, "prvReadContact": GLOBAL}
    actor = {"prvActOnBehalfOfAnotherUser": GLOBAL, "prvReadAccount": GLOBAL}
    clerk = office.user("clerk", office.role("reader", held))
    office.user("actor", office.role("delegate", actor))
    office.user("colleague", named("reader"))
    office.load()
    behalf = {"MSCRMCallerID": clerk}
    accounts = office.session("actor")("GET", "accounts", None, behalf)
    contacts = office.session("actor")("GET", "contacts", None, behalf)
    refused = office.session("colleague")("GET", "accounts", None, behalf)

    assert accounts.status == 200
    assert (contacts.status, contacts.code) == (403, "0x80040220")
    assert f"Principal user (Id={named('actor')}" in contacts.message
    assert (refused.status, refused.code) == (403, "0x8004A110")


def test_a_change_of_roles_counts_from_the_next_request_on(web: Web, office: Organisation) -> None:
    role = office.role("reader", {"prvReadAccount": GLOBAL})
    other = office.user("other", role)
    office.load()
    link = f"systemusers({other})/systemuserroles_association({role})/$ref"
    session = office.session("other")

    assert session("GET", "accounts").status == 200
    web("DELETE", link)
    assert session("GET", "accounts").status == 403
    web("POST", link.replace(f"({role})", ""), {"@odata.id": f"roles({role})"})
    assert session("GET", "accounts").status == 200


def test_the_own_user_can_lose_the_role_that_holds_everything(
    web: Web, office: Organisation
) -> None:
    office.user("other", office.role("reader", {"prvReadAccount": GLOBAL}))
    office.load()
    link = f"systemusers({USER_ID})/systemuserroles_association({ROLE_ID})/$ref"

    assert web("DELETE", link).status == 204
    assert web("GET", "accounts").code == "0x80042f09"


def test_a_restored_snapshot_brings_its_roles_back(plain: Emulator, office: Organisation) -> None:
    free = plain.snapshot()
    office.user("other", office.role("reader", {"prvReadAccount": GLOBAL}))
    office.load()
    clerk = office.session("clerk")

    assert clerk("GET", "accounts").status == 403
    plain.restore(free)
    assert clerk("GET", "accounts").status == 200
    plain.reset()
    assert clerk("GET", "accounts").status == 200


def test_every_operation_of_a_batch_is_the_callers(plain: Emulator) -> None:
    office = Organisation(plain)
    office.user("clerk", office.role("reader", {"prvReadContact": GLOBAL}))
    office.user("newcomer")
    office.load()
    part = (
        "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        "GET /api/data/v9.2/{} HTTP/1.1\r\n\r\n"
    )
    parts = "".join(f"--b\r\n{part.format(name)}\r\n" for name in ("contacts", "accounts"))
    kind = {"Content-Type": "multipart/mixed; boundary=b", "Prefer": "odata.continue-on-error"}
    body = f"{parts}--b--\r\n".encode()
    answer = office.session("clerk")("POST", "$batch", body, kind)

    assert answer.body.count(b"HTTP/1.1 200 OK") == 1
    assert answer.body.count(b"HTTP/1.1 403 Forbidden") == 1
    assert b"is missing prvReadAccount privilege" in answer.body
    assert office.session("newcomer")("POST", "$batch", body, kind).body.count(b"0x80042f09") == 2
