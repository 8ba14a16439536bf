"""The calendar of coming runs as numbers for bars: what is sure, and what may come."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.invoicing.amounts import ZERO, total
from connector.invoicing.forecast import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from decimal import Decimal

    from connector.invoicing.forecast import ForecastEntry
    from connector.invoicing.model import Currency

#: Dates that a chart shows; the table beside it holds all of them.
MOST_BARS: Final = 12
#: Height of the tallest bar, in units of the drawing.
HEIGHT: Final = 110
#: Width of a date in the drawing, and of its bar.
STEP: Final = 60
_WIDTH: Final = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingDate:
    """What one coming run bills in one currency by how sure it is; chargeable, before tax."""

    day: date
    contracts: int
    amounts: dict[Confidence, Decimal]

    @property
    def amount(self) -> Decimal:
        """All of it."""
        return total(self.amounts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One block of the drawing, its origin at the top left."""

    confidence: Confidence
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingCurrency:
    """The coming runs of one currency in order, and the bars of the first of them."""

    currency: Currency
    dates: tuple[ComingDate, ...]

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The blocks of the drawing; what would take money back is drawn as none."""
        shown = self.dates[:MOST_BARS]
        tallest = max((_height(item) for item in shown), default=ZERO)
        return tuple(
            bar
            for place, item in enumerate(shown)
            for bar in _stack(item, place * STEP + (STEP - _WIDTH) // 2, tallest)
        )

    @property
    def width(self) -> int:
        """Of the drawing."""
        return max(1, len(self.dates[:MOST_BARS])) * STEP

    @property
    def confidences(self) -> tuple[Confidence, ...]:
        """Those that occur."""
        return tuple(each for each in Confidence if any(each in d.amounts for d in self.dates))


def coming_by_currency(entries: Iterable[ForecastEntry], after: date) -> tuple[ComingCurrency, ...]:
    """The runs after the day *after*, by currency and day."""
    found: defaultdict[str, list[ForecastEntry]] = defaultdict(list)
    for entry in entries:
        if entry.run_date > after:
            found[entry.currency.code].append(entry)
    return tuple(
        ComingCurrency(currency=found[code][0].currency, dates=_dates(found[code]))
        for code in sorted(found)
    )


def _dates(entries: Sequence[ForecastEntry]) -> tuple[ComingDate, ...]:
    by_day: defaultdict[date, list[ForecastEntry]] = defaultdict(list)
    for entry in entries:
        by_day[entry.run_date].append(entry)
    return tuple(_date(day, by_day[day]) for day in sorted(by_day))


def _date(day: date, entries: Sequence[ForecastEntry]) -> ComingDate:
    amounts: dict[Confidence, Decimal] = {}
    for entry in entries:
        amounts[entry.confidence] = amounts.get(entry.confidence, ZERO) + entry.amount
    return ComingDate(day=day, contracts=len({e.contract_id for e in entries}), amounts=amounts)


def _height(item: ComingDate) -> Decimal:
    return total(amount for amount in item.amounts.values() if amount > ZERO)


def _stack(item: ComingDate, x: int, tallest: Decimal) -> list[Bar]:
    """What is sure at the bottom, what is least sure on top."""
    bars, top = [], HEIGHT
    for confidence in Confidence:
        amount = item.amounts.get(confidence, ZERO)
        height = int(amount * HEIGHT / tallest) if tallest and amount > ZERO else 0
        if height:
            top -= height
            bars.append(Bar(confidence=confidence, x=x, y=top, width=_WIDTH, height=height))
    return bars
