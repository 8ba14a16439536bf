"""Which rows a depth reaches, by every way of reading them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.emulator.organisation import BASIC, DEEP, GLOBAL, LOCAL, Organisation, Session, named

if TYPE_CHECKING:
    from connector.emulator import Emulator

# Read "Security concepts": a user's own rows and those of its teams, those of the business
# unit, those of the units below, all.
_REACHED = {
    BASIC: {"own", "of my team"},
    LOCAL: {"own", "of my team", "of my unit"},
    DEEP: {"own", "of my team", "of my unit", "of a unit below"},
    GLOBAL: {"own", "of my team", "of my unit", "of a unit below", "elsewhere"},
}


def organisation(plain: Emulator, depth: int) -> Session:
    """A clerk in a unit with one unit below and one beside; accounts of everybody."""
    office = Organisation(plain)
    north, south = office.unit("north"), office.unit("south")
    below = office.unit("harbour", north)
    held = {"prvReadAccount": depth, "prvReadContact": GLOBAL}
    clerk = office.user("clerk", office.role("reader", held, unit=north), unit=north)
    office.row("accounts", "own", clerk)
    office.row("accounts", "of my team", office.team("team", members=(clerk,), unit=south))
    office.row("accounts", "of my unit", office.user("colleague", unit=north))
    office.row("accounts", "of a unit below", office.user("docker", unit=below))
    office.row("accounts", "elsewhere", office.user("stranger", unit=south))
    for number, account in enumerate(_REACHED[GLOBAL]):
        parent = {
            "_parentcustomerid_value": named(account),
            "_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "account",
        }
        contact = {"contactid": named(f"contact {number}"), "lastname": account, **parent}
        office.seed.setdefault("contacts", []).append(contact)
    office.load()
    return office.session("clerk")


@pytest.fixture(params=list(_REACHED))
def depth(request: pytest.FixtureRequest) -> int:
    found: int = request.param
    return found


def test_a_collection_holds_the_rows_that_the_depth_reaches(plain: Emulator, depth: int) -> None:
    clerk = organisation(plain, depth)
    counted = clerk("GET", "accounts?$count=true&$select=name&$top=1").json()
    fetch = "<fetch><entity name='account'><attribute name='name'/></entity></fetch>"

    assert clerk.names("accounts?$select=name") == _REACHED[depth]
    assert clerk.names(f"accounts?fetchXml={fetch}") == _REACHED[depth]
    assert counted["@odata.count"] == len(_REACHED[depth])
    assert clerk("GET", "accounts/$count").body.decode("utf-8-sig") == str(len(_REACHED[depth]))


def test_a_row_is_read_where_the_depth_reaches_it(plain: Emulator, depth: int) -> None:
    clerk = organisation(plain, depth)

    for name in _REACHED[GLOBAL]:
        answer = clerk("GET", f"accounts({named(name)})?$select=name")
        part = clerk("GET", f"accounts({named(name)})/name")
        expected = (200, 200) if name in _REACHED[depth] else (403, 403)
        assert (answer.status, part.status) == expected, name


def test_sums_and_paths_see_no_other_rows(plain: Emulator, depth: int) -> None:
    clerk = organisation(plain, depth)
    grouped = clerk("GET", "accounts?$apply=groupby((name),aggregate($count as n))").json()
    path = "contacts?$select=lastname&$filter=parentcustomerid_account/name ne null"
    through = clerk("GET", path).json()["value"]
    anything = "accounts?$select=name&$filter=contact_customer_accounts/any()"

    assert {row["name"] for row in grouped["value"]} == _REACHED[depth]
    assert {row["lastname"] for row in through} == _REACHED[depth]
    assert clerk.names(anything) == _REACHED[depth]


def test_expanding_shows_no_other_rows(plain: Emulator, depth: int) -> None:
    clerk = organisation(plain, depth)
    expand = "$select=lastname&$expand=parentcustomerid_account($select=name)"
    rows = clerk("GET", f"contacts?{expand}").json()["value"]
    shown = {row["lastname"] for row in rows if row["parentcustomerid_account"] is not None}

    assert len(rows) == len(_REACHED[GLOBAL])
    assert shown == _REACHED[depth]


def test_nothing_leads_on_from_a_row_out_of_reach(plain: Emulator) -> None:
    clerk = organisation(plain, BASIC)
    contacts = "contact_customer_accounts"

    assert clerk("GET", f"accounts({named('own')})/{contacts}").status == 200
    for path in (contacts, f"{contacts}/$count", "primarycontactid"):
        answer = clerk("GET", f"accounts({named('elsewhere')})/{path}")
        assert (answer.status, answer.code) == (403, "0x80048306")


def test_links_of_a_fetch_join_no_other_rows(plain: Emulator, depth: int) -> None:
    clerk = organisation(plain, depth)
    fetch = (
        "<fetch><entity name='contact'><attribute name='lastname'/>"
        "<link-entity name='account' from='accountid' to='parentcustomerid'/></entity></fetch>"
    )
    rows = clerk("GET", f"contacts?fetchXml={fetch}").json()["value"]

    assert {row["lastname"] for row in rows} == _REACHED[depth]


def test_a_name_of_a_row_that_may_not_be_read_is_no_secret(plain: Emulator) -> None:
    clerk = organisation(plain, BASIC)
    prefer = {"Prefer": 'odata.include-annotations="OData.Community.Display.V1.FormattedValue"'}
    rows = clerk("GET", "contacts?$orderby=_parentcustomerid_value", None, prefer).json()["value"]
    shown = "_parentcustomerid_value@OData.Community.Display.V1.FormattedValue"

    assert [row[shown] for row in rows] == sorted(_REACHED[GLOBAL])


def test_rows_of_the_organisation_are_read_whole_or_not_at_all(plain: Emulator) -> None:
    office = Organisation(plain)
    office.user("reader", office.role("reading", {"prvReadProduct": GLOBAL}))
    office.user("other", office.role("nothing", {"prvReadAccount": GLOBAL}))
    office.row("products", "P")
    office.load()

    assert office.session("reader").names("products") == {"P"}
    assert office.session("other")("GET", "products").code == "0x80040220"


def test_lines_are_read_with_their_invoice(plain: Emulator) -> None:
    office = Organisation(plain)
    clerk = office.user("clerk", office.role("reader", {"prvReadInvoice": BASIC}))
    for name, owner in (("mine", clerk), ("theirs", office.user("other"))):
        invoice = office.row("invoices", name, owner)
        line = {"invoicedetailid": named(f"line of {name}"), "_invoiceid_value": invoice}
        office.seed.setdefault("invoicedetails", []).append(line)
    office.load()
    rows = office.session("clerk")("GET", "invoicedetails?$select=invoicedetailid").json()["value"]

    assert [row["invoicedetailid"] for row in rows] == [named("line of mine")]


@pytest.mark.parametrize(
    ("inherited", "reached"), [(0, {"of the team"}), (1, {"own", "of the team"})]
)
def test_a_role_of_a_team_reaches_own_rows_only_where_members_inherit_it(
    plain: Emulator, inherited: int, reached: set[str]
) -> None:
    office = Organisation(plain)
    role = office.role("reader", {"prvReadAccount": BASIC}, isinherited=inherited)
    nothing = office.role("nothing", {"prvReadContact": BASIC})
    clerk = office.user("clerk", nothing)
    team = office.team("team", role, members=(clerk,))
    office.row("accounts", "own", clerk)
    office.row("accounts", "of the team", team)
    office.load()

    assert office.session("clerk").names("accounts") == reached


def test_the_unit_of_a_team_bounds_what_its_role_reaches(plain: Emulator) -> None:
    office = Organisation(plain)
    north, south = office.unit("north"), office.unit("south")
    clerk = office.user("clerk", office.role("nothing", {"prvReadContact": BASIC}, unit=north))
    role = office.role("reader", {"prvReadAccount": LOCAL}, unit=south)
    office.team("team", role, members=(clerk,), unit=south)
    office.row("accounts", "north", office.user("northerner", unit=north))
    office.row("accounts", "south", office.user("southerner", unit=south))
    office.load()

    assert office.session("clerk").names("accounts") == {"south"}


def test_users_and_units_are_reached_by_business_unit(plain: Emulator) -> None:
    office = Organisation(plain)
    north = office.unit("north")
    held = {"prvReadUser": LOCAL, "prvReadBusinessUnit": LOCAL}
    office.user("clerk", office.role("reader", held, unit=north), unit=north)
    office.user("colleague", unit=north)
    office.user("stranger")
    office.load()
    clerk = office.session("clerk")
    users = clerk("GET", "systemusers?$select=fullname").json()["value"]

    assert {row["fullname"] for row in users} == {"clerk", "colleague"}
    assert clerk.names("businessunits") == {"north"}


def test_units_that_form_a_circle_end_the_search(plain: Emulator) -> None:
    office = Organisation(plain)
    first = office.unit("first", named("second"))
    office.unit("second", first)
    office.user("clerk", office.role("reader", {"prvReadAccount": DEEP}, unit=first), unit=first)
    office.row("accounts", "A", office.user("other", unit=named("second")))
    office.load()

    assert office.session("clerk").names("accounts") == {"A"}
