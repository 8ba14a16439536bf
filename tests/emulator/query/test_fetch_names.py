"""FetchXML on the names of lookups and choices, and on links named by their table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from tests.emulator.web import Web

USER = "0a6e0000-0000-4000-8000-000000000003"


def fetched(web: Web, inner: str, table: str = "account", options: str = "") -> list[Any]:
    fetch = f"<fetch {options}><entity name='{table}'>{inner}</entity></fetch>"
    return web.rows(f"{table}s?fetchXml={quote(fetch)}")


@pytest.fixture
def names(web: Web) -> Web:
    """Three accounts: of Bo Li, of Ada Lo, and of nobody."""
    for first, last in (("Bo", "Li"), ("Ada", "Lo")):
        contact = {"firstname": first, "lastname": last}
        web.create("accounts", name=f"of {first}", primarycontactid=contact)
    web.create("accounts", name="of nobody", statecode=1, statuscode=2)
    return web


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("attribute='primarycontactidname' operator='eq' value='bo li'", ["of Bo"]),
        ("attribute='primarycontactidname' operator='like' value='%L%'", ["of Ada", "of Bo"]),
        ("attribute='primarycontactidname' operator='null'", ["of nobody"]),
        ("attribute='primarycontactidname' operator='not-null'", ["of Ada", "of Bo"]),
        ("attribute='statecodename' operator='eq' value='Inactive'", ["of nobody"]),
        ("attribute='statecodename' operator='ne' value='Inactive'", ["of Ada", "of Bo"]),
        ("attribute='owneridname' operator='begins-with' value='Emul'", None),
        ("attribute='creditonholdname' operator='eq' value='Yes'", []),
    ],
)
def test_a_condition_may_name_what_a_person_reads(
    names: Web, condition: str, expected: list[str] | None
) -> None:
    rows = fetched(names, f"<attribute name='name'/><filter><condition {condition}/></filter>")
    found = sorted(row["name"] for row in rows)
    assert found == (["of Ada", "of Bo", "of nobody"] if expected is None else expected)


def test_a_condition_on_names_takes_a_list(names: Web) -> None:
    values = "<value>Bo Li</value><value>Ada Lo</value>"
    condition = f"<condition attribute='primarycontactidname' operator='in'>{values}</condition>"
    rows = fetched(names, f"<attribute name='name'/><filter>{condition}</filter>")
    assert len(rows) == 2


def test_names_are_attributes_too_and_order_rows(names: Web) -> None:
    inner = (
        "<attribute name='primarycontactidname'/><attribute name='statecodename'/>"
        "<order attribute='primarycontactidname' descending='true'/>"
    )
    rows = fetched(names, inner)
    assert [row.get("primarycontactidname") for row in rows] == ["Bo Li", "Ada Lo", None]
    assert [row["statecodename"] for row in rows] == ["Active", "Active", "Inactive"]


def test_the_table_of_a_customer_is_an_attribute(web: Web) -> None:
    account = web.create("accounts", name="A")
    web.create("contacts", **{"parentcustomerid_account@odata.bind": f"/accounts({account})"})
    web.create("contacts", lastname="B")
    inner = "<attribute name='parentcustomeridtype'/><attribute name='parentcustomeridname'/>"
    rows = fetched(web, inner, "contact")
    shown = [(row.get("parentcustomeridtype"), row.get("parentcustomeridname")) for row in rows]
    assert sorted(shown, key=str) == [("account", "A"), (None, None)]


@pytest.mark.parametrize(
    "name", ["namename", "primarycontactidtype", "nothingname", "Statecodename"]
)
def test_a_name_behind_nothing_is_no_attribute(web: Web, name: str) -> None:
    fetch = f"<fetch><entity name='account'><attribute name='{name}'/></entity></fetch>"
    answer = web("GET", f"accounts?fetchXml={quote(fetch)}")
    assert (answer.status, answer.code) == (400, "0x80041103")


def test_odata_knows_no_such_names(web: Web) -> None:
    assert web("GET", "accounts?$select=primarycontactidname").status == 400


LINK = "<link-entity name='contact' from='contactid' to='primarycontactid' link-type='outer'{}/>"
ALIAS = " alias='c'"


def test_a_condition_names_a_link_without_alias_by_its_table(names: Web) -> None:
    condition = "<condition entityname='contact' attribute='lastname' operator='eq' value='Li'/>"
    inner = f"<attribute name='name'/><filter>{condition}</filter>{LINK.format('')}"
    assert [row["name"] for row in fetched(names, inner)] == ["of Bo"]
    aliased = f"<attribute name='name'/><filter>{condition}</filter>{LINK.format(ALIAS)}"
    assert [row["name"] for row in fetched(names, aliased)] == ["of Bo"]


def test_a_table_that_is_linked_twice_is_no_name_of_a_link(names: Web) -> None:
    condition = "<condition entityname='contact' attribute='lastname' operator='eq' value='Li'/>"
    twice = LINK.format("") + LINK.format(ALIAS)
    fetch = f"<fetch><entity name='account'><filter>{condition}</filter>{twice}</entity></fetch>"
    answer = names("GET", f"accounts?fetchXml={quote(fetch)}")
    assert (answer.status, answer.code) == (400, "0x80041102")
    assert "several links 'contact'" in answer.message
