"""What stands around the runs of a report: read after them, and never at their cost."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from connector.cli.output import surroundings_for
from connector.emulator import Emulator
from connector.sample_tenant import sample_seed
from connector.settings.sections import Language
from connector.usecases.surroundings import surroundings
from tests.end_to_end.tenant import TestTenant
from tests.projectops.one_contract import contract_row, tenant_with
from tests.reliability.dying import in_a_hurry
from tests.report.sample import ADATUM, report
from tests.usecases.opened import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from connector import RunReport
    from connector.report.surroundings import Surroundings

DAY = date(2020, 10, 19)


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[TestTenant]:
    with closing(Emulator(seed=sample_seed())) as emulator, emulator.serve() as server:
        yield TestTenant(emulator=emulator, url=server.url, folder=tmp_path)


def around(
    tenant: TestTenant, *days: date, asks: bool = True, **environ: str
) -> tuple[RunReport, Surroundings]:
    """The last of the runs of *days*, and what stands around it."""
    with tenant.connector(**environ) as connector:
        reports = [connector.run(day, run_id=f"run-{day}") for day in days]
        return reports[-1], connector.surroundings(reports[-1:], asks=asks)


def test_settings_user_and_zone_stand_in_the_head(tenant: TestTenant) -> None:
    _, found = around(tenant, DAY, REPORT__LANGUAGE="sv", REPORT__LINKS="false")

    assert (found.language, found.has_links) == (Language.SWEDISH, False)
    assert (found.zone, found.user) == ("UTC", "Emulator User")
    assert found.at is not None
    assert str(found.at.tzinfo) == "UTC"


def test_the_run_before_is_the_last_one_that_billed_something(tenant: TestTenant) -> None:
    _, found = around(tenant, date(2020, 10, 5), date(2020, 10, 7), date(2020, 10, 8), DAY)

    assert found.previous is not None
    assert found.previous.run_id == "run-2020-10-07"
    assert found.previous.totals.invoices > 0


def test_the_first_run_and_previews_and_later_dates_are_no_run_before(tenant: TestTenant) -> None:
    _, alone = around(tenant, DAY)
    with tenant.connector() as connector:
        connector.run(date(2020, 10, 5), run_id="look", dry_run=True)
        run = connector.run(date(2020, 10, 7), run_id="earlier-date")
        found = connector.surroundings([run])

    assert alone.previous is None
    assert found.previous is None


def test_a_run_of_single_contracts_is_compared_with_nothing(tenant: TestTenant) -> None:
    contract = UUID(tenant.row("salesorders", "name", "Adatum shop floor portal")["salesorderid"])
    around(tenant, date(2020, 10, 5))
    options: dict[str, Any] = {"contracts": [contract], "run_id": "one"}
    with tenant.connector() as connector:
        found = connector.surroundings([connector.run(DAY, **options)])

    assert found.previous is None


def test_the_calendar_begins_with_the_run_and_ends_after_the_days_of_the_settings(
    tenant: TestTenant,
) -> None:
    run, found = around(tenant, DAY, REPORT__COMING_DAYS="13")

    assert found.coming is not None
    assert found.coming.fault is None
    assert found.coming.last == date(2020, 11, 1)
    days = {entry.run_date for entry in found.coming.entries}
    assert min(days) > run.run_date
    assert max(days) <= date(2020, 11, 1)


def test_a_preview_does_not_bill_its_own_day_again_in_the_calendar(tenant: TestTenant) -> None:
    with tenant.connector() as connector:
        preview = connector.run(date(2020, 10, 5), run_id="look", dry_run=True)
        before = connector.surroundings([preview]).coming
        written = connector.run(date(2020, 10, 5), run_id="run")
        after = connector.surroundings([written]).coming

    def told(entries: Any) -> list[tuple[date, str, str, Decimal]]:
        return [
            (e.run_date, e.contract_name, e.confidence.value, e.amount)
            for e in entries
            if e.run_date > date(2020, 10, 5)
        ]

    assert before is not None
    assert after is not None
    assert told(before.entries) == told(after.entries) != []


def test_no_days_leave_the_calendar_out(tenant: TestTenant) -> None:
    assert around(tenant, DAY, REPORT__COMING_DAYS="0")[1].coming is None


def test_a_contract_with_faults_is_named_instead_of_the_calendar(tmp_path: Path) -> None:
    faulty = tenant_with(salesorders=[contract_row(msdyn_psastate=77)])

    found = surroundings(opened(faulty, tmp_path), [report(ADATUM)]).coming

    assert found is not None
    assert found.entries == ()
    assert "column msdyn_psastate" in (found.fault or "")
    assert "found 77" in (found.fault or "")


@pytest.mark.parametrize(
    ("name", "asks", "calendar"),
    [
        ("a.html", True, True),
        ("a.xlsx", True, False),
        ("a.csv", False, False),
        ("a.JSON", False, False),
    ],
)
def test_a_report_asks_only_for_what_it_shows(
    tenant: TestTenant, name: str, *, asks: bool, calendar: bool
) -> None:
    with tenant.connector() as connector:
        run = connector.run(DAY, run_id="run", dry_run=True)
        before = connector._environment.client.statistics.get
        found = surroundings_for(Path(name), [run], connector)
        sent = connector._environment.client.statistics.get - before

    assert (found.user is not None, found.coming is not None) == (asks, calendar)
    assert (sent > 0) is asks


def test_a_faulty_contract_does_not_take_the_calendar_of_the_others_away(tmp_path: Path) -> None:
    good, bad = contract_row(), contract_row(8, name="Broken", msdyn_psastate=77)
    far = tenant_with(salesorders=[good, bad])

    found = surroundings(opened(far, tmp_path), [report(ADATUM)]).coming

    assert found is not None
    assert {entry.contract_name for entry in found.entries} == {good["name"]}
    assert "'Broken' cannot be read" in (found.fault or "")


def test_what_the_tenant_does_not_tell_is_left_out(tenant: TestTenant) -> None:
    with tenant.connector() as connector:
        run = connector.run(DAY, run_id="run")
    with tenant.connector(DATAVERSE__URL="http://127.0.0.1:9") as connector:
        in_a_hurry(connector)
        found = connector.surroundings([run])
        people = found.people({})

    assert found.user is None
    assert people == {}
    assert found.coming is not None
    assert found.coming.fault


def test_the_report_of_a_former_run_sends_nothing(tenant: TestTenant) -> None:
    run, _ = around(tenant, DAY)
    with tenant.connector(DATAVERSE__URL="http://127.0.0.1:9") as connector:
        found = connector.surroundings([run], asks=False)

    assert (found.user, found.coming, found.zone) == (None, None, "UTC")
