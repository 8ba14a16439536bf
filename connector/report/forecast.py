"""
The coming runs for people, totals first, and as a JSON document.

Everything fits 80 columns. The chart is made of plain characters and is shown whether or not the
output is a terminal: programs take the document.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from rich import box
from rich.table import Table
from rich.text import Text

from connector.invoicing.forecast import Confidence, month_totals
from connector.report.amounts import exact
from connector.report.terminal_text import name_text
from connector.report.texts.terminal import ENGLISH, TerminalTexts
from connector.report.texts.words import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from rich.console import Console

    from connector.invoicing.forecast import ForecastEntry, MonthTotal

FORMAT: Final = "proforma-forecast/1"
#: Runs that are listed without being asked for every detail.
LISTED: Final = 20
#: Characters of a name that a table shows.
NAME: Final = 40
#: Columns that the chart never goes beyond.
WIDTH: Final = 80
READY, NOT_READY, MILESTONE = "\u2588", "\u2592", "\u2591"
_MONTH_COLUMN: Final = len("2020-10  ")
_SMALLEST_BAR: Final = 10


def forecast_text(entries: Sequence[ForecastEntry], first: date, last: date) -> str:
    """
    The JSON document of a forecast; amounts are before tax.

    `runs` has an item for each run date, contract and confidence, `months` their sums for each
    month and currency.
    """
    document = {
        "format": FORMAT,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "months": [_month(month) for month in month_totals(entries)],
        "runs": [_run(entry) for entry in entries],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def print_forecast(
    console: Console,
    entries: Sequence[ForecastEntry],
    words: TerminalTexts = ENGLISH,
    *,
    verbose: bool = False,
) -> None:
    """Totals per month and currency, a chart of them, and the runs; all runs with *verbose*."""
    if not entries:
        console.print(Text(words.text("nothing is scheduled in this time")))
        return
    months = month_totals(entries)
    console.print(_totals(months, words))
    for line in chart_lines(months, min(console.width, WIDTH), words):
        console.print(Text(line, no_wrap=True))
    shown = entries if verbose else entries[:LISTED]
    console.print(_runs(shown, words))
    if more := len(entries) - len(shown):
        rest = words.several(
            "and {count} more; -v shows all", "and {count} more; -v shows all", more
        )
        console.print(Text(f"… {rest}"))


def chart_lines(
    months: Sequence[MonthTotal], width: int, words: TerminalTexts = ENGLISH
) -> Iterator[str]:
    """
    A bar for each month, currency by currency, in lines of at most *width* characters.

    Months without a run keep their place; a month whose sum is not positive has no bar.
    """
    for code in sorted({month.currency.code for month in months}):
        own = [month for month in months if month.currency.code == code]
        amounts = {month.month: words.money(month.amount, month.currency) for month in own}
        room = width - _MONTH_COLUMN - 2 - max(len(text) for text in amounts.values())
        largest = max(month.amount for month in own)
        bars = {month.month: _bar(month, largest, max(room, _SMALLEST_BAR)) for month in own}
        yield code
        for first in _months(own[0].month, own[-1].month):
            bar, amount = bars.get(first, ""), amounts.get(first, "-")
            yield f"{first:%Y-%m}  {bar}{'  ' if bar else ''}{amount}"
    yield _legend(words)
    yield ""


def _legend(words: TerminalTexts) -> str:
    """What the signs of a bar mean."""
    signs = zip((READY, NOT_READY, MILESTONE), Confidence, strict=True)
    return "   ".join(f"{sign} {said(words.texts, level.value)}" for sign, level in signs)


def _bar(month: MonthTotal, largest: Decimal, room: int) -> str:
    """Its three parts; each ends where the sum up to there ends, so that parts add up."""
    parts = ((READY, month.ready), (NOT_READY, month.not_ready))
    bar, reached = "", month.amount * 0
    for sign, amount in (*parts, (MILESTONE, month.milestone_not_ready)):
        reached += amount
        if largest > 0:
            end = min(room, round(max(reached, 0 * reached) * room / largest))
            bar += sign * (end - len(bar))
    return bar


def _months(first: date, last: date) -> Iterator[date]:
    month = first
    while month <= last:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def _totals(months: Sequence[MonthTotal], words: TerminalTexts) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column(words.text("Month"), no_wrap=True)
    table.add_column(words.text("Runs"), justify="right")
    for heading in (
        words.text("Ready"),
        words.text("Not ready"),
        words.text("Milestone not ready"),
        words.text("Before tax"),
    ):
        table.add_column(heading, justify="right", overflow="fold")
    for month in months:
        table.add_row(
            f"{month.month:%Y-%m}",
            str(month.runs),
            words.figure(month.ready, month.currency),
            words.figure(month.not_ready, month.currency),
            words.figure(month.milestone_not_ready, month.currency),
            words.money(month.amount, month.currency),
        )
    return table


def _runs(entries: Sequence[ForecastEntry], words: TerminalTexts) -> Table:
    """One row per run date, contract and confidence; only the name gives way on a narrow screen."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for heading in (words.text("Run date"), words.text("Day")):
        table.add_column(heading, no_wrap=True)
    table.add_column(words.text("Contract"))
    table.add_column(words.text("Confidence"), no_wrap=True)
    table.add_column(words.text("Details"), justify="right", no_wrap=True)
    table.add_column(words.text("Before tax"), justify="right", no_wrap=True)
    for entry in entries:
        table.add_row(
            words.day(entry.run_date),
            words.weekday(entry.run_date),
            Text(name_text(entry.contract_name, NAME)),
            words.word(entry.confidence.value),
            str(entry.details),
            words.money(entry.amount, entry.currency),
        )
    return table


def _month(month: MonthTotal) -> dict[str, object]:
    currency = month.currency
    return {
        "month": f"{month.month:%Y-%m}",
        "currency": currency.code,
        "runs": month.runs,
        "ready": exact(month.ready, currency),
        "not_ready": exact(month.not_ready, currency),
        "milestone_not_ready": exact(month.milestone_not_ready, currency),
        "amount": exact(month.amount, currency),
    }


def _run(entry: ForecastEntry) -> dict[str, object]:
    return {
        "run_date": entry.run_date.isoformat(),
        "contract_id": str(entry.contract_id),
        "contract_name": entry.contract_name,
        "currency": entry.currency.code,
        "confidence": entry.confidence.value,
        "amount": exact(entry.amount, entry.currency),
        "details": entry.details,
    }
