"""The same contracts kept in other time zones: the business date decides, not the UTC date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from connector.projectops.midnights import OtherTimeZone
from connector.sample_tenant import sample_seed
from tests.end_to_end.tenant import TestTenant, broken_invariants, days, serving

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Columns that hold the writer's midnight as a UTC instant (schema reference, section 5).
USER_LOCAL = {
    "msdyn_invoicerundate",
    "msdyn_transactioncutoffdate",
    "msdyn_invoicedate",
    "msdyn_documentdate",
    "msdyn_startdatetime",
    "msdyn_enddatetime",
    "msdyn_billingstartdate",
    "requestdeliveryby",
}
FIRST, LAST = date(2020, 10, 1), date(2020, 10, 20)


def kept_in(zone: ZoneInfo) -> Mapping[str, list[dict[str, Any]]]:
    """The sample tenant as somebody in *zone* would have entered it."""

    def moved(name: str, value: Any) -> Any:
        if name not in USER_LOCAL or not isinstance(value, str) or "T" not in value:
            return value
        wall_clock = datetime.fromisoformat(value).replace(tzinfo=zone)
        return wall_clock.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    return {
        entity_set: [{name: moved(name, value) for name, value in row.items()} for row in rows]
        for entity_set, rows in sample_seed().items()
    }


def invoices_after(tenant: TestTenant, zone: str) -> list[str]:
    with tenant.connector(RUN__TIME_ZONE=zone) as connector:
        for day in days(FIRST, LAST):
            connector.run(day, run_id=f"{day}")
    assert broken_invariants(tenant) == []
    return sorted(row["invoiceid"] for row in tenant.rows("invoices"))


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    with serving(tmp_path_factory.mktemp("utc")) as tenant:
        return invoices_after(tenant, "UTC")


@pytest.mark.parametrize("zone", ["Pacific/Tongatapu", "Asia/Tokyo", "America/Los_Angeles"])
def test_a_tenant_of_another_zone_gets_the_same_invoices_on_the_same_dates(
    zone: str, expected: list[str], tmp_path: Path
) -> None:
    with serving(tmp_path, seed=kept_in(ZoneInfo(zone))) as tenant:
        assert invoices_after(tenant, zone) == expected


def test_the_wrong_zone_is_refused_with_the_evidence_before_anything_is_written(
    tmp_path: Path,
) -> None:
    with (
        serving(tmp_path, seed=kept_in(ZoneInfo("Asia/Kolkata"))) as tenant,
        tenant.connector(RUN__TIME_ZONE="UTC") as connector,
    ):
        with pytest.raises(OtherTimeZone) as caught:
            connector.run(date(2020, 10, 5), run_id="wrong")
        assert len(tenant.rows("invoices")) == len(sample_seed().get("invoices", []))

    assert caught.value.exit_code == 2
    assert "are no midnights of UTC" in str(caught.value)
    assert "All of them are midnights of Asia/Colombo, Asia/Kolkata" in str(caught.value)


def test_the_wrong_zone_moves_invoices_to_other_dates_where_it_is_insisted_on(
    expected: list[str], tmp_path: Path
) -> None:
    with (
        serving(tmp_path, seed=kept_in(ZoneInfo("Asia/Tokyo"))) as tenant,
        tenant.connector(RUN__TIME_ZONE="UTC", RUN__OTHER_MIDNIGHTS="warn") as connector,
    ):
        reports = [connector.run(day, run_id=f"{day}") for day in days(FIRST, LAST)]

        assert sorted(row["invoiceid"] for row in tenant.rows("invoices")) != expected
    for report in reports:
        assert "dates-no-midnights" in {warning.code for warning in report.warnings}
