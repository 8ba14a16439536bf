"""Zones by their Windows names, and zones that show the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from connector.projectops.findings import Area, Severity
from connector.projectops.zone_check import same_offsets, zone_findings, zone_of_windows_name
from tests.dataverse.far_side import answer, error
from tests.projectops.by_path import tenant_of
from tests.projectops.small_tenant import small_tenant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.dataverse.message import Response
    from connector.projectops.findings import Finding

NAMES = {85: "GMT Standard Time", 110: "W. Europe Standard Time", 999: "Middle-earth Time"}


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


def of_users(zone: str, codes: Mapping[int, int], refused: str = "nothing") -> tuple[Finding, ...]:
    """What is found in a tenant with so many users of each time zone code."""
    every = [code for code, users in codes.items() for _ in range(users)]
    rows = [
        {"systemuserid": str(UUID(int=number)), "timezonecode": code}
        for number, code in enumerate(every, start=1)
    ]
    names = [{"timezonecode": code, "standardname": name} for code, name in NAMES.items()]

    def answers(path: str) -> Response:
        if path.startswith(refused):
            return error(403, "0x80040220", "no privilege")
        found = names if path.startswith("timezonedefinitions") else rows
        return answer(200, {"value": found if path[:5] in {"timez", "users", "syste"} else []})

    client, _ = tenant_of(answers)
    findings = tuple(zone_findings(client, small_tenant(zone)))
    assert {finding.area for finding in findings} == {Area.TIME_ZONE}
    return findings[1:]  # the first is about the dates, of which there are none


def test_users_of_the_business_zone_are_as_they_should_be() -> None:
    (finding,) = of_users("Europe/Paris", {110: 3, 85: 1})

    assert finding.severity is Severity.OK
    assert finding.text.startswith("3 of 4 users looked at keep 'W. Europe Standard Time'")


def test_users_of_another_zone_are_a_warning_that_names_both() -> None:
    (finding,) = of_users("Europe/Berlin", {85: 2, 110: 1})

    assert finding.severity is Severity.WARNING
    assert "2 of 3 users looked at keep 'GMT Standard Time' (Europe/London)" in finding.text
    assert "Europe/Berlin" in finding.hint


def test_a_zone_that_nobody_knows_is_a_warning_with_its_name() -> None:
    (finding,) = of_users("Europe/Berlin", {999: 1})

    assert finding.severity is Severity.WARNING
    assert "'Middle-earth Time' (unknown here)" in finding.text


@pytest.mark.parametrize("refused", ["systemusers", "usersettings", "timezonedefinitions"])
def test_settings_that_may_not_be_read_are_said_to_be_unknown(refused: str) -> None:
    (finding,) = of_users("Europe/Berlin", {110: 1}, refused)

    assert finding.severity is Severity.WARNING
    assert "could not be read" in finding.text


def test_a_tenant_without_users_says_nothing_of_them() -> None:
    assert of_users("Europe/Berlin", {}) == ()
