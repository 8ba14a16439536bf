"""Who is billed: the customer that a record names, never a percentage."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from connector.invoicing.choices import CustomerKind
from connector.invoicing.model import Customer
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import EmptyLines, Policy, Retainers
from connector.invoicing.reasons import Reason
from tests.invoicing.ledger import ident, snapshot_of

if TYPE_CHECKING:
    from connector.invoicing.plan import ContractPlan

DAY = date(2020, 10, 5)
LEDGER = """
contract | Project | USD 2
customer | A | is_primary = true  | split_percent = 60 | payment_terms = none
customer | B | is_primary = false | split_percent = 40
line     | Work  | time-and-material
line     | Other | time-and-material
line     | Fixed | fixed-price
run      | Work  | 2020-10-05 | 2020-10-04
run      | Other | 2020-10-05 | 2020-10-04
"""
A_TIME = "actual | Work | 2020-10-01 | time | 6 | 100.00 | ready | contract_customer_id = A\n"
B_TIME = "actual | Work | 2020-10-01 | time | 4 | 100.00 | ready | contract_customer_id = B\n"


def plan(rows: str, policy: Policy | None = None) -> ContractPlan:
    return plan_contract(snapshot_of(LEDGER + rows), DAY, policy or Policy())


def amounts(decided: ContractPlan) -> dict[str | None, Decimal]:
    return {invoice.bill_to.name: invoice.amount for invoice in decided.invoices}


def codes(decided: ContractPlan) -> set[str]:
    return {warning.code for warning in decided.warnings}


def test_percentages_are_never_applied_to_rows_that_were_split_at_approval() -> None:
    assert amounts(plan(A_TIME + B_TIME)) == {"A": Decimal(600), "B": Decimal(400)}


def test_one_ready_customer_alone_gets_one_invoice() -> None:
    assert amounts(plan(A_TIME + B_TIME.replace("| ready |", "| open |"))) == {"A": Decimal(600)}


def test_a_customer_of_zero_percent_is_billed_for_what_names_it() -> None:
    text = (LEDGER + B_TIME).replace("= 60", "= 100").replace("= 40", "= 0")

    assert amounts(plan_contract(snapshot_of(text), DAY, Policy())) == {"B": Decimal(400)}


def test_the_customer_of_the_line_comes_before_the_customer_of_the_contract() -> None:
    row = f"split | Work | B | 100\n{A_TIME.strip()} | contract_line_customer_id = Work for B"

    [invoice] = plan(row).invoices

    assert invoice.bill_to.name == "B"
    assert invoice.lines[0].details[0].contract_line_customer_id == ident("Work for B")


def test_a_customer_of_another_line_is_no_customer_of_this_one() -> None:
    row = f"split | Other | B | 100\n{A_TIME.strip()} | contract_line_customer_id = Other for B"

    assert [entry.reason for entry in plan(row).not_invoiced] == [Reason.CUSTOMER_UNKNOWN]


@pytest.mark.parametrize("named", ["none", "B"])
def test_a_split_without_customer_stops_its_own_rows_only(named: str) -> None:
    text = LEDGER + A_TIME + B_TIME.replace("= B", f"= {named}")
    snapshot = snapshot_of(text)
    rows = tuple(replace(c, customer=None) if c.id == ident("B") else c for c in snapshot.customers)

    decided = plan_contract(replace(snapshot, customers=rows), DAY, Policy())

    assert amounts(decided) == {"A": Decimal(600)}
    assert [entry.reason for entry in decided.not_invoiced] == [Reason.CUSTOMER_MISSING]
    assert "customer-missing" in codes(decided)


def test_a_contract_that_has_no_customer_rows_yet_bills_the_customer_of_the_record() -> None:
    own = Customer(id=ident("own"), kind=CustomerKind.CONTACT)
    fallback = Customer(id=ident("fallback"), kind=CustomerKind.ACCOUNT)
    snapshot = snapshot_of(LEDGER + A_TIME + B_TIME)
    first, second = snapshot.actuals
    snapshot = replace(
        snapshot,
        customers=(),
        contract=replace(snapshot.contract, customer=fallback),
        actuals=(replace(first, customer=own), second),
    )

    invoices = plan_contract(snapshot, DAY, Policy()).invoices

    assert {(i.customer, i.amount) for i in invoices} == {
        (own, Decimal(600)),
        (fallback, Decimal(400)),
    }
    assert {invoice.contract_customer_id for invoice in invoices} == {None}


def test_nobody_to_bill_is_a_reason() -> None:
    snapshot = snapshot_of(LEDGER + A_TIME)
    snapshot = replace(snapshot, customers=(), contract=replace(snapshot.contract, customer=None))

    [entry] = plan_contract(snapshot, DAY, Policy()).not_invoiced

    assert entry.reason is Reason.CUSTOMER_MISSING


def test_two_rows_of_one_customer_share_one_invoice_and_are_reported() -> None:
    snapshot = snapshot_of(LEDGER + A_TIME + B_TIME)
    first = next(c for c in snapshot.customers if c.id == ident("A"))
    rows = tuple(replace(c, customer=first.customer) for c in snapshot.customers)

    decided = plan_contract(replace(snapshot, customers=rows), DAY, Policy())

    assert [(i.amount, i.contract_customer_id) for i in decided.invoices] == [
        (Decimal(1000), ident("A"))
    ]
    assert "customer-twice" in codes(decided)


def test_header_defaults_come_from_the_customer_of_the_contract() -> None:
    text = LEDGER.replace("payment_terms = none", "payment_terms = 30") + A_TIME
    snapshot = snapshot_of(text)
    rows = tuple(replace(c, payment_terms=30) for c in snapshot.customers)

    [invoice] = plan_contract(replace(snapshot, customers=rows), DAY, Policy()).invoices

    assert (invoice.name, invoice.payment_terms, invoice.bill_to.name) == ("Project", 30, "A")
    assert invoice.price_list_id == ident("price list")


def test_the_schedule_row_names_the_primary_customers_invoice_if_it_has_the_line() -> None:
    decided = plan(A_TIME + B_TIME + B_TIME.replace("Work", "Other"))
    by_payer = {invoice.bill_to.name: invoice.id for invoice in decided.invoices}
    lines = {row.id: row.contract_line_id for row in snapshot_of(LEDGER).schedule}

    named = {lines[update.row_id]: update.invoice_id for update in decided.schedule_updates}

    assert named == {ident("Work"): by_payer["A"], ident("Other"): by_payer["B"]}


def test_shares_that_do_not_make_a_hundred_are_reported() -> None:
    rows = "split | Work | A | 50\nsplit | Work | B | 49\n"

    assert "split-not-100" in codes(plan(rows))
    assert "split-not-100" not in codes(plan(rows.replace("49", "50")))
    assert "split-not-100" in codes(
        plan_contract(snapshot_of(LEDGER.replace("= 40", "= 41")), DAY, Policy())
    )


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (EmptyLines.OMIT, ["Work"]),
        (EmptyLines.ALL_DUE_LINES, ["Other", "Work"]),
        (EmptyLines.ALL_PROJECT_LINES, ["Fixed", "Other", "Work"]),
    ],
)
def test_lines_without_content_are_added_by_option(option: EmptyLines, expected: list[str]) -> None:
    [invoice] = plan(A_TIME, Policy(empty_lines=option)).invoices

    assert [line.name for line in invoice.lines] == expected
    assert invoice.amount == Decimal(600)
    assert plan("", Policy(empty_lines=option)).invoices == ()


def test_a_line_at_zero_is_added_for_its_own_customers_only() -> None:
    rows = f"split | Other | B | 100\n{A_TIME}{B_TIME}"

    decided = plan(rows, Policy(empty_lines=EmptyLines.ALL_DUE_LINES))

    assert {i.bill_to.name: [x.name for x in i.lines] for i in decided.invoices} == {
        "A": ["Work"],
        "B": ["Other", "Work"],
    }


def test_retainers_and_products_fall_back_to_the_customer_of_the_contract_too() -> None:
    rows = "retainer | Advance | 2020-10-05 | 10 | ready\nproduct | Router | 1 | 5 | ready\n"
    snapshot = snapshot_of(LEDGER + rows)
    fallback = Customer(id=ident("fallback"), kind=CustomerKind.ACCOUNT)
    contract = replace(snapshot.contract, customer=fallback)
    snapshot = replace(snapshot, customers=(), contract=contract)

    [invoice] = plan_contract(snapshot, DAY, Policy(retainers=Retainers.BILL)).invoices

    assert (invoice.customer, invoice.amount) == (fallback, Decimal(15))


def test_a_retainer_without_customer_is_refused_where_the_contract_has_customers() -> None:
    decided = plan("retainer | Advance | 2020-10-05 | 10 | ready\n")

    assert [entry.reason for entry in decided.not_invoiced] == [Reason.CUSTOMER_MISSING]


def test_customers_that_are_in_order_are_no_warning() -> None:
    assert codes(plan(A_TIME + B_TIME)) == set()
