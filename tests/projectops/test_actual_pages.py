"""Pages of actuals: what the compiled decoder reads is what reading row by row gives."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.dataverse.page import Page, rows_of
from connector.invoicing.choices import BillingStatus, CustomerKind, TransactionClass
from connector.invoicing.ids import OrganizationId
from connector.invoicing.model import Carried, Customer
from connector.mapping import load_mapping
from connector.mapping.model import CopyRule, CopyRules
from connector.projectops import decode
from connector.projectops.actual_pages import ActualPages, Found
from connector.projectops.choices import resolve_choices
from connector.projectops.rows import RowFault
from connector.projectops.tenant import Tenant

if TYPE_CHECKING:
    from collections.abc import Mapping

MAPPING = load_mapping()
CHOICES = resolve_choices(MAPPING.choices, {})
CONTRACT, LINE, OWNER, PERSON = (str(UUID(int=number)) for number in (7, 8, 9, 10))
COPIES = CopyRules.model_validate(
    {
        "actual_to_detail": (
            {"from": "msdyn_project", "to": "msdyn_Project", "set": "msdyn_projects"},
            {"from": "msdyn_basisamount", "to": "msdyn_basisamount"},
            {"from": "msdyn_description", "to": "msdyn_description"},
            {
                "from": "msdyn_bookableresource",
                "to": "msdyn_bookableresource",
                "set": "bookableresources",
            },
        )
    }
)
TENANT = Tenant(
    organization_id=OrganizationId(UUID(int=1)),
    mapping=MAPPING,
    choices=CHOICES,
    zone=ZoneInfo("Europe/Berlin"),
    columns={
        MAPPING.actual.table: frozenset(
            {
                *("msdyn_tax", "msdyn_nottoexceedstatus", "msdyn_invoicelinetransaction"),
                str(MAPPING.actual.discount),
                str(MAPPING.actual.resource),
                str(MAPPING.actual.invoice_detail),
                str(MAPPING.actual.transaction_date and MAPPING.actual.transaction_date.column),
            }
        )
    },
    behaviours={},
    copies=COPIES,
    payment_terms={},
)


def usual(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A row as the tenant sends it, with every column that is asked for."""
    names = MAPPING.actual
    assert names.transaction_date is not None
    row = {
        names.id: str(UUID(int=number)),
        "@odata.etag": 'W/"5"',
        f"_{names.contract}_value": CONTRACT,
        f"_{names.contract_line}_value": LINE,
        f"_{names.currency}_value": str(UUID(int=3)),
        f"_{names.account_customer}_value": OWNER,
        f"_{names.contact_customer}_value": None,
        f"_{names.invoice_detail}_value": None,
        names.transaction_type: 192350005,
        names.transaction_class: 192350000,
        names.billing_status: 192350004,
        names.billing_type: 192350001,
        names.adjustment_status: None,
        str(names.not_to_exceed_status): None,
        names.transaction_date.column: "2020-10-02",
        names.fallback_date.column: "2020-10-01T22:00:00Z",
        names.created_on: "2020-10-02T23:30:00Z",
        names.quantity: 8,
        names.price: 100,
        names.amount: 800,
        str(names.discount): None,
        str(names.tax): None,
        names.state: 0,
        names.description: "Work",
        names.external_description: "",
        "_msdyn_project_value": str(UUID(int=11)),
        f"_{names.resource}_value": PERSON,
        "msdyn_basisamount": 800,
    }
    return row | changes


def exact(digits: str) -> str:
    """What `page` writes as a number with just these digits."""
    return f"@@{digits}@@"


def page(*rows: Mapping[str, Any]) -> Page:
    text = re.sub('"@@(.*?)@@"', r"\1", json.dumps({"value": list(rows)}))
    return Page(query=0, rows=len(rows), body=text.encode(), next_link=None, request=None)


def read(*rows: Mapping[str, Any], tenant: Tenant = TENANT) -> list[Found]:
    return list(ActualPages(tenant).found(page(*rows)))


def by_rows(*rows: Mapping[str, Any]) -> list[object]:
    """The same, one row after the other, without the compiled decoder."""
    found: list[object] = []
    for row in rows_of(page(*rows)):
        try:
            found.append(decode.actual(TENANT, row))
        except RowFault as fault:
            found.append(str(fault))
    return found


def test_who_did_the_work_is_read_and_carried_along_by_the_compiled_decoder() -> None:
    pages = ActualPages(TENANT)
    [found] = pages.found(page(usual()))

    assert pages._decoder is not None
    assert found.actual is not None
    assert found.actual.resource_id == UUID(PERSON)
    carried = {item.property: item.value for item in found.actual.carried}
    assert carried["msdyn_bookableresource@odata.bind"] == f"/bookableresources({PERSON})"
    assert [found.actual] == by_rows(usual())


