"""Rows as values of the domain: what each column means, and what an empty or missing one does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from connector.invoicing.choices import (
    BillingStatus,
    CustomerKind,
    LineKind,
    ProformaStatus,
    RefundStatus,
    TransactionClass,
)
from connector.invoicing.ids import CurrencyId, CustomerId
from connector.invoicing.model import BillTo, Currency, Customer
from connector.projectops import decode
from connector.projectops.rows import RowFault
from tests.projectops.one_contract import (
    CONTRACT,
    EURO,
    TARGET,
    actual_row,
    contract_row,
    customer_row,
    line_row,
    milestone_row,
    uid,
)
from tests.projectops.one_invoice import EURO as EUROS
from tests.projectops.one_invoice import TENANT

PLAIN = replace(TENANT, columns={})


class Anything(dict[str, Any]):
    """A row that has every column, empty where nothing was said."""

    def __missing__(self, _column: str) -> None:
        return None


def whole(row: dict[str, Any]) -> Anything:
    return Anything({"@odata.etag": 'W/"1"', **row})


def test_a_currency_has_its_code_and_its_decimals() -> None:
    assert decode.currency(TENANT, whole(EURO)) == EUROS
    with pytest.raises(RowFault, match=f"{uid(3)} column currencyprecision"):
        decode.currency(TENANT, whole({**EURO, "currencyprecision": None}))


def test_a_contract_has_its_customer_by_the_table_that_the_lookup_points_to() -> None:
    contact = contract_row() | {f"_customerid_value{TARGET}": "contact"}
    currencies: dict[UUID, Currency] = {EUROS.id: EUROS}

    found = decode.contract(TENANT, whole(contact), currencies)

    assert found.id == CONTRACT
    assert found.customer == Customer(id=CustomerId(UUID(int=9)), kind=CustomerKind.CONTACT)
    assert (
        decode.contract(TENANT, whole(contract_row(_customerid_value=None)), currencies).customer
        is None
    )


def test_a_contract_has_its_number_and_its_customers_name_where_the_tenant_tells_them() -> None:
    currencies: dict[UUID, Currency] = {EUROS.id: EUROS}
    named = contract_row(ordernumber="SO-01048") | {
        "_customerid_value@OData.Community.Display.V1.FormattedValue": "Adatum Corporation"
    }
    tenant = replace(TENANT, columns={"salesorder": frozenset({"ordernumber"})})

    told = decode.contract(tenant, whole(named), currencies)
    plain = decode.contract(PLAIN, whole(named), currencies)

    assert told.number == "SO-01048"
    assert told.customer is not None
    assert told.customer.name == "Adatum Corporation"
    assert plain.number is None
    assert plain.customer == told.customer  # the name identifies nobody


def test_an_actual_says_who_did_the_work_where_the_tenant_has_the_column() -> None:
    row = whole(actual_row(_msdyn_bookableresource_value=uid(77)))
    tenant = replace(TENANT, columns={"msdyn_actual": frozenset({"msdyn_bookableresource"})})

    assert decode.actual(tenant, row).resource_id == UUID(int=77)
    assert decode.actual(PLAIN, row).resource_id is None


def test_a_contract_without_a_currency_is_a_fault() -> None:
    row = whole(contract_row(_transactioncurrencyid_value=None))

    with pytest.raises(RowFault, match="expected a currency, found None"):
        decode.contract(TENANT, row, {})


def test_a_contract_line_goes_by_its_own_name_else_by_its_description() -> None:
    named = decode.contract_line(TENANT, whole(line_row(21, productdescription="Other")))
    described = decode.contract_line(
        TENANT, whole(line_row(21, salesorderdetailname=None, productdescription="Other"))
    )

    assert (named.name, described.name) == ("Line 21", "Other")
    assert named.kind is LineKind.PROJECT


def test_a_product_line_has_its_price_and_its_discounts() -> None:
    row = line_row(
        23,
        producttypecode=1,
        quantity=2,
        priceperunit=Decimal("50.5"),
        volumediscountamount=1,
        manualdiscountamount=3,
        baseamount=99,
        tax=19,
        extendedamount=115,
        msdyn_billingstatus=192350004,
    )

    found = decode.contract_line(TENANT, whole(row))

    assert found.kind is LineKind.PRODUCT
    assert (found.quantity, found.price, found.volume_discount, found.manual_discount) == (
        Decimal(2),
        Decimal("50.5"),
        Decimal(1),
        Decimal(3),
    )
    assert (found.amount, found.tax, found.extended_amount) == (99, 19, 115)
    assert found.billing_status is BillingStatus.READY_TO_INVOICE


def test_columns_that_the_tenant_lacks_are_empty_and_never_looked_at() -> None:
    row = line_row(23, volumediscountamount="no number", msdyn_linetype="no choice")

    found = decode.contract_line(PLAIN, whole(row))

    assert (found.volume_discount, found.service) == (None, None)


def test_a_milestone_goes_by_its_own_date_before_its_invoice_date() -> None:
    row = milestone_row(msdyn_invoicedate="2020-10-06T22:00:00Z")

    own = decode.milestone(TENANT, whole(row))
    other = decode.milestone(TENANT, whole(row | {"msdyn_milestonedate": None}))
    none = decode.milestone(
        TENANT, whole(row | {"msdyn_milestonedate": None, "msdyn_invoicedate": None})
    )

    assert (own.date, other.date, none.date) == (date(2020, 10, 5), date(2020, 10, 7), None)


@pytest.mark.parametrize(("state", "is_active"), [(0, True), (1, False), (None, False)])
def test_a_row_is_active_in_state_zero_alone(state: int | None, *, is_active: bool) -> None:
    row = whole(milestone_row(statecode=state))

    assert decode.milestone(TENANT, row).is_active is is_active
    assert decode.milestone(PLAIN, row).is_active


def test_a_status_that_no_label_explains_is_told_with_the_record() -> None:
    found = decode.milestone(TENANT, whole(milestone_row(msdyn_nottoexceedstatus=5)))

    assert found.not_to_exceed_status is None
    assert found.unknown_choice is not None
    assert (found.unknown_choice.number, found.unknown_choice.place) == (
        5,
        f"msdyn_contractlinescheduleofvalue {uid(32)} column msdyn_nottoexceedstatus",
    )


def test_a_customer_of_the_contract_has_its_invoice_defaults() -> None:
    tenant = replace(TENANT, payment_terms={1: 10})

    known = decode.contract_customer(tenant, whole(customer_row(msdyn_paymentterms=1)))
    unknown = decode.contract_customer(tenant, whole(customer_row(msdyn_paymentterms=2)))

    assert (known.payment_terms, known.unknown_payment_terms) == (10, None)
    assert (unknown.payment_terms, unknown.unknown_payment_terms) == (None, 2)
    assert known.bill_to == BillTo(name="Adatum Corporation")
    assert (known.is_primary, known.is_rounding, known.split_percent) == (True, False, 100)


def test_a_customer_of_a_line_needs_its_line() -> None:
    row = {
        "msdyn_projectcontractlinesplitbillingruleid": uid(13),
        "_msdyn_projectcontractlineid_value": uid(21),
        "_msdyn_projectcontractsplitbillingruleid_value": uid(12),
        "msdyn_billingsplitpercent": Decimal("33.3"),
        "statecode": 0,
    }

    found = decode.contract_line_customer(TENANT, whole(row))

    assert (found.contract_line_id.int, found.split_percent) == (21, Decimal("33.3"))
    with pytest.raises(RowFault, match="column msdyn_projectcontractlineid"):
        decode.contract_line_customer(
            TENANT, whole(row | {"_msdyn_projectcontractlineid_value": None})
        )


def test_an_actual_has_its_instant_of_creation_and_its_day_in_the_business_time_zone() -> None:
    row = actual_row(createdon="2020-10-02T23:30:00Z", msdyn_transactiondate=None) | {
        "msdyn_documentdate": "2020-10-01T22:00:00Z",
        "_msdyn_contactcustomer_value": uid(10),
    }

    found = decode.actual(TENANT, whole(row))

    assert found.created_on == datetime(2020, 10, 2, 23, 30, tzinfo=UTC)
    assert (found.created_date, found.transaction_date) == (date(2020, 10, 3), date(2020, 10, 2))
    assert found.customer == Customer(id=CustomerId(UUID(int=10)), kind=CustomerKind.CONTACT)
    assert found.currency_id == CurrencyId(UUID(int=3))


def test_an_actual_of_both_customers_is_the_accounts() -> None:
    row = actual_row() | {
        "_msdyn_accountcustomer_value": uid(9),
        "_msdyn_contactcustomer_value": uid(10),
    }

    assert decode.actual(TENANT, whole(row)).customer == Customer(
        id=CustomerId(UUID(int=9)), kind=CustomerKind.ACCOUNT
    )


def test_an_actual_of_a_class_that_nobody_knows_is_unclear_and_not_refused() -> None:
    found = decode.actual(TENANT, whole(actual_row(msdyn_transactionclassification=99)))

    assert found.transaction_class is TransactionClass.UNCLEAR
    assert found.unknown_choice is not None
    assert found.unknown_choice.number == 99


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("msdyn_amount", "8OO", "8OO"),
        ("msdyn_amount", Decimal("1e30"), "expected a number up to"),
        ("createdon", "yesterday", "yesterday"),
        ("msdyn_description", 5, "expected text, found 5"),
        ("_msdyn_salescontractlineid_value", "no id", "no id"),
    ],
)
def test_a_value_of_another_kind_is_a_fault_with_its_place(
    column: str, value: object, expected: str
) -> None:
    with pytest.raises(RowFault, match=f"msdyn_actual {uid(31)} column {column}.*{expected}"):
        decode.actual(TENANT, whole(actual_row() | {column: value}))


RETAINER = {
    "msdyn_projectcontractretainerid": uid(70),
    "msdyn_name": "Advance",
    "msdyn_invoicedate": "2020-10-05",
    "msdyn_amount": 500,
    "msdyn_usedamount": 200,
    "msdyn_availableamount": 300,
    "statecode": 0,
}


def test_a_retainer_has_what_is_left_of_it() -> None:
    found = decode.retainer(TENANT, whole(RETAINER))

    assert (found.name, found.date) == ("Advance", date(2020, 10, 5))
    assert (found.amount, found.used_amount, found.available_amount) == (500, 200, 300)
    assert (found.status, found.refund_status, found.is_active) == (None, None, True)


def test_a_refund_status_that_nobody_knows_has_to_be_looked_at() -> None:
    row = whole(RETAINER | {"msdyn_refundstatus": 4})

    assert decode.retainer(TENANT, row).refund_status is RefundStatus.UNCLEAR
    assert decode.retainer(PLAIN, row).refund_status is None


def test_an_invoice_tells_whether_it_corrects_another_one() -> None:
    row = {
        "invoiceid": uid(40),
        "_customerid_value": uid(9),
        "msdyn_projectinvoicestatus": 192350002,
        "totalamount": Decimal("952.00"),
        "msdyn_hascorrections": True,
    }

    found = decode.existing_invoice(TENANT, whole(row))

    assert (found.status, found.total, found.has_corrections) == (
        ProformaStatus.CONFIRMED,
        Decimal(952),
        True,
    )
    assert not decode.existing_invoice(PLAIN, whole(row)).has_corrections


def test_a_row_without_a_version_is_a_fault() -> None:
    row = whole(milestone_row())
    del row["@odata.etag"]

    with pytest.raises(RowFault, match="expected a version mark"):
        decode.milestone(TENANT, row)
