"""Inactive and refunded records are left out, each with the rule and what would change it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from connector.invoicing.catch_up import missed_dates
from connector.invoicing.explain import Verdict, explain
from connector.invoicing.invariants import check_contract, conservation_of
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import MissedDates, Policy, Retainers, RetainerTiming
from connector.invoicing.reasons import RULE, Reason
from tests.invoicing.ledger import ident, snapshot_of

if TYPE_CHECKING:
    from connector.invoicing.model import ContractSnapshot
    from connector.invoicing.plan import ContractPlan

DAY, LATER = date(2020, 10, 5), date(2020, 10, 19)
BASE = """
contract | Project | USD 2
customer | A | is_primary = true
customer | B
line     | Work  | time-and-material
line     | Fixed | fixed-price
"""
RUN = "run | Work | 2020-10-05 | 2020-10-04"
WORK = "actual | Work | 2020-10-01 | time | 1 | 80.00 | ready | contract_customer_id = A\n"
MILESTONE = "milestone | Fixed | 2020-10-05 | 500.00 | ready"
BILLING = Policy(retainers=Retainers.BILL_AND_APPLY)
CATCH_UP = Policy(missed_dates=MissedDates.CATCH_UP)


def plan(rows: str, day: date = DAY, policy: Policy | None = None) -> ContractPlan:
    return planned(snapshot_of(BASE + rows), day, policy)


def planned(
    snapshot: ContractSnapshot, day: date = DAY, policy: Policy | None = None
) -> ContractPlan:
    decided = plan_contract(snapshot, day, policy or Policy())
    assert check_contract(snapshot, decided) == ()
    assert conservation_of(snapshot, decided).is_even
    return decided


def reasons(decided: ContractPlan) -> list[Reason]:
    return [entry.reason for entry in decided.not_invoiced]


def test_an_inactive_schedule_row_calls_for_no_run_and_is_the_reason() -> None:
    decided = plan(f"{RUN} | is_active = false\n{WORK}")

    assert decided.invoices == decided.schedule_updates == ()
    [entry] = decided.not_invoiced
    assert (entry.reason, RULE[entry.reason]) == (Reason.SCHEDULE_ROW_INACTIVE, "R8")
    assert "activate it" in entry.hint
    assert [warning.code for warning in decided.warnings] == ["schedule-row-inactive"]


def test_an_inactive_row_beside_an_active_one_changes_nothing() -> None:
    decided = plan(f"{RUN} | is_active = false\n{RUN}\n{WORK}")

    assert [invoice.amount for invoice in decided.invoices] == [80]
    assert len(decided.schedule_updates) == 1


def test_a_later_run_is_named_where_the_inactive_row_would_have_billed_earlier() -> None:
    rows = f"{RUN} | is_active = false\nrun | Work | 2020-10-19 | 2020-10-18\n{WORK}"

    [entry] = plan(rows).not_invoiced

    assert entry.reason is Reason.SCHEDULE_ROW_INACTIVE
    assert "the next run of its line that reaches it is 2020-10-19" in entry.hint
    assert reasons(plan(rows, date(2020, 10, 6))) == [Reason.LINE_NOT_DUE]
    assert [invoice.amount for invoice in plan(rows, LATER).invoices] == [80]


def test_an_inactive_row_that_would_not_reach_the_work_is_not_the_reason() -> None:
    rows = "run | Work | 2020-10-05 | 2020-09-30 | is_active = false\n" + RUN.replace(
        "10-05", "10-07"
    )

    assert reasons(plan(f"{rows}\n{WORK}")) == [Reason.LINE_NOT_DUE]


def test_a_line_of_nothing_but_inactive_rows_names_one_of_them() -> None:
    rows = f"run | Work | 2020-09-05 | 2020-09-04 | is_active = false\n{WORK}"

    assert reasons(plan(rows)) == [Reason.SCHEDULE_ROW_INACTIVE]
    assert reasons(plan(rows.replace("false", "true"))) == [Reason.PAST_LAST_CUT_OFF]


def test_an_inactive_row_is_neither_overdue_nor_caught_up() -> None:
    rows = f"{RUN} | is_active = false\n{WORK}"

    assert "overdue-schedule-row" not in {w.code for w in plan(rows, LATER).warnings}
    assert missed_dates(snapshot_of(BASE + rows), LATER, CATCH_UP) == ()
    assert missed_dates(snapshot_of(f"{BASE}{RUN}\n{WORK}"), LATER, CATCH_UP) == (DAY,)


def test_an_inactive_row_without_line_or_date_is_no_warning() -> None:
    rows = "run | Gone | 2020-10-05 | | is_active = false\nrun | Work | | | is_active = false\n"

    assert plan(rows).warnings == ()


def test_a_milestone_that_only_an_inactive_row_calls_out_is_not_due() -> None:
    row = "run | Fixed | 2020-10-05 | | milestone_id = M | is_active = {}\n"
    milestone = f"{MILESTONE.replace('10-05', '11-05')} | id = M | contract_customer_id = A\n"

    assert reasons(plan(row.format("false") + milestone)) == [Reason.MILESTONE_NOT_DUE]
    assert [i.amount for i in plan(row.format("true") + milestone).invoices] == [500]


@pytest.mark.parametrize("day", [DAY, date(2020, 10, 1)])
def test_an_explanation_of_an_inactive_row_names_rule_and_remedy(day: date) -> None:
    snapshot = snapshot_of(f"{BASE}{RUN} | is_active = false\n{WORK}")

    answer = explain(snapshot, snapshot.schedule[0].id, day, Policy())

    assert (answer.verdict, answer.rules) == (Verdict.NOT_INVOICED, ("R8",))
    assert "inactive" in answer.text
    assert answer.what_would_change_it == "Activate it if its run is to take place."


def test_an_inactive_milestone_is_left_out_whatever_its_status() -> None:
    ready = f"{MILESTONE} | contract_customer_id = A | is_active = false"

    for rows in (ready, ready.replace("| ready", "| not-ready")):
        [entry] = plan(rows).not_invoiced
        assert (entry.reason, RULE[entry.reason], entry.amount) == (
            Reason.MILESTONE_INACTIVE,
            "M15",
            500,
        )
    assert missed_dates(snapshot_of(BASE + ready), LATER, CATCH_UP) == ()


def test_an_inactive_milestone_is_no_due_line_for_a_product() -> None:
    rows = f"{MILESTONE} | contract_customer_id = A | is_active = false\n"

    decided = plan(f"{rows}product | Router | 1 | 9.00 | ready\n")

    assert Reason.PRODUCT_WAITS_FOR_DUE_LINE in reasons(decided)
    assert all(
        "2020-10-05" not in entry.hint
        for entry in plan(
            f"{rows}product | Router | 1 | 9.00 | ready\n", date(2020, 10, 1)
        ).not_invoiced
        if entry.reason is Reason.PRODUCT_WAITS_FOR_DUE_LINE
    )


@pytest.mark.parametrize(
    "row",
    [
        WORK.strip(),
        f"{MILESTONE} | contract_customer_id = A",
        "retainer | Advance | 2020-10-05 | 10.00 | ready | contract_customer_id = A",
        "product | Router | 1 | 9.00 | ready",
    ],
)
def test_an_inactive_customer_is_billed_for_nothing(row: str) -> None:
    text = BASE.replace("is_primary = true", "is_primary = true | is_active = false")

    decided = planned(snapshot_of(f"{text}{RUN}\n{row}"), DAY, BILLING)

    assert decided.invoices == ()
    [entry] = decided.not_invoiced
    assert (entry.reason, RULE[entry.reason]) == (Reason.CUSTOMER_INACTIVE, "B11")
    assert str(ident("A")) in entry.hint


def test_an_inactive_customer_of_the_line_stops_what_names_it() -> None:
    rule = "split | Work | B | 100 | is_active = false\n"
    row = f"{WORK.strip()} | contract_line_customer_id = Work for B"

    [entry] = plan(f"{RUN}\n{rule}{row}").not_invoiced

    assert entry.reason is Reason.CUSTOMER_INACTIVE
    assert str(ident("Work for B")) in entry.hint


def test_the_one_active_customer_takes_the_products() -> None:
    text = BASE.replace("customer | B", "customer | B | is_active = false")
    text = text.replace("is_primary = true", "is_primary = false")

    [invoice] = planned(snapshot_of(f"{text}{RUN}\nproduct | Router | 1 | 9.00 | ready")).invoices

    assert invoice.bill_to.name == "A"


def test_the_active_one_of_two_rows_of_a_customer_gives_the_defaults() -> None:
    snapshot = snapshot_of(f"{BASE}{RUN}\n{WORK.replace('= A', '= B')}")
    first, second = snapshot.customers
    rows = (replace(first, is_active=False), replace(second, customer=first.customer))

    [invoice] = planned(replace(snapshot, customers=rows)).invoices

    assert (invoice.bill_to.name, invoice.contract_customer_id) == ("B", ident("B"))


def test_shares_of_inactive_customers_do_not_count() -> None:
    text = BASE.replace("is_primary = true", "is_primary = true | split_percent = 100")
    text = text.replace("customer | B", "customer | B | split_percent = 40 | is_active = false")

    assert planned(snapshot_of(text)).warnings == ()


@pytest.mark.parametrize(
    ("customers", "rules", "payer"),
    [
        ("customer | A\n", "", "A"),
        ("customer | A\ncustomer | B | is_active = false\n", "", "A"),
        ("customer | A\ncustomer | B\n", "", None),
        ("customer | A\ncustomer | B\n", "split | Fixed | B | 100\n", "B"),
        ("customer | A\ncustomer | B\n", "split | Fixed | A | 50\nsplit | Fixed | B | 50\n", None),
        ("customer | A\ncustomer | B\n", "split | Work | B | 100\n", None),
        (
            "customer | A\ncustomer | B\n",
            "split | Fixed | A | 50 | is_active = false\nsplit | Fixed | B | 50\n",
            "B",
        ),
        ("customer | A\n", "split | Fixed | A | 100 | is_active = false\n", None),
    ],
)
def test_a_milestone_that_names_nobody_belongs_to_the_only_customer(
    customers: str, rules: str, payer: str | None
) -> None:
    head, lines = BASE.split("customer", maxsplit=1)[0], BASE[BASE.index("line ") :]
    snapshot = snapshot_of(head + customers + lines + rules + MILESTONE)
    nameless = replace(snapshot.milestones[0], contract_customer_id=None)

    decided = planned(replace(snapshot, milestones=(nameless,)))

    billed = [invoice.bill_to.name for invoice in decided.invoices]
    assert billed == ([payer] if payer else [])
    assert reasons(decided) == ([] if payer else [Reason.CUSTOMER_MISSING])


def test_a_transaction_that_names_nobody_is_refused_even_with_one_customer() -> None:
    snapshot = snapshot_of(f"{BASE.replace('customer | B', '')}{RUN}\n{WORK}")
    nameless = replace(snapshot.actuals[0], contract_customer_id=None)

    assert reasons(planned(replace(snapshot, actuals=(nameless,)))) == [Reason.CUSTOMER_MISSING]


def test_an_inactive_retainer_is_neither_billed_nor_applied() -> None:
    ready = "retainer | Advance | 2020-10-05 | 10.00 | ready | contract_customer_id = A"
    posted = ready.replace("ready", "posted")
    alone = replace(BILLING, retainer_timing=RetainerTiming.ALONE)

    [entry] = plan(f"{ready} | is_active = false", policy=alone).not_invoiced
    [invoice] = plan(f"{RUN}\n{WORK}{posted} | is_active = false", policy=BILLING).invoices

    assert (entry.reason, RULE[entry.reason]) == (Reason.RETAINER_INACTIVE, "V12")
    assert invoice.applied_retainers == ()
    assert plan(f"{posted} | is_active = false").warnings == ()
    catching_up = replace(alone, missed_dates=MissedDates.CATCH_UP)
    assert missed_dates(snapshot_of(f"{BASE}{ready} | is_active = false"), LATER, catching_up) == ()


@pytest.mark.parametrize("status", ["posted", "ready", "created", "not-ready"])
def test_a_retainer_to_be_refunded_is_reported_with_what_is_left_of_it(status: str) -> None:
    row = f"retainer | Advance | 2020-09-01 | 300.00 | {status} | used_amount = 100"
    row += " | contract_customer_id = A | refund_status = ready-to-refund\n"

    decided = plan(f"{RUN}\n{WORK}{row}", policy=BILLING)

    [entry] = decided.not_invoiced
    assert (entry.reason, RULE[entry.reason]) == (Reason.RETAINER_TO_REFUND, "V9")
    assert entry.amount == -200  # 300 paid, 100 of it used
    [invoice] = decided.invoices
    assert (invoice.amount, invoice.applied_retainers) == (80, ())


@pytest.mark.parametrize("status", ["posted", "ready"])
def test_a_refunded_retainer_is_settled(status: str) -> None:
    row = f"retainer | Advance | 2020-09-01 | 300.00 | {status} | contract_customer_id = A"
    row += " | refund_status = refunded\n"

    decided = plan(f"{RUN}\n{WORK}{row}", policy=BILLING)

    assert decided.not_invoiced == decided.warnings == ()
    assert [invoice.applied_retainers for invoice in decided.invoices] == [()]


def test_an_explanation_of_each_new_reason_names_its_rule_and_the_remedy() -> None:
    text = f"{BASE}{RUN}\n{MILESTONE} | is_active = false | contract_customer_id = A\n"
    text += "retainer | Idle | 2020-10-05 | 10.00 | ready | is_active = false\n"
    text += "retainer | Back | 2020-10-05 | 10.00 | posted | refund_status = ready-to-refund\n"
    snapshot = snapshot_of(text)

    subjects = [*(m.id for m in snapshot.milestones), *(r.id for r in snapshot.retainers)]

    answers = [explain(snapshot, subject, DAY, Policy()) for subject in subjects]

    assert [(answer.kind, answer.rules) for answer in answers] == [
        ("milestone", ("M15",)),
        ("retainer", ("V12",)),
        ("retainer", ("V9",)),
    ]
    assert all(answer.what_would_change_it for answer in answers)
