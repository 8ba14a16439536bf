"""What writes need: the privilege of the table, access to the row, and to what it is linked to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import Emulator
from connector.emulator.storage.principals import USER_ID
from tests.emulator.organisation import BASIC, GLOBAL, Organisation, Session, named
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.emulator.web import Answer

CRM = "Microsoft.Dynamics.CRM."
ACCOUNT, THEIRS, CONTACT = named("account"), named("theirs"), named("contact")
LACKING, UNREACHED = (403, "0x80040220"), (403, "0x80048306")


def clerk(plain: Emulator, held: Mapping[str, int]) -> Session:
    """A clerk with privileges, an account and a contact of the clerk's, and another's account."""
    office = Organisation(plain)
    user = office.user("clerk", office.role("clerk", held))
    office.row("accounts", "account", user)
    office.row("accounts", "theirs", office.user("other"))
    contact = {"contactid": CONTACT, "lastname": "C", "_ownerid_value": user}
    office.seed["contacts"] = [contact]
    office.load()
    return office.session("clerk")


def refusal(answer: Answer) -> tuple[int, str]:
    return (answer.status, answer.code) if answer.status >= 400 else (answer.status, "")


def lacks(answer: Answer, privilege: str) -> bool:
    return refusal(answer) == LACKING and f" is missing {privilege} privilege " in answer.message


def test_creating_needs_the_privilege_of_the_table(plain: Emulator) -> None:
    session = clerk(plain, {"prvCreateAccount": BASIC})

    assert session("POST", "accounts", {"name": "A"}).status == 204
    assert lacks(session("POST", "contacts", {"lastname": "C"}), "prvCreateContact")
    assert lacks(session("PATCH", f"contacts({named('new')})", {}), "prvCreateContact")


def test_creating_for_another_needs_a_deeper_one_and_the_right_to_assign(plain: Emulator) -> None:
    body = {"name": "A", "ownerid@odata.bind": f"/systemusers({USER_ID})"}
    basic = clerk(plain, {"prvCreateAccount": BASIC, "prvAssignAccount": GLOBAL})
    answer = basic("POST", "accounts", body)
    other = Emulator(behaviour="plain")
    deep = clerk(other, {"prvCreateAccount": GLOBAL})
    without = deep("POST", "accounts", body)

    assert refusal(answer) == UNREACHED
    assert lacks(without, "prvAssignAccount")
    assert len(plain.rows("accounts")) == 2
    other.close()


def test_changing_needs_access_to_the_row(plain: Emulator) -> None:
    session = clerk(plain, {"prvWriteAccount": BASIC})
    body = {"name": "B"}

    assert session("PATCH", f"accounts({ACCOUNT})", body).status == 204
    assert session("PUT", f"accounts({ACCOUNT})/name", {"value": "C"}).status == 204
    for method, path, sent in (
        ("PATCH", f"accounts({THEIRS})", body),
        ("PUT", f"accounts({THEIRS})/name", {"value": "C"}),
        ("DELETE", f"accounts({THEIRS})/name", None),
    ):
        assert refusal(session(method, path, sent)) == UNREACHED
    assert lacks(session("PATCH", f"contacts({CONTACT})", {}), "prvWriteContact")


def test_deleting_needs_access_to_the_row(plain: Emulator) -> None:
    session = clerk(plain, {"prvDeleteAccount": BASIC})

    assert refusal(session("DELETE", f"accounts({THEIRS})")) == UNREACHED
    assert session("DELETE", f"accounts({ACCOUNT})").status == 204
    assert session("DELETE", f"accounts({ACCOUNT})").status == 404
    assert lacks(session("DELETE", f"contacts({CONTACT})"), "prvDeleteContact")
    assert lacks(session("DELETE", f"contacts({named('none')})"), "prvDeleteContact")


def test_assigning_needs_that_right_alone(plain: Emulator) -> None:
    held = {"prvAssignAccount": BASIC, "prvReadAccount": BASIC}
    session = clerk(plain, held)
    body = {"ownerid@odata.bind": f"/systemusers({USER_ID})"}

    assert refusal(session("PATCH", f"accounts({THEIRS})", body)) == UNREACHED
    assert lacks(session("PATCH", f"accounts({ACCOUNT})", {**body, "name": "B"}), "prvWriteAccount")
    assert session("PATCH", f"accounts({ACCOUNT})", body).status == 204
    assert lacks(session("PATCH", f"contacts({CONTACT})", body), "prvAssignContact")
    assert refusal(session("GET", f"accounts({ACCOUNT})")) == UNREACHED


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ({}, "prvAppendContact"),
        ({"prvAppendContact": BASIC}, "prvAppendToAccount"),
        ({"prvAppendContact": BASIC, "prvAppendToAccount": BASIC}, ""),
    ],
)
def test_linking_needs_append_on_one_side_and_append_to_on_the_other(
    plain: Emulator, held: dict[str, int], expected: str
) -> None:
    session = clerk(plain, {"prvCreateContact": BASIC, "prvWriteContact": BASIC} | held)
    body = {"parentcustomerid_account@odata.bind": f"/accounts({ACCOUNT})"}
    reference = {"@odata.id": f"contacts({CONTACT})"}
    answers = [
        session("POST", "contacts", {"lastname": "D"} | body),
        session("PATCH", f"contacts({CONTACT})", body),
        session("POST", f"accounts({ACCOUNT})/contact_customer_accounts/$ref", reference),
        session("POST", f"accounts({ACCOUNT})/contact_customer_accounts", {"lastname": "D"}),
    ]

    for answer in answers:
        assert lacks(answer, expected) if expected else answer.status == 204, answer.body


def test_linking_to_a_row_out_of_reach_is_refused(plain: Emulator) -> None:
    held = {"prvWriteContact": BASIC, "prvAppendContact": BASIC, "prvAppendToAccount": BASIC}
    session = clerk(plain, held)
    body = {"parentcustomerid_account@odata.bind": f"/accounts({THEIRS})"}
    answer = session("PATCH", f"contacts({CONTACT})", body)

    assert refusal(answer) == UNREACHED
    assert "does not have AppendToAccess right(s)" in answer.message


def test_a_deep_insert_needs_the_privileges_of_every_row_in_it(plain: Emulator) -> None:
    body = {"name": "A", "contact_customer_accounts": [{"lastname": "C"}]}
    held = {"prvCreateAccount": BASIC}
    session = clerk(plain, held)

    assert lacks(session("POST", "accounts", body), "prvCreateContact")
    assert len(plain.rows("accounts")) == 2


def test_rows_of_others_are_written_by_a_line_only_with_access_to_its_invoice(
    plain: Emulator,
) -> None:
    office = Organisation(plain)
    held = dict.fromkeys(("Create", "Read", "Write", "Append", "AppendTo"), BASIC)
    role = office.role("billing", {f"prv{verb}Invoice": mask for verb, mask in held.items()})
    office.row("invoices", "mine", office.user("clerk", role))
    office.row("invoices", "other's", office.user("other"))
    office.load()
    session = office.session("clerk")

    def add(invoice: str) -> Answer:
        bind = {"invoiceid@odata.bind": f"/invoices({named(invoice)})"}
        return session("POST", "invoicedetails", bind)

    line = add("mine")
    assert line.status == 204
    assert refusal(add("other's")) == UNREACHED
    assert session("PATCH", line.row_address, {"description": "D"}).status == 204
    assert lacks(session("DELETE", line.row_address), "prvDeleteInvoice")


@pytest.mark.parametrize("action", ["CreateMultiple", "UpdateMultiple", "UpsertMultiple"])
def test_many_rows_need_what_each_of_them_needs(plain: Emulator, action: str) -> None:
    held = {"prvCreateAccount": BASIC, "prvWriteAccount": BASIC}
    session = clerk(plain, held)
    kind = {"@odata.type": f"{CRM}account", "name": "B"}
    keys = (
        ({}, {}) if action == "CreateMultiple" else ({"accountid": ACCOUNT}, {"accountid": THEIRS})
    )
    both = {"Targets": [kind | key for key in keys]}
    first = {"Targets": [kind | keys[0]]}
    contact = {"Targets": [{"@odata.type": f"{CRM}contact", "lastname": "C", "contactid": CONTACT}]}

    assert session("POST", f"accounts/{CRM}{action}", first).status in (200, 204)
    answer = session("POST", f"accounts/{CRM}{action}", both)
    assert answer.status == 200 if action == "CreateMultiple" else refusal(answer) == UNREACHED
    assert refusal(session("POST", f"contacts/{CRM}{action}", contact)) == LACKING


def test_a_change_set_is_undone_by_the_first_refusal(plain: Emulator) -> None:
    session = clerk(plain, {"prvCreateAccount": BASIC})
    parts = [_part("accounts", {"name": "A"}, 1), _part("contacts", {"lastname": "C"}, 2)]
    inner = "".join(f"--set\r\n{part}\r\n" for part in parts)
    body = (
        "--batch\r\nContent-Type: multipart/mixed; boundary=set\r\n\r\n"
        f"{inner}--set--\r\n--batch--\r\n"
    )
    kind = {"Content-Type": "multipart/mixed; boundary=batch"}
    answer = session("POST", "$batch", body.encode(), kind)

    assert answer.status == 403
    assert b"403 Forbidden" in answer.body
    assert b"is missing prvCreateContact privilege" in answer.body
    assert len(plain.rows("accounts")) == 2


def _part(entity_set: str, row: dict[str, Any], number: int) -> str:
    return (
        "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
        f"Content-ID: {number}\r\n\r\nPOST /api/data/v9.2/{entity_set} HTTP/1.1\r\n"
        f"Content-Type: application/json\r\n\r\n{json.dumps(row)}\r\n"
    )


def test_definitions_and_bulk_deletion_have_privileges_of_their_own(plain: Emulator) -> None:
    held = ("prvReadAccount", "prvDeleteAccount", "prvReadEntity")
    session = clerk(plain, dict.fromkeys(held, GLOBAL))
    query = {"EntityName": "account", "Criteria": {"FilterOperator": "And", "Conditions": []}}
    job = {"JobName": "J", "QuerySet": [query], "RecurrencePattern": ""}

    assert lacks(session("POST", "BulkDelete", job), "prvBulkDelete")
    assert lacks(session("POST", "EntityDefinitions", {}), "prvCreateEntity")
    column = "EntityDefinitions(LogicalName='account')/Attributes"
    assert lacks(session("POST", column, {}), "prvCreateAttribute")
    assert lacks(session("POST", "PublishAllXml"), "prvPublishCustomization")
    table = "EntityDefinitions(LogicalName='account')"
    assert session("GET", f"{table}?$select=LogicalName").status == 200
    assert lacks(session("GET", f"{column}?$select=LogicalName"), "prvReadAttribute")
    assert lacks(session("GET", "GlobalOptionSetDefinitions"), "prvReadOptionSet")
    assert lacks(session("GET", "RelationshipDefinitions"), "prvReadRelationship")


def test_a_bulk_deletion_deletes_what_may_be_read_and_deleted(plain: Emulator) -> None:
    held = {"prvBulkDelete": GLOBAL, "prvReadAccount": BASIC, "prvDeleteAccount": BASIC}
    session = clerk(plain, held)
    query = {"EntityName": "account", "Criteria": {"FilterOperator": "And", "Conditions": []}}
    job = {"JobName": "J", "QuerySet": [query], "RecurrencePattern": ""}

    assert session("POST", "BulkDelete", job).status == 200
    assert [row["accountid"] for row in plain.rows("accounts")] == [THEIRS]


def test_tracking_changes_needs_read_access_to_everything(plain: Emulator) -> None:
    basic = clerk(plain, {"prvReadAccount": BASIC, "prvReadContact": GLOBAL})
    track = {"Prefer": "odata.track-changes"}

    assert basic("GET", "accounts?$select=name", None, track).status == 403
    assert basic("GET", "contacts?$select=lastname", None, track).status == 200


def test_what_an_answer_shows_must_be_readable(plain: Emulator) -> None:
    session = clerk(plain, {"prvCreateAccount": BASIC})
    answer = session("POST", "accounts", {"name": "A"}, {"Prefer": "return=representation"})

    assert lacks(answer, "prvReadAccount")
    assert len(plain.rows("accounts")) == 2


@pytest.mark.parametrize(
    ("entity_set", "status"),
    [
        ("privileges", 400),
        ("principalobjectaccessset", 400),
        ("roleprivilegescollection", 405),
        ("systemuserrolescollection", 405),
        ("teammemberships", 405),
    ],
)
def test_rows_that_messages_make_are_not_written_directly(
    plain: Emulator, entity_set: str, status: int
) -> None:
    web = Web(InProcess(plain.app))
    answer = web("POST", entity_set, {})
    row_id = named("some")
    patched = web("PATCH", f"{entity_set}({row_id})", {})

    assert (answer.status, answer.code) == (status, "0x80040800")
    assert (patched.status, patched.code) == (status, "0x80040800")


def test_images_are_read_and_written_with_their_row(plain: Emulator) -> None:
    session = clerk(plain, {"prvReadAccount": BASIC, "prvWriteAccount": BASIC})
    image = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
        "0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
    )
    headers = {"Content-Type": "application/octet-stream", "x-ms-file-name": "a.png"}
    sizes = "$value?size=full"

    assert session("PATCH", f"accounts({ACCOUNT})/entityimage", image, headers).status == 204
    assert session("GET", f"accounts({ACCOUNT})/entityimage/$value").body[1:4] == b"PNG"
    for method, path in (
        ("PATCH", f"accounts({THEIRS})/entityimage"),
        ("DELETE", f"accounts({THEIRS})/entityimage"),
        ("GET", f"accounts({THEIRS})/entityimage/{sizes}"),
        ("GET", f"accounts({THEIRS})/entityimage/$value"),
    ):
        sent = image if method == "PATCH" else None
        assert refusal(session(method, path, sent, headers)) == UNREACHED


def test_associating_needs_append_and_append_to(plain: Emulator) -> None:
    office = Organisation(plain)
    held = {"prvAppendAccount": BASIC, "prvAppendToLead": BASIC, "prvReadLead": BASIC}
    user = office.user("clerk", office.role("clerk", held))
    office.row("accounts", "account", user)
    leads = [
        {"leadid": named(name), "lastname": name, "_ownerid_value": owner}
        for name, owner in (("own", user), ("other's", office.user("other")))
    ]
    office.seed["leads"] = leads
    office.load()
    session = office.session("clerk")
    path = f"accounts({ACCOUNT})/accountleads_association"

    def tie(name: str) -> Answer:
        return session("POST", f"{path}/$ref", {"@odata.id": f"leads({named(name)})"})

    assert tie("own").status == 204
    assert refusal(tie("other's")) == UNREACHED
    assert lacks(session("GET", path), "prvReadAccount")
    assert session("DELETE", f"{path}({named('own')})/$ref").status == 204
