"""Missed dates: strict runs leave and report them, catching up bills them as if never missed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.end_to_end.tenant import broken_invariants, serving

if TYPE_CHECKING:
    from pathlib import Path

    from connector import RunReport
    from tests.end_to_end.tenant import TestTenant

READY, NOT_READY = 192350001, 192350000
RUN_FAILED = 192350002


def first_milestone(tenant: TestTenant) -> str:
    """The milestone of 5,000 USD that is due on 5 October."""
    (found,) = [
        row["msdyn_contractlinescheduleofvalueid"]
        for row in tenant.rows("msdyn_contractlinescheduleofvalues")
        if str(row["msdyn_milestonedate"]).startswith("2020-10-05")
    ]
    return str(found)


def sources_of(reports: tuple[RunReport, ...]) -> dict[str, date]:
    """Each billed source and the run date it was billed on."""
    return {
        str(detail.source.id): report.plan.run_date
        for report in reports
        for outcome in report.outcomes
        for line in outcome.invoice.lines
        for detail in line.details
    }


def set_status(tenant: TestTenant, milestone: str, status: int) -> None:
    tenant.set("msdyn_contractlinescheduleofvalues", milestone, msdyn_invoicestatus=status)


def test_a_day_without_a_run_is_reported_by_the_next_strict_run_and_billed_by_no_one(
    tenant: TestTenant,
) -> None:
    report = tenant.run(date(2020, 10, 6))

    overdue = {w.subject for w in report.warnings if w.code.startswith("overdue")}
    assert first_milestone(tenant) in {str(subject) for subject in overdue}
    assert report.outcomes == ()
    assert tenant.rows("invoices") == ()


def test_a_milestone_that_was_late_is_billed_by_catching_up_though_its_date_has_an_invoice(
    tenant: TestTenant,
) -> None:
    milestone = first_milestone(tenant)
    set_status(tenant, milestone, NOT_READY)
    tenant.run(date(2020, 10, 5))
    set_status(tenant, milestone, READY)
    strict = tenant.run(date(2020, 10, 12))

    with tenant.connector() as connector:
        reports = connector.catch_up(date(2020, 10, 12), run_id="late", days=10)

    assert milestone not in sources_of((strict,))
    assert sources_of(reports)[milestone] == date(2020, 10, 12)
    assert broken_invariants(tenant) == []


def test_catching_up_looks_no_further_back_than_it_is_told(tenant: TestTenant) -> None:
    with tenant.connector() as connector:
        reports = connector.catch_up(date(2020, 10, 12), run_id="short", days=6)

    dates = [report.plan.run_date for report in reports]
    assert dates == [date(2020, 10, 7), date(2020, 10, 9), date(2020, 10, 12)]
    assert first_milestone(tenant) not in sources_of(reports)


def test_a_schedule_row_whose_run_failed_is_tried_again_by_catching_up_only(
    tenant: TestTenant,
) -> None:
    rows = [
        row["msdyn_contractlineinvoicescheduleid"]
        for row in tenant.rows("msdyn_contractlineinvoiceschedules")
        if row["msdyn_invoicerundate"].startswith("2020-10-19")
    ]
    for row in rows:
        tenant.set("msdyn_contractlineinvoiceschedules", row, msdyn_invoicerunstatus=RUN_FAILED)

    strict = tenant.run(date(2020, 10, 19))
    with tenant.connector() as connector:
        reports = connector.catch_up(date(2020, 10, 19), run_id="again", days=1)

    names = {outcome.invoice.name for report in reports for outcome in report.outcomes}
    assert "Adatum shop floor portal" not in {o.invoice.name for o in strict.outcomes}
    assert "Adatum shop floor portal" in names


def test_catching_up_twice_writes_nothing_the_second_time(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        connector.catch_up(date(2020, 11, 30), run_id="first", days=61)
        before = tenant.emulator.dump()
        connector.catch_up(date(2020, 11, 30), run_id="second", days=61)

        assert tenant.emulator.dump() == before
