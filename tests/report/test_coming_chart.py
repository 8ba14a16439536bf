"""The calendar of coming runs: figures by date and confidence, and bars in proportion."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from connector.invoicing.forecast import Confidence, ForecastEntry
from connector.invoicing.ids import ContractId, CurrencyId
from connector.invoicing.model import Currency
from connector.report.coming_chart import HEIGHT, MOST_BARS, coming_by_currency

EURO = Currency(id=CurrencyId(UUID(int=1)), code="EUR", precision=2)
YEN = Currency(id=CurrencyId(UUID(int=2)), code="JPY", precision=0)
DAY = date(2020, 10, 5)


def entry(
    days: int,
    amount: int,
    confidence: Confidence = Confidence.READY,
    *,
    currency: Currency = EURO,
    contract: int = 1,
) -> ForecastEntry:
    return ForecastEntry(
        run_date=DAY + timedelta(days=days),
        contract_id=ContractId(UUID(int=contract)),
        contract_name="Any",
        currency=currency,
        confidence=confidence,
        amount=Decimal(amount),
        details=1,
    )


def test_dates_are_told_by_currency_with_amounts_by_confidence() -> None:
    entries = [
        entry(0, 999),
        entry(7, 100),
        entry(7, 40, contract=2),
        entry(7, 60, Confidence.NOT_READY),
        entry(3, 5000, currency=YEN),
    ]

    euro, yen = coming_by_currency(entries, DAY)

    [run] = euro.dates
    assert (run.day, run.contracts, run.amount) == (date(2020, 10, 12), 2, Decimal(200))
    assert run.amounts == {Confidence.READY: 140, Confidence.NOT_READY: 60}
    assert [(d.day, d.amount) for d in yen.dates] == [(date(2020, 10, 8), Decimal(5000))]
    assert euro.confidences == (Confidence.READY, Confidence.NOT_READY)


def test_the_tallest_date_fills_the_height_and_what_is_sure_stands_below() -> None:
    [chart] = coming_by_currency(
        [entry(1, 75), entry(1, 25, Confidence.NOT_READY), entry(2, 50)], DAY
    )

    sure, hoped, half = chart.bars
    assert (sure.height, hoped.height) == (82, 27)  # three and one quarter of 110
    assert sure.y + sure.height == HEIGHT == 110
    assert hoped.y + hoped.height == sure.y
    assert half.height == HEIGHT // 2


def test_money_that_goes_back_has_no_bar_and_the_drawing_ends_after_twelve_dates() -> None:
    [negative] = coming_by_currency([entry(1, -50)], DAY)
    [many] = coming_by_currency([entry(number, 10) for number in range(1, 21)], DAY)

    assert negative.bars == ()
    assert len(many.bars) == MOST_BARS == 12
    assert len(many.dates) == 20
