"""What a run prints by default fits a screen, however large the run."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from connector.invoicing.plan import PlanWarning
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from connector.outcome import InvoiceStatus
from connector.report.screen import MOST, print_screen, print_summary
from tests.invoicing.ledger import snapshot_of
from tests.report.sample import ADATUM, YEN, report, report_of, with_failed_contract

if TYPE_CHECKING:
    from connector.run_report import PartResult, RunReport
    from connector.summary import PartSummary


def shown(*reports: RunReport, width: int = 160, terminal: bool = False) -> str:
    console = Console(
        file=io.StringIO(), width=width, force_terminal=terminal, color_system=None, markup=False
    )
    print_screen(console, reports)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def words_of(text: str, *beginning: str) -> list[str]:
    """The words of the one line that begins with these."""
    [line] = [
        line.split() for line in text.splitlines() if line.split()[: len(beginning)] == [*beginning]
    ]
    return line


def many(count: int, **told: InvoiceStatus | str) -> RunReport:
    """A run of *count* contracts of 6,500 dollars each, two of them a part."""
    plans = [
        plan_contract(
            snapshot_of(ADATUM.replace("| Adatum |", f"| Adatum {n:03} |")),
            date(2020, 10, 5),
            Policy(),
        )
        for n in range(count)
    ]
    parts = [plans[start : start + 2] for start in range(0, count, 2)]
    return report_of(parts, **told)  # type: ignore[arg-type]


def test_totals_are_told_by_currency_with_what_stays_behind() -> None:
    text = shown(report(ADATUM, YEN))

    assert text.startswith("Run date 2020-10-05: 2 invoices due, 2 written\n")
    assert words_of(text, "JPY") == ["JPY", "1", "15,625", "0", "0"]
    # 800 of the actual that is not ready, 1,600 of the one after the last cut-off
    assert words_of(text, "USD") == ["USD", "1", "6,500.00", "0.00", "2,400.00"]


def test_a_draft_is_a_row_and_a_reason_is_a_row() -> None:
    text = shown(report(ADATUM))

    row = words_of(text, "Adatum", "Adatum", "Corporation")
    assert row == ["Adatum", "Adatum", "Corporation", "2", "6,500.00", "USD", "written"]
    assert words_of(text, "not-ready") == ["not-ready", "A3", "1", "800.00", "USD"]
    assert "Implementation work" not in text


def test_twenty_drafts_are_shown_and_the_others_counted() -> None:
    text = shown(many(31))

    assert text.count("Adatum Corporation") == MOST == 20
    assert "and 11 more; -v shows all" in text
    assert words_of(text, "USD")[:3] == ["USD", "31", "201,500.00"]
    assert len(text.splitlines()) < 50


def test_no_more_parts_are_read_than_are_shown() -> None:
    read: list[int] = []
    found = many(100)

    def counting(told: RunReport, part: PartSummary) -> PartResult:
        read.append(part.number)
        return found.results(told, part)

    shown(replace(found, results=counting))

    assert read == list(range(1, 11))  # two a part; how many there are is known without reading


def test_what_failed_comes_before_everything_else() -> None:
    found = with_failed_contract(
        report(ADATUM, status=InvoiceStatus.CONFLICT, error="edited by hand")
    )

    text = shown(found)

    assert text.splitlines()[0] == (
        "Run date 2020-10-05: 1 invoice due, 1 conflict, 1 contract failed"
    )
    assert "- Broken: salesorder: msdyn_psastate is 7" in text
    assert "- Adatum, Adatum Corporation, 6,500.00 USD conflict: edited by hand" in text
    assert text.index("edited by hand") < text.index("Left behind:")
    assert words_of(text, "Currency")[-4:] == ["Tax", "Failed", "Left", "behind"]
    assert words_of(text, "USD") == ["USD", "0", "0.00", "0.00", "6,500.00", "2,400.00"]
    assert "contract-failed" not in text  # the failure itself says it


def test_what_halted_a_run_or_was_lifted_needs_a_person() -> None:
    halted = PlanWarning(code="run-halted", text="the run was halted: 403")
    lifted = PlanWarning(code="bound-overridden", text="Overridden (deviation): year end")
    found = replace(report(ADATUM), own_warnings=(lifted, halted))

    lines = shown(found).splitlines()

    start = lines.index("Needs you")
    assert lines[start + 1 : start + 3] == [f"- {halted.text}", f"- {lifted.text}"]


def test_twenty_failures_are_shown_and_the_others_counted() -> None:
    text = shown(many(25, status=InvoiceStatus.FAILED, error="refused"))

    assert text.count("failed: refused") == 20
    assert "and 5 more; -v shows all" in text


def test_warnings_are_counted_by_code_with_the_first_of_them() -> None:
    late = [PlanWarning(code="overdue-milestone", text=f"Milestone {n}") for n in range(300)]

    text = shown(replace(report(ADATUM), own_warnings=tuple(late)))

    assert "warning overdue-milestone Milestone 0 (and 299 more; -v shows all)" in text
    assert text.count("overdue-milestone") == 1


def test_several_dates_have_a_row_each_and_count_together() -> None:
    text = shown(report(ADATUM), report(YEN), report(ADATUM, run_date=date(2020, 10, 6)))

    assert text.startswith("3 runs, 2020-10-05 to 2020-10-06: 2 invoices due, 2 written\n")
    assert words_of(text, "2020-10-06")[:5] == ["2020-10-06", "Tue", "0", "0", "4"]
    assert words_of(text, "USD") == ["USD", "1", "6,500.00", "0.00"]
    assert "Left behind on 2020-10-06: 4 records" in text


def test_of_very_many_dates_those_with_nothing_to_tell_are_only_counted() -> None:
    quiet = [report(ADATUM, run_date=date(2020, 11, 1 + n)) for n in range(25)]

    text = shown(report(ADATUM), *quiet)

    assert words_of(text, "2020-10-05", "Mon")[2] == "1"
    assert "and 25 more; -v shows all" in text


def test_a_preview_says_that_nothing_is_written() -> None:
    text = shown(report(ADATUM, status=InvoiceStatus.PLANNED))

    assert text.splitlines()[0] == (
        "Run date 2020-10-05: 1 invoice would be made; this is a preview, nothing is written"
    )


@pytest.mark.parametrize("width", [80, 100])
def test_no_line_is_longer_than_the_terminal(width: int) -> None:
    long = ADATUM.replace("| Adatum |", f"| {'Adatum and all its daughters ' * 9} |")

    text = shown(report(long, YEN), report(long), width=width)

    assert max(map(len, text.splitlines())) <= width
    assert words_of(text, "USD")[2] == "13,000.00"
    assert "Adatum and" in text


def test_a_name_can_not_command_the_terminal() -> None:
    evil = ADATUM.replace("| Adatum |", "| Evil\x1b[2J\x07 |").replace(
        "Adatum Corporation", "Corp\x9b31m"
    )

    text = shown(report(evil))

    assert "Evil\\x1b[2J\\x07" in text
    assert not set(text) & {"\x1b", "\x07", "\x9b"}


def test_the_summary_alone_has_no_drafts() -> None:
    console = Console(file=io.StringIO(), width=120, color_system=None)
    print_summary(console, [report(ADATUM)])

    assert isinstance(console.file, io.StringIO)
    assert "6,500.00" in console.file.getvalue()
    assert "Adatum Corporation" not in console.file.getvalue()
