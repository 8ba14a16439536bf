"""What functions tell of the organization, its languages and its users' time zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.emulator.web import Web

USER = "0a6e0000-0000-4000-8000-000000000003"
ORGANIZATION = "0a6e0000-0000-4000-8000-000000000001"


def test_the_zone_of_the_calling_user_is_read_by_its_code(web: Web) -> None:
    address = f"usersettingscollection({USER})"
    assert web("GET", f"{address}?$select=timezonecode").json()["timezonecode"] == 92
    assert web("PATCH", address, {"timezonecode": 190}).status == 204
    assert web("GET", f"{address}?$select=timezonebias").json()["timezonebias"] == -330
    assert web("PATCH", address, {"timezonecode": 85}).status == 204
    code = web("GET", f"{address}?$select=timezonecode").json()["timezonecode"]
    names = "$select=standardname,userinterfacename,bias"
    [zone] = web.rows(f"timezonedefinitions?$filter=timezonecode eq {code}&{names}")
    assert zone["standardname"] == "GMT Standard Time"
    assert zone["userinterfacename"] == "(GMT+00:00) Dublin, Edinburgh, Lisbon, London"
    assert zone["bias"] == 0


@pytest.mark.parametrize(
    ("code", "name", "bias"),
    [
        (35, "Eastern Standard Time", 300),
        (110, "W. Europe Standard Time", -60),
        (190, "India Standard Time", -330),
        (193, "Nepal Standard Time", -345),
    ],
)
def test_zones_have_the_names_and_the_bias_of_windows(
    web: Web, code: int, name: str, bias: int
) -> None:
    [zone] = web.rows(f"timezonedefinitions?$filter=timezonecode eq {code}")
    assert (zone["standardname"], zone["bias"]) == (name, bias)
    assert zone["daylightname"] == name.replace("Standard", "Daylight")


def test_instants_are_shown_in_the_zone_of_the_user(web: Web) -> None:
    project = web.create("msdyn_projects", msdyn_subject="P")
    address = f"msdyn_projects({project})?$select=createdon"
    note = "createdon@OData.Community.Display.V1.FormattedValue"
    prefer = {"Prefer": 'odata.include-annotations="*"'}
    assert web("GET", address, headers=prefer).json()[note] == "10/1/2020 8:00 AM"
    web("PATCH", f"usersettingscollection({USER})", {"timezonecode": 190})
    shown = web("GET", address, headers=prefer).json()
    assert shown[note] == "10/1/2020 1:30 PM"
    assert shown["createdon"] == "2020-10-01T08:00:00Z"


@pytest.mark.parametrize(
    ("code", "utc", "local"),
    [
        (85, "2020-10-24T12:00:00Z", "2020-10-24T13:00:00Z"),
        (85, "2020-10-25T12:00:00Z", "2020-10-25T12:00:00Z"),
        (190, "2020-10-04T18:30:00Z", "2020-10-05T00:00:00Z"),
    ],
)
def test_times_are_turned_there_and_back(web: Web, code: int, utc: str, local: str) -> None:
    there = web("GET", f"LocalTimeFromUtcTime(TimeZoneCode={code},UtcTime={utc})")
    assert there.json()["LocalTime"] == local
    back = web("GET", f"UtcTimeFromLocalTime(TimeZoneCode=@c,LocalTime=@t)?@c={code}&@t={local}")
    assert back.json()["UtcTime"] == utc


@pytest.mark.parametrize(
    "call",
    [
        "LocalTimeFromUtcTime()",
        "LocalTimeFromUtcTime(TimeZoneCode=85)",
        "LocalTimeFromUtcTime(TimeZoneCode=7,UtcTime=2020-10-01T00:00:00Z)",
        "LocalTimeFromUtcTime(TimeZoneCode='x',UtcTime=2020-10-01T00:00:00Z)",
        "LocalTimeFromUtcTime(TimeZoneCode=85,UtcTime=never)",
        "LocalTimeFromUtcTime(TimeZoneCode=85,UtcTime=2020-10-01T00:00:00Z,More=1)",
        "RetrieveCurrentOrganization(AccessType='Somewhere')",
    ],
)
def test_a_call_with_wrong_parameters_is_refused(web: Web, call: str) -> None:
    answer = web("GET", call)
    assert (answer.status, answer.code) == (400, "0x80060888")


def test_the_organization_is_described(web: Web) -> None:
    kind = "Microsoft.Dynamics.CRM.EndpointAccessType'Default'"
    for call in (f"(AccessType={kind})", f"(AccessType=@p1)?@p1={kind}"):
        detail = web("GET", f"RetrieveCurrentOrganization{call}").json()["Detail"]
        assert detail["OrganizationId"] == ORGANIZATION
        assert detail["FriendlyName"] == "Emulated organization"
        assert detail["OrganizationVersion"].startswith("9.2.")
        assert "WebApplication" in detail["Endpoints"]["Keys"]


def test_a_function_takes_no_post(web: Web) -> None:
    assert web("POST", "RetrieveProvisionedLanguages", {}).status == 404
