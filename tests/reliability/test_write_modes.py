"""Claims set by us, and drafts made by the tenant's own action (DR-23)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests

from connector import ExitCode
from connector.emulator.service.scripted_faults import FaultKind, ScriptedFault
from connector.outcome import InvoiceStatus
from connector.usecases.progress import Waiting
from tests.end_to_end.tenant import TestTenant, serving
from tests.reliability.undisturbed import content, violations

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from connector import RunReport
    from connector.usecases.progress import ProgressEvent

DAY, BOTH_KINDS = date(2020, 10, 7), date(2020, 10, 5)
SYNC, LINES, NOT_RUN = "msdyn_CreateInvoicefromInvoiceScheduleSync", "salesorderdetails", 192350000


def run(tenant: TestTenant, day: date, run_id: str = "modes", **environ: str) -> RunReport:
    with tenant.connector(**environ) as connector:
        return connector.run(day, run_id=run_id)


def billed(report: RunReport) -> set[str]:
    details = (d for o in report.outcomes for line in o.invoice.lines for d in line.details)
    return {str(detail.source.id) for detail in details}


def statuses(tenant: TestTenant) -> Mapping[str, Any]:
    actuals = {r["msdyn_actualid"]: r["msdyn_billingstatus"] for r in tenant.rows("msdyn_actuals")}
    milestones = {
        row["msdyn_contractlinescheduleofvalueid"]: row["msdyn_invoicestatus"]
        for row in tenant.rows("msdyn_contractlinescheduleofvalues")
    }
    lines = {
        row["salesorderdetailid"]: row["msdyn_billingstatus"]
        for row in tenant.rows("salesorderdetails")
    }
    return {**actuals, **milestones, **lines}


@pytest.mark.parametrize("day", [DAY, BOTH_KINDS, date(2020, 11, 20)], ids=str)
def test_a_claim_is_set_in_the_change_set_where_the_platform_sets_none(
    tmp_path: Path, day: date
) -> None:
    with serving(tmp_path, behaviour="plain") as plain:
        report = run(plain, day, DATAVERSE__CLAIM="patch")

        after = statuses(plain)
        assert billed(report)
        assert {after[key] for key in billed(report)} <= {192350001, 192350002}
        assert not {"source-not-claimed", "claims-refused"} & {w.code for w in report.warnings}
        assert violations(plain) == []


def test_a_tenant_that_refuses_claims_is_written_to_without_them(tmp_path: Path) -> None:
    with serving(tmp_path) as protected:
        before = protected.emulator.snapshot()
        protected.run(DAY)
        expected = content(protected)
        protected.emulator.restore(before)

        with protected.connector(
            DATAVERSE__CLAIM="patch", RUN__STORE=str(tmp_path / "patch")
        ) as connector:
            report = connector.run(DAY, run_id="refused")
            again = connector.run(date(2020, 10, 15), run_id="remembered")

        assert content(protected) != expected  # the second day is there as well
        assert {o.status for o in report.outcomes} == {InvoiceStatus.WRITTEN}
        assert "claims-refused" in {warning.code for warning in report.warnings}
        assert {o.status for o in again.outcomes} == {InvoiceStatus.WRITTEN}
        assert violations(protected) == []


def test_undoing_sets_claimed_sources_back(tmp_path: Path) -> None:
    with serving(tmp_path, behaviour="plain") as plain:
        before = content(plain)
        with plain.connector(DATAVERSE__CLAIM="patch") as connector:
            connector.run(DAY, run_id="claimed")
            assert content(plain) != before
            connector.undo("claimed", undo_id="undoing")

        assert content(plain) == before


@pytest.fixture
def platform(tmp_path: Path) -> Any:
    with serving(tmp_path) as served:
        served.emulator.clock.set(datetime(DAY.year, DAY.month, DAY.day, 6, tzinfo=UTC))
        yield served


MODE = {"DATAVERSE__WRITE_MODE": "platform"}


def test_the_tenants_own_action_makes_the_drafts_and_they_are_as_planned(
    platform: TestTenant,
) -> None:
    report = run(platform, DAY, **MODE)

    assert {o.status for o in report.outcomes} == {InvoiceStatus.WRITTEN}
    assert report.exit_code is ExitCode.DONE
    ours = {str(outcome.invoice.id) for outcome in report.outcomes}
    made = {row["invoiceid"] for row in platform.rows("invoices")}
    assert len(made) == len(ours) == 2
    assert not made & ours  # the action chooses its own keys


def test_the_action_is_not_called_again_for_rows_that_have_run(platform: TestTenant) -> None:
    with platform.connector(**MODE) as connector:
        plan = connector.plan(DAY)
        connector.save_plan(plan, platform.folder / "plan.jsonl")
        connector.apply(platform.folder / "plan.jsonl", run_id="once")
        once = platform.emulator.dump()
        report = connector.apply(platform.folder / "plan.jsonl", run_id="twice")

    assert platform.emulator.dump() == once
    assert {o.status for o in report.outcomes} == {InvoiceStatus.ALREADY_WRITTEN}


@pytest.mark.parametrize("kind", [FaultKind.DROP_AFTER, FaultKind.DROP_BEFORE, FaultKind.HALF_BODY])
def test_a_lost_answer_of_the_action_makes_no_second_invoice(
    platform: TestTenant, kind: FaultKind
) -> None:
    platform.emulator.plan(ScriptedFault(kind=kind, method="POST", path="CreateInvoicefrom"))

    run(platform, DAY, "lost", **MODE)
    run(platform, DAY, "again", **MODE)

    assert len(platform.rows("invoices")) == 2
    assert violations(platform) == []


def test_a_platform_that_bills_otherwise_is_reported_difference_by_difference(
    platform: TestTenant,
) -> None:
    """Somebody marks work Ready between our plan and the platform's action."""
    with platform.connector(**MODE) as connector:
        plan = connector.plan(DAY)
        path = platform.folder / "plan.jsonl"
        connector.save_plan(plan, path)
        (source, *_) = [
            d.source for c in plan.contracts for i in c.invoices for x in i.lines for d in x.details
        ]
        table = {"msdyn_actual": "msdyn_actuals"}[source.table.value]
        platform.set(table, str(source.id), msdyn_billingstatus=192350000)
        report = connector.apply(path, run_id="differs")

    assert "platform-differs" in {warning.code for warning in report.warnings}
    assert InvoiceStatus.CONFLICT in {o.status for o in report.outcomes}
    assert any(str(source.id) in w.text for w in report.warnings)


