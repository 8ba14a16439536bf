"""How fast a large portfolio is planned, as a ratio to merely walking over the same objects."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import pytest

from connector.invoicing.checks import check_contract
from connector.invoicing.choices import BillingStatus
from connector.invoicing.ids import ActualId, ContractId
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from tests.golden import FOLDER
from tests.invoicing.ledger import snapshot_of

if TYPE_CHECKING:
    from connector.invoicing.model import ContractSnapshot

pytestmark = pytest.mark.slow

CONTRACTS, ACTUALS_EACH = 200, 500
RUN_DATE = date(2020, 10, 19)
_SEED = UUID("5b1f0c7e-0000-4000-8000-00000000beef")


def portfolio() -> list[ContractSnapshot]:
    """Contracts like the documented one, with transactions spread over sixty days."""
    model = snapshot_of((FOLDER / "adatum.ledger").read_text())
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


def test_planning_100_000_actuals_is_measured_against_a_bare_pass() -> None:
    snapshots = portfolio()
    bare = min(bare_pass(snapshots) for _ in range(3))

    start = perf_counter()
    plans = [plan_contract(snapshot, RUN_DATE, Policy()) for snapshot in snapshots]
    planned = perf_counter() - start
    start = perf_counter()
    violations = [check_contract(*pair) for pair in zip(snapshots, plans, strict=True)]
    checked = perf_counter() - start

    details = sum(len(line.details) for p in plans for i in p.invoices for line in i.lines)
    print(  # noqa: T201 - the figure is the point
        f"\n{CONTRACTS * ACTUALS_EACH:,} actuals of {CONTRACTS} contracts: planned in"
        f" {planned:.2f} s ({planned / bare:.0f} x a bare pass), checked in {checked:.2f} s;"
        f" {details:,} details, {sum(len(p.not_invoiced) for p in plans):,} refused"
    )
    assert not any(violations)
    assert details + sum(len(p.not_invoiced) for p in plans) == sum(
        len(s.actuals) + len(s.milestones) for s in snapshots
    )
