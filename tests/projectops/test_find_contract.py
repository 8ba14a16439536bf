"""The contract behind any record is found in one request, or the record is unknown."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from connector.invoicing.ids import InvoiceId
from connector.projectops.find_contract import FoundRecord, RecordUnknown, find_contract
from tests.projectops.one_contract import CONTRACT, actual_row, due_row, tenant_with, uid
from tests.projectops.one_invoice import TENANT

RETAINER = {"msdyn_projectcontractretainerid": uid(70), "_msdyn_contractid_value": uid(7)}


@pytest.mark.parametrize(
    ("record", "table"),
    [
        (7, "salesorder"),
        (22, "salesorderdetail"),
        (31, "msdyn_actual"),
        (70, "msdyn_projectcontractretainer"),
        (32, "msdyn_contractlinescheduleofvalue"),
        (61, "msdyn_contractlineinvoiceschedule"),
    ],
)
def test_every_kind_of_record_leads_to_its_contract_in_one_request(record: int, table: str) -> None:
    far = tenant_with(msdyn_projectcontractretainers=[RETAINER])

    found = find_contract(far.client, TENANT, UUID(int=record))

    assert found == FoundRecord(table=table, contract_id=CONTRACT)
    assert len(far.transport.requests) == 1


@pytest.mark.parametrize(
    ("record", "table"),
    [(40, "invoice"), (43, "invoicedetail"), (45, "msdyn_invoicelinetransaction")],
)
def test_an_invoice_and_its_parts_lead_to_contract_and_invoice(record: int, table: str) -> None:
    far = tenant_with(
        invoices=[{"invoiceid": uid(40), "_salesorderid_value": uid(7)}],
        invoicedetails=[
            {
                "invoicedetailid": uid(43),
                "_invoiceid_value": uid(40),
                "invoiceid": {"invoiceid": uid(40), "_salesorderid_value": uid(7)},
            }
        ],
        msdyn_invoicelinetransactions=[
            {
                "msdyn_invoicelinetransactionid": uid(45),
                "_msdyn_invoice_value": uid(40),
                "_msdyn_salescontract_value": uid(7),
            }
        ],
    )

    found = find_contract(far.client, TENANT, UUID(int=record))

    assert found == FoundRecord(
        table=table, contract_id=CONTRACT, invoice_id=InvoiceId(UUID(int=40))
    )


def test_an_id_of_no_record_is_unknown_and_the_tables_are_named() -> None:
    with pytest.raises(RecordUnknown) as told:
        find_contract(tenant_with().client, TENANT, UUID(int=99))

    assert str(told.value) == (
        f"{uid(99)} is no record of a contract; looked into salesorder, salesorderdetail,"
        " msdyn_actual, msdyn_projectcontractretainer, msdyn_contractlinescheduleofvalue,"
        " msdyn_contractlineinvoiceschedule, invoice, invoicedetail, msdyn_invoicelinetransaction"
    )


def test_a_record_that_hangs_on_no_contract_is_unknown() -> None:
    far = tenant_with(
        msdyn_actuals=[actual_row(_msdyn_salescontract_value=None)],
        msdyn_contractlineinvoiceschedules=[due_row(msdyn_ContractLineId=None)],
    )

    for record in (31, 61):
        with pytest.raises(RecordUnknown):
            find_contract(far.client, TENANT, UUID(int=record))


def test_a_table_that_the_tenant_lacks_is_not_asked() -> None:
    columns = dict(TENANT.columns)
    del columns["msdyn_projectcontractretainer"]
    far = tenant_with(msdyn_projectcontractretainers=[RETAINER])

    with pytest.raises(RecordUnknown):
        find_contract(far.client, replace(TENANT, columns=columns), UUID(int=70))
    assert all("retainer" not in sent.path for sent in far.reads)
