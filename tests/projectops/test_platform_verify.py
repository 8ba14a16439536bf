"""What the tenant's own action made is read back and held against the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from connector.outcome import InvoiceOutcome, InvoiceStatus
from connector.projectops.platform_verify import beside_plan
from connector.projectops.read import begin_reading
from connector.projectops.written import Written
from tests.dataverse.far_side import error
from tests.projectops.one_contract import CONTRACT, contract_row, tenant_with, uid
from tests.projectops.one_invoice import TENANT, WORK_PLAN, invoice, plan

if TYPE_CHECKING:
    from connector.projectops.verify import Verified
    from tests.projectops.stored_rows import StoredRows

PLANNED = invoice(WORK_PLAN)
HEADER = {
    "invoiceid": uid(90),
    "_salesorderid_value": uid(7),
    "_customerid_value": uid(9),
    "msdyn_projectinvoicestatus": 192350000,
    "totalamount": 952,
    "createdon": "2020-10-05T08:00:00Z",
}
DETAIL = {
    "msdyn_invoicelinetransactionid": uid(91),
    "_msdyn_invoice_value": uid(90),
    "msdyn_amount": 800,
    "msdyn_tax": 152,
    "msdyn_billingtype": 192350001,
}
CONNECTION = {
    "msdyn_transactionconnectionid": uid(92),
    "msdyn_transaction1": uid(91),
    "msdyn_transaction2": uid(31),
    "msdyn_transaction2type": "msdyn_actual",
}


def made(**tables: Any) -> StoredRows:
    """The tenant after its action has made an invoice as planned."""
    rows: dict[str, Any] = {
        "invoices": [HEADER],
        "msdyn_invoicelinetransactions": [DETAIL],
        "msdyn_transactionconnections": [CONNECTION],
    }
    return tenant_with(**{**rows, **tables})


def compared(
    far: StoredRows, status: InvoiceStatus = InvoiceStatus.WRITTEN, *, fails: bool = False
) -> Verified:
    reading = begin_reading(far.client, TENANT)
    if fails:
        far.read_faults = [error(403, "0x80040220", "prvReadInvoice is missing")]
    outcome = InvoiceOutcome(invoice=PLANNED, status=status)
    written = Written(plan=plan(PLANNED), outcomes=(outcome,), warnings=())
    return beside_plan(far.client, reading, (written,))


def test_an_invoice_as_planned_is_left_without_a_word() -> None:
    found = compared(made())

    assert [outcome.status for outcome in found.outcomes] == [InvoiceStatus.WRITTEN]
    assert found.warnings == ()


def test_another_amount_is_a_conflict_and_a_warning() -> None:
    found = compared(made(msdyn_invoicelinetransactions=[{**DETAIL, "msdyn_amount": 700}]))

    text = f"amount-differs msdyn_actual {uid(31)} on invoice {uid(90)}: planned 800, there is 700"
    [outcome] = found.outcomes
    assert (outcome.status, outcome.error) == (
        InvoiceStatus.CONFLICT,
        f"the platform made it otherwise: {text}",
    )
    assert [(item.code, item.text, item.subject) for item in found.warnings] == [
        ("platform-differs", text, CONTRACT)
    ]


def test_an_invoice_that_is_not_there_is_a_conflict() -> None:
    [outcome] = compared(tenant_with()).outcomes

    assert outcome.status is InvoiceStatus.CONFLICT
    assert "invoice-missing: planned an invoice of 952, there is nothing" in (outcome.error or "")


def test_nothing_is_read_about_what_was_not_made() -> None:
    far = made()

    found = compared(far, InvoiceStatus.FAILED)

    assert [outcome.status for outcome in found.outcomes] == [InvoiceStatus.FAILED]
    assert [sent.path.partition("?")[0] for sent in far.reads] == ["transactioncurrencies"]


@pytest.mark.parametrize(
    ("far", "fails", "why"),
    [
        (made(), True, "prvReadInvoice is missing"),
        (made(salesorders=[contract_row(msdyn_psastate=77)]), False, "column msdyn_psastate"),
        (made(salesorders=[]), False, "is not among the contracts that can be read"),
        (
            made(invoices=[HEADER | {"createdon": "yesterday"}]),
            False,
            f"invoice {UUID(int=90)} column createdon",
        ),
    ],
)
def test_a_contract_that_cannot_be_read_back_is_a_warning_about_invoices_that_were_made(
    far: StoredRows, why: str, *, fails: bool
) -> None:
    found = compared(far, fails=fails)

    assert [outcome.status for outcome in found.outcomes] == [InvoiceStatus.WRITTEN]
    [warning] = found.warnings
    assert (warning.code, warning.subject) == ("not-verified", CONTRACT)
    assert warning.text.startswith(
        f"the invoices of contract 'Adatum' ({CONTRACT}) were made, but could not be read back: "
    )
    assert why in warning.text
