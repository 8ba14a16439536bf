"""The nineteen variations of the documented example, one test each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.invoicing.catch_up import catch_up
from connector.invoicing.invariants import check_contract
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Cutoff, MissedDates, NonChargeableOnly, Policy
from connector.invoicing.projection import after
from connector.invoicing.reasons import Reason
from tests.invoicing.golden import FOLDER
from tests.invoicing.ledger import ident, snapshot_of

if TYPE_CHECKING:
    from connector.invoicing.model import ContractSnapshot
    from connector.invoicing.plan import ContractPlan

LEDGER = (FOLDER / "adatum.ledger").read_text(encoding="utf-8")
OCT_5, OCT_6, OCT_19 = date(2020, 10, 5), date(2020, 10, 6), date(2020, 10, 19)
NOV_2, NOV_3 = date(2020, 11, 2), date(2020, 11, 3)
CATCH_UP = Policy(missed_dates=MissedDates.CATCH_UP)


def changed(old: str, new: str) -> str:
    """The ledger with the row that contains *old* replaced by *new*."""
    rows = LEDGER.splitlines()
    hits = [number for number, row in enumerate(rows) if old in row]
    assert len(hits) == 1, f"{old!r} is in {len(hits)} rows"
    rows[hits[0]] = new
    return "\n".join(rows)


def plan(text: str, day: date, policy: Policy | None = None) -> ContractPlan:
    snapshot = snapshot_of(text)
    decided = plan_contract(snapshot, day, policy or Policy())
    assert check_contract(snapshot, decided) == ()
    return decided


def names(decided: ContractPlan) -> list[list[str]]:
    return [[line.name for line in invoice.lines] for invoice in decided.invoices]


def dates(decided: ContractPlan) -> list[str]:
    return [
        str(detail.transaction_date)
        for invoice in decided.invoices
        for line in invoice.lines
        for detail in line.details
    ]


def reasons(decided: ContractPlan) -> set[Reason]:
    return {entry.reason for entry in decided.not_invoiced}


def test_01_a_milestone_that_is_not_ready_leaves_an_invoice_of_two_lines() -> None:
    text = changed("5,000.00 |", "milestone | Prototype work | 2020-10-05 | 5,000 | not-ready")

    decided = plan(text, OCT_5)

    assert names(decided) == [["Expenses incurred", "Implementation work"]]
    assert Reason.MILESTONE_NOT_READY in reasons(decided)


def test_02_a_second_milestone_that_is_not_ready_makes_no_invoice_on_its_day() -> None:
    text = changed("12,000.00 |", "milestone | Prototype work | 2020-11-03 | 12,000 | not-ready")

    assert plan(text, NOV_3).invoices == ()


def test_03_without_ready_time_there_is_no_invoice_although_the_line_is_due() -> None:
    snapshot = snapshot_of(LEDGER)
    snapshot = after(snapshot, plan_contract(snapshot, OCT_5, Policy()))
    snapshot = replace(
        snapshot,
        actuals=tuple(
            replace(a, billing_status=None) if a.transaction_date == date(2020, 10, 14) else a
            for a in snapshot.actuals
        ),
    )

    decided = plan_contract(snapshot, OCT_19, Policy())

    assert decided.invoices == ()
    assert [update.invoice_id for update in decided.schedule_updates] == [None]


def test_04_a_due_line_without_content_is_left_off_the_invoice() -> None:
    text = changed("89.90", "actual | Expenses incurred | 2020-10-20 | expense | 1 | 89.90 | open")
    text = text.replace("| 340.50 | ready", "| 340.50 | open")

    assert names(plan(text, NOV_2)) == [["Implementation work"]]


def test_05_time_dated_on_the_cut_off_is_billed_and_under_the_literal_prose_waits() -> None:
    added = "actual | Implementation work | 2020-10-04 | time | 1 | 200 | ready | "
    text = f"{LEDGER}\n{added} created_date = 2020-10-05"
    literal = Policy(cutoff=Cutoff.CREATED_BEFORE)

    assert "2020-10-04" in dates(plan(text, OCT_5))
    assert "2020-10-04" not in dates(plan(text, OCT_5, literal))
    assert "2020-10-04" in dates(plan(text, OCT_19, literal))


def test_06_time_dated_on_the_run_date_waits_for_the_next_run() -> None:
    added = "actual | Implementation work | 2020-10-05 | time | 1 | 200 | ready"
    text = f"{_without_milestones(LEDGER)}\n{added}"

    assert "2020-10-05" not in dates(plan(text, OCT_5))
    assert "2020-10-05" in dates(plan(text, OCT_19))


def _without_milestones(text: str) -> str:
    return "\n".join(row for row in text.splitlines() if not row.startswith("milestone"))


def test_07_an_expense_waits_for_its_own_line_not_for_another_lines_run() -> None:
    text = f"{LEDGER}\nactual | Expenses incurred | 2020-10-10 | expense | 1 | 50 | ready"

    assert "2020-10-10" not in dates(plan(text, OCT_19))
    assert "2020-10-10" in dates(plan(text, NOV_2))


def test_08_old_time_that_was_approved_late_is_billed_by_the_next_run() -> None:
    text = f"{LEDGER}\nactual | Implementation work | 2020-09-20 | time | 2 | 200 | ready"

    assert "2020-09-20" in dates(plan(text, OCT_19))


def test_09_a_second_run_on_the_same_day_makes_nothing() -> None:
    snapshot = snapshot_of(LEDGER)
    first = plan_contract(snapshot, OCT_5, Policy())

    second = plan_contract(after(snapshot, first), OCT_5, Policy())

    assert len(first.invoices) == 1
    assert second.invoices == ()
    assert second.schedule_updates == ()


def test_10_a_missed_day_stays_missed_when_strict_and_is_replayed_by_catch_up() -> None:
    strict_next_day, strict_next_run = plan(LEDGER, OCT_6), plan(LEDGER, OCT_19)

    replayed, today = catch_up(snapshot_of(LEDGER), OCT_6, CATCH_UP)

    assert strict_next_day.invoices == ()
    assert "overdue-schedule-row" in {warning.code for warning in strict_next_day.warnings}
    assert dates(strict_next_run) == ["2020-10-02", "2020-10-14"]
    assert Reason.MILESTONE_LATE in reasons(strict_next_run)
    assert replayed == plan(LEDGER, OCT_5, CATCH_UP)
    assert replayed.run_date == OCT_5
    assert today.invoices == ()


def test_11_a_second_customer_of_one_line_gets_an_invoice_of_its_own() -> None:
    text = changed(
        "customer  |",
        "customer | Adatum Corporation | is_primary = true | split_percent = 60\n"
        "customer | Second payer | split_percent = 40",
    )
    rows = []
    for row in text.splitlines():
        is_record = row.startswith(("milestone", "actual"))
        rows.append(
            row.split("#")[0].rstrip() + " | contract_customer_id = Adatum Corporation"
            if is_record
            else row
        )
    rows.append(
        "actual | Implementation work | 2020-10-02 | time | 3 | 200 | ready"
        " | contract_customer_id = Second payer"
    )

    decided = plan("\n".join(rows), OCT_5)

    by_payer = {invoice.contract_customer_id: invoice for invoice in decided.invoices}
    assert [line.name for line in by_payer[ident("Adatum Corporation")].lines] == [
        "Expenses incurred",
        "Implementation work",
        "Prototype work",
    ]
    assert [line.name for line in by_payer[ident("Second payer")].lines] == ["Implementation work"]
    assert by_payer[ident("Second payer")].amount == Decimal(600)


def test_12_non_chargeable_time_is_a_detail_but_does_not_count() -> None:
    added = "actual | Implementation work | 2020-10-02 | time | 2 | 200 | ready"
    text = f"{LEDGER}\n{added} | billing_type = non-chargeable"

    [invoice] = plan(text, OCT_5).invoices
    line = next(line for line in invoice.lines if line.name == "Implementation work")

    assert len(line.details) == 2
    assert line.amount == Decimal(1600)
    assert line.non_chargeable == Decimal(400)
    assert invoice.amount == plan(LEDGER, OCT_5).invoices[0].amount


def test_13_only_non_chargeable_time_is_carried_forward_and_reported() -> None:
    text = _without_milestones(LEDGER).replace(
        "| 2020-10-14 | time    | 6 | 200.00 | ready",
        "| 2020-10-14 | time | 6 | 200.00 | ready | billing_type = non-chargeable",
    )
    text = text.replace(
        "| 2020-10-02 | time    | 8 | 200.00 | ready", "| 2020-10-02 | time | 8 | 200 | open"
    )
    zero = Policy(non_chargeable_only=NonChargeableOnly.ZERO_INVOICE)

    decided = plan(text, OCT_19)

    assert decided.invoices == ()
    assert Reason.ONLY_NON_CHARGEABLE in reasons(decided)
    assert [invoice.amount for invoice in plan(text, OCT_19, zero).invoices] == [Decimal(0)]


def test_14_neither_row_of_a_cancelled_approval_is_picked() -> None:
    row = "actual | Implementation work | 2020-10-02 | time |"
    text = (
        f"{LEDGER}\n{row} 8 | 200 | canceled | adjustment_status = adjusted"
        f"\n{row} -8 | 200 | canceled | adjustment_status = unadjustable"
    )

    decided = plan(text, OCT_5)

    assert decided.invoices == plan(LEDGER, OCT_5).invoices
    left = [entry.amount for entry in decided.not_invoiced if entry.reason is Reason.ADJUSTED]
    assert sorted(left) == [Decimal(-1600), Decimal(1600)]


def test_15_a_row_that_failed_the_not_to_exceed_check_is_reported_instead_of_billed() -> None:
    text = LEDGER.replace("| 340.50 | ready", "| 340.50 | ready | not_to_exceed_status = failed")

    decided = plan(text, OCT_5)

    assert names(decided) == [["Implementation work", "Prototype work"]]
    assert Reason.NOT_TO_EXCEED_FAILED in reasons(decided)


def test_16_after_its_draft_was_deleted_a_row_is_left_as_it_is_and_reported() -> None:
    snapshot = _with_deleted_draft(snapshot_of(LEDGER))

    same_day = plan_contract(snapshot, OCT_5, Policy())
    next_day = plan_contract(snapshot, OCT_6, Policy())

    assert [len(invoice.lines) for invoice in same_day.invoices] == [1]  # the milestone alone
    assert same_day.schedule_updates == next_day.schedule_updates == ()
    assert next_day.invoices == ()
    codes = {warning.code for warning in same_day.warnings}
    assert {"invoice-of-row-deleted", "ready-after-run"} <= codes
    assert "invoice-of-row-deleted" in {warning.code for warning in next_day.warnings}


def _with_deleted_draft(snapshot: ContractSnapshot) -> ContractSnapshot:
    """Run on October 5, then delete the draft: the platform releases its sources."""
    written = after(snapshot, plan_contract(snapshot, OCT_5, Policy()))
    return replace(
        written,
        invoices=(),
        billed=(),
        actuals=snapshot.actuals,
        milestones=snapshot.milestones,
    )


def test_17_a_milestone_that_becomes_ready_late_waits_when_strict_and_is_caught_up() -> None:
    late = changed("5,000.00 |", "milestone | Prototype work | 2020-10-05 | 5,000 | not-ready")
    snapshot = snapshot_of(late)
    written = after(snapshot, plan_contract(snapshot, OCT_5, CATCH_UP))
    ready = replace(written, milestones=snapshot_of(LEDGER).milestones)
    strict = plan_contract(ready, date(2020, 10, 10), Policy())

    plans = catch_up(ready, date(2020, 10, 10), CATCH_UP)

    assert strict.invoices == ()
    assert Reason.MILESTONE_LATE in reasons(strict)
    assert [p.run_date for p in plans] == [date(2020, 10, 10)]
    assert names(plans[0]) == [["Prototype work"]]


def test_18_a_duplicate_schedule_row_bills_the_same_invoice_and_is_finished_too() -> None:
    text = f"{LEDGER}\nrun | Implementation work | 2020-10-05 | 2020-10-03"

    once, twice = plan(LEDGER, OCT_5), plan(text, OCT_5)

    assert twice.invoices == once.invoices
    assert len(twice.schedule_updates) == len(once.schedule_updates) + 1


def test_19_a_ready_product_line_rides_along_with_a_due_line() -> None:
    text = f"{LEDGER}\nproduct | Router | 2 | 450.00 | ready"

    assert names(plan(text, OCT_19)) == [["Implementation work", "Router"]]
    assert plan(text, OCT_6).invoices == ()
    assert Reason.PRODUCT_WAITS_FOR_DUE_LINE in reasons(plan(text, OCT_6))
