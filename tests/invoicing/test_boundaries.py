"""Days on the edge, numbers that are none, and second times: what mutants of the rules survived."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from connector.invoicing import keys
from connector.invoicing.catch_up import missed_dates
from connector.invoicing.choices import BillingStatus, ProformaStatus, RunStatus
from connector.invoicing.explain import explain
from connector.invoicing.forecast import forecast
from connector.invoicing.invariants import check_contract, conservation_of
from connector.invoicing.model import BilledSource, ExistingInvoice
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import (
    Bounds,
    CreditedMilestones,
    Cutoff,
    EmptyLines,
    MissedDates,
    Policy,
    Retainers,
    RetainerTiming,
)
from connector.invoicing.projection import after
from connector.invoicing.reasons import Reason
from tests.invoicing.ledger import ident, snapshot_of
from tests.invoicing.run_bounds import check_bounds

if TYPE_CHECKING:
    from connector.invoicing.model import ContractSnapshot
    from connector.invoicing.plan import ContractPlan, DetailPlan, NotInvoiced

DAY = date(2020, 10, 5)
BASE = """
contract | Project | USD 2
customer | Payer
line     | Work  | time-and-material
line     | Fixed | fixed-price
"""
RUN = "run | Work | 2020-10-05 | 2020-10-04\n"
TIME = "actual | Work | 2020-10-01 | time | 7 | 1,000.00 | ready\n"
MILESTONE = "milestone | Fixed | 2020-10-05 | 500.00 | ready\n"
CATCH_UP = Policy(missed_dates=MissedDates.CATCH_UP)


def plan(
    rows: str | ContractSnapshot, policy: Policy | None = None, day: date = DAY
) -> ContractPlan:
    snapshot = snapshot_of(BASE + rows) if isinstance(rows, str) else rows
    decided = plan_contract(snapshot, day, policy or Policy())
    assert check_contract(snapshot, decided) == ()
    return decided


def left(decided: ContractPlan) -> NotInvoiced:
    (entry,) = decided.not_invoiced
    return entry


def details(decided: ContractPlan) -> list[DetailPlan]:
    return [d for i in decided.invoices for line in i.lines for d in line.details]


def codes(decided: ContractPlan) -> set[str]:
    return {warning.code for warning in decided.warnings}


def test_an_amount_that_is_no_number_counts_as_nothing_in_the_balance() -> None:
    snapshot = snapshot_of(BASE + RUN + TIME.replace("ready", "ready | amount = NaN"))

    decided = plan(snapshot)

    assert left(decided).amount == 0
    assert conservation_of(snapshot, decided).is_even


def test_a_preview_remembers_whose_draft_was_made() -> None:
    snapshot = snapshot_of(BASE + RUN + TIME)

    (invoice,) = after(snapshot, plan(snapshot)).invoices

    assert invoice.customer_id == ident("account Payer")


def test_waiting_for_a_due_line_looks_past_what_today_could_not_bill() -> None:
    stray = "milestone | Work | 2020-10-05 | 1.00 | ready\n"
    later = "milestone | Fixed | 2020-10-09 | 1.00 | ready\n"

    decided = plan("product | Router | 1 | 9.00 | ready-to-invoice\n" + stray + later)

    waiting = [e for e in decided.not_invoiced if e.reason is Reason.PRODUCT_WAITS_FOR_DUE_LINE]
    assert "2020-10-09" in waiting[0].hint


def test_a_milestone_that_was_credited_twice_gets_its_third_key() -> None:
    snapshot = snapshot_of(BASE + MILESTONE)
    source = details(plan(snapshot))[0].source
    final = [
        ExistingInvoice(id=ident(name), customer_id=None, status=ProformaStatus.PAID)
        for name in ("first", "second")
    ]
    billed = tuple(BilledSource(source=source, invoice_id=invoice.id) for invoice in final)
    policy = Policy(credited_milestones=CreditedMilestones.BILL_AGAIN)

    (detail,) = details(plan(replace(snapshot, invoices=tuple(final), billed=billed), policy))

    assert detail.id == keys.detail_id(ident("organization"), source, 2)


def test_a_begun_month_counts_as_one_month_ahead() -> None:
    found = check_bounds([plan(RUN + TIME)], Bounds(months_ahead=2), today=date(2020, 9, 4))

    assert found == ()


def test_a_coming_row_that_has_had_its_run_has_no_coming_date() -> None:
    snapshot = snapshot_of(BASE + "run | Work | 2020-10-09 | | status = run-successful\n")

    assert explain(snapshot, snapshot.schedule[0].id, DAY, Policy()).next_date is None


def test_a_late_milestone_could_be_billed_tomorrow_under_catch_up() -> None:
    snapshot = snapshot_of(BASE + MILESTONE.replace("ready", "not-ready"))

    answer = explain(snapshot, snapshot.milestones[0].id, DAY, CATCH_UP)

    assert answer.next_date == DAY + timedelta(days=1)


def test_a_forecast_keeps_to_additional_rules() -> None:
    snapshot = snapshot_of(BASE + RUN + TIME)

    assert forecast(snapshot, DAY, DAY, Policy(), (lambda _, __: "never",)) == ()
    assert forecast(snapshot, DAY, DAY, Policy()) != ()


@pytest.mark.parametrize(("days", "is_billed"), [(3, True), (4, False)])
def test_catch_up_reaches_as_many_days_back_as_it_says(days: int, *, is_billed: bool) -> None:
    policy = replace(CATCH_UP, catch_up_days=3)

    decided = plan(MILESTONE, policy, DAY + timedelta(days=days))

    assert bool(decided.invoices) is is_billed


def test_a_row_names_the_invoice_that_has_content_of_its_line_not_one_at_zero() -> None:
    rows = """