def test_a_usual_row_is_read_with_every_value() -> None:
    [found] = read(usual(msdyn_amount=exact("800.10"), msdyn_basisamount=exact("800.10")))

    actual = found.actual
    assert actual is not None
    assert (found.contract, found.detail, found.fault) == (UUID(CONTRACT), None, "")
    assert (actual.amount, actual.quantity) == (Decimal("800.10"), Decimal(8))
    assert actual.billing_status is BillingStatus.READY_TO_INVOICE
    assert actual.transaction_class is TransactionClass.TIME
    assert actual.transaction_date == date(2020, 10, 2)
    assert actual.created_date == date(2020, 10, 3)  # half past one at night in Berlin
    assert actual.customer == Customer(id=actual.customer.id, kind=CustomerKind.ACCOUNT)  # type: ignore[union-attr]
    assert actual.external_description is None
    assert actual.carried == (
        Carried(property="msdyn_Project@odata.bind", value=f"/msdyn_projects({UUID(int=11)})"),
        Carried(property="msdyn_basisamount", number=Decimal("800.10")),
        Carried(property="msdyn_description", value="Work"),
        Carried(
            property="msdyn_bookableresource@odata.bind", value=f"/bookableresources({PERSON})"
        ),
    )


VALUES = st.sampled_from(
    [
        *(None, 0, 1, 192350001, 192350004, 7, -3, True, "", "Work", "2020-10-02", "12.5"),
        *("2020-02-30", "2020-10-01T22:00:00Z", "2020-10-01T22:00:00", OWNER, OWNER.upper()),
        *(exact("800.10"), exact("0.00000000"), exact("1e400"), exact("-5.5"), [1], {"a": 1}),
        *(10**30, "x" * 40, "Ärger"),
    ]
)
#: Not what only `ActualPages` reads: the detail that an actual names.
READ_APART = {MAPPING.actual.id, f"_{MAPPING.actual.invoice_detail}_value"}
COLUMNS = st.sampled_from([name for name in usual() if name not in READ_APART])


@given(st.dictionaries(COLUMNS, VALUES, max_size=3))
def test_whatever_a_column_holds_both_ways_of_reading_agree(changes: dict[str, Any]) -> None:
    rows = (usual(1), usual(2, **changes))
    owner = f"_{MAPPING.actual.contract}_value"
    if changes.get(owner, CONTRACT) not in [CONTRACT, OWNER, OWNER.upper()]:
        with pytest.raises(RowFault, match=owner):
            read(*rows)
        return

    found = read(*rows)

    assert [item.fault or item.actual for item in found] == by_rows(*rows)


def test_one_faulty_row_leaves_the_others_of_its_page_as_they_are() -> None:
    good, bad = read(usual(1), usual(2, msdyn_billingtype=7))

    assert good.actual is not None
    assert bad.actual is None
    assert f"msdyn_actual {UUID(int=2)} column msdyn_billingtype" in bad.fault
    assert "found 7" in bad.fault


def test_a_column_that_did_not_come_is_a_fault_and_no_empty_one() -> None:
    row = usual()
    del row["msdyn_quantity"]

    [found] = read(row)

    assert "column msdyn_quantity: expected the column in the answer" in found.fault


def test_a_detail_that_the_actual_names_is_told() -> None:
    column = f"_{MAPPING.actual.invoice_detail}_value"

    [found] = read(usual() | {column: OWNER})

    assert found.detail == UUID(OWNER)


def test_a_detail_that_is_no_id_is_a_fault_of_its_row() -> None:
    column = f"_{MAPPING.actual.invoice_detail}_value"

    [found] = read(usual() | {column: "none"})

    assert found.actual is None
    assert f"column _{MAPPING.actual.invoice_detail}_value" in found.fault


def test_two_words_of_the_mapping_for_one_column_are_read_row_by_row() -> None:
    mapped = MAPPING.actual.model_copy(update={"external_description": "msdyn_description"})
    tenant = replace(TENANT, mapping=MAPPING.model_copy(update={"actual": mapped}))

    [found] = read(usual(), tenant=tenant)

    assert found.actual is not None
    assert found.actual.external_description == "Work"


@pytest.mark.parametrize("rules", [(), ("msdyn_basisamount",)])
def test_any_number_of_copied_columns_is_carried(rules: tuple[str, ...]) -> None:
    copies = tuple(CopyRule.model_validate({"from": name, "to": name}) for name in rules)
    tenant = replace(TENANT, copies=CopyRules.model_construct(actual_to_detail=copies))

    [found] = read(usual(), tenant=tenant)

    assert found.actual is not None
    assert [item.property for item in found.actual.carried] == list(rules)
