from __future__ import annotations

from decimal import Decimal

from connector.invoicing.amounts import total
from connector.invoicing.choices import SourceTable
from connector.invoicing.conservation import details_of
from connector.invoicing.invariants import check_contract, conservation_of
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from connector.invoicing.projection import after
from tests.invoicing.golden import FOLDER, calendar_text, daily_plans
from tests.invoicing.ledger import snapshot_of

LEDGER = (FOLDER / "adatum.ledger").read_text(encoding="utf-8")


def test_every_day_of_the_documented_calendar_bills_what_the_golden_file_says() -> None:
    expected = (FOLDER / "adatum.invoices").read_text(encoding="utf-8")

    assert calendar_text(LEDGER) == expected


def test_sixty_one_days_make_five_invoices_and_eight_lines() -> None:
    plans = list(daily_plans(LEDGER))

    invoices = [invoice for plan in plans for invoice in plan.invoices]

    assert len(plans) == 61
    assert [str(invoice.run_date) for invoice in invoices] == [
        "2020-10-05",
        "2020-10-19",
        "2020-11-02",
        "2020-11-03",
        "2020-11-16",
    ]
    assert sum(len(invoice.lines) for invoice in invoices) == 8


def test_the_milestones_of_the_documented_contract_come_to_17000() -> None:
    milestones = [
        detail.amount
        for plan in daily_plans(LEDGER)
        for detail in details_of(plan)
        if detail.source.table is SourceTable.MILESTONE
    ]

    assert total(milestones) == Decimal(17000)


def test_each_due_row_becomes_run_successful_and_names_the_invoice_of_its_day() -> None:
    for plan in daily_plans(LEDGER):
        made = {invoice.id for invoice in plan.invoices}

        assert {update.invoice_id for update in plan.schedule_updates} <= made
    assert sum(len(plan.schedule_updates) for plan in daily_plans(LEDGER)) == 6


def test_every_plan_of_the_calendar_balances() -> None:
    snapshot = snapshot_of(LEDGER)
    for plan in daily_plans(LEDGER):
        assert check_contract(snapshot, plan) == ()
        assert conservation_of(snapshot, plan).is_even
        snapshot = after(snapshot, plan)


def test_a_second_pass_over_the_same_days_plans_nothing() -> None:
    snapshot = snapshot_of(LEDGER)
    plans = list(daily_plans(LEDGER))
    for plan in plans:
        snapshot = after(snapshot, plan)

    again = [plan_contract(snapshot, plan.run_date, Policy()) for plan in plans]

    assert [plan.invoices for plan in again] == [()] * 61
    assert [plan.schedule_updates for plan in again] == [()] * 61
