"""What a run breaks is judged over its parts, and lifted only for a reason."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connector.invoicing.policy import Bounds
from connector.invoicing.violations import Violation
from connector.runs.part_file import PartWriter
from connector.scope import Override
from connector.summary import BrokenBound, PartSummary
from connector.usecases.bounds import Judgement, PlanRejected, judged
from tests.projectops.one_invoice import PLANNED, plan

# The invoice is of 1900 euros before tax.
TIGHT = Bounds(amount_per_run=Decimal("3799.99"))


def part(number: int) -> PartSummary:
    writer = PartWriter(number)
    writer.add(plan(PLANNED))
    return writer.sealed().summary


def broken(count: int, *texts: str) -> BrokenBound:
    first = tuple(Violation(code="deviation", text=text) for text in texts)
    return BrokenBound(code="deviation", count=count, first=first)


def test_amounts_of_all_parts_count_together() -> None:
    alone = judged((part(1),), TIGHT, ())
    together = judged((part(1), part(2)), TIGHT, ())

    assert alone == Judgement(broken=(), lifted=())
    assert together.texts == (
        "The run bills 3,800.00 EUR; amount_per_run is 3,799.99 EUR. [amount-per-run]",
    )


def test_a_bound_that_is_lifted_is_told_with_its_reason() -> None:
    lifted = (Override(code="amount-per-run", reason="year end"),)

    found = judged((part(1), part(2)), TIGHT, lifted)

    assert found.broken == ()
    [warning] = found.lifted
    assert (warning.code, warning.text) == (
        "bound-overridden",
        (
            "The run bills 3,800.00 EUR; amount_per_run is 3,799.99 EUR."
            " Overridden (amount-per-run): year end"
        ),
    )


def test_lifting_what_nothing_breaks_is_told() -> None:
    [warning] = judged((part(1),), TIGHT, (Override(code="deviation", reason="why not"),)).lifted

    assert (warning.code, warning.text) == (
        "override-not-needed",
        "The override of deviation was not needed: why not",
    )


def test_many_cases_of_one_bound_are_told_up_to_a_number() -> None:
    found = Judgement(broken=(broken(5, "One.", "Two."),), lifted=())

    assert found.texts == ("One. [deviation]", "Two. [deviation]", "… and 3 more [deviation]")


@pytest.mark.parametrize("texts", [("One.",), ("One.", "Two.")])
def test_a_rejected_plan_says_each_reason_on_a_line_of_its_own(texts: tuple[str, ...]) -> None:
    rejected = PlanRejected(texts)

    assert str(rejected).splitlines() == [
        "the plan was rejected and nothing of it was written:",
        *(f"- {text}" for text in texts),
    ]
    assert (rejected.exit_code, rejected.plan) == (3, None)
