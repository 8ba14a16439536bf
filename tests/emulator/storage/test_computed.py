"""What the platform works out by itself on a row, and keeps right when the row changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator.storage.computed import full_name

if TYPE_CHECKING:
    from tests.emulator.web import Web

ORGANIZATION = "organizations(0a6e0000-0000-4000-8000-000000000001)"
PARTS = {"firstname": "Bo", "middlename": "Erik", "lastname": "Li"}
LABELS = {"Prefer": 'odata.include-annotations="*"'}


@pytest.mark.parametrize(
    ("convention", "expected"),
    [
        (0, "Li, Bo"),
        (1, "Bo Li"),
        (2, "Li, Bo E."),
        (3, "Bo E. Li"),
        (4, "Li, Bo Erik"),
        (5, "Bo Erik Li"),
        (6, "Li Bo"),
        (7, "LiBo"),
        (99, "Bo Li"),
    ],
)
def test_a_full_name_has_the_order_of_the_organization(convention: int, expected: str) -> None:
    assert full_name(PARTS, convention) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"lastname": "Li"}, "Li"),
        ({"firstname": "Bo", "lastname": None}, "Bo"),
        ({"firstname": "  ", "lastname": ""}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("convention", [0, 1, 2, 5])
def test_missing_parts_leave_neither_comma_nor_space(
    parts: dict[str, Any], expected: str | None, convention: int
) -> None:
    assert full_name(parts, convention) == expected


@pytest.mark.parametrize("entity_set", ["contacts", "systemusers"])
def test_a_new_person_has_a_full_name_that_follows_every_change(web: Web, entity_set: str) -> None:
    person = web.create(entity_set, firstname="Bo", lastname="Li")
    assert web.row(entity_set, person)["fullname"] == "Bo Li"
    assert web("PATCH", f"{entity_set}({person})", {"lastname": "Lind"}).status == 204
    assert web.row(entity_set, person)["fullname"] == "Bo Lind"
    assert web("PUT", f"{entity_set}({person})/firstname", {"value": "Ulla"}).status == 204
    assert web.row(entity_set, person)["fullname"] == "Ulla Lind"
    assert web("PATCH", f"{entity_set}({person})", {"fullname": "X"}).status == 204
    assert web.row(entity_set, person)["fullname"] == "Ulla Lind"


def test_a_lookup_to_a_new_person_shows_the_full_name(web: Web) -> None:
    contact = web.create("contacts", firstname="Bo", lastname="Li")
    account = web.create(
        "accounts", name="A", **{"primarycontactid@odata.bind": f"/contacts({contact})"}
    )
    row = web("GET", f"accounts({account})?$select=_primarycontactid_value", headers=LABELS).json()
    note = "_primarycontactid_value@OData.Community.Display.V1.FormattedValue"
    assert row[note] == "Bo Li"


def test_the_organization_sets_the_order_of_names(web: Web) -> None:
    assert web("PATCH", ORGANIZATION, {"fullnameconventioncode": 0}).status == 204
    contact = web.create("contacts", firstname="Bo", lastname="Li")
    assert web.row("contacts", contact)["fullname"] == "Li, Bo"


def test_an_address_stands_in_one_piece_beside_its_parts(web: Web) -> None:
    account = web.create(
        "accounts",
        name="A",
        address1_line1="1 Main Street",
        address1_city="Redmond",
        address1_stateorprovince="WA",
        address1_postalcode="98052",
        address1_country="USA",
    )
    shown = web.row("accounts", account)["address1_composite"]
    assert shown == "1 Main Street\r\nRedmond, WA 98052\r\nUSA"
    web("PATCH", f"accounts({account})", {"address1_city": None})
    shown = web.row("accounts", account)["address1_composite"]
    assert shown == "1 Main Street\r\nWA 98052\r\nUSA"


def test_a_customer_is_repeated_in_the_lookup_of_its_kind(web: Web) -> None:
    account, contact = web.create("accounts", name="A"), web.create("contacts", lastname="B")
    bound = {"customerid_account@odata.bind": f"/accounts({account})"}
    order = web.create("salesorders", name="O", **bound)
    row = web.row("salesorders", order)
    assert (row["_accountid_value"], row["_contactid_value"]) == (account, None)
    bound = {"customerid_contact@odata.bind": f"/contacts({contact})"}
    assert web("PATCH", f"salesorders({order})", bound).status == 204
    row = web.row("salesorders", order)
    assert (row["_accountid_value"], row["_contactid_value"]) == (None, contact)


def test_an_order_without_a_number_gets_one_of_its_own(web: Web) -> None:
    account = web.create("accounts", name="A")
    bound = {"customerid_account@odata.bind": f"/accounts({account})"}
    orders = [web.create("salesorders", **bound) for _ in range(2)]
    numbers = {web.row("salesorders", order)["ordernumber"] for order in orders}
    assert len(numbers) == 2
    assert all(number.startswith("ORD-") for number in numbers)
    named = web.create("salesorders", ordernumber="A1", **bound)
    assert web.row("salesorders", named)["ordernumber"] == "A1"


def test_the_instant_of_a_migrated_row_becomes_that_of_its_creation(web: Web) -> None:
    then = "2019-05-03T08:30:00Z"
    project = web.create("msdyn_projects", msdyn_subject="P", overriddencreatedon=then)
    row = web.row("msdyn_projects", project)
    assert row["createdon"] == then
    assert row["overriddencreatedon"] == row["modifiedon"] == "2020-10-01T08:00:00Z"
    later = {"overriddencreatedon": "2018-01-01T00:00:00Z"}
    assert web("PATCH", f"msdyn_projects({project})", later).status == 204
    assert web.row("msdyn_projects", project)["createdon"] == then


def test_an_exported_row_keeps_both_instants(web: Web) -> None:
    both = {"createdon": "2019-05-03T08:30:00Z", "overriddencreatedon": "2020-01-02T03:04:05Z"}
    project = "00000000-0000-0000-0000-0000000000aa"
    seed = {"msdyn_projects": [{"msdyn_projectid": project, "msdyn_subject": "P", **both}]}
    assert web("POST", "/_emulator/seed", seed).status == 200
    row = web.row("msdyn_projects", project)
    assert {name: row[name] for name in both} == both
