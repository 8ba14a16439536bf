"""A contract is read as a whole or not at all, with everything that bills it already."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from connector.dataverse.errors import Forbidden
from connector.invoicing import ids
from connector.invoicing.choices import LineKind, MilestoneStatus, RunStatus, SourceTable
from connector.invoicing.model import BilledSource, ContractSnapshot, Source
from connector.outcome import FailedContract
from connector.projectops.read import FAULTS_TOLD, begin_reading, read_part
from connector.projectops.rows import RowFault
from tests.dataverse.far_side import error
from tests.projectops.one_contract import (
    CONTRACT,
    EURO,
    TARGET,
    actual_row,
    contract_row,
    due_row,
    line_row,
    milestone_row,
    tenant_with,
    uid,
)
from tests.projectops.one_invoice import EURO as EUROS
from tests.projectops.one_invoice import TENANT

if TYPE_CHECKING:
    from connector.projectops.tenant import Tenant
    from tests.projectops.stored_rows import StoredRows

OTHER = ids.ContractId(UUID(int=8))


def read(
    far: StoredRows, *contracts: ids.ContractId, tenant: Tenant = TENANT
) -> list[ContractSnapshot | FailedContract]:
    reading = begin_reading(far.client, tenant)
    far.reads.clear()
    return list(read_part(far.client, reading, contracts or (CONTRACT,)))


def snapshot_in(far: StoredRows, tenant: Tenant = TENANT) -> ContractSnapshot:
    [found] = read(far, tenant=tenant)
    assert isinstance(found, ContractSnapshot)
    return found


def faults_in(far: StoredRows) -> tuple[str, ...]:
    [found] = read(far)
    assert isinstance(found, FailedContract)
    return found.faults


def test_a_contract_is_read_with_everything_that_hangs_on_it() -> None:
    found = snapshot_in(tenant_with())

    assert found.contract.currency == EUROS
    assert [(line.id.int, line.kind) for line in found.lines] == [
        (21, LineKind.PROJECT),
        (22, LineKind.PROJECT),
        (23, LineKind.PRODUCT),
    ]
    [row], [milestone], [actual], [customer] = (
        found.schedule,
        found.milestones,
        found.actuals,
        found.customers,
    )
    assert (row.run_date, row.cutoff_date, row.status) == (
        date(2020, 10, 5),
        date(2020, 10, 4),
        RunStatus.NOT_RUN,
    )
    assert (milestone.date, milestone.status, milestone.amount) == (
        date(2020, 10, 5),
        MilestoneStatus.READY,
        Decimal(1000),
    )
    assert (actual.amount, actual.transaction_date) == (Decimal(800), date(2020, 10, 2))
    assert customer.split_percent == Decimal(100)
    assert (found.billed, found.invoices, found.retainers, found.currencies) == ((), (), (), ())


def test_a_part_takes_two_requests_whatever_it_has_been_billed_before() -> None:
    far = tenant_with()
    reading = begin_reading(far.client, TENANT)
    before = len(far.transport.requests)

    list(read_part(far.client, reading, (CONTRACT, OTHER)))

    assert len(far.transport.requests) - before == 2


def test_tables_that_the_tenant_lacks_are_not_asked_for() -> None:
    far = tenant_with()
    lacking = {"msdyn_projectcontractretainer", "msdyn_projectcontractlinesplitbillingrule"}
    columns = {name: own for name, own in TENANT.columns.items() if name not in lacking}

    snapshot_in(far, tenant=replace(TENANT, columns=columns))

    asked = {sent.path.partition("?")[0] for sent in far.reads}
    assert "msdyn_projectcontractretainers" not in asked
    assert "msdyn_projectcontractlinesplitbillingrules" not in asked
    assert "msdyn_actuals" in asked


def test_a_contract_that_cannot_be_read_is_a_failure_and_not_an_empty_one() -> None:
    hidden = "contoso_exclude ne true"
    conditions = TENANT.mapping.conditions.model_copy(update={"contract": hidden})
    mapping = TENANT.mapping.model_copy(update={"conditions": conditions})

    [first, second] = read(tenant_with(), CONTRACT, OTHER)
    [_, under_condition] = read(
        tenant_with(), CONTRACT, OTHER, tenant=replace(TENANT, mapping=mapping)
    )

    assert isinstance(first, ContractSnapshot)
    assert second == FailedContract(
        contract_id=OTHER,
        contract_name=None,
        faults=(f"salesorder {OTHER} is not among the contracts that can be read",),
    )
    assert isinstance(under_condition, FailedContract)
    assert under_condition.faults[0].endswith(f"under the mapping's condition {hidden!r}")


@pytest.mark.parametrize(
    ("entity_set", "row", "fault"),
    [
        (
            "salesorders",
            contract_row(msdyn_psastate=77),
            (
                f"salesorder {uid(7)} column msdyn_psastate: expected one of 192350000 (draft),"
                " 192350001 (on-hold), 192350002 (active), 192350003 (closed), found 77"
            ),
        ),
        (
            "salesorders",
            contract_row(_transactioncurrencyid_value=uid(4)),
            (
                f"salesorder {uid(7)} column _transactioncurrencyid_value:"
                f" expected a currency of this tenant, found '{uid(4)}'"
            ),
        ),
        (
            "salesorders",
            contract_row() | {f"_customerid_value{TARGET}": "lead"},
            (
                f"salesorder {uid(7)} column _customerid_value: expected an account or a contact,"
                f" found '{uid(9)}'"
            ),
        ),
        (
            "salesorderdetails",
            line_row(21, producttypecode=None),
            (
                f"salesorderdetail {uid(21)} column producttypecode: expected a product type,"
                " found None"
            ),
        ),
        (
            "msdyn_contractlinescheduleofvalues",
            milestone_row(line=21, msdyn_invoicestatus=None),
            (
                f"msdyn_contractlinescheduleofvalue {uid(32)} column msdyn_invoicestatus:"
                " expected an invoice status, found None"
            ),
        ),
        (
            "msdyn_contractlineinvoiceschedules",
            due_row(msdyn_invoicerunstatus=None),
            (
                f"msdyn_contractlineinvoiceschedule {uid(61)} column msdyn_invoicerunstatus:"
                " expected a run status, found None"
            ),
        ),
        (
            "msdyn_actuals",
            actual_row(msdyn_transactionclassification=None),
            (
                f"msdyn_actual {uid(31)} column msdyn_transactionclassification:"
                " expected a transaction class, found None"
            ),
        ),
    ],
)
def test_a_value_that_does_not_fit_fails_its_contract_by_name(
    entity_set: str, row: dict[str, Any], fault: str
) -> None:
    assert faults_in(tenant_with(**{entity_set: [row], **_with_line(entity_set)})) == (fault,)


def _with_line(entity_set: str) -> dict[str, Any]:
    return {} if entity_set == "salesorderdetails" else {"salesorderdetails": [line_row(21)]}


def test_the_other_contracts_of_the_part_go_on_when_one_has_a_fault() -> None:
    far = tenant_with(salesorders=[contract_row(msdyn_psastate=77), contract_row(8)])

    first, second = read(far, CONTRACT, OTHER)

    assert isinstance(first, FailedContract)
    assert first.contract_name == "Adatum"
    assert isinstance(second, ContractSnapshot)


def test_a_table_full_of_faults_is_told_up_to_a_number() -> None:
    rows = [actual_row(1000 + n, msdyn_transactiontypecode=None) for n in range(FAULTS_TOLD + 5)]

    told = faults_in(tenant_with(msdyn_actuals=rows))

    assert len(told) == FAULTS_TOLD + 1
    assert told[-1] == "… and 5 more faults"


def test_a_read_that_is_refused_raises_and_gives_no_part_of_a_contract() -> None:
    far = tenant_with()
    reading = begin_reading(far.client, TENANT)
    far.read_faults = [error(403, "0x80040220", "prvReadmsdyn_actual is missing")]

    with pytest.raises(Forbidden):
        read_part(far.client, reading, (CONTRACT,))


def test_a_column_that_was_asked_for_and_did_not_come_is_a_fault_and_not_an_empty_one() -> None:
    far = tenant_with()
    far.absent.add("msdyn_invoicerundate")

    assert faults_in(far) == (
        (
            f"msdyn_contractlineinvoiceschedule {uid(61)} column msdyn_invoicerundate:"
            " expected the column in the answer, found None"
        ),
    )


def test_a_row_that_hangs_on_nothing_is_a_fault_of_the_part() -> None:
    far = tenant_with(
        msdyn_contractlineinvoiceschedules=[due_row(_msdyn_contractlineid_value=None)]
    )

    with pytest.raises(RowFault, match=f"{uid(61)} column _msdyn_contractlineid_value"):
        read(far)


INVOICE_ROW = {
    "invoiceid": uid(40),
    "_salesorderid_value": uid(7),
    "_customerid_value": uid(9),
    "msdyn_projectinvoicestatus": 192350000,
    "totalamount": 2242,
}


def test_an_invoice_is_read_with_the_contract_lines_that_it_has_lines_of() -> None:
    lines = [
        {
            "invoicedetailid": uid(41 + number),
            "_invoiceid_value": uid(40),
            "_salesorderdetailid_value": uid(line) if line else None,
            "producttypecode": 5,
        }
        for number, line in enumerate((22, 21, 21, None))
    ]

    [invoice] = snapshot_in(tenant_with(invoices=[INVOICE_ROW], invoicedetails=lines)).invoices

    assert (invoice.id.int, invoice.total) == (40, Decimal(2242))
    assert [line.int for line in invoice.contract_line_ids] == [21, 22]


def test_product_lines_and_retainers_on_an_invoice_line_are_billed() -> None:
    lines = [
        {
            "invoicedetailid": uid(43),
            "_invoiceid_value": uid(40),
            "_salesorderdetailid_value": uid(23),
            "producttypecode": 1,
        },
        {
            "invoicedetailid": uid(44),
            "_invoiceid_value": uid(40),
            "_msdyn_projectcontractretainer_value": uid(70),
            "producttypecode": 5,
        },
    ]

    found = snapshot_in(tenant_with(invoices=[INVOICE_ROW], invoicedetails=lines))

    invoice = ids.InvoiceId(UUID(int=40))
    assert found.billed == (
        BilledSource(
            source=Source(table=SourceTable.PRODUCT_LINE, id=UUID(int=23)), invoice_id=invoice
        ),
        BilledSource(
            source=Source(table=SourceTable.RETAINER, id=UUID(int=70)), invoice_id=invoice
        ),
    )


def test_an_actual_that_names_a_detail_is_billed_by_its_invoice() -> None:
    far = tenant_with(
        msdyn_actuals=[actual_row(_msdyn_invoicelinedetail_value=uid(45))],
        msdyn_invoicelinetransactions=[
            {"msdyn_invoicelinetransactionid": uid(45), "_msdyn_invoice_value": uid(40)}
        ],
    )

    assert snapshot_in(far).billed == (
        BilledSource(
            source=Source(table=SourceTable.ACTUAL, id=UUID(int=31)),
            invoice_id=ids.InvoiceId(UUID(int=40)),
        ),
    )


def test_other_currencies_that_records_name_are_told() -> None:
    dollar = {"transactioncurrencyid": uid(4), "isocurrencycode": "USD", "currencyprecision": 2}
    far = tenant_with(
        transactioncurrencies=[EURO, dollar],
        msdyn_actuals=[actual_row(_transactioncurrencyid_value=uid(4))],
    )

    assert [currency.code for currency in snapshot_in(far).currencies] == ["USD"]
