"""A plan that was tampered with is caught by the check that guards it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from connector.invoicing.invariants import check_contract, combined, conservation_of
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Bounds, Policy
from tests.invoicing.golden import FOLDER
from tests.invoicing.ledger import snapshot_of
from tests.invoicing.run_bounds import check_bounds
from tests.invoicing.tampered import (
    BEYOND,
    DAY,
    EARLIER,
    HISTORY,
    PLAN,
    SNAPSHOT,
    TAMPERED,
    TOTAL,
    former,
    violations_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.invoicing.plan import ContractPlan


@pytest.mark.parametrize(
    ("tamper", "code"),
    TAMPERED,
)
def test_a_tampered_plan_is_caught(tamper: Callable[[], ContractPlan], code: str) -> None:
    violations = check_contract(SNAPSHOT, tamper())

    assert code in {violation.code for violation in violations}
    assert all("Adatum project" in violation.text for violation in violations)


def test_violations_say_what_they_said() -> None:
    assert violations_text() == (FOLDER / "violations.txt").read_text(encoding="utf-8")


def test_a_sound_plan_breaks_nothing() -> None:
    assert check_contract(SNAPSHOT, PLAN) == ()


def test_the_balance_of_a_run_adds_contracts_up_per_currency() -> None:
    euro = snapshot_of(
        (FOLDER / "adatum.ledger").read_text(encoding="utf-8").replace("USD 2", "EUR 2")
    )
    parts = [conservation_of(SNAPSHOT, PLAN)] * 2
    parts.append(conservation_of(euro, plan_contract(euro, DAY, Policy())))

    run = combined(parts)

    assert run.is_even
    assert (run.candidates, run.invoiced, run.not_invoiced) == (27, 9, 18)
    assert [(b.currency, b.invoiced) for b in run.amounts] == [("EUR", TOTAL), ("USD", TOTAL * 2)]


def test_a_lost_row_tips_the_balance() -> None:
    balance = conservation_of(SNAPSHOT, replace(PLAN, not_invoiced=PLAN.not_invoiced[1:]))

    assert not balance.is_even
    assert not balance.amounts[0].is_even


@pytest.mark.parametrize(
    ("bounds", "code"),
    BEYOND,
)
def test_a_plan_beyond_a_bound_is_rejected_by_name(bounds: Bounds, code: str) -> None:
    found = check_bounds([PLAN], bounds, today=EARLIER, snapshots=[HISTORY])

    assert [violation.code for violation in found] == [code]


@pytest.mark.parametrize(
    "bounds",
    [
        Bounds(),
        Bounds(amount_per_invoice=TOTAL, amount_per_run=TOTAL, invoices_per_run=1),
        Bounds(details_per_invoice=3, months_ahead=1, deviation_factor=Decimal(4)),
        Bounds(deviation_factor=TOTAL / 2000),
    ],
)
def test_a_plan_on_its_bounds_is_accepted(bounds: Bounds) -> None:
    history = replace(
        SNAPSHOT,
        invoices=(
            former("1000"),
            former("3000"),
            former("1", has_corrections=True),
            former("2", customer_id=None),
            former("0"),
        ),
    )

    assert check_bounds([PLAN], bounds, today=date(2020, 9, 20), snapshots=[history]) == ()


def test_without_former_invoices_nothing_deviates() -> None:
    bounds = Bounds(deviation_factor=Decimal(1))

    assert check_bounds([PLAN], bounds, snapshots=[SNAPSHOT]) == ()


@pytest.mark.parametrize(
    ("today", "is_rejected"),
    [
        ("2020-10-05", False),
        ("2020-09-20", False),
        ("2020-09-05", False),
        ("2020-09-04", True),
        ("2021-01-01", False),
        ("2019-10-05", True),
    ],
)
def test_months_ahead_count_from_today(*, today: str, is_rejected: bool) -> None:
    found = check_bounds([PLAN], Bounds(months_ahead=1), today=date.fromisoformat(today))

    assert bool(found) is is_rejected
