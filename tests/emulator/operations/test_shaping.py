"""Answers in the form that a client accepts: levels of metadata, and large numbers as texts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator.web import Web

ROOT = "/api/data/v9.2/"
SHAPE = "$select=name,creditlimit,createdon&$expand=primarycontactid($select=lastname)"
TEXT = "application/json;IEEE754Compatible=true"


@pytest.fixture
def account(web: Web) -> str:
    body = {"name": "A", "creditlimit": 12.5, "primarycontactid": {"lastname": "Li"}}
    return web.create("accounts", **body)


def read(web: Web, address: str, accept: str) -> Any:
    answer = web("GET", address, headers={"Accept": accept})
    assert answer.status == 200, answer.body
    return answer.json()


def test_without_metadata_only_the_values_are_left(web: Web, account: str) -> None:
    accept = "application/json; odata.metadata=none"
    row = read(web, f"accounts({account})?{SHAPE}", accept)
    assert set(row) == {
        "accountid",
        "name",
        "creditlimit",
        "createdon",
        "_transactioncurrencyid_value",
        "primarycontactid",
    }
    assert set(row["primarycontactid"]) == {"contactid", "lastname"}
    web.create("accounts", name="B")
    page = web(
        "GET",
        f"accounts?$count=true&{SHAPE}",
        headers={"Accept": accept, "Prefer": "odata.maxpagesize=1"},
    )
    assert set(page.json()) == {"value", "@odata.count", "@odata.nextLink"}
    assert page.headers["content-type"] == "application/json; odata.metadata=none"


def test_full_metadata_tells_type_address_and_links_of_every_row(web: Web, account: str) -> None:
    row = read(web, f"accounts({account})?{SHAPE}", "application/json;odata.metadata=full")
    assert row["@odata.type"] == "#Microsoft.Dynamics.CRM.account"
    assert row["@odata.id"].endswith(f"{ROOT}accounts({account})")
    assert row["@odata.editLink"] == f"accounts({account})"
    assert row["creditlimit@odata.type"] == "#Decimal"
    assert row["createdon@odata.type"] == "#DateTimeOffset"
    assert row["accountid@odata.type"] == "#Guid"
    assert "name@odata.type" not in row
    assert "_transactioncurrencyid_value@odata.type" not in row  # null has no type
    link = row["primarycontactid@odata.navigationLink"]
    assert link.endswith(f"accounts({account})/primarycontactid")
    assert row["contact_customer_accounts@odata.associationLink"].endswith("/$ref")
    assert row["primarycontactid"]["@odata.type"] == "#Microsoft.Dynamics.CRM.contact"
    [same] = read(web, f"accounts?{SHAPE}", "application/json;odata.metadata=full")["value"]
    assert same["@odata.id"] == row["@odata.id"]


def test_minimal_metadata_is_what_comes_by_itself(web: Web, account: str) -> None:
    address = f"accounts({account})?{SHAPE}"
    plain = read(web, address, "application/json")
    assert read(web, address, "application/json;odata.metadata=minimal") == plain
    assert read(web, address, "text/html,*/*;q=0.8") == plain


def test_large_numbers_come_as_texts_when_asked_for(web: Web, account: str) -> None:
    row = read(web, f"accounts({account})?$select=creditlimit,versionnumber", TEXT)
    assert row["creditlimit"] == "12.5000"
    assert row["versionnumber"].isdecimal()
    page = read(web, "accounts?$select=creditlimit&$count=true", TEXT)
    assert (page["@odata.count"], page["value"][0]["creditlimit"]) == ("1", "12.5000")
    [total] = read(web, "accounts?$apply=aggregate(creditlimit with sum as total)", TEXT)["value"]
    assert total["total"] == "12.5000"
    answer = web("GET", f"accounts({account})", headers={"Accept": TEXT})
    assert answer.headers["content-type"].endswith("IEEE754Compatible=true")


def test_both_wishes_go_together(web: Web, account: str) -> None:
    accept = "application/json;odata.metadata=full;IEEE754Compatible=true"
    row = read(web, f"accounts({account})?$select=creditlimit", accept)
    assert (row["creditlimit@odata.type"], row["creditlimit"]) == ("#Decimal", "12.5000")


def test_a_body_may_write_large_numbers_as_texts(web: Web) -> None:
    headers = {"Content-Type": TEXT}
    answer = web("POST", "accounts", {"name": "A", "creditlimit": "922337203685.4775"}, headers)
    assert answer.status == 204, answer.body
    row = web.row("accounts", answer.row_id)
    assert row["creditlimit"] == Decimal("922337203685.4775")
    for wrong in ("x", "", "1e5", "--1", "1."):
        answer = web("POST", "accounts", {"creditlimit": wrong}, headers)
        assert (answer.status, answer.code) == (400, "0x80048d19")
    assert web("POST", "accounts", {"creditlimit": "1"}).status == 400


def test_a_level_that_does_not_exist_is_refused_before_anything_is_written(web: Web) -> None:
    headers = {"Accept": "application/json;odata.metadata=most", "Prefer": "return=representation"}
    answer = web("POST", "accounts", {"name": "A"}, headers)
    assert answer.status == 406
    assert web.rows("accounts") == []


def test_a_single_row_carries_its_etag_in_a_header(web: Web, account: str) -> None:
    answer = web("GET", f"accounts({account})?$select=name")
    assert answer.headers["etag"] == answer.json()["@odata.etag"]
    known = {"If-None-Match": answer.headers["etag"]}
    again = web("GET", f"accounts({account})?$select=name", headers=known)
    assert (again.status, again.headers["etag"]) == (304, answer.headers["etag"])
    assert "etag" not in web("GET", "accounts").headers
