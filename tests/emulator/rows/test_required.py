"""What a new row must have: what the service cannot fill in, and nothing that only forms demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator.web import Web

ACCOUNT = "00000000-0000-0000-0000-0000000000a1"
CUSTOMER = {"customerid_account@odata.bind": f"/accounts({ACCOUNT})"}


@pytest.fixture(autouse=True)
def account(web: Web) -> None:
    web("POST", "accounts", {"accountid": ACCOUNT, "name": "A"})


@pytest.mark.parametrize(
    ("entity_set", "body", "column"),
    [
        ("salesorders", {}, "customerid"),
        ("salesorders", {"name": "O", "customerid_account": None}, "customerid"),
        ("invoices", {"name": "I"}, "customerid"),
        ("invoicedetails", {"producttypecode": 5}, "invoiceid"),
        ("salesorderdetails", {}, "salesorderid"),
        ("uomschedules", {}, "name"),
        ("pricelevels", {"name": None}, "name"),
        ("products", {"name": "P"}, "productnumber"),
    ],
)
def test_a_row_without_a_required_column_is_refused(
    web: Web, entity_set: str, body: dict[str, Any], column: str
) -> None:
    answer = web("POST", entity_set, body)
    assert (answer.status, answer.code) == (400, "0x80040203")
    assert f"'{column}'" in answer.message
    assert web.rows(entity_set) == []


@pytest.mark.parametrize(
    ("entity_set", "body"),
    [
        ("accounts", {}),
        ("contacts", {}),
        ("msdyn_projects", {}),
        ("msdyn_actuals", {}),
        ("salesorders", CUSTOMER),
    ],
)
def test_what_only_forms_demand_may_be_missing(
    web: Web, entity_set: str, body: dict[str, Any]
) -> None:
    assert web("POST", entity_set, body).status == 204


def test_a_required_column_cannot_be_taken_away(web: Web) -> None:
    order = web.create("salesorders", **CUSTOMER)
    for answer in (
        web("PATCH", f"salesorders({order})", {"customerid_account@odata.bind": None}),
        web("DELETE", f"salesorders({order})/customerid_account/$ref"),
    ):
        assert (answer.status, answer.code) == (400, "0x80040203")
    assert web.row("salesorders", order)["_customerid_value"] == ACCOUNT


def test_a_row_made_below_its_parent_has_it(web: Web) -> None:
    lines = [{"producttypecode": 1, "isproductoverridden": True}]
    order = web.create("salesorders", order_details=lines, **CUSTOMER)
    [line] = web.rows("salesorderdetails?$select=_salesorderid_value")
    assert line["_salesorderid_value"] == order


def test_a_seed_may_lack_what_a_request_may_not(web: Web) -> None:
    assert web("POST", "/_emulator/seed", {"salesorders": [{"name": "Old"}]}).status == 200
