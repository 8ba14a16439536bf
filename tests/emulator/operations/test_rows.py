from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.emulator.web import Web

MISSING = "accounts(11111111-1111-1111-1111-111111111111)"


def test_a_created_row_is_answered_with_its_address_and_can_be_read(web: Web) -> None:
    answer = web("POST", "accounts", {"name": "Adatum"})
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["location"] == answer.headers["odata-entityid"]
    row = web("GET", answer.row_address).json()
    assert row["name"] == "Adatum"
    assert row["@odata.etag"].startswith('W/"')
    assert row["@odata.context"].endswith("$metadata#accounts/$entity")


def test_a_representation_comes_with_201_and_without_an_address_header(web: Web) -> None:
    answer = web(
        "POST", "accounts?$select=name", {"name": "Adatum"}, Prefer="return=representation"
    )
    assert answer.status == 201
    assert "odata-entityid" not in answer.headers
    assert answer.headers["preference-applied"] == "return=representation"
    assert set(answer.json()) == {"@odata.context", "@odata.etag", "name", "accountid"}


def test_an_id_in_the_body_becomes_the_primary_key(web: Web) -> None:
    row_id = "22222222-2222-2222-2222-222222222222"
    assert web.create("accounts", accountid=row_id, name="A") == row_id
    again = web("POST", "accounts", {"accountid": row_id, "name": "B"})
    assert (again.status, again.code) == (412, "0x80040237")
    assert web.row("accounts", row_id)["name"] == "A"


@pytest.mark.parametrize(
    ("headers", "status", "name"),
    [
        ({}, 204, "new"),
        ({"If-None-Match": "null"}, 204, "new"),
        ({"If-Match": "*"}, 204, "new"),
        ({"If-None-Match": "*"}, 412, "old"),
        ({"If-Match": 'W/"1"'}, 412, "old"),
        ({"If-Match": "nonsense"}, 400, "old"),
    ],
)
def test_a_patch_of_an_existing_row_obeys_its_condition(
    web: Web, headers: dict[str, str], status: int, name: str
) -> None:
    row_id = web.create("accounts", name="old")
    answer = web("PATCH", f"accounts({row_id})", {"name": "new"}, headers)
    assert answer.status == status
    assert web.row("accounts", row_id)["name"] == name


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 204),
        ({"If-None-Match": "null"}, 204),
        ({"If-None-Match": "*"}, 204),
        ({"If-Match": "*"}, 404),
        ({"If-Match": 'W/"1"'}, 404),
    ],
)
def test_a_patch_of_a_missing_row_obeys_its_condition(
    web: Web, headers: dict[str, str], status: int
) -> None:
    answer = web("PATCH", MISSING, {"name": "new"}, headers)
    assert answer.status == status
    assert web("GET", MISSING).status == (200 if status == 204 else 404)


def test_only_a_representation_tells_an_update_from_a_creation(web: Web) -> None:
    wish = {"Prefer": "return=representation"}
    assert web("PATCH", MISSING, {"name": "a"}, wish).status == 201
    assert web("PATCH", MISSING, {"name": "b"}, wish).status == 200
    assert web("GET", MISSING).json()["name"] == "b"


def test_an_etag_matches_until_the_row_changes(web: Web) -> None:
    row_id = web.create("accounts", name="a")
    etag = web.row("accounts", row_id)["@odata.etag"]
    assert web("PATCH", f"accounts({row_id})", {"name": "b"}, If_Match=etag).status == 204
    stale = web("DELETE", f"accounts({row_id})", If_Match=etag)
    assert (stale.status, stale.code) == (412, "0x80060882")
    assert web("DELETE", f"accounts({row_id})").status == 204
    gone = web("DELETE", f"accounts({row_id})")
    assert (gone.status, gone.code) == (404, "0x80040217")


def test_a_conditional_read_is_answered_304_while_nothing_changed(web: Web) -> None:
    row_id = web.create("accounts", name="a")
    etag = web.row("accounts", row_id)["@odata.etag"]
    address = f"accounts({row_id})"
    assert web("GET", address, If_None_Match=etag).status == 304
    assert web("GET", f"{address}?$expand=primarycontactid", If_None_Match=etag).status == 200
    web("PATCH", address, {"name": "b"})
    assert web("GET", address, If_None_Match=etag).json()["name"] == "b"


