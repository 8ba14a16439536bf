"""Zones by their Windows names, and zones that show the same time."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from connector.projectops.zone_check import same_offsets, zone_of_windows_name


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("India Standard Time", "Asia/Calcutta"),
        ("Pacific Standard Time", "America/Los_Angeles"),
        ("UTC", "UTC"),
        ("Middle-earth Standard Time", None),
    ],
)
def test_a_windows_name_is_a_zone_of_the_time_zone_database(name: str, zone: str | None) -> None:
    assert zone_of_windows_name(name) == zone


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Europe/Berlin", "Europe/Paris", True),
        ("Europe/Berlin", "Africa/Lagos", False),
        ("America/Denver", "America/Phoenix", False),
        ("Asia/Kolkata", "Asia/Calcutta", True),
        ("UTC", "Africa/Abidjan", True),
    ],
)
def test_zones_are_alike_when_they_show_the_same_time_all_year(
    one: str, other: str, *, same: bool
) -> None:
    assert same_offsets(ZoneInfo(one), ZoneInfo(other)) is same
