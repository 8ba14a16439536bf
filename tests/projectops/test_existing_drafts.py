"""The drafts of contracts as they stand: what each bills, for whom, whoever made them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from connector.dataverse.query import field
from connector.invoicing.choices import BillingType, ProformaStatus, SourceTable
from connector.invoicing.model import Source
from connector.projectops.existing_drafts import (
    ExistingDetail,
    ExistingDraft,
    header_query,
    read_drafts,
)
from connector.projectops.rows import RowFault
from tests.projectops.one_contract import TARGET, uid
from tests.projectops.one_invoice import TENANT
from tests.projectops.stored_rows import StoredRows

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADER = {
    "invoiceid": uid(40),
    "_salesorderid_value": uid(7),
    "_customerid_value": uid(9),
    "msdyn_projectinvoicestatus": 192350000,
    "totalamount": Decimal("1042.50"),
    "createdon": "2020-10-04T22:30:00Z",
}
DETAIL: dict[str, Any] = {
    "msdyn_invoicelinetransactionid": uid(45),
    "_msdyn_invoice_value": uid(40),
    "msdyn_amount": 800,
    "msdyn_tax": 152,
    "msdyn_billingtype": 192350001,
}
CONNECTION = {
    "msdyn_transactionconnectionid": uid(51),
    "msdyn_transaction1": uid(45).upper(),
    "msdyn_transaction2": uid(31),
    "msdyn_transaction2type": "msdyn_actual",
}
GOODS: dict[str, Any] = {
    "invoicedetailid": uid(43),
    "_invoiceid_value": uid(40),
    "_salesorderdetailid_value": uid(23),
    "producttypecode": 1,
    "quantity": 2,
    "priceperunit": 50,
    "tax": 19,
    "extendedamount": Decimal("109.00"),
}
QUERY = header_query(TENANT, field("salesorderid").eq(UUID(int=7)))


def tenant_of(
    details: Sequence[Any] = (DETAIL,),
    connections: Sequence[Any] = (CONNECTION,),
    lines: Sequence[Any] = (),
) -> StoredRows:
    header = {**HEADER, "salesorderid": uid(7)}
    return StoredRows(
        invoices=[header],
        msdyn_invoicelinetransactions=details,
        msdyn_transactionconnections=connections,
        invoicedetails=lines,
    )


def details_in(far: StoredRows) -> tuple[ExistingDetail, ...]:
    [draft] = read_drafts(far.client, TENANT, (QUERY,))
    return draft.details


def test_a_draft_is_read_with_what_it_bills_by_its_connections() -> None:
    far = tenant_of()

    assert read_drafts(far.client, TENANT, (QUERY,)) == (
        ExistingDraft(
            id=UUID(int=40),
            contract_id=UUID(int=7),
            customer_id=UUID(int=9),
            status=ProformaStatus.DRAFT,
            created=datetime(2020, 10, 4, 22, 30, tzinfo=UTC),
            total=Decimal("1042.50"),
            details=(
                ExistingDetail(
                    id=UUID(int=45),
                    source=Source(table=SourceTable.ACTUAL, id=UUID(int=31)),
                    billing_type=BillingType.CHARGEABLE,
                    amount=Decimal(800),
                    tax=Decimal(152),
                ),
            ),
        ),
    )


def test_a_draft_found_by_two_queries_counts_once() -> None:
    far = tenant_of()

    assert len(read_drafts(far.client, TENANT, (QUERY, QUERY))) == 1


def test_nothing_is_asked_without_a_query_and_no_more_without_an_invoice() -> None:
    far = StoredRows()

    assert read_drafts(far.client, TENANT, ()) == ()
    assert far.transport.requests == []
    assert read_drafts(far.client, TENANT, (QUERY,)) == ()
    assert len(far.transport.requests) == 1


def test_the_day_of_a_draft_is_that_of_the_business_time_zone() -> None:
    [draft] = read_drafts(tenant_of().client, TENANT, (QUERY,))

    # Half past ten in the evening, universal time, is half past midnight in Berlin.
    assert draft.is_created_on(date(2020, 10, 5), TENANT)
    assert not draft.is_created_on(date(2020, 10, 4), TENANT)


def test_the_amount_of_a_detail_is_net_of_its_discount_and_with_its_fee() -> None:
    reduced = {
        **DETAIL,
        "msdyn_projectcontractlinediscountamount": 80,
        "msdyn_projectcontractlinefeeamount": 16,
        "msdyn_tax": None,
    }

    [detail] = details_in(tenant_of(details=(reduced,)))

    assert (detail.amount, detail.tax) == (Decimal(736), Decimal(0))


def test_without_a_connection_the_source_document_says_what_is_billed() -> None:
    named = {
        **DETAIL,
        "_msdyn_sourcedocument_value": uid(32),
        f"_msdyn_sourcedocument_value{TARGET}": "msdyn_contractlinescheduleofvalue",
    }

    [detail] = details_in(tenant_of(details=(named,), connections=()))

    assert detail.source == Source(table=SourceTable.MILESTONE, id=UUID(int=32))


@pytest.mark.parametrize(
    ("columns", "connection"),
    [
        ({}, None),
        ({}, {**CONNECTION, "msdyn_transaction2type": "msdyn_journalline"}),
        ({}, {**CONNECTION, "msdyn_transaction2": "no id at all"}),
        ({"_msdyn_sourcedocument_value": uid(32)}, None),
        (
            {
                "_msdyn_sourcedocument_value": uid(32),
                f"_msdyn_sourcedocument_value{TARGET}": "msdyn_journalline",
            },
            None,
        ),
    ],
)
def test_what_nothing_names_has_no_source(
    columns: dict[str, Any], connection: dict[str, Any] | None
) -> None:
    connections = () if connection is None else (connection,)

    [detail] = details_in(tenant_of(details=({**DETAIL, **columns},), connections=connections))

    assert detail.source is None


def test_a_product_line_bills_by_itself_what_the_platform_extends_it_to_less_tax() -> None:
    [detail] = details_in(tenant_of(details=(), lines=(GOODS,)))

    assert detail == ExistingDetail(
        id=UUID(int=43),
        line_id=UUID(int=43),
        source=Source(table=SourceTable.PRODUCT_LINE, id=UUID(int=23)),
        billing_type=BillingType.CHARGEABLE,
        amount=Decimal(90),
        tax=Decimal(19),
    )


def test_a_product_line_that_nothing_extends_counts_quantity_times_price() -> None:
    plain = {**GOODS, "extendedamount": None, "tax": None}

    [detail] = details_in(tenant_of(details=(), lines=(plain,)))

    assert (detail.amount, detail.tax) == (Decimal(100), Decimal(0))


@pytest.mark.parametrize(
    "columns",
    [{"producttypecode": 5}, {"producttypecode": None}, {"_salesorderdetailid_value": None}],
)
def test_a_line_of_project_work_is_billed_by_its_details_alone(columns: dict[str, Any]) -> None:
    assert details_in(tenant_of(details=(), lines=({**GOODS, **columns},))) == ()


def test_an_answer_without_the_amount_is_a_fault_and_no_zero() -> None:
    far = tenant_of()
    far.absent.add("msdyn_amount")

    with pytest.raises(RowFault, match=f"{uid(45)} column msdyn_amount"):
        details_in(far)
