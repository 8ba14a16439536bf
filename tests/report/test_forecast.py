"""A forecast as people read it, within 80 columns, and as a document."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console

from connector.invoicing.forecast import month_totals
from connector.report.forecast import chart_lines, forecast_text, print_forecast
from tests.invoicing.test_forecast import EUR, JPY, MILESTONE, NOT_READY, entry

if TYPE_CHECKING:
    from connector.invoicing.forecast import ForecastEntry

FIRST, LAST = date(2020, 10, 1), date(2020, 12, 31)
ENTRIES = (
    entry("2020-10-05", "500.00"),
    entry("2020-10-05", "250.00", NOT_READY),
    entry("2020-10-05", "250.00", MILESTONE),
    entry("2020-12-05", "100.00"),
)


def printed(entries: tuple[ForecastEntry, ...], *, verbose: bool = False, width: int = 80) -> str:
    stream = io.StringIO()
    print_forecast(Console(file=stream, width=width), entries, verbose=verbose)
    return stream.getvalue()


def test_bars_are_as_long_as_their_parts_of_the_largest_month() -> None:
    months = month_totals(ENTRIES)

    lines = list(chart_lines(months, 9 + 2 + len("1,000.00 EUR") + 20))

    # 1,000 of October fill 20 columns: 500 ready are 10, 250 each are 5; 100 of December are 2.
    assert lines[:4] == [
        "EUR",
        "2020-10  ██████████▒▒▒▒▒░░░░░  1,000.00 EUR",
        "2020-11  -",
        "2020-12  ██  100.00 EUR",
    ]


def test_what_is_owed_back_has_no_bar() -> None:
    months = month_totals((entry("2020-10-05", "-40.00"), entry("2020-11-05", "10.00")))

    lines = list(chart_lines(months, 43))

    assert lines[1] == "2020-10  -40.00 EUR"
    assert lines[2].startswith("2020-11  ████")
    assert list(chart_lines(months[:1], 43))[1] == "2020-10  -40.00 EUR"


def test_every_line_fits_eighty_columns_however_long_names_and_numbers_are() -> None:
    long = entry("2020-10-05", "9999999999.99")
    wide = entry("2020-11-05", "123456789012", currency=JPY)
    text = printed((long, wide, entry("2020-11-06", "8888888888.88", MILESTONE)))

    assert max(cell_len(line) for line in text.splitlines()) <= 80
    # No digit is lost: numbers may be parted over two lines, but never cut.
    assert "9,999,999,999.99 EUR" in text
    assert "123,456,789,012 JPY" in text


def test_the_screen_shows_totals_first_and_twenty_runs() -> None:
    entries = tuple(entry(f"2020-10-{day:02}", "1.00") for day in range(1, 24))

    text, whole = printed(entries), printed(entries, verbose=True)

    assert text.index("23.00 EUR") < text.index("2020-10-01")
    assert "2020-10-20" in text
    assert "2020-10-21" not in text
    assert "… and 3 more; -v shows all" in text
    assert "2020-10-23" in whole
    assert "more; -v" not in whole


def test_a_name_is_no_markup_and_does_not_grow_without_end() -> None:
    strange = replace(ENTRIES[0], contract_name="[red]x[/red]" + "y" * 500)

    text = printed((strange,), width=120)

    assert "[red]x[/red]yyyyy" in text
    assert "y" * 41 not in text


def test_nothing_scheduled_is_said_in_words() -> None:
    assert printed(()) == "nothing is scheduled in this time\n"


def test_the_document_has_sums_per_month_beside_the_runs() -> None:
    document = json.loads(forecast_text(ENTRIES, FIRST, LAST))

    assert document["format"] == "proforma-forecast/1"
    assert (document["from"], document["to"]) == ("2020-10-01", "2020-12-31")
    assert document["months"][0] == {
        "month": "2020-10",
        "currency": "EUR",
        "runs": 1,
        "ready": "500.00",
        "not_ready": "250.00",
        "milestone_not_ready": "250.00",
        "amount": "1000.00",
    }
    assert [month["month"] for month in document["months"]] == ["2020-10", "2020-12"]
    assert document["runs"][1] == {
        "run_date": "2020-10-05",
        "contract_id": "00000000-0000-0000-0000-000000000007",
        "contract_name": "Plant rollout",
        "currency": EUR.code,
        "confidence": "not-ready",
        "amount": "250.00",
        "details": 1,
    }
    assert sum(Decimal(run["amount"]) for run in document["runs"]) == Decimal(1100)
