"""The first word with a tenant says who is signed in and which zone its people keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.dataverse.errors import DataverseError
from connector.emulator import FaultKind, ScriptedFault
from tests.end_to_end.tenant import serving
from tests.reliability.dying import in_a_hurry

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.tenant import TestTenant

TOKYO = 235


def keep_zone(tenant: TestTenant, code: int, *, disabled: bool = False) -> None:
    user = tenant.rows("systemusers")[0]["systemuserid"]
    people = {"systemusers": [{"systemuserid": user, "accessmode": 0, "isdisabled": disabled}]}
    settings = {"usersettingscollection": [{"systemuserid": user, "timezonecode": code}]}
    tenant.emulator.seed(people, settings)


def test_user_organization_and_zone_are_those_of_the_tenant(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        keep_zone(tenant, TOKYO)
        found = connector.sign_in()
        organization = tenant.rows("organizations")[0]["organizationid"]

    assert str(found.organization_id) == organization
    assert found.zone is not None
    assert (found.zone.zone, found.zone.users, found.because) == ("Asia/Tokyo", 1, None)


def test_where_no_person_shows_a_zone_that_is_said_and_no_failure(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        keep_zone(tenant, TOKYO, disabled=True)
        found = connector.sign_in()

    assert (found.zone, found.because) == (None, "no person's settings show one")


def test_settings_of_users_that_are_out_of_reach_are_said_and_no_failure(tmp_path: Path) -> None:
    refused = ScriptedFault(kind=FaultKind.STATUS, path="systemusers", status=403, times=9)
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        tenant.emulator.plan(refused)
        found = connector.sign_in()

    assert found.zone is None
    assert found.because is not None
    assert found.because.startswith("the users' own time zones could not be read: ")


def test_an_address_that_answers_nothing_is_a_failure(tmp_path: Path) -> None:
    with (
        serving(tmp_path) as tenant,
        tenant.connector(DATAVERSE__URL="http://127.0.0.1:9") as connector,
    ):
        in_a_hurry(connector)
        with pytest.raises(DataverseError):
            connector.sign_in()
