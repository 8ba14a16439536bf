"""What a plan bills, told of its invoices and of one source."""

from __future__ import annotations

from datetime import date

from connector.invoicing.explain_planned import planned_invoices, planned_source
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from connector.invoicing.statement import english
from tests.invoicing.ledger import snapshot_of

OCT_5 = date(2020, 10, 5)
SNAPSHOT = snapshot_of("""
contract  | Discounted | USD 2
customer  | Fabrikam
line      | Service | time-and-material
run       | Service | 2020-10-05 | 2020-10-04
actual    | Service | 2020-10-01 | time | 10 | 100.00 | ready | discount = 100 | fee = 50
actual    | Service | 2020-10-02 | time | 1 | 80.00 | ready
actual    | Service | 2020-10-03 | time | 1 | 70.00 | open
""")
PLAN = plan_contract(SNAPSHOT, OCT_5, Policy())


def test_invoices_are_counted_with_their_amounts() -> None:
    assert english(planned_invoices(PLAN)) == "1 invoice(s) on 2020-10-05: 1,030.00 USD"


def test_a_plan_without_an_invoice_says_so() -> None:
    nothing = plan_contract(SNAPSHOT, date(2020, 10, 6), Policy())

    assert english(planned_invoices(nothing)) == "No invoice"


def test_a_source_is_told_with_what_its_amount_is_made_of() -> None:
    [invoice] = PLAN.invoices
    changed, plain, waiting = SNAPSHOT.actuals

    assert english(planned_source(PLAN, changed.id)) == (
        "Billed on 2020-10-05 with 950.00 USD (chargeable, 1,000.00 USD less 100.00 USD discount"
        f" and with 50.00 USD fee), on line 'Service' of invoice {invoice.id}."
    )
    assert english(planned_source(PLAN, plain.id)) == (
        "Billed on 2020-10-05 with 80.00 USD (chargeable), on line 'Service' of invoice"
        f" {invoice.id}."
    )
    assert planned_source(PLAN, waiting.id) is None
