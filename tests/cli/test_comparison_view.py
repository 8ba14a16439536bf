"""A comparison counts kinds and names contracts, however many differences there are."""

from __future__ import annotations

import io
from datetime import date
from uuid import UUID

from rich.console import Console

from connector.cli.comparison_view import MOST, print_comparison
from connector.invoicing.choices import SourceTable
from connector.invoicing.model import Source
from connector.outcome import Comparison, Difference, DifferenceKind
from connector.report.texts.terminal import ENGLISH, TerminalTexts, terminal_texts
from connector.settings.sections import Language


def test_a_comparison_counts_kinds_and_shows_twenty_differences_by_name() -> None:
    missing = Difference(
        kind=DifferenceKind.SOURCE_MISSING,
        contract_id=UUID(int=7),
        customer_id=None,
        invoice_id=None,
        planned="800.00",
        contract_name="Adatum\x1b[2J",
    )
    comparison = Comparison(
        run_date=date(2020, 10, 5),
        contracts=1,
        planned=1,
        drafts=1,
        differences=(missing,) * 30,
        failed=(),
    )
    console = Console(file=io.StringIO(), width=100, color_system=None, markup=False)

    print_comparison(console, comparison)

    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    line = "- Adatum\\x1b[2J: source-missing: planned 800.00, there is nothing"
    assert text.count(line) == MOST
    assert ["source-missing", "30"] in [row.split() for row in text.splitlines()]
    assert text.endswith("and 10 more; -v shows all\n")


OF_A_SOURCE = Difference(
    kind=DifferenceKind.BILLING_TYPE_DIFFERS,
    contract_id=UUID(int=7),
    customer_id=None,
    invoice_id=UUID(int=8),
    source=Source(table=SourceTable.ACTUAL, id=UUID(int=9)),
    planned="chargeable",
    there=None,
    contract_name="Adatum",
)


def lines(words: TerminalTexts) -> list[str]:
    comparison = Comparison(
        run_date=date(2020, 10, 5),
        contracts=1200,
        planned=2,
        drafts=1,
        differences=(OF_A_SOURCE,),
        failed=(),
    )
    console = Console(file=io.StringIO(), width=250, color_system=None, markup=False)
    print_comparison(console, comparison, words)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_in_english_a_difference_is_told_as_in_the_document() -> None:
    told = lines(ENGLISH)

    assert told[0] == (
        "Run date 2020-10-05: 1200 contracts, 2 invoices planned, 1 there, 1 differences"
    )
    assert told[-1] == f"- Adatum: {OF_A_SOURCE.text}"


def test_another_language_has_its_own_words_days_and_numbers() -> None:
    told = lines(terminal_texts(Language.GERMAN))

    assert told[0] == (
        "Laufdatum 05.10.2020: Verträge: 1.200, geplante Rechnungen: 2, vorhandene: 1,"
        " Unterschiede: 1"
    )
    assert told[2].split() == ["Art", "Unterschiede"]
    assert told[-1] == (
        f"- Adatum: Abrechnungsart weicht ab Istwert {UUID(int=9)} auf der Rechnung {UUID(int=8)}:"
        " geplant berechenbar, vorhanden nichts"
    )
