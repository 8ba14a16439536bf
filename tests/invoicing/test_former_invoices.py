"""What an invoice that stands already is called, worth, and which run date it bills."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from connector.invoicing import keys
from connector.invoicing.choices import BillingType, ProformaStatus, SourceTable
from connector.invoicing.former_invoices import (
    FormerDetail,
    FormerInvoice,
    FormerLine,
    run_date_of,
)
from connector.invoicing.ids import InvoiceId
from connector.invoicing.model import Source
from tests.invoicing.ledger import snapshot_of

LEDGER = """
contract  | Adatum | USD 2
customer  | Adatum Corporation
line      | Prototype | fixed-price
line      | Work | time-and-material
run       | Work | 2020-10-19 | 2020-10-18
milestone | Prototype | 2020-10-05 | 5000.00 | posted
"""
SNAPSHOT = snapshot_of(LEDGER)
BY_HAND = InvoiceId(UUID(int=40))


def detail(number: int, amount: str, billing: BillingType = BillingType.CHARGEABLE) -> FormerDetail:
    source = Source(table=SourceTable.ACTUAL, id=UUID(int=number))
    return FormerDetail(
        id=UUID(int=100 + number), source=source, billing_type=billing, amount=Decimal(amount)
    )


def invoice(*details: FormerDetail, key: InvoiceId = BY_HAND) -> FormerInvoice:
    line = FormerLine(id=UUID(int=7), name="Work", contract_line_id=None, details=details)
    return FormerInvoice(
        id=key,
        number="INV-1",
        name="Adatum",
        status=ProformaStatus.DRAFT,
        created=date(2020, 10, 20),
        lines=(line,),
    )


def test_only_what_is_chargeable_is_asked_for() -> None:
    found = invoice(detail(1, "800.00"), detail(2, "150.00", BillingType.COMPLIMENTARY))

    assert found.amount == Decimal("800.00")


@pytest.mark.parametrize(
    ("number", "name", "called"),
    [
        ("INV-1", "Adatum", "INV-1 'Adatum'"),
        (None, "Adatum", "'Adatum'"),
        (None, None, f"{BY_HAND}"),
    ],
)
def test_an_invoice_is_called_by_number_and_name(
    number: str | None, name: str | None, called: str
) -> None:
    assert replace(invoice(), number=number, name=name).called == called


def test_a_schedule_row_says_which_run_made_an_invoice() -> None:
    row = replace(SNAPSHOT.schedule[0], invoice_id=BY_HAND)

    assert run_date_of(invoice(), replace(SNAPSHOT, schedule=(row,))) == date(2020, 10, 19)


def test_the_key_says_which_run_of_ours_made_an_invoice() -> None:
    customer = SNAPSHOT.customers[0].customer
    assert customer is not None
    key = keys.invoice_id(
        SNAPSHOT.organization_id, SNAPSHOT.contract.id, customer.id, date(2020, 10, 5)
    )

    assert run_date_of(invoice(key=key), SNAPSHOT) == date(2020, 10, 5)


def test_a_milestone_dates_an_invoice_that_somebody_else_made() -> None:
    milestone = SNAPSHOT.milestones[0]
    billed = replace(
        detail(1, "5000.00"), source=Source(table=SourceTable.MILESTONE, id=milestone.id)
    )

    assert run_date_of(invoice(billed), SNAPSHOT) == date(2020, 10, 5)


def test_of_an_invoice_that_nothing_dates_no_run_date_is_known() -> None:
    assert run_date_of(invoice(detail(1, "800.00")), SNAPSHOT) is None
