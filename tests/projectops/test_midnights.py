"""Whether dates are midnights of a zone: the evidence by which a wrong zone is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.projectops.midnights import OtherTimeZone, judge

#: Full hours, half and quarter hours, both hemispheres' summer time, and clocks set at midnight.
ZONES = (
    "UTC",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Adelaide",
    "America/St_Johns",
    "America/New_York",
    "Pacific/Chatham",
    "Africa/Cairo",
    "America/Santiago",
)


def midnights(zone: str, *days: date) -> list[tuple[str, datetime]]:
    at = ZoneInfo(zone)
    return [(f"row of {day}", datetime.combine(day, time(), tzinfo=at)) for day in days]


def year(first: date = date(2020, 1, 1)) -> list[date]:
    return [first + timedelta(days=offset) for offset in range(366)]


@pytest.mark.parametrize("zone", ZONES)
def test_every_day_of_a_year_is_a_midnight_of_its_own_zone(zone: str) -> None:
    found = judge(midnights(zone, *year()), ZoneInfo(zone))

    assert (found.values, found.others, found.fits) == (366, (), True)


@given(st.dates(date(1990, 1, 1), date(2060, 12, 31)), st.sampled_from(ZONES))
def test_any_day_of_any_year_is_a_midnight_of_its_own_zone(day: date, zone: str) -> None:
    assert judge(midnights(zone, day), ZoneInfo(zone)).others == ()


def test_midnights_of_india_are_none_of_utc_and_name_the_zones_that_fit() -> None:
    # 5 October 2020 in Kolkata begins at 18:30 UTC of the 4th: India is 5 hours 30 minutes ahead.
    dated = [("schedule row A", datetime(2020, 10, 4, 18, 30, tzinfo=UTC))]

    found = judge(dated, ZoneInfo("UTC"))

    assert not found.fits
    assert found.fitting == ("Asia/Colombo", "Asia/Kolkata")
    assert found.text == (
        "1 of 1 dates of the tenant are no midnights of UTC: schedule row A ="
        " 2020-10-04T18:30:00Z. All of them are midnights of Asia/Colombo, Asia/Kolkata"
    )


def test_a_zone_that_fits_in_winter_alone_is_refused_for_a_year_of_dates() -> None:
    # Phoenix keeps Denver's winter time all year: from March to November they differ by an hour.
    found = judge(midnights("America/Denver", *year()), ZoneInfo("America/Phoenix"))

    assert not found.fits
    assert "America/Denver" in found.fitting
    assert 230 <= len(found.others) <= 245


def test_utc_comes_first_among_the_zones_that_fit() -> None:
    found = judge(midnights("UTC", date(2020, 10, 5)), ZoneInfo("Asia/Tokyo"))

    assert found.fitting[0] == "UTC"


def test_a_few_other_values_are_told_but_do_not_refuse() -> None:
    few = [("noon", datetime(2020, 10, 5, 12, tzinfo=UTC))]

    nineteen = judge([*midnights("UTC", *year()[:19]), *few], ZoneInfo("UTC"))
    nine = judge([*midnights("UTC", *year()[:9]), *few], ZoneInfo("UTC"))

    assert (nineteen.fits, len(nineteen.others)) == (True, 1)
    assert nine.fits is False


def test_dates_of_two_zones_say_that_no_zone_fits() -> None:
    mixed = [*midnights("Asia/Kolkata", date(2020, 10, 5)), *midnights("UTC", date(2020, 10, 5))]

    assert "No single zone fits all of them" in judge(mixed, ZoneInfo("Europe/Berlin")).text


def test_without_dates_nothing_speaks_against_a_zone() -> None:
    assert judge([], ZoneInfo("Europe/Berlin")).fits


def test_the_refusal_names_the_setting_and_how_to_go_on() -> None:
    found = judge(midnights("Asia/Kolkata", date(2020, 10, 5)), ZoneInfo("UTC"))

    message = str(OtherTimeZone(found))

    assert "[run] time_zone = 'UTC' does not fit" in message
    assert 'other_midnights = "warn"' in message
