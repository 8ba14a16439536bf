"""Two runs side by side, on a terminal of any width and as a document."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from connector.cli.difference_view import differences_chunks, print_differences
from connector.report.texts.terminal import ENGLISH, TerminalTexts, terminal_texts
from connector.settings.sections import Language
from tests.report.sample import ADATUM, YEN, report

if TYPE_CHECKING:
    from connector.run_report import RunReport

MORE = ADATUM.replace("| 7.5 | 200.00 | ready", "| 10 | 200.00 | ready")


def many(count: int) -> RunReport:
    return report(*(ADATUM.replace("| Adatum |", f"| Adatum {n:03} |") for n in range(count)))


def shown(
    before: RunReport,
    after: RunReport,
    words: TerminalTexts = ENGLISH,
    *,
    width: int = 100,
    verbose: bool = False,
) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, markup=False)
    print_differences(console, before, after, words, verbose=verbose)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_totals_changes_and_what_became_of_the_rest_are_shown() -> None:
    text = shown(report(ADATUM), replace(report(MORE, YEN), run_id="run-2"))

    assert text.splitlines()[:2] == ["A run-1 of 2020-10-05", "B run-2 of 2020-10-05"]
    rows = [line.split() for line in text.splitlines()]
    assert ["USD", "6,500.00", "7,000.00", "+500.00"] in rows
    assert ["JPY", "-", "15,625", "+15,625"] in rows
    assert "2 changes of what contracts are billed" in text


def test_the_largest_changes_come_first_and_twenty_are_shown() -> None:
    text = shown(many(25), report(YEN))

    assert text.count("Adatum Corporation") == 19
    rows = [line for line in text.splitlines() if "Tanaka" in line or "Adatum 0" in line]
    assert rows[0].endswith("+15,625")
    assert "and 6 smaller ones; -v shows all" in text
    assert shown(many(25), report(YEN), verbose=True).count("Adatum Corporation") == 25


def test_equal_runs_say_that_nothing_changed() -> None:
    text = shown(report(ADATUM), report(ADATUM))

    assert text.endswith("\n0 changes of what contracts are billed\n")


@pytest.mark.parametrize("width", [80, 120])
def test_the_tables_hold_at_the_width_of_the_terminal(width: int) -> None:
    long = ADATUM.replace("| Adatum |", f"| {'Adatum and all its daughters ' * 9} |")

    text = shown(report(long), report(YEN), width=width)

    assert max(map(len, text.splitlines())) <= width


def test_the_document_is_json_also_where_nothing_differs() -> None:
    same = json.loads("".join(differences_chunks(report(ADATUM), report(ADATUM))))
    found = json.loads("".join(differences_chunks(report(ADATUM), report(MORE, YEN))))

    assert (same["invoices"], same["left_behind"]) == ([], [])
    assert [(item["a"], item["b"]) for item in found["invoices"]] in (
        [("6500.00", "7000.00"), (None, "15625")],
        [(None, "15625"), ("6500.00", "7000.00")],
    )


def test_another_language_has_its_own_words_days_and_amounts() -> None:
    ready = ADATUM.replace("| 4 | 200.00 | open", "| 4 | 200.00 | ready")
    german = terminal_texts(Language.GERMAN)

    text = shown(report(ADATUM), report(ready, YEN), german, width=140)

    lines = [line.rstrip() for line in text.splitlines()]
    assert lines[:2] == ["A run-1 vom 05.10.2020", "B run-1 vom 05.10.2020"]
    rows = [line.split() for line in lines]
    assert ["Währung", "A", "B", "Änderung"] in rows
    assert ["USD", "6.500,00", "7.300,00", "+800,00"] in rows
    assert ["JPY", "-", "15.625", "+15.625"] in rows
    assert "2 Änderungen dessen, was Verträgen berechnet wird" in lines
    assert "Was aus zurückgebliebenen Datensätzen wurde" in lines
    [became] = [line for line in lines if line.startswith("Nicht bereit zur Abrechnung")]
    assert became.endswith("800,00 USD")
    assert became.split()[4] == "abgerechnet"
