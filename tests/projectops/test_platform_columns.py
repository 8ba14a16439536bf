"""What the platform keeps itself, and numbers that it has rounded."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from connector.invoicing.ids import OrganizationId
from connector.mapping import load_mapping
from connector.mapping.model import CopyRules
from connector.projectops.choices import resolve_choices
from connector.projectops.platform_columns import is_platforms, places_of, same_value
from connector.projectops.tenant import Tenant

MAPPING = load_mapping()
TENANT = Tenant(
    organization_id=OrganizationId(UUID(int=1)),
    mapping=MAPPING,
    choices=resolve_choices(MAPPING.choices, {}),
    zone=ZoneInfo("UTC"),
    columns={},
    behaviours={},
    copies=CopyRules(),
    payment_terms={},
    precisions={"msdyn_invoicelinetransaction": {"msdyn_quantity": 2, "msdyn_price": 4}},
    money={"msdyn_invoicelinetransaction": frozenset({"msdyn_price"})},
    computed={"invoice": frozenset({"contoso_age"})},
)
DETAIL = "msdyn_invoicelinetransaction"


@pytest.mark.parametrize(
    ("planned", "there", "places", "same"),
    [
        ("7.333", "7.33", (2,), True),
        ("7.335", "7.34", (2,), True),
        ("7.335", "7.33", (2,), True),  # the other way of rounding a half
        ("7.333", "7.34", (2,), False),
        ("7.333", "7.331", (2,), False),  # not rounded to two places: somebody typed it
        ("7.333", "7.33", (), False),
        ("7.333", "7.33", (4, 2), True),
        ("8", "8.00", (), True),
        ("-0.005", "-0.01", (2,), True),
        ("100", "0", (2,), False),
    ],
)
def test_a_number_is_the_planned_one_when_the_platform_has_rounded_it(
    planned: str, there: str, places: tuple[int, ...], *, same: bool
) -> None:
    assert same_value(Decimal(planned), Decimal(there), places) is same


def test_other_values_are_the_same_in_any_case_of_letters_only() -> None:
    assert same_value("A1", "a1")
    assert same_value(None, None)
    assert not same_value(True, 1, (2,))  # noqa: FBT003 - the value under test
    assert not same_value("x", None)
    assert not same_value(Decimal(0), None)


def test_a_column_is_rounded_to_its_own_places_or_its_currencys() -> None:
    assert places_of(TENANT, DETAIL, "msdyn_quantity", 0) == (2,)
    assert places_of(TENANT, DETAIL, "msdyn_price", 0) == (4, 0)
    assert places_of(TENANT, DETAIL, "msdyn_price", None) == (4,)
    assert places_of(TENANT, DETAIL, "msdyn_amount", 2) == ()


@pytest.mark.parametrize(
    ("table", "column", "summed", "platforms"),
    [
        ("invoice", "totalamount", False, True),
        ("invoice", "totalamount_base", False, True),
        ("invoice", "modifiedon", False, True),
        ("invoice", "contoso_age", False, True),
        ("invoice", "description", False, False),
        ("invoice", "duedate", False, False),
        ("invoicedetail", "priceperunit", True, True),
        ("invoicedetail", "priceperunit", False, False),
        ("invoicedetail", "tax", True, True),
        ("invoicedetail", "tax", False, False),
        (DETAIL, "msdyn_extendedamount", False, True),
        (DETAIL, "msdyn_amount", False, False),
    ],
)
def test_the_platform_keeps_bookkeeping_sums_and_what_no_client_can_write(
    table: str, column: str, *, summed: bool, platforms: bool
) -> None:
    assert is_platforms(TENANT, table, column, is_summed_up=summed) is platforms
