"""When the recurring job of the documentation runs; the dates are worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from connector.invoicing.recurring_job import (
    RecurringJob,
    Workflow,
    dates_without_run,
    name_fault,
    next_start,
)

BERLIN = ZoneInfo("Europe/Berlin")
PHRASES = ("create invoices", "skapa fakturor")


def job(
    anchor: time | None = None,
    *,
    name: str = "Project operations create invoices",
    workflow: Workflow = Workflow.PROCESS_RUNNER,
) -> RecurringJob:
    return RecurringJob(name=name, workflow=workflow, anchor=anchor)


def test_the_documented_timer_counts_24_hours_from_the_end_of_the_run() -> None:
    ended = datetime(2020, 10, 5, 22, 20, tzinfo=UTC)

    assert next_start(job(), ended, BERLIN) == datetime(2020, 10, 6, 22, 20, tzinfo=UTC)


def test_runs_of_twenty_minutes_from_22_o_clock_pass_over_the_sixth_day() -> None:
    """J4: 22:00, 22:20, 22:40, 23:00, 23:20, 23:40, then 00:00 of the day after next."""
    start = datetime(2020, 10, 1, 22, tzinfo=UTC)
    starts = [start]
    for _ in range(6):
        starts.append(next_start(job(), starts[-1] + timedelta(minutes=20), UTC))

    shown = [f"{each:%d %H:%M}" for each in starts]
    assert shown == [
        "01 22:00",
        "02 22:20",
        "03 22:40",
        "04 23:00",
        "05 23:20",
        "06 23:40",
        "08 00:00",
    ]
    assert dates_without_run(starts[-2].date(), starts[-1].date()) == (date(2020, 10, 7),)
    assert dates_without_run(starts[0].date(), starts[1].date()) == ()


def test_utilization_comes_again_seven_days_after_its_end() -> None:
    weekly = job(name="Utilization", workflow=Workflow.UPDATE_ROLE_UTILIZATION)
    ended = datetime(2020, 10, 5, 6, 1, tzinfo=UTC)

    assert next_start(weekly, ended, BERLIN) == datetime(2020, 10, 12, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ended", "starts"),
    [
        # Berlin is two hours before UTC in summer: 06:00 there is 04:00 here.
        (datetime(2020, 10, 5, 3, 59, tzinfo=UTC), datetime(2020, 10, 5, 4, tzinfo=UTC)),
        (datetime(2020, 10, 5, 4, 0, tzinfo=UTC), datetime(2020, 10, 6, 4, tzinfo=UTC)),
        (datetime(2020, 10, 5, 4, 20, tzinfo=UTC), datetime(2020, 10, 6, 4, tzinfo=UTC)),
        # 25 October 2020 is the end of summer time: 06:00 is 05:00 UTC from then on.
        (datetime(2020, 10, 24, 4, 20, tzinfo=UTC), datetime(2020, 10, 25, 5, tzinfo=UTC)),
    ],
)
def test_an_anchor_is_the_same_time_of_day_all_year(ended: datetime, starts: datetime) -> None:
    assert next_start(job(time(6)), ended, BERLIN) == starts


def test_a_time_that_the_change_of_clocks_leaves_out_is_taken_an_hour_later_once() -> None:
    """On 29 March 2020 clocks in Berlin go from 02:00 to 03:00, which is 01:00 UTC."""
    before = datetime(2020, 3, 28, 2, tzinfo=UTC)

    first = next_start(job(time(2, 30)), before, BERLIN)
    second = next_start(job(time(2, 30)), first, BERLIN)

    assert first == datetime(2020, 3, 29, 1, 30, tzinfo=UTC)
    assert f"{first.astimezone(BERLIN):%H:%M}" == "03:30"
    assert second == datetime(2020, 3, 30, 0, 30, tzinfo=UTC)


def test_a_time_that_comes_twice_is_taken_once() -> None:
    """On 25 October 2020 02:30 comes at 00:30 and at 01:30 UTC."""
    before = datetime(2020, 10, 24, 1, tzinfo=UTC)

    first = next_start(job(time(2, 30)), before, BERLIN)
    between = next_start(job(time(2, 30)), datetime(2020, 10, 25, 1, 5, tzinfo=UTC), BERLIN)

    assert first == datetime(2020, 10, 25, 0, 30, tzinfo=UTC)
    assert next_start(job(time(2, 30)), first, BERLIN) == datetime(2020, 10, 26, 1, 30, tzinfo=UTC)
    assert between == datetime(2020, 10, 26, 1, 30, tzinfo=UTC)


def test_midnight_that_does_not_exist_is_still_a_run_of_that_date() -> None:
    """In Beirut clocks go from 00:00 to 01:00 on 29 March 2020, so at 22:00 UTC before."""
    beirut = ZoneInfo("Asia/Beirut")

    start = next_start(job(time(0)), datetime(2020, 3, 28, 12, tzinfo=UTC), beirut)

    assert start == datetime(2020, 3, 28, 22, tzinfo=UTC)
    assert start.astimezone(beirut).date() == date(2020, 3, 29)


def test_a_year_of_anchored_runs_of_any_length_misses_no_date() -> None:
    anchored, at = job(time(23, 59)), datetime(2020, 1, 1, tzinfo=UTC)
    dates = []
    for number in range(366):
        at = next_start(anchored, at + timedelta(minutes=number), BERLIN)
        dates.append(at.astimezone(BERLIN).date())

    assert dates == [date(2020, 1, 1) + timedelta(days=number) for number in range(366)]


def test_an_anchored_week_is_seven_dates_over_the_change_of_clocks() -> None:
    weekly = job(time(6), name="Utilization", workflow=Workflow.UPDATE_ROLE_UTILIZATION)
    first = datetime(2020, 10, 19, 4, tzinfo=UTC)

    second = next_start(weekly, first + timedelta(minutes=5), BERLIN)

    assert second == datetime(2020, 10, 26, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    ["Project operations create invoices", "CREATE INVOICES nightly", "Natt: Skapa Fakturor"],
)
def test_a_name_with_the_words_in_any_case_or_language_is_taken(name: str) -> None:
    assert name_fault(job(name=name), PHRASES) is None


@pytest.mark.parametrize("name", ["", "Invoices", "create  invoices", "createinvoices"])
def test_a_name_without_the_words_is_refused_with_an_example(name: str) -> None:
    fault = name_fault(job(name=name), PHRASES)

    assert fault is not None
    assert "must contain the words 'create invoices'" in fault
    assert repr(name) in fault


def test_a_job_of_utilization_must_not_be_taken_for_the_one_that_makes_invoices() -> None:
    workflow = Workflow.UPDATE_ROLE_UTILIZATION

    assert name_fault(job(name="Utilization by role", workflow=workflow), PHRASES) is None
    fault = name_fault(job(name="Create invoices and more", workflow=workflow), PHRASES)
    assert fault is not None
    assert "computes utilization" in fault