contract | Project | USD 2
customer | A | is_primary = true
customer | B
line     | Work  | time-and-material
line     | Other | time-and-material
run      | Work  | 2020-10-05 | 2020-10-04
run      | Other | 2020-10-05 | 2020-10-04
actual   | Work  | 2020-10-01 | time | 1 | 10.00 | ready | contract_customer_id = A
actual   | Other | 2020-10-01 | time | 1 | 10.00 | ready | contract_customer_id = B
"""
    decided = plan(snapshot_of(rows), Policy(empty_lines=EmptyLines.ALL_DUE_LINES))

    named = {u.contract_line_id: u.invoice_id for u in decided.schedule_updates}
    of = {invoice.bill_to.name: invoice.id for invoice in decided.invoices}
    assert all(len(invoice.lines) == 2 for invoice in decided.invoices)
    assert named == {ident("Work"): of["A"], ident("Other"): of["B"]}


@pytest.mark.parametrize("cell", ["quantity = NaN", "price = NaN", "quantity = none"])
def test_a_product_without_a_usable_quantity_or_price_is_one_at_its_amount(cell: str) -> None:
    row = f"product | Router | 2 | 9.00 | ready-to-invoice | {cell}\n"

    (detail,) = details(plan(RUN + row))

    assert (detail.quantity, detail.price, detail.amount) == (1, Decimal(18), Decimal(18))


def test_a_retainer_without_a_date_is_applied_last() -> None:
    paid = "retainer | {name} | 2020-09-0{day} | 10.00 | posted{more}\n"
    rows = paid.format(name="Undated", day=1, more=" | date = none")
    rows += paid.format(name="Dated", day=2, more="")

    (invoice,) = plan(RUN + TIME + rows, Policy(retainers=Retainers.BILL_AND_APPLY)).invoices

    assert [part.retainer_id for part in invoice.applied_retainers] == [
        ident("Dated"),
        ident("Undated"),
    ]


def test_an_available_amount_that_is_no_number_is_computed() -> None:
    paid = "retainer | Paid | 2020-09-01 | 10.00 | posted | available_amount = NaN\n"

    (invoice,) = plan(RUN + TIME + paid, Policy(retainers=Retainers.BILL_AND_APPLY)).invoices

    assert [part.amount for part in invoice.applied_retainers] == [Decimal(10)]


def test_a_retainer_is_refused_for_its_money_and_for_where_it_stands() -> None:
    policy = Policy(retainers=Retainers.BILL)
    row = "retainer | Advance | 2020-10-05 | 10.00 | ready"
    snapshot = snapshot_of(BASE + RUN + row)
    (detail,) = details(plan(snapshot, policy))
    billed = (BilledSource(source=detail.source, invoice_id=ident("former")),)

    assert left(plan(RUN + row + " | amount = NaN", policy)).reason is Reason.AMOUNT_MISSING
    assert left(plan(replace(snapshot, billed=billed), policy)).reason is Reason.ALREADY_INVOICED


def test_a_cut_off_on_the_run_date_is_no_warning() -> None:
    decided = plan("run | Work | 2020-10-05 | 2020-10-05\n" + TIME)

    assert "cut-off-after-run-date" not in codes(decided)


def test_work_of_the_last_day_that_is_not_ready_belongs_to_this_run() -> None:
    late = TIME.replace("2020-10-01", "2020-10-04").replace("ready", "open")

    assert "reaches it is 2020-10-05" in left(plan(RUN + late)).hint


def test_late_work_is_reported_by_the_day_that_the_cut_off_looks_at() -> None:
    old = TIME.replace("ready", "ready | created_date = 2020-10-20")
    snapshot = snapshot_of(BASE + RUN + old)
    through = replace(
        snapshot,
        schedule=tuple(replace(row, status=RunStatus.SUCCESSFUL) for row in snapshot.schedule),
    )

    assert "ready-after-run" in codes(plan(through))
    assert "ready-after-run" not in codes(plan(through, Policy(cutoff=Cutoff.CREATED_BEFORE)))


def test_too_many_details_for_synchronisation_are_counted_in_the_warning() -> None:
    decided = plan(RUN + TIME * 1001)

    (warning,) = [w for w in decided.warnings if w.code == "many-details"]
    key = decided.invoices[0].id
    assert warning.subject == key
    assert warning.text == (
        f"Invoice {key} has 1001 details; real-time synchronisation to Finance takes 1000;"
        " the bound details_per_invoice can refuse it."
    )


def test_a_limit_that_is_no_number_limits_nothing() -> None:
    limited = BASE.replace("USD 2", "USD 2 | not_to_exceed_limit = NaN") + RUN + TIME

    assert "not-to-exceed-limit" not in codes(plan(snapshot_of(limited)))


def test_an_empty_customer_row_of_a_line_is_named_in_the_hint() -> None:
    rows = "split | Work | Payer | 100\n" + RUN
    named = "ready | contract_line_customer_id = Work for Payer"
    snapshot = snapshot_of(BASE + rows + TIME.replace("ready", named))
    (rule,) = snapshot.line_customers
    empty = replace(snapshot, line_customers=(replace(rule, contract_customer_id=None),))

    entry = left(plan(empty))

    assert entry.reason is Reason.CUSTOMER_MISSING
    assert entry.hint.startswith(f"Contract line customer {rule.id} is empty;")


def test_a_preview_remembers_that_a_product_line_is_invoiced() -> None:
    snapshot = snapshot_of(BASE + RUN + "product | Router | 1 | 9.00 | ready-to-invoice\n")

    done = after(snapshot, plan(snapshot))

    (router,) = [line for line in done.lines if line.id == ident("Router")]
    assert router.billing_status is BillingStatus.CUSTOMER_INVOICE_CREATED


def test_dates_of_retainers_that_are_billed_alone_are_missed_dates_too() -> None:
    alone = replace(CATCH_UP, retainers=Retainers.BILL, retainer_timing=RetainerTiming.ALONE)
    snapshot = snapshot_of(BASE + RUN + "retainer | Advance | 2020-10-07 | 10.00 | ready\n")
    last = date(2020, 10, 9)

    assert missed_dates(snapshot, last, alone) == (DAY, date(2020, 10, 7))
    assert missed_dates(snapshot, last, CATCH_UP) == (DAY,)


def test_the_run_date_itself_is_not_missed() -> None:
    assert missed_dates(snapshot_of(BASE + RUN + MILESTONE), DAY, CATCH_UP) == ()


def test_a_forecast_under_catch_up_starts_with_what_is_late() -> None:
    first = DAY + timedelta(days=2)

    entries = forecast(snapshot_of(BASE + MILESTONE), first, first, CATCH_UP)

    assert [(entry.run_date, entry.amount) for entry in entries] == [(first, Decimal(500))]


def test_a_new_retainer_below_zero_leaves_less_to_take_off() -> None:
    # 16.00 of work less 10.00 of a retainer that is taken back: 6.00 are left to pay.
    rows = "retainer | Paid | 2020-09-01 | 20.00 | posted\n"
    rows += "retainer | Back | 2020-09-02 | -10.00 | ready\n"
    row = "actual | Work | 2020-09-30 | time | 2 | 8.00 | ready\n"

    decided = plan(RUN + row + rows, Policy(retainers=Retainers.BILL_AND_APPLY))

    (invoice,) = decided.invoices
    assert invoice.amount == Decimal(6)
    assert [part.amount for part in invoice.applied_retainers] == [Decimal(6)]
