"""Utilization of a month that is worked out by hand, read over HTTP and written back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from connector.usecases.utilization import days_before
from tests.emulator.operations.calendars import uid
from tests.end_to_end.worked_month import (
    ANALYST,
    DEVELOPER,
    OCTOBER,
    connector_of,
    serving_october,
    stored_roles,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.end_to_end.tenant import TestTenant


@pytest.fixture
def month(tmp_path: Path) -> Iterator[TestTenant]:
    with serving_october(tmp_path) as served:
        yield served


def test_october_2020_is_as_worked_out_by_hand(month: TestTenant) -> None:
    with connector_of(month) as connector:
        report = connector.utilization(*OCTOBER)

    analyst, developer = report.utilization.roles
    # Kim 176 and Dana 88 - 8 = 80 are 256; 100 and 60 chargeable are 160, which is 62.5 %.
    assert (developer.hours.capacity, developer.hours.billable) == (Decimal(256), Decimal(160))
    assert (developer.hours.non_billable, developer.hours.internal) == (Decimal(36), Decimal(6))
    assert (developer.billable, developer.stored_percent) == (Decimal("62.5"), 63)
    assert developer.difference == -17
    # Eva: 110 of 176 are 62.5 %, above the target of her default role.
    assert (analyst.hours.capacity, analyst.stored_percent, analyst.difference) == (176, 63, 3)
    # Kim 100 / 176 = 56.8 is red below 80 - 20; Dana 60 / 80 = 75 is yellow; Eva is green.
    shown = {
        item.resource.name: item.colour for role in (developer, analyst) for item in role.resources
    }
    assert shown == {"Kim": "red", "Dana": "yellow", "Eva": "green"}
    assert report.left_out == (f"New ({uid(15)}) lacks a default role",)
    assert report.utilization.unknown_hours == 7
    assert stored_roles(month) == {}


def test_a_week_begins_and_ends_at_midnights_of_the_business_zone(month: TestTenant) -> None:
    """Monday the 5th to Sunday the 11th: Kim 40 hours of capacity, Dana 20."""
    with connector_of(month) as connector:
        report = connector.utilization(date(2020, 10, 5), date(2020, 10, 11))

    _, developer = report.utilization.roles
    assert developer.hours.capacity == Decimal(60)
    assert developer.hours.billable == Decimal(100)
    # 100 of 60 is 166.7 %; the column holds at most 100.
    assert developer.stored_percent == 100


def test_writing_makes_a_row_a_role_and_writing_again_changes_it(month: TestTenant) -> None:
    with connector_of(month) as connector:
        first = connector.utilization(*OCTOBER, write=True)
        made = stored_roles(month)
        second = connector.utilization(date(2020, 10, 5), date(2020, 10, 11), write=True)

    assert first.written is not None
    assert second.written is not None
    assert first.written.written == second.written.written == ("Analyst", "Developer")
    assert made == {uid(DEVELOPER): ("Developer", 80, 63), uid(ANALYST): ("Analyst", 60, 63)}
    assert stored_roles(month) == {
        uid(DEVELOPER): ("Developer", 80, 100),
        uid(ANALYST): ("Analyst", 60, 0),
    }


def test_the_days_before_a_run_day_are_the_seven_up_to_yesterday() -> None:
    assert days_before(date(2020, 10, 12)) == (date(2020, 10, 5), date(2020, 10, 11))
