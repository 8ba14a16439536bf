from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from connector.invoicing.choices import RunStatus
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Cutoff, MissedDates, NothingToBill, Policy
from connector.invoicing.reasons import Reason
from tests.invoicing.ledger import ident, snapshot_of

if TYPE_CHECKING:
    from connector.invoicing.plan import ContractPlan

DAY = date(2020, 10, 5)
BASE = """
contract | Project | USD 2
customer | Payer
line     | Work  | time-and-material
line     | Fixed | fixed-price
product  | Router | 1 | 10.00 | created
"""
DATED = "actual | Work | {day} | time | 1 | 100.00 | ready | created_date = {created}"
CATCH_UP = Policy(missed_dates=MissedDates.CATCH_UP)


def plan(rows: str, policy: Policy | None = None, day: date = DAY) -> ContractPlan:
    return plan_contract(snapshot_of(BASE + rows), day, policy or Policy())


def billed(decided: ContractPlan) -> list[str]:
    return [
        str(d.transaction_date) for i in decided.invoices for line in i.lines for d in line.details
    ]


def codes(decided: ContractPlan) -> set[str]:
    return {warning.code for warning in decided.warnings} - {"contract-without-price-list"}


@pytest.mark.parametrize(
    ("day", "created", "on_or_before", "created_before", "transaction_before"),
    [
        ("2020-10-03", "2020-10-03", True, True, True),
        ("2020-10-04", "2020-10-04", True, False, False),
        ("2020-10-04", "2020-10-05", True, False, False),
        ("2020-10-05", "2020-10-05", False, False, False),
        ("2020-09-10", "2020-10-06", True, False, True),
        ("2020-10-06", "2020-10-02", False, True, False),
    ],
)
def test_each_reading_of_the_cut_off_decides_the_boundary_cases(
    *, day: str, created: str, on_or_before: bool, created_before: bool, transaction_before: bool
) -> None:
    rows = f"run | Work | 2020-10-05 | 2020-10-04\n{DATED.format(day=day, created=created)}"

    found = [bool(plan(rows, Policy(cutoff=reading)).invoices) for reading in Cutoff]

    assert found == [on_or_before, transaction_before, created_before]


def test_the_latest_cut_off_of_duplicate_rows_decides_and_bills_once() -> None:
    rows = "run | Work | 2020-10-05 | 2020-09-30\nrun | Work | 2020-10-05 | 2020-10-04\n"
    rows += DATED.format(day="2020-10-02", created="2020-10-02")

    decided = plan(rows)

    assert billed(decided) == ["2020-10-02"]
    assert [update.status for update in decided.schedule_updates] == [RunStatus.SUCCESSFUL] * 2
    assert {u.invoice_id for u in decided.schedule_updates} == {decided.invoices[0].id}


def test_a_missing_cut_off_is_the_day_before_the_run_and_is_told() -> None:
    rows = "run | Work | 2020-10-05 |\n"
    rows += DATED.format(day="2020-10-04", created="2020-10-04") + "\n"
    rows += DATED.format(day="2020-10-05", created="2020-10-05")

    decided = plan(rows)

    assert billed(decided) == ["2020-10-04"]
    assert codes(decided) == {"cut-off-missing"}


def test_a_cut_off_after_the_run_date_bills_nothing_from_the_future() -> None:
    rows = "run | Work | 2020-10-05 | 2020-10-31\n"
    rows += DATED.format(day="2020-10-05", created="2020-10-05") + "\n"
    rows += DATED.format(day="2020-10-06", created="2020-10-06")

    decided = plan(rows)

    assert billed(decided) == ["2020-10-05"]
    assert codes(decided) == {"cut-off-after-run-date"}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("run | Work | | 2020-10-04", "schedule-row-without-run-date"),
        ("run | Gone | 2020-10-05 | 2020-10-04", "schedule-row-without-line"),
        ("run | Router | 2020-10-05 | 2020-10-04", "schedule-row-on-wrong-line"),
        ("run | Work | 2020-10-01 | 2020-09-30", "overdue-schedule-row"),
    ],
)
def test_a_row_that_calls_nothing_out_is_reported_and_left_alone(row: str, code: str) -> None:
    decided = plan(row)

    assert codes(decided) == {code}
    assert decided.schedule_updates == ()


