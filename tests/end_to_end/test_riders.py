"""What rides along with a due line: product lines, and retainers where the policy bills them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.end_to_end.tenant import broken_invariants

if TYPE_CHECKING:
    from tests.end_to_end.tenant import TestTenant

OCTOBER_5 = date(2020, 10, 5)
RETAINER = "00000000-0000-4000-8000-00000000ad01"
READY = 192350001


@pytest.fixture
def retained(tenant: TestTenant) -> TestTenant:
    """The sample tenant with a retainer of 2,500 that is ready on 5 October for Adatum."""
    contract = tenant.contract("Adatum shop floor portal")
    customers = tenant.rows("msdyn_projectcontractsplitbillingrules")
    own = [c for c in customers if c["_msdyn_projectcontractid_value"] == contract["salesorderid"]]
    row: dict[str, Any] = {
        "msdyn_projectcontractretainerid": RETAINER,
        "msdyn_name": "Advance for the pilot",
        "_msdyn_contractid_value": contract["salesorderid"],
        "_msdyn_projectcontractsplitbillingrule_value": own[0][
            "msdyn_projectcontractsplitbillingruleid"
        ]
        if own
        else None,
        "msdyn_invoicedate": "2020-10-05",
        "msdyn_invoicestatus": READY,
        "msdyn_amount": Decimal("2500.00"),
        "_transactioncurrencyid_value": contract["_transactioncurrencyid_value"],
    }
    tenant.emulator.seed({"msdyn_projectcontractretainers": [row]})
    return tenant


def test_a_retainer_is_only_reported_by_default(retained: TestTenant) -> None:
    report = retained.run(OCTOBER_5)

    left = {str(i.source.id): i.reason for p in report.plan.contracts for i in p.not_invoiced}
    assert left[RETAINER] == "retainer-report-only"
    assert RETAINER not in {
        row["_msdyn_projectcontractretainer_value"] for row in retained.rows("invoicedetails")
    }


def test_a_retainer_that_is_due_is_billed_once_where_the_policy_says_so(
    retained: TestTenant,
) -> None:
    with retained.connector(POLICY__RETAINERS="bill") as connector:
        first = connector.run(OCTOBER_5, run_id="first")
        second = connector.run(date(2020, 10, 19), run_id="second")

    (line,) = [
        row
        for row in retained.rows("invoicedetails")
        if row["_msdyn_projectcontractretainer_value"] == RETAINER
    ]
    assert Decimal(str(line["priceperunit"])) == Decimal(2500)
    assert {outcome.status.value for outcome in (*first.outcomes, *second.outcomes)} == {"written"}
    assert broken_invariants(retained) == []


def test_a_retainer_alone_makes_an_invoice_on_its_date_where_the_policy_says_so(
    retained: TestTenant,
) -> None:
    retained.set("msdyn_projectcontractretainers", RETAINER, msdyn_invoicedate="2020-10-12")
    settings = {"POLICY__RETAINERS": "bill", "POLICY__RETAINER_TIMING": "alone"}

    with retained.connector(**settings) as connector:
        report = connector.run(date(2020, 10, 12), run_id="alone")

    (outcome,) = report.outcomes
    assert outcome.invoice.amount == Decimal(2500)
    assert broken_invariants(retained) == []


def test_a_ready_product_line_rides_along_on_the_primary_customers_invoice(
    tenant: TestTenant,
) -> None:
    report = tenant.run(date(2020, 10, 7))

    products = [
        (outcome.invoice, line)
        for outcome in report.outcomes
        for line in outcome.invoice.lines
        if line.billing == "product"
    ]
    ((invoice, line),) = products
    row = tenant.by_id("invoicedetails", str(line.id))
    source = tenant.by_id("salesorderdetails", str(line.contract_line_id))
    primary = tenant.by_id(
        "msdyn_projectcontractsplitbillingrules", str(invoice.contract_customer_id)
    )
    assert primary["msdyn_isprimarycustomer"] is True
    assert row["_productid_value"] == source["_productid_value"]
    assert row["quantity"] == source["quantity"]
    assert source["msdyn_billingstatus"] == 192350001
