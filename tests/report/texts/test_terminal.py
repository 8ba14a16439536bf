"""What a terminal says in each language; English is what scripts know."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import StringIO
from uuid import UUID

import pytest
from rich.console import Console

from connector.invoicing.ids import CurrencyId
from connector.invoicing.model import Currency
from connector.invoicing.reasons import Reason
from connector.outcome import InvoiceStatus
from connector.report.console import print_calendar, print_run
from connector.report.screen import print_screen
from connector.report.texts.terminal import ENGLISH, terminal_texts
from connector.settings.sections import Language
from tests.report.sample import ADATUM, DISCOUNTED, report

EURO = Currency(id=CurrencyId(UUID(int=1)), code="EUR", precision=2)
DAY = date(2020, 10, 5)
GERMAN = terminal_texts(Language.GERMAN)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_english_has_the_forms_and_words_of_the_json_document() -> None:
    assert (ENGLISH.day(DAY), ENGLISH.weekday(DAY)) == ("2020-10-05", "Mon")
    assert ENGLISH.money(Decimal("1234.5"), EURO) == "1,234.50 EUR"
    assert ENGLISH.figure(Decimal("1234.5"), EURO) == "1,234.50"
    assert ENGLISH.word("time-and-material") == "time-and-material"
    assert ENGLISH.reason(Reason.NOT_READY) == "not-ready"
    assert ENGLISH.warning("open-draft", "Invoice 1 is open.") == "Invoice 1 is open."


def test_another_language_has_its_own() -> None:
    assert (GERMAN.day(DAY), plain(GERMAN.weekday(DAY))) == ("05.10.2020", "Mo.")
    assert plain(GERMAN.money(Decimal("1234.5"), EURO)) == "1.234,50 €"
    assert GERMAN.figure(Decimal("1234.5"), EURO) == "1.234,50"
    assert GERMAN.number(Decimal("7.5")) == "7,5"
    assert GERMAN.word("time-and-material") == "Zeit und Material"
    assert GERMAN.reason(Reason.NOT_READY) == "Nicht bereit zur Abrechnung"
    assert GERMAN.warning("open-draft", "x") == (
        "Ein anderer Entwurf ist offen. Bestätigen oder löschen Sie den früheren Entwurf dieses"
        " Vertrags und Kunden."
    )
    assert GERMAN.warning("of-your-own", "x") == "x"


#: Headings and words of a terminal that no other language shares.
ENGLISH_WORDS = (
    *(
        "Run date",
        "Invoices",
        "Billed",
        "Left behind",
        "Contract ",
        "Customer",
        "Reason",
        "Records",
    ),
    *("fixed-price", "not-ready", "chargeable", "What would change it", "Not invoiced", "would be"),
)


@pytest.mark.parametrize("language", [each for each in Language if each is not Language.ENGLISH])
@pytest.mark.parametrize("status", [InvoiceStatus.PLANNED, InvoiceStatus.WRITTEN])
def test_nothing_of_a_run_stays_english(language: Language, status: InvoiceStatus) -> None:
    words, out = terminal_texts(language), StringIO()
    console = Console(file=out, width=200, highlight=False)
    run = report(ADATUM, DISCOUNTED, status=status)

    print_screen(console, [run, run], words)
    print_screen(console, [run], words)
    print_run(console, run, words, verbose=True)
    print_calendar(console, [run, run], words)

    text = out.getvalue()
    assert [word for word in ENGLISH_WORDS if word in text] == []
    assert "Adatum Corporation" in text
