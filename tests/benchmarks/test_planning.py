"""How fast a large portfolio is planned, as a ratio to merely walking over the same objects."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from time import perf_counter, process_time
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import pytest

from connector.invoicing.choices import BillingStatus, RunStatus
from connector.invoicing.ids import ActualId, ContractId, ContractLineId, ScheduleRowId
from connector.invoicing.invariants import check_contract
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from tests.invoicing.golden import FOLDER
from tests.invoicing.ledger import snapshot_of

if TYPE_CHECKING:
    from connector.invoicing.model import ContractSnapshot
    from connector.invoicing.plan import ContractPlan

pytestmark = pytest.mark.long

CONTRACTS, ACTUALS_EACH = 200, 500
RUN_DATE = date(2020, 10, 19)
_SEED = UUID("5b1f0c7e-0000-4000-8000-00000000beef")


def portfolio() -> list[ContractSnapshot]:
    """Contracts like the documented one, with transactions spread over sixty days."""
    model = snapshot_of((FOLDER / "adatum.ledger").read_text(encoding="utf-8"))
    return [_contract(model, number) for number in range(CONTRACTS)]


def _contract(model: ContractSnapshot, number: int) -> ContractSnapshot:
    actuals = []
    for place in range(ACTUALS_EACH):
        pattern = model.actuals[place % len(model.actuals)]
        actuals.append(
            replace(
                pattern,
                id=ActualId(uuid5(_SEED, f"{number}/{place}")),
                transaction_date=date(2020, 9, 1) + timedelta(days=place % 60),
                billing_status=BillingStatus.READY_TO_INVOICE if place % 5 else None,
            )
        )
    contract = replace(model.contract, id=ContractId(uuid5(_SEED, f"contract {number}")))
    return replace(model, contract=contract, actuals=tuple(actuals))


def bare_pass(snapshots: list[ContractSnapshot]) -> float:
    """Walk over every actual and look at what every plan must look at."""
    start = perf_counter()
    seen = 0
    for snapshot in snapshots:
        for actual in snapshot.actuals:
            if actual.billing_status is not None and actual.transaction_date is not None:
                seen += 1
    assert seen
    return perf_counter() - start


def planning(snapshots: list[ContractSnapshot]) -> tuple[float, float, list[ContractPlan]]:
    """Seconds by the clock, seconds of the processor, and the plans."""
    start, started = perf_counter(), process_time()
    plans = [plan_contract(snapshot, RUN_DATE, Policy()) for snapshot in snapshots]
    return perf_counter() - start, process_time() - started, plans


def test_planning_100_000_actuals_is_measured_against_a_bare_pass() -> None:
    snapshots = portfolio()
    bare = min(bare_pass(snapshots) for _ in range(3))

    *times, plans = min((planning(snapshots) for _ in range(3)), key=lambda run: run[0])
    elapsed, computed = times
    start = perf_counter()
    violations = [check_contract(*pair) for pair in zip(snapshots, plans, strict=True)]
    checked = perf_counter() - start

    details = sum(len(line.details) for p in plans for i in p.invoices for line in i.lines)
    print(  # noqa: T201 - the figure is the point
        f"\n{CONTRACTS * ACTUALS_EACH:,} actuals of {CONTRACTS} contracts: planned in"
        f" {elapsed:.2f} s ({elapsed / bare:.0f} x a bare pass; {computed:.2f} s of one core),"
        f" checked in {checked:.2f} s; {details:,} details,"
        f" {sum(len(p.not_invoiced) for p in plans):,} refused"
    )
    assert not any(violations)
    assert details + sum(len(p.not_invoiced) for p in plans) == sum(
        len(s.actuals) + len(s.milestones) for s in snapshots
    )


def large(actuals: int, lines: int, *, is_through: bool = False) -> ContractSnapshot:
    """One contract; *is_through* where all of its *lines* have had their run today."""
    model = snapshot_of((FOLDER / "adatum.ledger").read_text(encoding="utf-8"))
    line = next(x for x in model.lines if x.name == "Implementation work")
    status = RunStatus.SUCCESSFUL if is_through else RunStatus.NOT_RUN
    numbers = range(lines)
    return replace(
        model,
        lines=tuple(replace(line, id=ContractLineId(uuid5(_SEED, f"line {n}"))) for n in numbers),
        schedule=tuple(
            replace(
                model.schedule[0],
                id=ScheduleRowId(uuid5(_SEED, f"row {n}")),
                contract_line_id=ContractLineId(uuid5(_SEED, f"line {n}")),
                run_date=RUN_DATE,
                cutoff_date=date(2020, 9, 2),
                status=status,
            )
            for n in numbers
        ),
        actuals=tuple(
            replace(
                model.actuals[0],
                id=ActualId(uuid5(_SEED, f"actual {n}")),
                contract_line_id=ContractLineId(uuid5(_SEED, f"line {n % lines}")),
                transaction_date=date(2020, 9, 3) if is_through else date(2020, 9, 1),
            )
            for n in range(actuals)
        ),
    )


def seconds_of(snapshot: ContractSnapshot) -> float:
    return min(planning([snapshot])[1] for _ in range(3))


def test_four_times_the_actuals_of_one_contract_take_about_four_times_as_long() -> None:
    ratio = seconds_of(large(12_000, 50)) / seconds_of(large(3_000, 50))

    print(f"\n4 x the actuals of one contract: {ratio:.1f} x the time")  # noqa: T201
    assert ratio < 8


def test_the_number_of_lines_that_have_run_already_hardly_matters() -> None:
    few, many = (large(12_000, lines, is_through=True) for lines in (10, 200))
    ratio = seconds_of(many) / seconds_of(few)

    print(f"\n20 x the lines that have run, same actuals: {ratio:.1f} x the time")  # noqa: T201
    assert ratio < 3