def test_a_row_is_created_with_everything_nested_in_it(web: Web) -> None:
    account = web.create(
        "accounts",
        name="Adatum",
        primarycontactid={"lastname": "Owner"},
        contact_customer_accounts=[{"lastname": "First"}, {"lastname": "Second"}],
    )
    row = web("GET", f"accounts({account})?$expand=primarycontactid($select=lastname)").json()
    assert row["primarycontactid"]["lastname"] == "Owner"
    found = web.rows(f"contacts?$select=lastname&$filter=_parentcustomerid_value eq {account}")
    assert {one["lastname"] for one in found} == {"First", "Second"}


def test_a_failing_nested_row_leaves_nothing_behind(web: Web) -> None:
    body = {"name": "Adatum", "primarycontactid": {"lastname": "x", "nosuch": 1}}
    assert web("POST", "accounts", body).status == 400
    assert web.rows("accounts") == []
    assert web.rows("contacts") == []


@pytest.mark.parametrize("shape", ["/contacts({})", "contacts({})", "{root}contacts({})"])
def test_a_lookup_is_bound_by_every_documented_shape(web: Web, shape: str) -> None:
    contact = web.create("contacts", lastname="Owner")
    address = shape.format(contact, root="https://org.crm.dynamics.com/api/data/v9.2/")
    account = web.create("accounts", **{"name": "A", "primarycontactid@odata.bind": address})
    assert web.row("accounts", account)["_primarycontactid_value"] == contact


@pytest.mark.parametrize(
    "body", [{"primarycontactid@odata.bind": None}, {"primarycontactid": None}]
)
def test_a_null_bind_clears_a_lookup(web: Web, body: dict[str, None]) -> None:
    account = web.create("accounts", name="A", primarycontactid={"lastname": "Owner"})
    assert web("PATCH", f"accounts({account})", body).status == 204
    assert web.row("accounts", account)["_primarycontactid_value"] is None


def test_binding_one_target_of_a_polymorphic_lookup_replaces_the_other(web: Web) -> None:
    account, contact = web.create("accounts", name="A"), web.create("contacts", lastname="C")
    order = web.create(
        "salesorders", **{"name": "S", "customerid_account@odata.bind": f"/accounts({account})"}
    )
    both = {
        "customerid_contact@odata.bind": f"/contacts({contact})",
        "customerid_account@odata.bind": None,
    }
    assert web("PATCH", f"salesorders({order})", both).status == 204
    assert web.row("salesorders", order)["_customerid_value"] == contact


def test_binding_a_missing_row_is_refused_and_nothing_is_written(web: Web) -> None:
    answer = web("POST", "accounts", {"name": "A", "primarycontactid@odata.bind": f"/{MISSING}"})
    assert answer.status == 400
    missing = MISSING.replace("accounts", "contacts")
    answer = web("POST", "accounts", {"name": "A", "primarycontactid@odata.bind": missing})
    assert (answer.status, answer.code) == (404, "0x80040217")
    assert web.rows("accounts") == []


def test_a_misspelt_bind_is_the_documented_payload_error(web: Web) -> None:
    answer = web("POST", "accounts", {"PrimaryContactId@odata.bind": None})
    assert (answer.status, answer.code) == (400, "0x80048d19")
    assert "undeclared property 'PrimaryContactId'" in answer.message


def test_deleting_a_row_clears_the_lookups_that_refer_to_it(web: Web) -> None:
    contact = web.create("contacts", lastname="Owner")
    account = web.create("accounts", **{"primarycontactid@odata.bind": f"/contacts({contact})"})
    web("DELETE", f"contacts({contact})")
    assert web.row("accounts", account)["_primarycontactid_value"] is None


