"""What a write answers when the row itself is asked for: selected and expanded as by a GET."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.emulator.web import Web

WHOLE = {"Prefer": "return=representation"}
SHAPE = "$select=name&$expand=primarycontactid($select=fullname)"


def test_a_created_row_comes_with_what_was_created_below_it(web: Web) -> None:
    body = {"name": "A", "primarycontactid": {"firstname": "Bo", "lastname": "Li"}}
    answer = web("POST", f"accounts?{SHAPE}", body, WHOLE)
    assert answer.status == 201
    row = answer.json()
    assert set(row) == {"@odata.context", "@odata.etag", "accountid", "name", "primarycontactid"}
    assert row["primarycontactid"]["fullname"] == "Bo Li"
    assert "odata-entityid" not in answer.headers
    assert answer.headers["preference-applied"] == "return=representation"


def test_created_rows_of_a_collection_come_expanded(web: Web) -> None:
    body = {"name": "A", "contact_customer_accounts": [{"lastname": "Li"}, {"lastname": "Lo"}]}
    shape = "$select=name&$expand=contact_customer_accounts($select=lastname;$orderby=lastname)"
    row = web("POST", f"accounts?{shape}", body, WHOLE).json()
    assert [one["lastname"] for one in row["contact_customer_accounts"]] == ["Li", "Lo"]


def test_a_changed_row_comes_expanded_too(web: Web) -> None:
    account = web.create("accounts", name="A")
    contact = web.create("contacts", firstname="Bo", lastname="Li")
    body = {"primarycontactid@odata.bind": f"/contacts({contact})"}
    answer = web("PATCH", f"accounts({account})?{SHAPE}", body, WHOLE)
    assert answer.status == 200
    assert answer.json()["primarycontactid"]["fullname"] == "Bo Li"


def test_an_upserted_row_comes_expanded_too(web: Web) -> None:
    body = {"name": "A", "primarycontactid": {"lastname": "Li"}}
    address = f"accounts(00000000-0000-0000-0000-0000000000a1)?{SHAPE}"
    answer = web("PATCH", address, body, WHOLE)
    assert answer.status == 201
    assert answer.json()["primarycontactid"]["fullname"] == "Li"


@pytest.mark.parametrize(
    ("query", "code"),
    [("$expand=nonsense", "0x0"), ("$select=nonsense", "0x0"), ("$expand=name", "0x80060888")],
)
def test_a_shape_that_cannot_be_refuses_the_write(web: Web, query: str, code: str) -> None:
    account = web.create("accounts", name="A")
    for method, address in (("POST", "accounts"), ("PATCH", f"accounts({account})")):
        answer = web(method, f"{address}?{query}", {"name": "B"}, WHOLE)
        assert (answer.status, answer.code) == (400, code)
    assert [row["name"] for row in web.rows("accounts")] == ["A"]


def test_a_row_below_another_comes_expanded_in_a_post_to_the_collection(web: Web) -> None:
    account = web.create("accounts", name="A")
    address = f"accounts({account})/contact_customer_accounts"
    shape = "$select=lastname&$expand=parentcustomerid_account($select=name)"
    row = web("POST", f"{address}?{shape}", {"lastname": "Li"}, WHOLE).json()
    assert row["parentcustomerid_account"]["name"] == "A"
