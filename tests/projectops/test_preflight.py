"""What `check` finds in a tenant, and when it cannot even look."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from connector.dataverse.errors import NotSent
from connector.emulator import Emulator
from connector.errors import ExitCode
from connector.mapping import load_mapping
from connector.projectops.findings import Area, CheckReport, Severity
from connector.projectops.needed_privileges import Modes
from connector.projectops.preflight import check_tenant
from connector.sample_tenant import sample_seed
from tests.dataverse.far_side import client_of, error
from tests.projectops.emulated import emulated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.dataverse.far_side import App

MAPPING = load_mapping()


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    found = Emulator(seed=sample_seed())
    yield found
    found.close()


def checked(app: App, modes: Modes | None = None) -> CheckReport:
    client, _ = client_of(app)
    return check_tenant(client, MAPPING, ZoneInfo("UTC"), modes or Modes())


def test_a_tenant_that_is_as_the_mapping_says_has_no_error(emulator: Emulator) -> None:
    report = checked(emulated(emulator))

    assert report.exit_code is ExitCode.DONE
    assert report.findings[0].area is Area.SIGN_IN
    assert report.findings[0].text.startswith("signed in as user ")
    job = [item for item in report.findings if item.area is Area.PLATFORM_JOB]
    assert [item.text for item in job] == ["the tenant's own invoice job is not active"]


def test_claiming_what_the_platform_claims_is_warned_of(emulator: Emulator) -> None:
    report = checked(emulated(emulator), Modes(claims=True))

    (told,) = [item for item in report.findings if item.area is Area.CLAIMS]
    assert told.severity is Severity.WARNING
    assert told.hint == 'set claim = "verify" under [dataverse]'


def test_without_a_connection_nothing_else_is_looked_at() -> None:
    def app(_request: object) -> NotSent:
        return NotSent("no route to host")

    report = checked(app)

    assert report.exit_code is ExitCode.CANNOT_READ
    assert [(item.area, item.hint) for item in report.findings] == [
        (Area.SIGN_IN, "see [dataverse], [auth]")
    ]


def test_a_user_who_may_not_see_definitions_is_told_which_role_is_needed() -> None:
    report = checked(lambda _: error(403, "0x80040220", "prvReadEntity"))

    (told,) = report.findings
    assert told.area is Area.SIGN_IN
    assert told.hint.startswith("give the user a role with prvRead")


def test_an_active_job_of_the_tenant_is_an_error(emulator: Emulator) -> None:
    row = {"msdyn_name": "Daily create invoices", "msdyn_isactive": True}
    emulator.seed({"msdyn_batchjobs": [{"msdyn_batchjobid": str(UUID(int=7)), **row}]})

    report = checked(emulated(emulator))

    (told,) = [item for item in report.findings if item.area is Area.PLATFORM_JOB]
    assert told.severity is Severity.ERROR
    assert told.text == "the tenant's own invoice job 'Daily create invoices' is active"
    assert report.exit_code is ExitCode.USAGE
