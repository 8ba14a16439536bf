"""An explanation for people and for programs."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from rich.console import Console

from connector.invoicing.choices import BillingType, ProformaStatus
from connector.invoicing.explain import explain
from connector.invoicing.explanation import BilledBy, Explanation, Verdict
from connector.invoicing.former_invoices import FormerDetail, FormerInvoice, FormerLine
from connector.invoicing.ids import ContractId, CurrencyId, InvoiceId
from connector.invoicing.model import Currency
from connector.invoicing.statement import Sum, stated
from connector.report.explain import explanation_text, print_explanation
from connector.report.texts.terminal import ENGLISH, TerminalTexts, terminal_texts
from connector.settings.sections import Language
from tests.invoicing.told_cases import CASES

OCT_5 = date(2020, 10, 5)
ADDRESS = "https://contoso.crm4.dynamics.com"
ACTUAL, INVOICE = UUID(int=31), InvoiceId(UUID(int=40))
FOUND = Explanation(
    subject=ACTUAL,
    kind="actual",
    verdict=Verdict.BILLED,
    rules=("A14",),
    story=("Billed on 2020-10-05 by invoice INV-1 \x1b[2J.",),
    way_out="It is deleted.",
    contract_id=ContractId(UUID(int=7)),
    contract_name="Adatum\nportal",
    currency=Currency(id=CurrencyId(UUID(int=3)), code="USD", precision=2),
    invoices=(
        BilledBy(
            invoice=FormerInvoice(
                id=INVOICE,
                number="INV-1",
                name="Adatum",
                status=ProformaStatus.DRAFT,
                created=date(2020, 10, 6),
                lines=(
                    FormerLine(
                        id=UUID(int=43),
                        name="Work",
                        contract_line_id=None,
                        details=(
                            FormerDetail(
                                id=UUID(int=45),
                                source=None,
                                billing_type=BillingType.CHARGEABLE,
                                amount=Decimal("800.0000"),
                            ),
                        ),
                    ),
                ),
            ),
            run_date=OCT_5,
        ),
    ),
)


def shown(*, terminal: bool, found: Explanation = FOUND, words: TerminalTexts = ENGLISH) -> str:
    console = Console(
        file=io.StringIO(),
        width=200,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
        legacy_windows=False,
    )
    print_explanation(console, found, OCT_5, ADDRESS, words)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_people_read_verdict_story_rules_and_way_out() -> None:
    assert shown(terminal=False).splitlines() == [
        f"actual {ACTUAL} of contract Adatum\\nportal on 2020-10-05: billed",
        "  Billed on 2020-10-05 by invoice INV-1 \\x1b[2J.",
        f"  invoice: {INVOICE}",
        "  rules: A14",
        "  what would change it: It is deleted.",
    ]


def test_another_language_has_its_own_words_days_and_amounts() -> None:
    day, invoice = OCT_5, stated("{what} ({more})", what="INV-1", more=ProformaStatus.DRAFT)
    currency = FOUND.currency
    assert currency is not None
    story = stated(
        "{made}: {amount}.",
        made=stated("Billed on {day} by invoice {invoice}", day=day, invoice=invoice),
        amount=Sum(amount=Decimal(1800), currency=currency),
    )
    found = replace(
        FOUND, story=(story,), way_out=stated("Not billed."), next_date=date(2020, 11, 2)
    )

    told = shown(terminal=False, found=found, words=terminal_texts(Language.GERMAN))

    assert told.replace("\u00a0", " ").splitlines() == [
        f"Istwert {ACTUAL} des Vertrags Adatum\\nportal am 05.10.2020: abgerechnet",
        "  Am 05.10.2020 abgerechnet mit der Rechnung INV-1 (Entwurf): 1.800,00 $.",
        f"  Rechnung: {INVOICE}",
        "  Regeln: A14",
        "  was daran etwas ändern würde: Wird nicht abgerechnet.",
        "  nächstes Datum: 02.11.2020",
    ]


#: Words of English explanations that no other language shares.
ENGLISH_WORDS = re.compile(
    r"\b(contract|billed|invoice|candidate|stay|what would|rules|its|it|not|run of|due)\b",
    re.IGNORECASE,
)
#: What is said as in English everywhere: names of the tenant and of settings, and warnings' ids.
NAMES = re.compile(r"'[^']*'|missed_dates = catch-up|[a-z_]+ = [a-z-]+|[a-z]+_[a-z_]+")


@pytest.mark.parametrize("language", [each for each in Language if each is not Language.ENGLISH])
@pytest.mark.parametrize("name", CASES)
def test_nothing_of_an_explanation_stays_english(name: str, language: Language) -> None:
    case, words = CASES[name], terminal_texts(language)
    snapshot = case.snapshot
    records: list[UUID] = [snapshot.contract.id, *(row.id for row in snapshot.schedule)]
    records += [line.id for line in snapshot.lines]
    for rows in (snapshot.milestones, snapshot.actuals, snapshot.retainers):
        records += [row.id for row in rows]
    anonymous = replace(snapshot.contract, name="x")

    for record in records:
        found = explain(replace(snapshot, contract=anonymous), record, case.day, case.policy)
        text = NAMES.sub("", shown(terminal=False, found=found, words=words))
        assert ENGLISH_WORDS.findall(text) == [], text
        assert "{" not in text


def test_record_and_invoice_are_hyperlinks_on_a_terminal() -> None:
    text = shown(terminal=True)

    assert f"{ADDRESS}/main.aspx?etn=msdyn_actual&pagetype=entityrecord&id={ACTUAL}" in text
    assert f"{ADDRESS}/main.aspx?etn=invoice&pagetype=entityrecord&id={INVOICE}" in text


def test_programs_read_the_invoice_with_its_dates_and_amount() -> None:
    document = json.loads(explanation_text(FOUND, OCT_5, ADDRESS))

    assert document["format"] == "proforma-explanation/1"
    assert (document["verdict"], document["contract_name"]) == ("billed", "Adatum\nportal")
    [invoice] = document["invoices"]
    assert invoice == {
        "invoice_id": str(INVOICE),
        "number": "INV-1",
        "name": "Adatum",
        "status": "draft",
        "run_date": "2020-10-05",
        "created_on": "2020-10-06",
        "currency": "USD",
        "amount": "800.00",
        "link": f"{ADDRESS}/main.aspx?etn=invoice&pagetype=entityrecord&id={INVOICE}",
    }
