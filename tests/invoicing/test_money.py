"""Money of the source: discounts, fees, foreign and absurd amounts, each checked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from connector.invoicing.explain import explain
from connector.invoicing.forecast import forecast
from connector.invoicing.invariants import check_contract, conservation_of
from connector.invoicing.net_amounts import product_amount
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Bounds, Policy, Retainers
from connector.invoicing.reasons import Reason
from tests.invoicing.ledger import ident, snapshot_of
from tests.invoicing.run_bounds import check_bounds

if TYPE_CHECKING:
    from connector.invoicing.plan import ContractPlan, DetailPlan

DAY = date(2020, 10, 5)
BASE = """
contract | Project | USD 2
customer | Payer
line     | Work  | time-and-material
line     | Fixed | fixed-price
run      | Work  | 2020-10-05 | 2020-10-04
"""
WORK = "actual | Work | 2020-10-01 | time | 10 | 100.00 | ready"
TABLET = "product | Tablet | 10 | 449.90 | ready-to-invoice"


def plan(rows: str, policy: Policy | None = None) -> ContractPlan:
    snapshot = snapshot_of(BASE + rows)
    decided = plan_contract(snapshot, DAY, policy or Policy())
    assert check_contract(snapshot, decided) == ()
    assert conservation_of(snapshot, decided).is_even
    return decided


def only_detail(rows: str) -> DetailPlan:
    [invoice] = plan(rows).invoices
    [line] = invoice.lines
    [detail] = line.details
    assert invoice.amount == line.amount == detail.amount
    return detail


def codes(decided: ContractPlan) -> set[str]:
    return {warning.code for warning in decided.warnings}


@pytest.mark.parametrize(
    ("cells", "amount"),
    [
        ("discount = 100", 900),  # 1,000 - 100
        ("discount = 100 | fee = 50", 950),  # 1,000 - 100 + 50
        ("fee = 50", 1050),
        ("discount = 0 | fee = 0", 1000),
        ("discount = none | fee = none", 1000),  # a tenant without the feature
        ("discount = 1,000", 0),
    ],
)
def test_a_transaction_is_billed_net_of_its_discount_and_with_its_fee(
    cells: str, amount: int
) -> None:
    detail = only_detail(f"{WORK} | {cells}")

    assert (detail.amount, detail.quantity, detail.price) == (amount, 10, 100)
    assert detail.gross == 1000


def test_a_reversal_gives_its_discount_back() -> None:
    assert only_detail(f"{WORK.replace('| 10 |', '| -10 |')} | discount = -100").amount == -900


def test_the_discount_of_free_work_stays_out_of_the_total() -> None:
    free = f"{WORK} | discount = 100 | billing_type = non-chargeable"

    [invoice] = plan(f"{WORK}\n{free}").invoices

    assert (invoice.amount, invoice.lines[0].non_chargeable) == (1000, 900)


def test_tax_is_added_to_the_net_amount_and_never_discounted() -> None:
    [invoice] = plan(f"{WORK} | discount = 100 | tax = 90").invoices

    assert (invoice.amount, invoice.tax) == (900, 90)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("discount = 0.001", Reason.AMOUNT_TOO_PRECISE),
        ("fee = 0.001", Reason.AMOUNT_TOO_PRECISE),
        ("discount = NaN", Reason.AMOUNT_MISSING),
        ("fee = 1E+400", Reason.AMOUNT_MISSING),
        ("amount = 1E+400", Reason.AMOUNT_MISSING),
        ("amount = -922337203685478", Reason.AMOUNT_MISSING),
        ("tax = 1E+400", Reason.AMOUNT_MISSING),
        ("amount = 0.00000000000000000000000000000000001", Reason.AMOUNT_MISSING),
    ],
)
def test_an_amount_that_cannot_be_money_keeps_its_own_record_out(
    cells: str, reason: Reason
) -> None:
    decided = plan(f"{WORK} | {cells}\n{WORK}")

    assert [entry.reason for entry in decided.not_invoiced] == [reason]
    assert [invoice.amount for invoice in decided.invoices] == [1000]


@pytest.mark.parametrize("cell", ["amount = 1E+400", "manual_discount = 1E+400", "tax = NaN"])
def test_a_product_line_of_an_absurd_amount_is_refused(cell: str) -> None:
    [entry] = plan(f"{TABLET} | {cell}").not_invoiced

    assert entry.reason is Reason.AMOUNT_MISSING


@pytest.mark.parametrize(
    ("cells", "amount", "discount"),
    [
        # 10 x 449.90 - 499 = 4,000; with 100 tax the extended amount is 4,100
        ("manual_discount = 499 | tax = 100 | extended_amount = 4,100", 4000, 499),
        ("manual_discount = 499 | tax = 100", 4000, 499),
        # 10 x (449.90 - 49.90) = 4,000
        ("volume_discount = 49.90 | amount = 4,000 | extended_amount = 4,000", 4000, 499),
        # 10 x (449.90 - 49.90) - 100 = 3,900
        ("volume_discount = 49.90 | amount = 4,000 | manual_discount = 100", 3900, 599),
        # the same, from a row whose amount leaves the volume discount out
        ("volume_discount = 49.90 | manual_discount = 100", 3900, 599),
        ("volume_discount = 49.90 | manual_discount = 100 | extended_amount = 3,900", 3900, 599),
        ("manual_discount = 4,499 | extended_amount = 0", 0, 4499),
        # an organisation that discounts each unit: 10 x 449.90 - 10 x 49.90 = 4,000
        ("manual_discount = 49.90 | extended_amount = 4,000", 4000, 499),
        ("manual_discount = 49.90 | tax = 100 | extended_amount = 4,100", 4000, 499),
        # without an extended amount nothing says so: 4,499 - 49.90
        ("manual_discount = 49.90", Decimal("4449.10"), Decimal("49.90")),
        ("manual_discount = none | volume_discount = none | extended_amount = none", 4499, 0),
        # a write-in without quantity: one at its amount
        ("quantity = none | manual_discount = 499", 4000, 499),
    ],
)
def test_a_product_line_is_billed_after_volume_and_manual_discount(
    cells: str, amount: Decimal, discount: Decimal
) -> None:
    detail = only_detail(f"{TABLET} | {cells}")

    assert (detail.amount, detail.discount) == (amount, discount)


def test_the_tax_of_a_discounted_product_is_the_stored_one() -> None:
    [invoice] = plan(f"{TABLET} | manual_discount = 499 | tax = 100").invoices

    assert (invoice.amount, invoice.tax) == (4000, 100)


def test_quantity_times_price_may_round_without_being_another_amount() -> None:
    row = "product | Wire | 3.333 | 10.005 | ready-to-invoice | amount = {}"

    # 3.333 x 10.005 = 33.346665, by half-up rounding 33.35
    assert only_detail(row.format("33.35")).amount == Decimal("33.35")
    assert only_detail(row.format("33.34")).amount == Decimal("33.34")
    assert codes(plan(row.format("33.34"))) == set()


@pytest.mark.parametrize(
    ("cells", "amount"),
    [
        ("extended_amount = 4,400", 4499),  # amount and price agree
        ("amount = 4,400 | extended_amount = 4,400", 4400),  # the tenant prices by itself
        ("amount = 4,400", 4499),  # quantity and price are what the invoice line is made of
        ("amount = 4,300 | extended_amount = 4,400", 4400),
    ],
)
def test_columns_of_a_product_line_that_disagree_are_a_warning_and_the_majority_wins(
    cells: str, amount: int
) -> None:
    decided = plan(f"{TABLET} | {cells}")

    assert [invoice.amount for invoice in decided.invoices] == [amount]
    assert codes(decided) == {"product-amount-differs"}


def test_a_line_without_amount_says_nothing() -> None:
    line = replace(snapshot_of(BASE + TABLET).lines[-1], amount=None)

    assert product_amount(line, 2) == 0


def test_what_is_left_behind_counts_net() -> None:
    decided = plan(f"{WORK.replace('| ready', '| open')} | discount = 100\n{TABLET} | tax = 1")

    assert {entry.amount for entry in decided.not_invoiced} == {Decimal(900)}


def test_a_foreign_amount_is_shown_in_its_own_currency_and_balances_there() -> None:
    rows = f"currency | EUR 2\n{WORK} | currency_id = EUR | discount = 100\n{WORK}\n"
    snapshot = snapshot_of(BASE + rows)

    decided = plan_contract(snapshot, DAY, Policy())

    [entry] = decided.not_invoiced
    assert (entry.reason, entry.amount, entry.currency.code) == (
        Reason.CURRENCY_DIFFERS,
        900,
        "EUR",
    )
    assert "currency EUR is not the contract's USD" in entry.hint
    balances = conservation_of(snapshot, decided).amounts
    assert [(b.currency, b.candidates, b.invoiced, b.not_invoiced) for b in balances] == [
        ("EUR", 900, 0, 900),
        ("USD", 1000, 1000, 0),
    ]


@pytest.mark.parametrize("kind", ["product | Router | 1 | 1000.00 | ready", "milestone"])
def test_every_kind_of_foreign_record_keeps_its_currency(kind: str) -> None:
    row = kind if "|" in kind else "milestone | Fixed | 2020-10-05 | 1000.00 | ready"

    [entry] = plan(f"currency | EUR 2\n{row} | currency_id = EUR").not_invoiced

    assert (entry.amount, entry.currency.code, entry.currency.precision) == (1000, "EUR", 2)


def test_a_currency_that_nobody_knows_goes_by_its_id() -> None:
    [entry] = plan(f"{WORK} | currency_id = EUR").not_invoiced

    assert (entry.amount, entry.currency.code) == (1000, str(ident("EUR")))


@pytest.mark.parametrize(
    ("rows", "amount", "code"),
    [
        (f"{WORK}\n{WORK.replace('| 10 |', '| -10 |')}", 0, "invoice-zero"),
        (f"{WORK} | discount = 1,000", 0, "invoice-zero"),
        (WORK.replace("| 10 |", "| -5 |"), -500, "invoice-negative"),
    ],
)
def test_a_draft_of_nothing_or_less_is_a_warning(rows: str, amount: int, code: str) -> None:
    decided = plan(rows)

    assert [invoice.amount for invoice in decided.invoices] == [amount]
    assert codes(decided) == {code}
    assert codes(plan(WORK)) == set()


@pytest.mark.parametrize(
    ("lowest", "refused"),
    [(None, []), ("0", [-500]), ("0.01", [-500, 0]), ("-500", []), ("1000.01", [-500, 0, 1000])],
)
def test_a_bound_can_refuse_drafts_of_nothing_or_less(
    lowest: str | None, refused: list[int]
) -> None:
    plans = [plan(f"{WORK.replace('| 10 |', f'| {n} |')}") for n in (-5, 0, 10)]
    bounds = Bounds(lowest_amount_per_invoice=None if lowest is None else Decimal(lowest))

    found = check_bounds(plans, bounds)

    by_id = {invoice.id: invoice for decided in plans for invoice in decided.invoices}
    assert {violation.code for violation in found} <= {"lowest-amount-per-invoice"}
    assert len(found) == len(refused)
    assert all(violation.subject in by_id for violation in found)
    limit = f"lowest_amount_per_invoice is {Decimal(lowest or 0):,.2f} USD."
    assert all(limit in violation.text for violation in found)


def test_bounds_and_forecast_count_net_amounts() -> None:
    decided = plan(f"{WORK} | discount = 100")
    snapshot = snapshot_of(f"{BASE}{WORK} | discount = 100")

    assert check_bounds([decided], Bounds(amount_per_invoice=Decimal(900))) == ()
    assert check_bounds([decided], Bounds(amount_per_invoice=Decimal(899))) != ()
    assert [entry.amount for entry in forecast(snapshot, DAY, DAY, Policy())] == [900]


def test_an_explanation_says_what_the_amount_is_made_of() -> None:
    snapshot = snapshot_of(f"{BASE}{WORK} | discount = 100 | fee = 50\n{TABLET}")

    worked = explain(snapshot, snapshot.actuals[0].id, DAY, Policy())
    sold = explain(snapshot, ident("Tablet"), DAY, Policy())

    made_of = "1,000.00 USD less 100.00 USD discount and with 50.00 USD fee"
    assert f"with 950.00 USD (chargeable, {made_of})" in worked.text
    assert "with 4,499.00 USD (chargeable), on" in sold.text


def test_a_retainer_is_applied_to_what_is_left_after_discounts() -> None:
    rows = f"{WORK} | discount = 100\nretainer | Paid | 2020-09-01 | 2,000.00 | posted\n"

    [invoice] = plan(rows, Policy(retainers=Retainers.BILL_AND_APPLY)).invoices

    assert [part.amount for part in invoice.applied_retainers] == [900]


def test_payment_terms_without_counterpart_are_a_warning() -> None:
    rows = BASE.replace("Payer", "Payer | unknown_payment_terms = 7")
    snapshot = snapshot_of(rows + WORK)
    customers = tuple(replace(row, unknown_payment_terms=7) for row in snapshot.customers)

    decided = plan_contract(replace(snapshot, customers=customers), DAY, Policy())

    assert codes(decided) == {"payment-terms-unknown"}
    assert [invoice.payment_terms for invoice in decided.invoices] == [None]
