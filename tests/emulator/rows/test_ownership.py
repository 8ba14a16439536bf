"""Owners of rows: users and teams, set by whoever creates or assigns, kept by the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator.storage.principals import BUSINESS_UNIT_ID, USER_ID
from tests.emulator.organisation import Organisation, named
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from connector.emulator import Emulator

ROOT_UNIT = str(BUSINESS_UNIT_ID)
ME = str(USER_ID)
CLERK, BILLING, NORTH = named("clerk"), named("billing"), named("north")


@pytest.fixture
def web(plain: Emulator) -> Web:
    """A client of the plain emulator, in process."""
    return Web(InProcess(plain.app))


@pytest.fixture
def office(plain: Emulator) -> Organisation:
    """A user and a team of the business unit North; nobody has a role."""
    office = Organisation(plain)
    north = office.unit("north")
    office.user("clerk", unit=north)
    office.team("billing", unit=north)
    office.load()
    return office


def owners(row: dict[str, Any]) -> tuple[object, ...]:
    names = ("ownerid", "owninguser", "owningteam", "owningbusinessunit")
    return tuple(row[f"_{name}_value"] for name in names)


def invoice_of(web: Web, **columns: object) -> str:
    customer = web.create("accounts", name="Customer")
    bind = {"customerid_account@odata.bind": f"/accounts({customer})"}
    return web.create("invoices", name="I", **bind, **columns)


def test_a_new_row_belongs_to_who_made_it(web: Web) -> None:
    row = web.row("accounts", web.create("accounts", name="A"))

    assert owners(row) == (ME, ME, None, ROOT_UNIT)


@pytest.mark.usefixtures("office")
def test_a_row_is_created_for_a_user_or_a_team(web: Web) -> None:
    for_clerk = web.create("accounts", **{"ownerid@odata.bind": f"/systemusers({CLERK})"})
    for_team = web.create("accounts", **{"ownerid@odata.bind": f"teams({BILLING})"})

    assert owners(web.row("accounts", for_clerk)) == (CLERK, CLERK, None, NORTH)
    assert owners(web.row("accounts", for_team)) == (BILLING, None, BILLING, NORTH)


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("name", "address", "expected"),
    [
        ("ownerid", f"/teams({BILLING})", (BILLING, None, BILLING, NORTH)),
        ("ownerid", f"/systemusers({CLERK})", (CLERK, CLERK, None, NORTH)),
        ("owninguser", f"/systemusers({CLERK})", (CLERK, CLERK, None, NORTH)),
        ("owningteam", f"/teams({BILLING})", (BILLING, None, BILLING, NORTH)),
    ],
)
def test_a_row_is_assigned_by_an_update(
    web: Web, name: str, address: str, expected: tuple[object, ...]
) -> None:
    row_id = web.create("accounts", name="A")
    answer = web("PATCH", f"accounts({row_id})", {f"{name}@odata.bind": address})

    assert answer.status == 204
    assert owners(web.row("accounts", row_id)) == expected
    assert web.row("accounts", row_id)["name"] == "A"


@pytest.mark.usefixtures("office")
def test_a_row_is_assigned_by_a_reference(web: Web) -> None:
    row_id = web.create("accounts", name="A")
    body = {"@odata.id": f"https://org.crm.dynamics.com/api/data/v9.2/teams({BILLING})"}
    answer = web("PUT", f"accounts({row_id})/ownerid/$ref", body)

    assert answer.status == 204
    assert owners(web.row("accounts", row_id)) == (BILLING, None, BILLING, NORTH)
    assert web("DELETE", f"accounts({row_id})/ownerid/$ref").status == 400
    invoice = invoice_of(web)
    assert web("PUT", f"invoices({invoice})/createdby/$ref", body).status == 400


@pytest.mark.usefixtures("office")
def test_a_row_assigned_back_to_a_user_has_no_owning_team(web: Web) -> None:
    row_id = web.create("accounts", **{"ownerid@odata.bind": f"/teams({BILLING})"})
    web("PATCH", f"accounts({row_id})", {"ownerid@odata.bind": f"/systemusers({ME})"})

    assert owners(web.row("accounts", row_id)) == (ME, ME, None, ROOT_UNIT)


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"ownerid@odata.bind": None}, 400),
        ({"owninguser@odata.bind": None}, 400),
        ({"ownerid": {"fullname": "New"}}, 400),
        ({"ownerid@odata.bind": f"/principals({CLERK})"}, 404),
        ({"ownerid@odata.bind": f"/businessunits({NORTH})"}, 400),
        ({"ownerid@odata.bind": f"/systemusers({BILLING})"}, 404),
        ({"owninguser@odata.bind": f"/teams({BILLING})"}, 400),
        (
            {
                "ownerid@odata.bind": f"/teams({BILLING})",
                "owninguser@odata.bind": f"/systemusers({CLERK})",
            },
            400,
        ),
    ],
)
def test_what_is_no_owner_is_refused(web: Web, body: dict[str, object], status: int) -> None:
    row_id = web.create("accounts", name="A")
    before = web.row("accounts", row_id)

    assert web("PATCH", f"accounts({row_id})", body).status == status
    assert web("POST", "accounts", body).status == status
    assert web.rows("accounts") == [{k: v for k, v in before.items() if k != "@odata.context"}]


@pytest.mark.usefixtures("office")
def test_a_row_stays_in_the_business_unit_of_its_owner(web: Web) -> None:
    own = {"owningbusinessunit@odata.bind": f"/businessunits({ROOT_UNIT})", "name": "A"}
    other = {"owningbusinessunit@odata.bind": f"/businessunits({NORTH})"}
    row_id = web("POST", "accounts", own).row_id
    answer = web("PATCH", f"accounts({row_id})", other)

    assert answer.status == 501
    assert "EnableOwnershipAcrossBusinessUnits" in answer.message
    assert owners(web.row("accounts", row_id)) == (ME, ME, None, ROOT_UNIT)


@pytest.mark.usefixtures("office")
def test_an_organisation_can_allow_rows_in_other_business_units(web: Web) -> None:
    (organization,) = web.rows("organizations")
    setting = "<EnableOwnershipAcrossBusinessUnits>true</EnableOwnershipAcrossBusinessUnits>"
    address = f"organizations({organization['organizationid']})"
    web("PATCH", address, {"orgdborgsettings": f"<OrgSettings>{setting}</OrgSettings>"})
    row_id = web.create("accounts", **{"owningbusinessunit@odata.bind": f"/businessunits({NORTH})"})

    assert owners(web.row("accounts", row_id)) == (ME, ME, None, NORTH)


@pytest.mark.usefixtures("office")
def test_lines_belong_to_the_owner_of_their_invoice(web: Web) -> None:
    invoice = invoice_of(web, **{"ownerid@odata.bind": f"/teams({BILLING})"})
    line = web.create("invoicedetails", **{"invoiceid@odata.bind": f"/invoices({invoice})"})
    created = owners(web.row("invoicedetails", line))
    web("PATCH", f"invoices({invoice})", {"ownerid@odata.bind": f"/systemusers({ME})"})
    later = web.create("invoicedetails", **{"invoiceid@odata.bind": f"/invoices({invoice})"})

    assert created == (BILLING, None, BILLING, NORTH)
    assert owners(web.row("invoicedetails", line)) == (ME, ME, None, ROOT_UNIT)
    assert owners(web.row("invoicedetails", later)) == (ME, ME, None, ROOT_UNIT)


def test_rows_of_the_organisation_have_no_owner(web: Web) -> None:
    row = web.row("products", web.create("products", name="P", productnumber="P-1"))

    assert not [name for name in row if name.startswith(("_owner", "_owning"))]
    body = {"productnumber": "P-2", "ownerid@odata.bind": f"/systemusers({ME})"}
    assert web("POST", "products", {"name": "Q"} | body).status in (400, 501)


def test_a_seed_can_name_the_owner_before_the_user_and_its_unit(plain: Emulator, web: Web) -> None:
    account, clerk, north = named("account"), named("clerk"), named("north")
    owner = {
        "_ownerid_value": clerk,
        "_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "systemuser",
    }
    plain.seed(
        {
            "accounts": [{"accountid": account, "name": "A"} | owner],
            "systemusers": [{"systemuserid": clerk, "_businessunitid_value": north}],
            "businessunits": [{"businessunitid": north, "name": "North"}],
        }
    )

    assert owners(web.row("accounts", account)) == (clerk, clerk, None, north)
