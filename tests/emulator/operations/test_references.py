"""Links between rows by `$ref`: single-valued and collection-valued navigation properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.emulator.web import Web

ORIGIN = "/api/data/v9.2/"


@pytest.fixture
def account(web: Web) -> str:
    return web.create("accounts", name="A")


@pytest.fixture
def contact(web: Web) -> str:
    return web.create("contacts", lastname="Li")


def path_of(url: str) -> str:
    return url.partition(ORIGIN)[2]


def test_a_lookup_is_set_read_and_cleared(web: Web, account: str, contact: str) -> None:
    address = f"accounts({account})/primarycontactid/$ref"
    assert web("GET", address).status == 204
    assert web("PUT", address, {"@odata.id": f"contacts({contact})"}).status == 204
    answer = web("GET", address)
    assert answer.status == 200
    found = answer.json()
    assert found["@odata.context"].endswith("$metadata#$ref")
    assert path_of(found["@odata.id"]) == f"contacts({contact})"
    assert web("DELETE", address).status == 204
    assert web.row("accounts", account)["_primarycontactid_value"] is None


def test_clearing_one_target_leaves_a_customer_of_another(
    web: Web, account: str, contact: str
) -> None:
    bound = {"parentcustomerid_account@odata.bind": f"/accounts({account})"}
    web("PATCH", f"contacts({contact})", bound)
    assert web("DELETE", f"contacts({contact})/parentcustomerid_contact/$ref").status == 204
    assert web.row("contacts", contact)["_parentcustomerid_value"] == account
    assert web("GET", f"contacts({contact})/parentcustomerid_contact/$ref").status == 204
    assert web("DELETE", f"contacts({contact})/parentcustomerid_account/$ref").status == 204
    assert web.row("contacts", contact)["_parentcustomerid_value"] is None


def test_the_owner_is_read_as_a_row_of_its_table(web: Web, account: str) -> None:
    owner = web.row("accounts", account)["_ownerid_value"]
    found = web("GET", f"accounts({account})/ownerid/$ref").json()
    assert path_of(found["@odata.id"]) == f"systemusers({owner})"


def test_what_the_service_keeps_cannot_be_linked(web: Web, contact: str) -> None:
    other = web.create("accounts", name="B")
    answer = web("PUT", f"contacts({contact})/accountid/$ref", {"@odata.id": f"accounts({other})"})
    assert answer.status == 400
    assert web.row("contacts", contact)["_accountid_value"] is None


def test_a_collection_is_added_to_listed_and_taken_from(web: Web, account: str) -> None:
    members = sorted(web.create("contacts", lastname=name) for name in "ABC")
    address = f"accounts({account})/contact_customer_accounts"
    for member in members:
        body = {"@odata.id": f"contacts({member})"}
        assert web("POST", f"{address}/$ref", body).status == 204
    answer = web("GET", f"{address}/$ref").json()
    assert answer["@odata.context"].endswith("$metadata#Collection($ref)")
    assert [path_of(one["@odata.id"]) for one in answer["value"]] == [
        f"contacts({member})" for member in members
    ]
    assert [set(one) for one in answer["value"]] == [{"@odata.id"}] * 3
    assert web("DELETE", f"{address}({members[0]})/$ref").status == 204
    assert web("DELETE", f"{address}/$ref?$id=contacts({members[1]})").status == 204
    [left] = web("GET", f"{address}/$ref").json()["value"]
    assert path_of(left["@odata.id"]) == f"contacts({members[2]})"


@pytest.mark.parametrize(
    ("method", "rest", "status"),
    [
        ("PUT", "contact_customer_accounts/$ref", 405),
        ("POST", "primarycontactid/$ref", 405),
        ("GET", "nothing/$ref", 404),
        ("DELETE", "contact_customer_accounts/$ref", 400),
        ("POST", "contact_customer_accounts/$ref", 400),
        ("GET", "contact_customer_accounts/$ref?$select=lastname", 400),
    ],
)
def test_what_a_reference_does_not_take_is_refused(
    web: Web, account: str, method: str, rest: str, status: int
) -> None:
    assert web(method, f"accounts({account})/{rest}", {}).status == status
