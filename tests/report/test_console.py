"""What a person sees at the terminal."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING

from rich.console import Console

from connector.outcome import InvoiceStatus
from connector.report.console import print_calendar, print_run
from tests.report.sample import ADATUM, DISCOUNTED, YEN, report, with_failed_contract

if TYPE_CHECKING:
    from connector.run_report import RunReport


def shown(*reports: RunReport, verbose: bool = False) -> str:
    console = Console(file=io.StringIO(), width=160, color_system=None)
    for found in reports:
        print_run(console, found, verbose=verbose)
    return _text(console)


def calendar(*reports: RunReport) -> list[list[str]]:
    console = Console(file=io.StringIO(), width=160, color_system=None)
    print_calendar(console, reports)
    return [line.split() for line in _text(console).splitlines() if "2020-" in line]


def _text(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def line_with(text: str, *words: str) -> str:
    return next(line for line in text.splitlines() if all(word in line for word in words))


def test_a_draft_shows_its_lines_and_its_total() -> None:
    text = shown(report(ADATUM))

    assert line_with(text, "2020-10-05", "Adatum", "written")
    assert line_with(text, "Implementation work", "1,500.00 USD")
    assert line_with(text, "Prototype work", "fixed-price", "5,000.00 USD")
    assert line_with(text, "Total", "6,500.00 USD")


def test_what_stays_behind_is_grouped_by_reason_with_rule_and_hint() -> None:
    text = shown(report(ADATUM))

    assert line_with(text, "not-ready", "A3", "1", "800.00 USD")
    assert line_with(text, "past-last-cut-off", "G7", "1,600.00 USD")


def test_verbose_shows_each_detail_and_each_source() -> None:
    found = report(ADATUM)
    source = found.plan.contracts[0].not_invoiced[0].source

    assert "7.5 x 200" in shown(found, verbose=True)
    assert str(source.id) in shown(found, verbose=True)
    assert str(source.id) not in shown(found)


def test_verbose_shows_what_was_taken_off_and_added() -> None:
    text = shown(report(DISCOUNTED), verbose=True)

    assert line_with(text, "10 x 100", "950.00 USD")
    assert line_with(text, "less 100.00 USD discount, with 50.00 USD fee")
    assert line_with(text, "currency-differs", "1,000.00 EUR")


def test_names_are_shown_as_they_are_and_never_read_as_markup() -> None:
    text = shown(report(YEN))

    assert 'Tea <house> & "garden"' in text
    assert "=SUM(A1) [bold]design[/bold]" in text


def test_warnings_and_errors_are_shown() -> None:
    found = with_failed_contract(
        report(ADATUM, status=InvoiceStatus.CONFLICT, error="the draft was edited by hand")
    )

    text = shown(found)

    assert "the draft was edited by hand" in text
    assert "schedule-row-overdue" in text
    assert "msdyn_psastate is 7" in text


def test_the_calendar_has_a_row_a_day_with_sums_by_currency() -> None:
    days = calendar(report(ADATUM, YEN), report(ADATUM, run_date=date(2020, 10, 6)))

    assert days[0] == ["2020-10-05", "Mon", "2", "3", "15,625", "JPY"]
    assert days[1] == ["2020-10-06", "Tue", "0", "0", "-"]
