"""Numbers of parts add up to the numbers of the run, in every currency and for every reason."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest

from connector.invoicing.ids import ContractId, CurrencyId
from connector.invoicing.model import Currency
from connector.invoicing.plan import PlanWarning
from connector.outcome import FailedContract, InvoiceStatus
from connector.summary import (
    OutcomeTotals,
    PartTally,
    PlanTotals,
    combined_outcomes,
    combined_totals,
    combined_warnings,
    counted,
    planned_outcomes,
    totals_of,
)
from tests.report.sample import ADATUM, YEN, report
from tests.runs.planned import contract

EURO = Currency(id=CurrencyId(UUID(int=5)), code="EUR", precision=2)


def test_totals_of_two_contracts_are_kept_apart_by_currency() -> None:
    """5,000 + 1,500 dollars with 800 and 1,600 left behind, and 15,625 yen."""
    totals = report(ADATUM, YEN).totals

    assert (totals.contracts, totals.invoices, totals.lines, totals.details) == (2, 2, 3, 3)
    yen, dollars = totals.currencies
    assert (yen.currency.code, yen.amount, yen.not_invoiced) == ("JPY", 15625, 0)
    assert (dollars.currency.code, dollars.amount) == ("USD", Decimal(6500))
    assert (dollars.candidates, dollars.not_invoiced) == (Decimal(8900), Decimal(2400))
    assert {r.reason.value: (r.sources, r.amount) for r in totals.reasons} == {
        "not-ready": (1, Decimal(800)),
        "past-last-cut-off": (1, Decimal(1600)),
    }


def test_what_stays_behind_in_a_foreign_currency_counts_there() -> None:
    plan = contract()
    foreign = replace(plan.not_invoiced[0], currency=EURO, amount=Decimal(1000))

    totals = totals_of(replace(plan, not_invoiced=(foreign,)))

    euro, dollars = totals.currencies
    assert (euro.currency, euro.invoices, euro.amount) == (EURO, 0, 0)
    assert (euro.candidates, euro.not_invoiced) == (Decimal(1000), Decimal(1000))
    assert (dollars.invoices, dollars.not_invoiced) == (1, 0)


def test_adding_nothing_changes_nothing() -> None:
    totals = totals_of(contract())

    assert combined_totals(()) == PlanTotals()
    assert combined_totals((totals, PlanTotals())) == totals
    assert not PlanTotals().is_to_be_written
    assert totals.is_to_be_written


def test_twice_the_same_is_twice_as_much() -> None:
    totals = totals_of(contract())
    twice = combined_totals((totals, totals))

    assert twice.details == 2 * totals.details
    assert twice.currencies[0].amount == 2 * totals.currencies[0].amount
    assert [r.sources for r in twice.reasons] == [2 * r.sources for r in totals.reasons]


def test_sums_are_exact_beyond_the_digits_of_a_usual_decimal() -> None:
    big = Decimal("9" * 28)
    item = OutcomeTotals(
        status=InvoiceStatus.WRITTEN, currency=EURO, invoices=1, amount=big, tax=Decimal("0.0001")
    )

    (found,) = combined_outcomes((item, item, item))

    assert found.amount == Decimal("2" + "9" * 27 + "7")
    assert found.tax == Decimal("0.0003")


def test_what_is_planned_can_be_counted_as_any_status() -> None:
    totals = report(ADATUM, YEN).totals

    found = tuple(planned_outcomes(totals, InvoiceStatus.PLANNED))

    assert [(o.currency.code, o.invoices, o.amount) for o in found] == [
        ("JPY", 1, 15625),
        ("USD", 1, Decimal(6500)),
    ]


def test_warnings_are_counted_by_code_with_the_first_text() -> None:
    def warning(code: str, text: str) -> PlanWarning:
        return PlanWarning(code=code, text=text)

    one = counted([warning("b", "2"), warning("b", "1"), warning("a", "3")])
    other = counted([warning("b", "0")])

    assert [(w.code, w.count, w.first) for w in one] == [("a", 1, "3"), ("b", 2, "1")]
    combined = combined_warnings((one, other))
    assert [(w.code, w.count, w.first) for w in combined] == [("a", 1, "3"), ("b", 3, "1")]


@pytest.mark.parametrize("faults", [1, 3, 4, 21])
def test_a_summary_stays_small_however_much_is_wrong(faults: int) -> None:
    tally = PartTally()
    for number in range(20):
        failed = FailedContract(
            contract_id=ContractId(UUID(int=number)),
            contract_name="Adatum",
            faults=tuple(f"a fault of some length, number {n}" for n in range(faults)),
        )
        tally.fail(failed)

    summary = tally.summary(1)

    assert len(summary.failed) == 20
    assert len(msgspec.json.encode(summary)) < 8_000
    assert summary.warnings[0].count == 20 * faults
