"""The platform's time zones: their codes, names and bias."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connector.emulator.schema.time_zones import UTC_CODE, time_zone_named, time_zones


@pytest.mark.parametrize(
    ("code", "name", "bias", "zone"),
    [
        (92, "UTC", 0, "Etc/UTC"),
        (85, "GMT Standard Time", 0, "Europe/London"),
        (35, "Eastern Standard Time", 300, "America/New_York"),
        (4, "Pacific Standard Time", 480, "America/Los_Angeles"),
        (110, "W. Europe Standard Time", -60, "Europe/Berlin"),
        (190, "India Standard Time", -330, "Asia/Calcutta"),
    ],
)
def test_a_code_names_one_zone(code: int, name: str, bias: int, zone: str) -> None:
    found = time_zones()[code]
    assert (found.code, found.name, found.bias, found.zone) == (code, name, bias, zone)


def test_every_bias_is_that_of_its_zone_in_standard_time() -> None:
    # One of winter and summer is standard time, on either half of the globe.
    instants = [datetime(2025, month, 1, tzinfo=UTC) for month in (1, 7)]
    for code, found in time_zones().items():
        zone = time_zone_named(code)
        offsets = [instant.astimezone(zone).utcoffset() or timedelta() for instant in instants]
        assert timedelta(minutes=-found.bias) in offsets, found
        sign, hours = ("-" if found.bias > 0 else "+"), divmod(abs(found.bias), 60)
        stands = f"(GMT{sign}{hours[0]:02d}:{hours[1]:02d}) "
        assert found.shown.startswith(stands if found.bias else ("(GMT) ", "(GMT+00:00) ")), found


def test_no_two_zones_share_a_name_or_an_id() -> None:
    zones = time_zones().values()
    assert len({one.name for one in zones}) == len({one.id for one in zones}) == len(zones)


def test_a_zone_is_advanced_by_its_daylight_name() -> None:
    assert time_zones()[110].daylight_name == "W. Europe Daylight Time"
    assert time_zones()[UTC_CODE].daylight_name == "UTC"


def test_a_code_that_no_zone_has_is_utc() -> None:
    assert time_zone_named(-1).key == "Etc/UTC"