def test_an_action_that_bills_later_in_a_job_is_waited_for(platform: TestTenant) -> None:
    """The first call is answered at once; the tenant's job does the work while we wait."""
    platform.emulator.plan(
        ScriptedFault(
            kind=FaultKind.STATUS, method="POST", path="ScheduleSync", status=204, body="", times=9
        )
    )
    waits: list[float] = []

    def job(event: ProgressEvent) -> None:
        if isinstance(event, Waiting):
            waits.append(event.seconds)
            platform.emulator.faults.clear()
            _run_the_job(platform)

    with platform.connector(**MODE) as connector:
        report = connector.run(DAY, run_id="later", progress=job)

    assert {o.status for o in report.outcomes} == {InvoiceStatus.WRITTEN}
    assert waits[0] == 1
    assert len(platform.rows("invoices")) == len(report.outcomes) == 2
    assert violations(platform) == []


def _run_the_job(platform: TestTenant) -> None:
    """Bill what the calls so far have named, as the tenant's job would."""
    lines = {r["salesorderdetailid"]: r["_salesorderid_value"] for r in platform.rows(LINES)}
    due = [
        (lines[row["_msdyn_contractlineid_value"]], row["msdyn_contractlineinvoicescheduleid"])
        for row in platform.rows("msdyn_contractlineinvoiceschedules")
        if row["msdyn_invoicerunstatus"] == NOT_RUN
        and str(row["msdyn_invoicerundate"]).startswith(DAY.isoformat())
    ]
    for contract in sorted({contract for contract, _ in due}):
        rows = [{"msdyn_contractlineinvoicescheduleid": row} for own, row in due if own == contract]
        name = f"Microsoft.Dynamics.CRM.{SYNC}"
        url = f"{platform.url}/api/data/v9.2/salesorders({contract})/{name}"
        assert requests.post(url, json={"InvoiceSchedules": rows}, timeout=30).ok


def test_a_tenant_with_the_older_action_alone_is_billed_by_it(platform: TestTenant) -> None:
    missing = f"Resource not found for the segment '{SYNC}'."
    platform.emulator.plan(
        ScriptedFault(
            kind=FaultKind.STATUS,
            method="POST",
            path="ScheduleSync",
            status=404,
            code="0x8006088a",
            message=missing,
            times=99,
        )
    )

    report = run(platform, DAY, **MODE)

    assert {o.status for o in report.outcomes} == {InvoiceStatus.WRITTEN}
    assert len(platform.rows("invoices")) == 2


def test_patched_claims_are_warned_of_with_the_page_that_forbids_them(tmp_path: Path) -> None:
    with serving(tmp_path, behaviour="plain") as plain:
        report = run(plain, DAY, DATAVERSE__CLAIM="patch")
        with plain.connector(DATAVERSE__CLAIM="patch") as connector:
            (finding,) = [f for f in connector.check().findings if f.area.value == "claims"]
        with plain.connector() as connector:
            areas = {f.area.value for f in connector.check().findings}

    (warning,) = [w for w in report.warnings if w.code == "claims-patched"]
    assert "Create and update actuals" in warning.text
    assert warning.text == finding.text
    assert "claims" not in areas
