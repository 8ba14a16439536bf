"""What holds of every plan, on random contracts."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.invoicing.amounts import total
from connector.invoicing.catch_up import catch_up, missed_dates
from connector.invoicing.conservation import details_of
from connector.invoicing.invariants import check_contract, combined, conservation_of
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import (
    Cutoff,
    MissedDates,
    NonChargeableOnly,
    Policy,
)
from connector.invoicing.projection import after
from tests.invoicing.tenants import DAYS, FIRST, LAST, policies, snapshots

if TYPE_CHECKING:
    from random import Random

    from connector.invoicing.model import ContractSnapshot

#: Random contracts per property; a thorough run sets PROFORMA_EXAMPLES, for example to 2000.
EXAMPLES = int(os.environ.get("PROFORMA_EXAMPLES", "120"))

many = settings(max_examples=EXAMPLES, deadline=None)
some = settings(max_examples=max(EXAMPLES // 2, 1), deadline=None)


@many
@given(snapshots(), DAYS, policies)
def test_every_candidate_has_one_place_and_money_balances(
    snapshot: ContractSnapshot, day: date, policy: Policy
) -> None:
    plan = plan_contract(snapshot, day, policy)

    assert check_contract(snapshot, plan) == ()
    assert conservation_of(snapshot, plan).is_even


@some
@given(st.lists(snapshots(), min_size=1, max_size=4), DAYS, policies, st.data())
def test_a_run_over_contracts_in_several_currencies_balances_in_each(
    contracts: list[ContractSnapshot], day: date, policy: Policy, data: st.DataObject
) -> None:
    codes = [data.draw(st.sampled_from(("USD", "JPY", "BHD"))) for _ in contracts]
    tenant = [_in_currency(*pair) for pair in zip(contracts, codes, strict=True)]
    plans = [plan_contract(snapshot, day, policy) for snapshot in tenant]

    run = combined(conservation_of(*pair) for pair in zip(tenant, plans, strict=True))

    assert run.is_even
    foreign = {entry.currency.code for plan in plans for entry in plan.not_invoiced}
    assert [balance.currency for balance in run.amounts] == sorted({*codes, *foreign})
    for balance in run.amounts:
        billed = [d for p in plans if p.currency.code == balance.currency for d in details_of(p)]
        assert balance.invoiced == total(detail.amount for detail in billed)


def _in_currency(snapshot: ContractSnapshot, code: str) -> ContractSnapshot:
    currency = replace(snapshot.contract.currency, code=code)
    return replace(snapshot, contract=replace(snapshot.contract, currency=currency))


@many
@given(snapshots(), DAYS, policies)
def test_a_plan_that_was_written_leaves_nothing_to_plan(
    snapshot: ContractSnapshot, day: date, policy: Policy
) -> None:
    plan = plan_contract(snapshot, day, policy)

    again = plan_contract(after(snapshot, plan), day, policy)

    assert again.invoices == ()
    assert again.schedule_updates == ()


@many
@given(snapshots(), DAYS, policies, st.randoms(use_true_random=False))
def test_the_order_of_reading_is_irrelevant(
    snapshot: ContractSnapshot, day: date, policy: Policy, random: Random
) -> None:
    names = ("customers", "lines", "line_customers", "schedule", "milestones", "actuals")
    shuffled_records: dict[str, Any] = {
        name: tuple(random.sample(getattr(snapshot, name), len(getattr(snapshot, name))))
        for name in (*names, "retainers", "invoices", "billed")
    }
    shuffled = replace(snapshot, **shuffled_records)

    assert plan_contract(shuffled, day, policy) == plan_contract(snapshot, day, policy)


@many
@given(snapshots(), DAYS, policies)
def test_no_source_is_billed_twice_over_a_month_of_daily_runs(
    snapshot: ContractSnapshot, first: date, policy: Policy
) -> None:
    billed = []
    for number in range(20):
        plan = plan_contract(snapshot, first + timedelta(days=number), policy)
        billed += [detail.source for detail in details_of(plan)]
        snapshot = after(snapshot, plan)

    assert len(set(billed)) == len(billed)


@many
@given(snapshots(), DAYS, policies)
def test_a_contract_has_one_invoice_per_customer_and_day(
    snapshot: ContractSnapshot, day: date, policy: Policy
) -> None:
    invoices = plan_contract(snapshot, day, policy).invoices

    customers = [invoice.customer.id for invoice in invoices]

    assert len(set(customers)) == len(customers)
    assert all(invoice.lines and invoice.run_date == day for invoice in invoices)


@many
@given(snapshots(), DAYS, policies, st.integers(0, 10))
def test_a_later_cut_off_never_removes_a_detail(
    snapshot: ContractSnapshot, day: date, policy: Policy, days: int
) -> None:
    wider = replace(
        snapshot,
        schedule=tuple(
            replace(row, cutoff_date=row.cutoff_date + timedelta(days=days))
            if row.cutoff_date
            else row
            for row in snapshot.schedule
        ),
    )

    narrow_details = {d.source for d in details_of(plan_contract(snapshot, day, policy))}

    assert narrow_details <= {d.source for d in details_of(plan_contract(wider, day, policy))}


@some
@given(snapshots(clean=True), policies)
def test_catching_up_equals_having_run_every_day(
    snapshot: ContractSnapshot, policy: Policy
) -> None:
    policy = replace(policy, missed_dates=MissedDates.CATCH_UP, catch_up_days=60)
    daily = []
    running = snapshot
    for number in range((LAST - FIRST).days + 1):
        plan = plan_contract(running, FIRST + timedelta(days=number), policy)
        running = after(running, plan)
        daily.append(plan)

    caught_up = catch_up(snapshot, LAST, policy)

    assert [i for plan in caught_up for i in plan.invoices] == [
        i for plan in daily for i in plan.invoices
    ]
    assert [u for plan in caught_up for u in plan.schedule_updates] == [
        u for plan in daily for u in plan.schedule_updates
    ]


@some
@given(snapshots(), DAYS, policies)
def test_after_catching_up_nothing_is_missed_but_what_has_nothing_billable(
    snapshot: ContractSnapshot, day: date, policy: Policy
) -> None:
    policy = replace(policy, missed_dates=MissedDates.CATCH_UP)
    for plan in catch_up(snapshot, day, policy):
        snapshot = after(snapshot, plan)

    for missed in missed_dates(snapshot, day, policy):
        assert plan_contract(snapshot, missed, policy).invoices == ()


@pytest.mark.parametrize("reading", Cutoff)
@some
@given(snapshot=snapshots(), day=DAYS)
def test_everything_ready_due_and_within_its_cut_off_is_billed_under_zero_invoices(
    snapshot: ContractSnapshot, day: date, reading: Cutoff
) -> None:
    policy = Policy(cutoff=reading, non_chargeable_only=NonChargeableOnly.ZERO_INVOICE)
    plan = plan_contract(snapshot, day, policy)
    due_lines = {
        line.contract_line_id
        for invoice in plan.invoices
        for line in invoice.lines
        if line.schedule_row_id
    }

    left = [n for n in plan.not_invoiced if n.contract_line_id in due_lines]

    assert "line-not-due" not in {entry.reason for entry in left}
    assert "only-non-chargeable" not in {entry.reason for entry in plan.not_invoiced}
