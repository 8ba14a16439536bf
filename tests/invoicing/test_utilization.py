"""Utilization by role against months that are worked out by hand (section 12)."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from connector.invoicing.choices import BillingType
from connector.invoicing.ids import ResourceId, RoleId
from connector.invoicing.utilization import (
    Colour,
    Resource,
    Role,
    WorkedTime,
    utilization_by_role,
)

DEVELOPER = Role(id=RoleId(UUID(int=1)), name="Developer", target=80)
ANALYST = Role(id=RoleId(UUID(int=2)), name="Analyst", target=None)
CHARGEABLE = BillingType.CHARGEABLE


def resource(
    number: int, capacity: str, *, role: Role = DEVELOPER, target: int | None = None
) -> Resource:
    return Resource(
        id=ResourceId(UUID(int=number)),
        name=f"Person {number}",
        role=role,
        target=target,
        capacity=Decimal(capacity),
    )


def worked(
    number: int,
    hours: str,
    billing_type: BillingType | None = CHARGEABLE,
    *,
    is_internal: bool = False,
) -> WorkedTime:
    return WorkedTime(
        resource=ResourceId(UUID(int=number)),
        hours=Decimal(hours),
        billing_type=billing_type,
        is_internal=is_internal,
    )


def test_the_example_of_two_resources_is_the_sum_of_hours_over_the_sum_of_capacity() -> None:
    """U8: 24 of 32 is 75 %, 40 of 40 is 100 %; together 64 of 72 is 88.9 %, not 87.5 %."""
    people = [resource(11, "32"), resource(12, "40")]

    found = utilization_by_role(people, [worked(11, "24"), worked(12, "40")])

    [role] = found.roles
    first, second = role.resources
    assert (first.billable, first.colour) == (Decimal(75), Colour.YELLOW)
    assert (second.billable, second.colour) == (Decimal(100), Colour.GREEN)
    assert (role.hours.billable, role.hours.capacity) == (Decimal(64), Decimal(72))
    assert round(role.billable, 1) == Decimal("88.9")
    assert (role.stored_percent, role.difference) == (89, 9)


def test_october_2020_by_hand() -> None:
    """
    October 2020 has 22 working days: 176 hours of eight a day.

    One is off for two days (160). The other works all: 88 chargeable, 30 complimentary, 20
    non-chargeable, 16 not available and 4 without a type, of which 12 belong to no contract.
    """
    people = [resource(11, "160"), resource(12, "176")]
    entries = [
        *(worked(11, "8") for _ in range(18)),
        *(worked(12, "8") for _ in range(11)),
        worked(12, "30", BillingType.COMPLIMENTARY),
        worked(12, "20", BillingType.NON_CHARGEABLE),
        worked(12, "12", BillingType.NOT_AVAILABLE, is_internal=True),
        worked(12, "4", BillingType.NOT_AVAILABLE),
        worked(12, "4", None),
    ]

    [role] = utilization_by_role(people, entries).roles

    # 18 x 8 = 144 and 11 x 8 = 88 make 232 of 336; 30 + 20 + 16 + 4 = 70 are not billable.
    assert role.hours.billable == Decimal(232)
    assert role.hours.non_billable == Decimal(70)
    assert role.hours.internal == Decimal(12)
    assert role.hours.capacity == Decimal(336)
    # 232 / 336 = 0.690476…
    assert (role.stored_percent, role.difference) == (69, -11)
    first, second = role.resources
    assert (first.billable, second.billable) == (Decimal(90), Decimal(50))
    assert (first.colour, second.colour) == (Colour.GREEN, Colour.RED)


def test_an_idle_resource_is_capacity_but_is_not_shown() -> None:
    """40 of 80 hours: U6 shows a resource only with approved chargeable time."""
    people = [resource(11, "40"), resource(12, "40"), resource(13, "0")]

    [role] = utilization_by_role(people, [worked(11, "40"), worked(13, "5")]).roles

    assert [item.resource.name for item in role.resources] == ["Person 11"]
    assert role.hours.billable == Decimal(45)
    assert role.stored_percent == 56  # 45 of 80 is 56.25


@pytest.mark.parametrize(
    ("hours", "target", "colour"),
    [
        ("80", 80, Colour.GREEN),
        ("79.99", 80, Colour.YELLOW),
        ("60", 80, Colour.YELLOW),
        ("59.99", 80, Colour.RED),
        ("10", 15, Colour.YELLOW),
    ],
)
def test_the_colour_changes_at_the_target_and_twenty_points_below(
    hours: str, target: int, colour: Colour
) -> None:
    [role] = utilization_by_role([resource(11, "100", target=target)], [worked(11, hours)]).roles

    assert role.resources[0].colour is colour


def test_a_resource_has_its_own_target_else_that_of_its_default_role() -> None:
    people = [resource(11, "40", target=50), resource(12, "40"), resource(13, "40", role=ANALYST)]
    entries = [worked(11, "20"), worked(12, "20"), worked(13, "20")]

    analyst, developer = utilization_by_role(people, entries).roles

    assert [item.target for item in developer.resources] == [50, 80]
    assert [item.target for item in analyst.resources] == [None]
    assert analyst.resources[0].colour is None
    assert (analyst.difference, analyst.stored_percent) == (None, 50)


@pytest.mark.parametrize(
    ("capacity", "hours", "stored"),
    [("40", "44", 100), ("200", "1", 1), ("200", "0.98", 0), ("200", "-8", 0), ("8", "0", 0)],
)
def test_the_column_holds_whole_percent_from_0_to_100_rounded_half_up(
    capacity: str, hours: str, stored: int
) -> None:
    [role] = utilization_by_role([resource(11, capacity)], [worked(11, hours)]).roles

    assert role.stored_percent == stored


def test_a_role_without_capacity_has_no_row_and_is_named() -> None:
    found = utilization_by_role([resource(11, "0")], [worked(11, "8")])

    assert (found.roles, found.without_capacity) == ((), (DEVELOPER,))


def test_hours_of_nobody_known_count_nowhere_and_are_told() -> None:
    found = utilization_by_role([resource(11, "40")], [worked(99, "8"), worked(11, "8")])

    assert found.unknown_hours == Decimal(8)
    assert found.roles[0].hours.billable == Decimal(8)


def test_a_correction_takes_hours_back() -> None:
    entries = [worked(11, "8"), worked(11, "-8"), worked(11, "6")]

    [role] = utilization_by_role([resource(11, "40")], entries).roles

    assert role.hours.billable == Decimal(6)