def test_one_property_is_read_set_and_cleared_by_itself(web: Web) -> None:
    row_id = web.create("accounts", name="A")
    address = f"accounts({row_id})/name"
    assert web("GET", address).json()["value"] == "A"
    assert web("GET", f"{address}/$value").body == b"A"
    assert web("PUT", address, {"value": "B"}).status == 204
    assert web.row("accounts", row_id)["name"] == "B"
    assert web("DELETE", address).status == 204
    assert web("GET", address).status == 204


def test_lookups_and_collections_are_set_by_reference(web: Web) -> None:
    account, contact = web.create("accounts", name="A"), web.create("contacts", lastname="C")
    link = {"@odata.id": f"https://org.crm.dynamics.com/api/data/v9.2/contacts({contact})"}
    single = f"accounts({account})/primarycontactid/$ref"
    assert web("PUT", single, link).status == 204
    assert web.row("accounts", account)["_primarycontactid_value"] == contact
    assert web("DELETE", single).status == 204
    assert web.row("accounts", account)["_primarycontactid_value"] is None
    collection = f"accounts({account})/contact_customer_accounts"
    assert web("POST", f"{collection}/$ref", link).status == 204
    assert web("GET", f"{collection}/$count").body == b"\xef\xbb\xbf1"
    assert [row["contactid"] for row in web.rows(collection)] == [contact]
    assert web("DELETE", f"{collection}({contact})/$ref").status == 204
    assert web.rows(collection) == []


def test_a_navigation_property_leads_to_the_related_row(web: Web) -> None:
    account = web.create("accounts", name="A", primarycontactid={"lastname": "Owner"})
    address = f"accounts({account})/primarycontactid"
    assert web("GET", f"{address}?$select=lastname").json()["lastname"] == "Owner"
    assert web("GET", f"{address}/lastname").json()["value"] == "Owner"
    web("DELETE", f"{address}/$ref")
    assert web("GET", address).status == 204


def test_a_count_is_text_that_starts_with_a_byte_order_mark(web: Web) -> None:
    for name in ("a", "b", "c"):
        web.create("accounts", name=name)
    answer = web("GET", "accounts/$count?$filter=name ne 'b'")
    assert answer.body == b"\xef\xbb\xbf2"
    assert answer.headers["content-type"].startswith("text/plain")


def test_pages_are_followed_verbatim_to_the_last_row(web: Web) -> None:
    for number in range(7):
        web.create("accounts", name=f"n{number}")
    seen, target = [], "/api/data/v9.2/accounts?$select=name&$orderby=name"
    while target:
        answer = web("GET", target, Prefer="odata.maxpagesize=3")
        assert answer.headers["preference-applied"] == "odata.maxpagesize=3"
        seen += [row["name"] for row in answer.json()["value"]]
        link = answer.json().get("@odata.nextLink", "")
        target = link[link.index("/api/") :] if link else ""
    assert seen == [f"n{number}" for number in range(7)]


def test_several_preferences_may_stand_in_one_header(web: Web) -> None:
    web.create("accounts", name="A", creditlimit=5)
    prefer = 'odata.maxpagesize=1,odata.include-annotations="OData.Community.*,Microsoft.*"'
    (row,) = web("GET", "accounts?$select=createdon", Prefer=prefer).json()["value"]
    assert "createdon@OData.Community.Display.V1.FormattedValue" in row


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", "Accounts", 404, "0x8006088a"),
        ("GET", "accounts(nonsense)", 400, "0x80060888"),
        ("GET", "accounts(name='A')", 400, "0x80060888"),
        ("PUT", "accounts", 405, "0x80060888"),
        ("POST", "WhoAmI", 404, "0x8006088a"),
        ("GET", "RetrieveDuplicates", 501, "0x80060888"),
        ("POST", "msdyn_NoSuchAction", 404, "0x8006088a"),
        ("POST", "accounts/Microsoft.Dynamics.CRM.NoSuch", 404, "0x8006088a"),
        ("GET", "accounts?$search=x", 501, "0x80060888"),
        ("GET", "accounts?nosuch=x", 501, "0x80060888"),
        ("GET", "accounts?$select=Name", 400, "0x0"),
        ("GET", f"{MISSING}/nosuch", 404, "0x80040217"),
    ],
)
def test_what_is_wrong_or_not_supported_is_refused_by_its_code(
    web: Web, method: str, address: str, status: int, code: str
) -> None:
    answer = web(method, address, {} if method == "POST" else None)
    assert (answer.status, answer.code) == (status, code)


