"""What the platform makes of discounts and fees, by its documentation and by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import Emulator
from tests.emulator.project_tenant import (
    ACCOUNT,
    BASE,
    CONTRACT,
    LOGICAL_NAME,
    NON_CHARGEABLE,
    OTHER,
    PRODUCT,
    READY,
    TIME,
    WORK,
    actual,
    line,
    milestone,
    schedule_row,
    tenant_rows,
    uid,
)
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Mapping

OCTOBER_5 = date(2020, 10, 5)
RUN = schedule_row(1, "2020-10-05", "2020-10-04")
ORGANIZATION = "0a6e0000-0000-4000-8000-000000000001"
DISCOUNT = "msdyn_projectcontractlinediscountamount"
FEE = "msdyn_projectcontractlinefeeamount"


def product(**columns: object) -> dict[str, Any]:
    """Ten pieces of 449.90."""
    return line(
        PRODUCT,
        producttypecode=1,
        msdyn_billingmethod=None,
        msdyn_billingstatus=READY,
        quantity=10,
        priceperunit=Decimal("449.90"),
        productdescription="Tablet",
        isproductoverridden=True,
        **columns,
    )


def emulator_of(*, per_unit: bool = False, **sets: list[dict[str, Any]]) -> tuple[Emulator, Web]:
    method = {"organizationid": ORGANIZATION, "discountcalculationmethod": int(per_unit)}
    rows = tenant_rows(msdyn_contractlineinvoiceschedules=[RUN], **sets)
    emulator = Emulator(seed={"organizations": [method], **rows})
    return emulator, Web(InProcess(emulator.app))


def draft_line(web: Web, **columns: object) -> tuple[str, str]:
    """A draft with one line, both made by a client."""
    bind = {
        "salesorderid@odata.bind": f"salesorders({CONTRACT})",
        "customerid_account@odata.bind": f"accounts({ACCOUNT})",
    }
    invoice = web.create("invoices", name="I", **bind)
    values = {
        "invoiceid@odata.bind": f"invoices({invoice})",
        "SalesOrderDetailId@odata.bind": f"salesorderdetails({PRODUCT})",
        "invoicedetailname": "Tablet",
        "producttypecode": 1,
        "quantity": 10,
        "priceperunit": 449.9,
    }
    return invoice, web.create("invoicedetails", **values | columns)


def sums(row: Mapping[str, Any], *names: str) -> list[Decimal]:
    return [row[name] for name in names]


@pytest.mark.parametrize(
    ("discounts", "amount", "extended"),
    [
        ({}, "4499", "4599"),
        # 4,499 - 499 + 100
        ({"manualdiscountamount": 499}, "4499", "4100"),
        # 10 x (449.90 - 49.90) = 4,000; + 100
        ({"volumediscountamount": Decimal("49.90")}, "4000", "4100"),
        # 4,000 - 100 + 100
        ({"volumediscountamount": Decimal("49.90"), "manualdiscountamount": 100}, "4000", "4000"),
    ],
)
def test_a_product_line_is_quantity_times_price_less_its_discounts(
    discounts: dict[str, Any], amount: str, extended: str
) -> None:
    emulator, web = emulator_of(salesorderdetails=[line(WORK), product(tax=100, **discounts)])
    assert len(emulator.run_invoice_job(OCTOBER_5)) == 1
    (row,) = web.rows("invoicedetails")
    expected = [Decimal(amount), Decimal(extended)]
    assert sums(row, "baseamount", "extendedamount") == expected
    (invoice,) = web.rows("invoices")
    assert sums(invoice, "totallineitemamount", "totaltax", "totalamount") == [
        Decimal(extended) - 100,
        100,
        Decimal(extended),
    ]
    assert invoice["totallineitemdiscountamount"] == discounts.get("manualdiscountamount", 0)
    assert row["isproductoverridden"] is True


def test_a_line_that_a_client_writes_comes_to_the_same() -> None:
    source = product(tax=100, volumediscountamount=Decimal("49.90"), manualdiscountamount=100)
    _, web = emulator_of(salesorderdetails=[line(WORK), source])
    # the client cannot write the volume discount: what it sends is ignored
    invoice, written = draft_line(web, tax=100, manualdiscountamount=100, volumediscountamount=1)
    row = web.row("invoicedetails", written)
    assert sums(row, "volumediscountamount", "baseamount", "extendedamount") == [
        Decimal("49.90"),
        4000,
        4000,
    ]
    assert web.row("invoices", invoice)["totalamount"] == 4000
    _, part = draft_line(web, quantity=2)
    assert sums(web.row("invoicedetails", part), "volumediscountamount", "extendedamount") == [
        None,
        Decimal("899.80"),
    ]


def test_an_organisation_may_discount_each_unit() -> None:
    # the documentation's example: 200 pieces of 100, discount 10: 18,000, or 19,990 by the line
    columns = {"quantity": 200, "priceperunit": 100, "manualdiscountamount": 10}
    for per_unit, extended in ((True, 18_000), (False, 19_990)):
        _, web = emulator_of(per_unit=per_unit)
        _, written = draft_line(web, **columns)
        assert web.row("invoicedetails", written)["extendedamount"] == extended


def test_a_project_line_sums_what_is_left_after_discounts_and_fees() -> None:
    work = [
        actual(1, **{DISCOUNT: 100, FEE: 50, "msdyn_tax": 80}),
        actual(2, **{DISCOUNT: 100, "msdyn_billingtype": NON_CHARGEABLE}),
    ]
    emulator, web = emulator_of(msdyn_actuals=work, salesorderdetails=[line(WORK)])
    emulator.run_invoice_job(OCTOBER_5)
    (row,) = web.rows("invoicedetails")
    # 800 - 100 + 50 = 750, tax 80; the free work 800 - 100 = 700
    assert sums(row, "baseamount", "tax", "extendedamount") == [750, 80, 830]
    assert sums(row, "msdyn_discountamount", "msdyn_feeamount") == [100, 50]
    assert sums(row, "msdyn_chargeableamount", "msdyn_nonchargeableamount") == [750, 700]
    (invoice,) = web.rows("invoices")
    assert sums(invoice, "totallineitemamount", "totaltax", "totalamount") == [750, 80, 830]


def test_a_detail_knows_its_extended_amount() -> None:
    _, web = emulator_of()
    _, written = draft_line(
        web,
        **{"SalesOrderDetailId@odata.bind": f"salesorderdetails({WORK})", "producttypecode": 5},
    )
    detail = web.create(
        "msdyn_invoicelinetransactions",
        **{"msdyn_InvoiceLineId@odata.bind": f"invoicedetails({written})"},
        **{DISCOUNT: 100, FEE: 50},
        msdyn_transactionclassification=TIME,
        msdyn_billingtype=BASE + 1,
        msdyn_amount=1000,
        msdyn_tax=90,
    )
    assert web.row("msdyn_invoicelinetransactions", detail)["msdyn_extendedamount"] == 1040
    assert sums(web.row("invoicedetails", written), "baseamount", "extendedamount") == [950, 1040]


def test_confirming_reverses_discount_and_fee() -> None:
    discounted = actual(1, **{DISCOUNT: 100, FEE: 50, "msdyn_extendedamount": 750})
    product_row = product(manualdiscountamount=499)
    emulator, web = emulator_of(
        msdyn_actuals=[discounted], salesorderdetails=[line(WORK), product_row]
    )
    (invoice,) = emulator.run_invoice_job(OCTOBER_5)
    web("POST", f"invoices({invoice})/Microsoft.Dynamics.CRM.msdyn_PostInvoice")
    made = [row for row in web.rows("msdyn_actuals") if row["msdyn_actualid"] != uid("e", 1)]
    names = ("msdyn_amount", DISCOUNT, FEE, "msdyn_extendedamount")
    assert sorted((sums(row, *names) for row in made), key=lambda row: row[0]) == [
        [-800, -100, -50, -750],
        [800, 100, 50, 750],
        [4000, None, None, None],
    ]


def rule(number: int, customer: str, **columns: object) -> dict[str, Any]:
    return {
        "msdyn_projectcontractsplitbillingruleid": uid("7", number),
        "msdyn_name": f"Rule {number}",
        "_msdyn_projectcontractid_value": CONTRACT,
        "_msdyn_customerid_value": customer,
        f"_msdyn_customerid_value{LOGICAL_NAME}": "account",
        **columns,
    }


def line_rule(number: int, parent: int, customer: str, **columns: object) -> dict[str, Any]:
    return {
        "msdyn_projectcontractlinesplitbillingruleid": uid("6", number),
        "msdyn_name": f"Line rule {number}",
        "_msdyn_projectcontractlineid_value": WORK,
        "_msdyn_projectcontractsplitbillingruleid_value": uid("7", parent),
        "_msdyn_customerid_value": customer,
        f"_msdyn_customerid_value{LOGICAL_NAME}": "account",
        **columns,
    }


NAMED = {"_msdyn_projectcontractsplitbillingrule_value": uid("7", 1)}
NAMED_ON_LINE = {"_msdyn_projectcontractlinesplitbillingrule_value": uid("6", 1)}


@pytest.mark.parametrize(
    "sets",
    [
        {"msdyn_contractlineinvoiceschedules": [{**RUN, "statecode": 1}]},
        {"msdyn_actuals": [actual(1, statecode=1)]},
        {
            "msdyn_actuals": [actual(1, **NAMED)],
            "msdyn_projectcontractsplitbillingrules": [rule(1, ACCOUNT, statecode=1)],
        },
        {
            "msdyn_actuals": [actual(1, **NAMED_ON_LINE)],
            "msdyn_projectcontractsplitbillingrules": [rule(1, ACCOUNT)],
            "msdyn_projectcontractlinesplitbillingrules": [line_rule(1, 1, ACCOUNT, statecode=1)],
        },
        {
            "msdyn_actuals": [actual(1, **NAMED_ON_LINE)],
            "msdyn_projectcontractsplitbillingrules": [rule(1, ACCOUNT, statecode=1)],
            "msdyn_projectcontractlinesplitbillingrules": [line_rule(1, 1, ACCOUNT)],
        },
        {
            "salesorderdetails": [line(WORK), product()],
            "msdyn_actuals": [],
            "msdyn_projectcontractsplitbillingrules": [
                rule(1, ACCOUNT, statecode=1, msdyn_isprimarycustomer=True),
                rule(2, OTHER),
            ],
        },
        {
            "msdyn_actuals": [],
            "msdyn_contractlinescheduleofvalues": [milestone(1, statecode=1)],
        },
    ],
)
def test_what_is_inactive_is_not_billed(sets: dict[str, list[dict[str, Any]]]) -> None:
    usual: dict[str, list[dict[str, Any]]] = {
        "msdyn_actuals": [actual(1)],
        "salesorderdetails": [line(WORK), line(uid("b", 2), msdyn_billingmethod=BASE + 1)],
        "msdyn_contractlineinvoiceschedules": [RUN],
    }
    emulator = Emulator(seed=tenant_rows(**usual | sets))
    assert emulator.run_invoice_job(OCTOBER_5) == ()
    active = {
        name: [{**row, "statecode": 0} for row in rows] for name, rows in (usual | sets).items()
    }
    active["salesorderdetails"] = (usual | sets)["salesorderdetails"]
    assert len(Emulator(seed=tenant_rows(**active)).run_invoice_job(OCTOBER_5)) == 1


def test_an_inactive_row_that_is_given_to_the_action_does_not_run() -> None:
    emulator, web = emulator_of(
        msdyn_actuals=[actual(1)],
    )
    web("PATCH", f"msdyn_contractlineinvoiceschedules({uid('8', 1)})", {"statecode": 1})
    kind = "Microsoft.Dynamics.CRM.msdyn_contractlineinvoiceschedule"
    given = {"@odata.type": kind, "msdyn_contractlineinvoicescheduleid": uid("8", 1)}
    action = "Microsoft.Dynamics.CRM.msdyn_CreateInvoicefromInvoiceScheduleSync"
    web("POST", f"salesorders({CONTRACT})/{action}", {"InvoiceSchedules": [given]})
    assert emulator.rows("invoices") == ()
    row = web.row("msdyn_contractlineinvoiceschedules", uid("8", 1))
    assert row["msdyn_invoicerunstatus"] == BASE


@pytest.mark.parametrize(
    ("rules", "line_rules", "billed"),
    [
        ([], [], ACCOUNT),
        ([rule(1, OTHER)], [], OTHER),
        ([rule(1, ACCOUNT, statecode=1), rule(2, OTHER)], [], OTHER),
        (
            [rule(1, ACCOUNT), rule(2, OTHER)],
            [{**line_rule(1, 2, OTHER), "_msdyn_projectcontractlineid_value": uid("b", 2)}],
            OTHER,
        ),
        ([rule(1, OTHER), rule(2, OTHER)], [], ACCOUNT),  # nobody knows: the contract's own
    ],
)
def test_a_milestone_that_names_nobody_is_billed_to_the_only_customer(
    rules: list[dict[str, Any]], line_rules: list[dict[str, Any]], billed: str
) -> None:
    emulator, web = emulator_of(
        msdyn_contractlinescheduleofvalues=[milestone(1)],
        msdyn_projectcontractsplitbillingrules=rules,
        msdyn_projectcontractlinesplitbillingrules=line_rules,
        salesorderdetails=[line(WORK), line(uid("b", 2), msdyn_billingmethod=BASE + 1)],
    )
    emulator.run_invoice_job(OCTOBER_5)
    assert [row["_customerid_value"] for row in web.rows("invoices")] == [billed]


@pytest.mark.parametrize(("terms", "written"), [(3, 3), (192350001, None), (None, None)])
def test_payment_terms_that_an_invoice_knows_are_the_customers(
    terms: int | None, written: int | None
) -> None:
    emulator, web = emulator_of(
        msdyn_actuals=[actual(1, **NAMED)],
        msdyn_projectcontractsplitbillingrules=[rule(1, ACCOUNT, msdyn_paymentterms=terms)],
    )
    emulator.run_invoice_job(OCTOBER_5)
    assert [row["paymenttermscode"] for row in web.rows("invoices")] == [written]
