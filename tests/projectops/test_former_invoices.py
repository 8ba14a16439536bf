"""The invoices that concern a record are read with their numbers, lines and details."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from connector.invoicing.choices import BillingType, ProformaStatus, SourceTable
from connector.invoicing.former_invoices import FormerDetail, FormerInvoice, FormerLine
from connector.invoicing.ids import ContractLineId, InvoiceId
from connector.invoicing.model import Source
from connector.projectops.former_invoices import read_invoices, read_invoices_of
from tests.projectops.one_contract import uid
from tests.projectops.one_invoice import TENANT
from tests.projectops.stored_rows import StoredRows

ACTUAL = Source(table=SourceTable.ACTUAL, id=UUID(int=31))
HEADER: dict[str, Any] = {
    "invoiceid": uid(40),
    "invoicenumber": "INV-1",
    "name": "Adatum",
    "_salesorderid_value": uid(7),
    "msdyn_projectinvoicestatus": 192350000,
    # half past midnight of the 5th in Berlin
    "createdon": "2020-10-04T22:30:00Z",
}
LINE = {
    "invoicedetailid": uid(43),
    "invoicedetailname": "Work",
    "_invoiceid_value": uid(40),
    "_salesorderdetailid_value": uid(21),
    "producttypecode": 5,
}
DETAIL = {
    "msdyn_invoicelinetransactionid": uid(45),
    "_msdyn_invoice_value": uid(40),
    "_msdyn_invoicelineid_value": uid(43),
    "msdyn_amount": 800,
    "msdyn_billingtype": 192350001,
}
CONNECTION = {
    "msdyn_transactionconnectionid": uid(51),
    "msdyn_transaction1": uid(45),
    "msdyn_transaction2": uid(31),
    "msdyn_transaction2type": "msdyn_actual",
}


def far_with(**changed: list[dict[str, Any]]) -> StoredRows:
    tables: dict[str, list[dict[str, Any]]] = {
        "invoices": [HEADER],
        "invoicedetails": [LINE],
        "msdyn_invoicelinetransactions": [DETAIL],
        "msdyn_transactionconnections": [CONNECTION],
    }
    return StoredRows(**tables | changed)


def test_the_invoice_of_a_source_is_found_by_its_connection() -> None:
    far = far_with()

    assert read_invoices_of(far.client, TENANT, ACTUAL, ()) == (
        FormerInvoice(
            id=InvoiceId(UUID(int=40)),
            number="INV-1",
            name="Adatum",
            status=ProformaStatus.DRAFT,
            created=date(2020, 10, 5),
            lines=(
                FormerLine(
                    id=UUID(int=43),
                    name="Work",
                    contract_line_id=ContractLineId(UUID(int=21)),
                    details=(
                        FormerDetail(
                            id=UUID(int=45),
                            source=ACTUAL,
                            billing_type=BillingType.CHARGEABLE,
                            amount=Decimal(800),
                        ),
                    ),
                ),
            ),
        ),
    )


def test_a_source_that_nothing_bills_has_no_invoice() -> None:
    far = far_with(msdyn_invoicelinetransactions=[], msdyn_transactionconnections=[])

    assert read_invoices_of(far.client, TENANT, ACTUAL, ()) == ()


def test_a_detail_that_the_source_names_itself_leads_to_the_invoice() -> None:
    far = far_with(msdyn_transactionconnections=[])

    [found] = read_invoices_of(far.client, TENANT, ACTUAL, (UUID(int=45),))

    assert found.number == "INV-1"
    assert found.lines[0].details[0].source is None


def test_details_of_a_line_that_is_gone_are_told_all_the_same() -> None:
    far = far_with(invoicedetails=[])

    [found] = read_invoices(far.client, TENANT, [UUID(int=40)])

    [line] = found.lines
    assert (line.name, line.amount) == ("", Decimal(800))


def test_without_ids_nothing_is_asked() -> None:
    far = far_with()

    assert read_invoices(far.client, TENANT, ()) == ()
    assert far.transport.requests == []
