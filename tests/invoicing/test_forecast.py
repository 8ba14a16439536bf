"""The months of a forecast: what is billed per currency, by how sure it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from connector.invoicing.forecast import Confidence, ForecastEntry, month_totals
from connector.invoicing.ids import ContractId, CurrencyId
from connector.invoicing.model import Currency

if TYPE_CHECKING:
    from collections.abc import Iterable

EUR = Currency(id=CurrencyId(UUID(int=1)), code="EUR", precision=2)
JPY = Currency(id=CurrencyId(UUID(int=2)), code="JPY", precision=0)
READY, NOT_READY = Confidence.READY, Confidence.NOT_READY
MILESTONE = Confidence.MILESTONE_NOT_READY


def entry(
    day: str, amount: str, confidence: Confidence = READY, currency: Currency = EUR
) -> ForecastEntry:
    return ForecastEntry(
        run_date=date.fromisoformat(day),
        contract_id=ContractId(UUID(int=7)),
        contract_name="Plant rollout",
        currency=currency,
        confidence=confidence,
        amount=Decimal(amount),
        details=1,
    )


def shown(entries: Iterable[ForecastEntry]) -> list[tuple[object, ...]]:
    return [
        (
            f"{m.month:%Y-%m}",
            m.currency.code,
            m.runs,
            *(str(part) for part in (m.ready, m.not_ready, m.milestone_not_ready, m.amount)),
        )
        for m in month_totals(entries)
    ]


def test_a_month_sums_each_confidence_and_counts_its_run_dates() -> None:
    found = shown(
        [
            entry("2020-10-31", "100.10"),
            entry("2020-10-01", "50.05"),
            entry("2020-10-01", "7.00", NOT_READY),
            entry("2020-10-01", "1000.00", MILESTONE),
        ]
    )

    # 100.10 + 50.05 are ready; with 7 and 1,000 that are not it makes 1,157.15, on two dates.
    assert found == [("2020-10", "EUR", 2, "150.15", "7.00", "1000.00", "1157.15")]


def test_months_and_currencies_are_never_added_up() -> None:
    found = shown(
        [
            entry("2021-01-01", "3.00"),
            entry("2020-12-31", "5", currency=JPY),
            entry("2020-12-31", "2.00"),
        ]
    )

    assert [item[:3] + item[6:] for item in found] == [
        ("2020-12", "EUR", 1, "2.00"),
        ("2020-12", "JPY", 1, "5"),
        ("2021-01", "EUR", 1, "3.00"),
    ]


def test_nothing_that_is_coming_makes_no_month() -> None:
    assert month_totals(()) == ()
