"""Reading a row: what does not fit is told with table, row, column and value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from connector.invoicing.choices import BillingType
from connector.invoicing.ids import OrganizationId
from connector.mapping import load_mapping
from connector.mapping.model import CopyRules
from connector.projectops.choices import resolve_choices
from connector.projectops.rows import RowFault, RowReader
from connector.projectops.tenant import Tenant

ID = "11111111-1111-1111-1111-111111111111"
MAPPING = load_mapping()
CHOICES = resolve_choices(MAPPING.choices, {})


def reader(row: dict[str, Any], zone: str = "UTC") -> RowReader:
    tenant = Tenant(
        organization_id=OrganizationId(UUID(int=1)),
        mapping=MAPPING,
        choices=CHOICES,
        zone=ZoneInfo(zone),
        columns={},
        behaviours={},
        copies=CopyRules(),
        payment_terms={},
    )
    return RowReader(tenant, "msdyn_actual", "msdyn_actualid", {"msdyn_actualid": ID, **row})


def test_an_unknown_choice_value_names_table_row_column_value_and_what_is_known() -> None:
    with pytest.raises(RowFault) as caught:
        reader({"msdyn_billingtype": 7}).choice("msdyn_billingtype", CHOICES.billing_type)

    text = str(caught.value)
    assert f"msdyn_actual {ID} column msdyn_billingtype" in text
    assert "found 7" in text
    assert "192350001 (chargeable)" in text


def test_a_column_that_did_not_come_is_a_fault_and_not_an_empty_value() -> None:
    with pytest.raises(RowFault, match="the column in the answer"):
        reader({}).decimal("msdyn_amount")


def test_an_empty_value_where_one_is_needed_is_a_fault() -> None:
    row = reader({"msdyn_amount": None})

    with pytest.raises(RowFault, match="msdyn_amount: expected an amount, found None"):
        row.required("msdyn_amount", row.decimal("msdyn_amount"), "an amount")


def test_text_in_a_money_column_is_a_fault() -> None:
    with pytest.raises(RowFault, match="expected a number"):
        reader({"msdyn_amount": "12,50"}).decimal("msdyn_amount")


def test_money_keeps_its_digits() -> None:
    assert reader({"msdyn_amount": Decimal("0.10")}).decimal("msdyn_amount") == Decimal("0.10")


@pytest.mark.parametrize(
    ("zone", "instant"),
    [
        ("Pacific/Tongatapu", "2020-10-04T11:00:00Z"),
        ("Asia/Tokyo", "2020-10-04T15:00:00Z"),
        ("UTC", "2020-10-05T00:00:00Z"),
        ("America/Los_Angeles", "2020-10-05T07:00:00Z"),
    ],
)
def test_a_user_local_midnight_is_the_business_date_in_every_zone(zone: str, instant: str) -> None:
    row = reader({"msdyn_documentdate": instant}, zone)

    assert row.date(MAPPING.actual.fallback_date) == date(2020, 10, 5)


def test_a_time_zone_independent_date_ignores_the_zone() -> None:
    row = reader({"msdyn_milestonedate": "2020-10-05T00:00:00Z"}, "America/Los_Angeles")

    assert MAPPING.milestone.date is not None
    assert row.date(MAPPING.milestone.date) == date(2020, 10, 5)


def test_a_known_choice_value_is_the_domain_word() -> None:
    row = reader({"msdyn_billingtype": 192350002})

    assert row.choice("msdyn_billingtype", CHOICES.billing_type) is BillingType.COMPLIMENTARY
