"""Saved views: `savedQuery` and `userQuery`, on a table and on a collection of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from tests.emulator.web import Web

FETCH = (
    "<fetch><entity name='contact'><attribute name='lastname'/><order attribute='lastname'/>"
    "<filter><condition attribute='lastname' operator='like' value='L%'/></filter></entity></fetch>"
)
MISSING = "00000000-0000-0000-0000-00000000dead"


def view(web: Web, entity_set: str, fetch: str | None = FETCH) -> str:
    body = {"name": "L", "fetchxml": fetch, "returnedtypecode": "contact", "querytype": 0}
    return web.create(entity_set, **body)


@pytest.fixture
def contacts(web: Web) -> Web:
    account = web.create("accounts", accountid=MISSING.replace("dead", "0001"), name="A")
    for name in ("Lo", "Mo"):
        bound = {"parentcustomerid_account@odata.bind": f"/accounts({account})"}
        web.create("contacts", lastname=name, **bound)
    web.create("contacts", lastname="Li")
    return web


@pytest.mark.parametrize(
    ("option", "entity_set"), [("savedQuery", "savedqueries"), ("userQuery", "userqueries")]
)
def test_a_view_answers_what_its_fetchxml_finds(
    contacts: Web, option: str, entity_set: str
) -> None:
    rows = contacts.rows(f"contacts?{option}={view(contacts, entity_set)}")
    assert [row["lastname"] for row in rows] == ["Li", "Lo"]


def test_a_view_and_fetchxml_narrow_a_collection(contacts: Web) -> None:
    account = MISSING.replace("dead", "0001")
    address = f"accounts({account})/contact_customer_accounts"
    for option in (f"savedQuery={view(contacts, 'savedqueries')}", f"fetchXml={quote(FETCH)}"):
        rows = contacts.rows(f"{address}?{option}")
        assert [row["lastname"] for row in rows] == ["Lo"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (f"savedQuery={MISSING}", 404),
        (f"userQuery={MISSING}", 404),
        ("savedQuery=nonsense", 400),
        (f"savedQuery={MISSING}&userQuery={MISSING}", 400),
        (f"savedQuery={MISSING}&fetchXml=x", 400),
    ],
)
def test_a_view_that_is_not_there_is_refused(web: Web, query: str, status: int) -> None:
    assert web("GET", f"contacts?{query}").status == status


def test_a_view_of_another_table_or_without_fetchxml_is_refused(web: Web) -> None:
    assert web("GET", f"accounts?savedQuery={view(web, 'savedqueries')}").status == 400
    assert web("GET", f"contacts?savedQuery={view(web, 'savedqueries', None)}").status == 400


def test_views_are_found_by_name(web: Web) -> None:
    saved = view(web, "savedqueries")
    [row] = web.rows("savedqueries?$select=name,savedqueryid&$filter=name eq 'L'")
    assert row["savedqueryid"] == saved
