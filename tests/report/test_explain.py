"""An explanation for people and for programs."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from uuid import UUID

from rich.console import Console

from connector.invoicing.choices import BillingType, ProformaStatus
from connector.invoicing.explanation import BilledBy, Explanation, Verdict
from connector.invoicing.former_invoices import FormerDetail, FormerInvoice, FormerLine
from connector.invoicing.ids import ContractId, CurrencyId, InvoiceId
from connector.invoicing.model import Currency
from connector.report.explain import explanation_text, print_explanation

OCT_5 = date(2020, 10, 5)
ADDRESS = "https://contoso.crm4.dynamics.com"
ACTUAL, INVOICE = UUID(int=31), InvoiceId(UUID(int=40))
FOUND = Explanation(
    subject=ACTUAL,
    kind="actual",
    verdict=Verdict.BILLED,
    rules=("A14",),
    text="Billed on 2020-10-05 by invoice INV-1 \x1b[2J.",
    what_would_change_it="It is deleted.",
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


def shown(*, terminal: bool) -> str:
    console = Console(
        file=io.StringIO(),
        width=200,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
        legacy_windows=False,
    )
    print_explanation(console, FOUND, OCT_5, ADDRESS)
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