@pytest.mark.parametrize(
    ("status", "policy", "is_due"),
    [
        ("not-run", Policy(), True),
        ("run-successful", Policy(), False),
        ("run-failed", Policy(), False),
        ("run-failed", CATCH_UP, True),
        ("run-successful", CATCH_UP, False),
    ],
)
def test_the_run_status_says_whether_a_row_is_due(
    *, status: str, policy: Policy, is_due: bool
) -> None:
    rows = f"run | Work | 2020-10-05 | 2020-10-04 | status = {status}\n"
    rows += DATED.format(day="2020-10-02", created="2020-10-02")

    assert bool(plan(rows, policy).invoices) is is_due


def test_a_due_row_with_nothing_to_bill_is_successful_or_left_by_option() -> None:
    rows = "run | Work | 2020-10-05 | 2020-10-04"

    [update] = plan(rows).schedule_updates

    assert (update.status, update.invoice_id) == (RunStatus.SUCCESSFUL, None)
    assert plan(rows, Policy(nothing_to_bill=NothingToBill.LEAVE)).schedule_updates == ()


def test_a_row_that_carries_a_milestone_calls_it_out_and_bills_it_once() -> None:
    key = "milestone of Fixed 2020-11-03 500.00"
    rows = "milestone | Fixed | 2020-11-03 | 500.00 | ready\n"
    rows += f"run | Fixed | 2020-10-05 | | milestone_id = {key}\n"

    decided = plan(rows)

    assert [d.source.id for i in decided.invoices for x in i.lines for d in x.details] == [
        ident(key)
    ]
    assert [update.invoice_id for update in decided.schedule_updates] == [decided.invoices[0].id]


def test_a_row_that_names_an_unknown_milestone_is_reported() -> None:
    assert "schedule-row-milestone-unknown" in codes(
        plan("run | Fixed | 2020-10-05 | | milestone_id = nowhere")
    )


def test_the_hint_names_the_next_run_that_reaches_the_transaction() -> None:
    rows = "run | Work | 2020-10-12 | 2020-10-05\nrun | Work | 2020-10-19 | 2020-10-18\n"
    rows += DATED.format(day="2020-10-10", created="2020-10-10")

    [entry] = plan(rows).not_invoiced

    assert entry.reason is Reason.LINE_NOT_DUE
    assert "2020-10-19" in entry.hint


def test_work_past_the_last_cut_off_is_reported_as_such() -> None:
    rows = "run | Work | 2020-10-01 | 2020-09-30 | status = run-successful\n"
    rows += DATED.format(day="2020-10-10", created="2020-10-10")

    [entry] = plan(rows).not_invoiced

    assert entry.reason is Reason.PAST_LAST_CUT_OFF


def test_only_the_cut_offs_of_due_rows_are_looked_at() -> None:
    rows = "run | Work | 2020-10-05 | | status = run-successful\nrun | Work | 2020-10-12 |\n"

    assert codes(plan(rows)) == set()


@pytest.mark.parametrize(
    ("day", "is_reported"), [("2020-10-04", True), ("2020-10-05", False), ("2020-01-01", True)]
)
def test_ready_work_that_a_finished_run_would_bill_is_reported(
    *, day: str, is_reported: bool
) -> None:
    rows = "run | Work | 2020-10-05 | 2020-10-04 | status = run-successful\n"
    rows += DATED.format(day=day, created=day)

    assert ("ready-after-run" in codes(plan(rows))) is is_reported
    assert "ready-after-run" not in codes(plan(rows.replace("| ready |", "| open |")))
