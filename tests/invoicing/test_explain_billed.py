"""The story of what is billed already: by which invoice, of which date, and what undoes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.invoicing.choices import BillingType, ProformaStatus, SourceTable
from connector.invoicing.explain import explain
from connector.invoicing.explain_billed import invoice_title
from connector.invoicing.explanation import Explanation, Verdict
from connector.invoicing.former_invoices import FormerDetail, FormerInvoice, FormerLine
from connector.invoicing.ids import InvoiceId
from connector.invoicing.model import Source
from connector.invoicing.policy import Policy
from connector.invoicing.statement import english
from tests.invoicing.ledger import ident, snapshot_of

if TYPE_CHECKING:
    from connector.invoicing.model import ContractSnapshot

# Two hours of work were billed by the run of 5 October, two more wait for that of the 19th.
LEDGER = """
contract  | Adatum | USD 2
customer  | Adatum Corporation
line      | Work | time-and-material
run       | Work | 2020-10-05 | 2020-10-04 | status = run-successful
run       | Work | 2020-10-19 | 2020-10-18
actual    | Work | 2020-10-02 | time | 8 | 100.00 | created
actual    | Work | 2020-10-12 | time | 3 | 100.00 | ready
actual    | Work | 2020-10-13 | time | 1 | 100.00 | canceled
actual    | Work | 2020-10-13 | time | 1 | 100.00 | ready | transaction_type = billed-sales
"""
OCT_5 = date(2020, 10, 5)
INVOICE = InvoiceId(UUID(int=40))
LINE, DETAIL = UUID(int=43), UUID(int=45)
BARE = snapshot_of(LEDGER)
BILLED, WAITING, CANCELED, POSTED = BARE.actuals


def linked() -> ContractSnapshot:
    """The contract whose first schedule row names the invoice, as the run left it."""
    first, *rest = BARE.schedule
    return replace(BARE, schedule=(replace(first, invoice_id=INVOICE), *rest))


def invoice(status: ProformaStatus = ProformaStatus.DRAFT) -> FormerInvoice:
    detail = FormerDetail(
        id=DETAIL,
        source=Source(table=SourceTable.ACTUAL, id=BILLED.id),
        billing_type=BillingType.CHARGEABLE,
        amount=Decimal("800.0000"),
    )
    line = FormerLine(id=LINE, name="Work", contract_line_id=BARE.lines[0].id, details=(detail,))
    return FormerInvoice(
        id=INVOICE,
        number="INV-1",
        name="Adatum",
        status=status,
        created=date(2020, 10, 6),
        lines=(line,),
    )


def ask(subject: UUID, day: date = OCT_5, *former: FormerInvoice) -> Explanation:
    return explain(linked(), subject, day, Policy(), (), former)


def test_a_billed_actual_names_date_invoice_amount_and_line() -> None:
    answer = ask(BILLED.id, OCT_5, invoice())

    assert (answer.verdict, answer.kind, answer.rules) == (Verdict.BILLED, "actual", ("A14",))
    assert answer.text == (
        "Billed on 2020-10-05 by invoice INV-1 'Adatum' (draft): 800.00 USD (chargeable), on line"
        " 'Work'."
    )
    assert [item.run_date for item in answer.invoices] == [OCT_5]
    assert "is deleted" in (answer.what_would_change_it or "")
    assert (answer.contract_name, answer.contract_id) == ("Adatum", BARE.contract.id)


def test_what_a_confirmed_invoice_bills_changes_by_correction_only() -> None:
    answer = ask(BILLED.id, OCT_5, invoice(ProformaStatus.CONFIRMED))

    assert answer.what_would_change_it == (
        "Only a corrective invoice changes what a confirmed invoice bills."
    )


def test_an_invoice_that_nothing_dates_is_told_by_the_day_it_was_made() -> None:
    answer = explain(BARE, BILLED.id, OCT_5, Policy(), (), (invoice(),))

    assert answer.text.startswith(
        "Billed by invoice INV-1 'Adatum' (draft), which was made on 2020-10-06: 800.00 USD"
    )


def test_a_claimed_actual_whose_invoice_is_gone_says_so() -> None:
    answer = ask(BILLED.id)

    assert answer.verdict is Verdict.NO_CANDIDATE
    assert answer.text == (
        "Its status is customer-invoice-created, but no invoice that bills it was found."
    )


def test_a_record_that_waits_is_not_billed_because_an_invoice_stands() -> None:
    answer = ask(WAITING.id, OCT_5, invoice())

    assert answer.verdict is Verdict.NOT_INVOICED
    assert answer.next_date == date(2020, 10, 19)


def test_a_canceled_actual_and_one_of_another_type_say_so() -> None:
    assert ask(CANCELED.id).rules == ("A12",)
    other = ask(POSTED.id)
    assert (other.verdict, other.text) == (
        Verdict.NO_CANDIDATE,
        "It is an actual of type billed sales; only unbilled sales are billed.",
    )


@pytest.mark.parametrize(
    ("subject", "kind"), [(BARE.contract.id, "contract"), (ident("Work"), "contract line")]
)
def test_after_a_run_contract_and_line_tell_what_it_billed(subject: UUID, kind: str) -> None:
    answer = ask(subject, OCT_5, invoice())

    assert (answer.verdict, answer.kind) == (Verdict.BILLED, kind)
    assert answer.text.startswith(
        "Billed on 2020-10-05 by invoice INV-1 'Adatum' (draft): 800.00 USD."
    )
    assert answer.next_date == date(2020, 10, 19)


def test_an_invoice_of_another_date_says_nothing_of_this_one() -> None:
    answer = ask(BARE.contract.id, date(2020, 10, 6), invoice())

    assert answer.verdict is Verdict.NOT_INVOICED


def test_a_coming_run_is_told_although_an_invoice_of_before_stands() -> None:
    answer = ask(BARE.contract.id, date(2020, 10, 19), invoice())

    assert (answer.verdict, answer.text[:40]) == (
        Verdict.INVOICED,
        "1 invoice(s) on 2020-10-19: 300.00 USD; ",
    )


def test_a_schedule_row_that_had_its_run_names_the_invoice() -> None:
    answer = ask(linked().schedule[0].id, OCT_5, invoice())

    assert answer.verdict is Verdict.BILLED
    assert answer.text == (
        "Its run of 2020-10-05 was successful; its invoice is INV-1 'Adatum' (draft)."
    )


@pytest.mark.parametrize(
    ("subject", "kind", "text"),
    [
        (
            INVOICE,
            "invoice",
            (
                "Invoice INV-1 'Adatum' (draft) of the run of 2020-10-05 of contract 'Adatum':"
                " 800.00 USD before tax. Lines: 'Work' 800.00 USD (1 details)."
            ),
        ),
        (
            LINE,
            "invoice line",
            (
                "Line 'Work' of invoice INV-1 'Adatum' (draft) of the run of 2020-10-05: 800.00 USD"
                f" before tax. It bills msdyn_actual {BILLED.id} with 800.00 USD (chargeable)."
            ),
        ),
        (
            DETAIL,
            "invoice line detail",
            (
                "On line 'Work' of invoice INV-1 'Adatum' (draft) of the run of 2020-10-05 it bills"
                f" msdyn_actual {BILLED.id} with 800.00 USD (chargeable)."
            ),
        ),
    ],
)
def test_an_invoice_and_its_parts_tell_what_they_bill(subject: UUID, kind: str, text: str) -> None:
    answer = ask(subject, OCT_5, invoice())

    assert (answer.verdict, answer.kind, answer.text) == (Verdict.BILLED, kind, text)


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (ProformaStatus.PAID, "INV-1 'Adatum 05.10.' (paid)"),
        (None, "INV-1 'Adatum 05.10.' (without status)"),
    ],
)
def test_an_invoice_is_called_by_what_people_know_with_its_status(
    status: ProformaStatus | None, title: str
) -> None:
    found = replace(invoice(), name="Adatum 05.10.", status=status)

    assert english(invoice_title(found)) == title
