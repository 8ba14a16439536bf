"""ExpandCalendar: the rules of a calendar as blocks of time, worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator.operations.calendars import day_off, merged, uid, work_week
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from connector.emulator import Emulator

CALENDAR = 100


def expanded(plain: Emulator, start: str, end: str, calendar: int = CALENDAR) -> Any:
    name = "Microsoft.Dynamics.CRM.ExpandCalendar"
    return Web(InProcess(plain.app))(
        "GET", f"calendars({uid(calendar)})/{name}(Start=@s,End=@e)?@s={start}&@e={end}"
    )


def blocks(plain: Emulator, start: str, end: str) -> list[tuple[str, str, str]]:
    answer = expanded(plain, start, end)
    assert answer.status == 200, answer.body
    found = answer.json()["result"]
    return [(item["Start"], item["End"], item["SubCode"]) for item in found]


def test_a_week_is_five_days_of_the_zone_of_its_rule(plain: Emulator) -> None:
    """5 October 2020 is a Monday; 9:00 in Berlin is 7:00 UTC."""
    plain.seed(work_week(CALENDAR))

    found = blocks(plain, "2020-10-04T22:00:00Z", "2020-10-11T22:00:00Z")

    assert found == [
        (f"2020-10-{day:02}T07:00:00Z", f"2020-10-{day:02}T15:00:00Z", "Schedulable")
        for day in range(5, 10)
    ]


def test_work_begins_at_the_same_time_of_the_clock_in_winter(plain: Emulator) -> None:
    """Summer time ends on 25 October 2020: 9:00 in Berlin is 8:00 UTC on Monday the 26th."""
    plain.seed(work_week(CALENDAR))

    found = blocks(plain, "2020-10-22T22:00:00Z", "2020-10-26T23:00:00Z")

    assert [start for start, _, _ in found] == ["2020-10-23T07:00:00Z", "2020-10-26T08:00:00Z"]


def test_work_begins_at_the_same_time_of_the_clock_on_the_day_that_clocks_change(
    plain: Emulator,
) -> None:
    """On Sunday, 25 October 2020, 9:00 in Berlin is ten hours after midnight, and 8:00 UTC."""
    rows = work_week(CALENDAR)
    rows["calendarrules"][0]["pattern"] = "FREQ=DAILY;INTERVAL=1"
    plain.seed(rows)

    found = blocks(plain, "2020-10-24T22:00:00Z", "2020-10-25T23:00:00Z")

    assert found == [("2020-10-25T08:00:00Z", "2020-10-25T16:00:00Z", "Schedulable")]


def test_a_day_off_takes_its_hours_and_leaves_the_rest(plain: Emulator) -> None:
    """Off on Tuesday, and on Wednesday until noon."""
    plain.seed(
        merged(
            work_week(CALENDAR),
            day_off(CALENDAR, 20, "2020-10-05T22:00:00Z"),
            day_off(CALENDAR, 30, "2020-10-06T22:00:00Z", minutes=720),
        )
    )

    found = blocks(plain, "2020-10-04T22:00:00Z", "2020-10-07T22:00:00Z")

    assert found == [
        ("2020-10-05T07:00:00Z", "2020-10-05T15:00:00Z", "Schedulable"),
        ("2020-10-05T22:00:00Z", "2020-10-06T22:00:00Z", "Vacation"),
        ("2020-10-06T22:00:00Z", "2020-10-07T10:00:00Z", "Vacation"),
        ("2020-10-07T10:00:00Z", "2020-10-07T15:00:00Z", "Schedulable"),
    ]


def test_blocks_are_cut_at_the_edges_of_the_period(plain: Emulator) -> None:
    plain.seed(work_week(CALENDAR))

    found = blocks(plain, "2020-10-05T08:00:00Z", "2020-10-05T09:30:00Z")

    assert found == [("2020-10-05T08:00:00Z", "2020-10-05T09:30:00Z", "Schedulable")]


def test_a_lunch_break_is_a_gap_between_two_blocks(plain: Emulator) -> None:
    plain.seed(work_week(CALENDAR, hours=((9, 12), (13, 17))))

    found = blocks(plain, "2020-10-04T22:00:00Z", "2020-10-05T22:00:00Z")

    assert [end for _, end, _ in found] == ["2020-10-05T10:00:00Z", "2020-10-05T15:00:00Z"]


def test_a_calendar_without_rules_has_no_blocks(plain: Emulator) -> None:
    plain.seed({"calendars": [{"calendarid": uid(CALENDAR)}]})

    assert blocks(plain, "2020-10-04T22:00:00Z", "2020-10-11T22:00:00Z") == []


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        ("pattern", "FREQ=MONTHLY;BYMONTHDAY=1", "a pattern beyond days of the week"),
        ("pattern", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "a pattern beyond days of the week"),
        ("pattern", "FREQ=WEEKLY;INTERVAL=1;BYDAY=XX", "a pattern beyond days of the week"),
    ],
)
def test_a_rule_that_is_not_modelled_is_refused_by_name(
    plain: Emulator, column: str, value: str, named: str
) -> None:
    rows = work_week(CALENDAR)
    rows["calendarrules"][0][column] = value
    plain.seed(rows)

    answer = expanded(plain, "2020-10-04T22:00:00Z", "2020-10-11T22:00:00Z")

    assert answer.status == 501
    assert named in answer.message


def test_a_holiday_schedule_is_refused_by_name(plain: Emulator) -> None:
    rows = work_week(CALENDAR)
    rows["calendars"][0]["_holidayschedulecalendarid_value"] = uid(CALENDAR + 1)
    plain.seed(rows)

    answer = expanded(plain, "2020-10-04T22:00:00Z", "2020-10-11T22:00:00Z")

    assert (answer.status, "holiday schedule" in answer.message) == (501, True)


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        ("2020-10-11T00:00:00Z", "2020-10-04T00:00:00Z", 400),
        ("2000-10-11T00:00:00Z", "2020-10-04T00:00:00Z", 400),
        ("soon", "2020-10-04T00:00:00Z", 400),
    ],
)
def test_a_period_that_is_none_is_the_callers_fault(
    plain: Emulator, start: str, end: str, status: int
) -> None:
    plain.seed(work_week(CALENDAR))

    assert expanded(plain, start, end).status == status


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_calendar_rules_have_no_address_of_their_own(plain: Emulator, method: str) -> None:
    answer = Web(InProcess(plain.app))(method, "calendarrules", {} if method == "POST" else None)

    assert (answer.status, "calendarrules" in answer.message) == (501, True)