def test_a_tag_is_ignored_on_reads_and_writes(web: Web) -> None:
    assert web("POST", "accounts?tag=migration", {"name": "A"}).status == 204
    assert len(web.rows("accounts?tag=migration&partitionId=1")) == 1


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"x"', b'{"name":NaN}', b"\xff", b'{"name":"\\ud800"}', b"[" * 9999]
)
def test_a_body_that_is_no_json_object_is_the_documented_payload_error(
    web: Web, body: bytes
) -> None:
    answer = web("POST", "accounts", body)
    assert (answer.status, answer.code) == (400, "0x80048d19")
    assert web.rows("accounts") == []


def test_money_survives_the_round_trip_to_its_last_digit(web: Web) -> None:
    row_id = "33333333-3333-3333-3333-333333333333"
    body = b'{"creditlimit": 922337203.6854}'
    assert web("PATCH", f"accounts({row_id})", body).status == 204
    assert b'"creditlimit":922337203.6854' in web("GET", f"accounts({row_id})").body


def test_a_url_that_is_too_long_is_refused(web: Web) -> None:
    assert web("GET", "accounts?$filter=" + "a" * 33_000).status == 414


def test_every_answer_carries_the_hints_and_ids_of_the_service(web: Web) -> None:
    for answer in (web("GET", "WhoAmI"), web("GET", "nosuch"), web("POST", "accounts", {})):
        assert int(answer.headers["x-ms-dop-hint"]) > 0
        assert answer.headers["req_id"] == answer.headers["x-ms-service-request-id"]


def test_the_service_document_lists_the_entity_sets(web: Web) -> None:
    names = {one["name"] for one in web("GET", "").json()["value"]}
    assert {"accounts", "invoices", "msdyn_actuals"} <= names


def test_who_am_i_and_version_are_answered(web: Web) -> None:
    who = web("GET", "WhoAmI()").json()
    assert web.row("systemusers", who["UserId"])["fullname"]
    assert web("GET", "RetrieveVersion()").json()["Version"].startswith("9.2.")
    web.create("accounts", name="A")
    for names in (json.dumps(["account"]), "['account']"):
        for address in ("(EntityNames=@p)?@p=" + names, f"(EntityNames={names})"):
            counted = web("GET", f"RetrieveTotalRecordCount{address}").json()
            assert counted["EntityRecordCountCollection"]["Values"] == [1]
    refused = web("GET", "RetrieveTotalRecordCount(EntityNames='account')")
    assert (refused.status, "must be a list of texts" in refused.message) == (400, True)


def test_a_call_on_behalf_of_a_user_is_made_by_that_user(web: Web) -> None:
    user = web.create("systemusers", firstname="Other", lastname="User")
    row_id = web("POST", "msdyn_projects", {"msdyn_subject": "A"}, MSCRMCallerID=user).row_id
    assert web.row("msdyn_projects", row_id)["_createdby_value"] == user
    assert web("GET", "WhoAmI", MSCRMCallerID=user).json()["UserId"] == user
    unknown = web("POST", "accounts", {}, MSCRMCallerID="44444444-4444-4444-4444-444444444444")
    assert unknown.status == 404


def test_a_row_posted_to_a_collection_of_another_belongs_to_it(web: Web) -> None:
    account = web.create("accounts", name="A")
    answer = web("POST", f"accounts({account})/contact_customer_accounts", {"lastname": "L"})
    assert (answer.status, answer.row_address) == (204, f"contacts({answer.row_id})")
    [contact] = web.rows("contacts")
    assert contact["_parentcustomerid_value"] == account


def test_a_single_valued_navigation_property_takes_no_post(web: Web) -> None:
    account = web.create("accounts", name="A")
    answer = web("POST", f"accounts({account})/primarycontactid", {"lastname": "L"})
    assert answer.status == 405
    assert web.rows("contacts") == []
