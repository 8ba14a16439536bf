"""One run over real HTTP: what it writes, what it refuses, and what it says about the rest."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from connector import ExitCode, RunReport
from connector.dataverse.errors import DataverseError
from connector.emulator.service.scripted_faults import FaultKind, ScriptedFault
from connector.invoicing.choices import SourceTable
from connector.invoicing.ids import ContractId
from connector.outcome import InvoiceStatus
from connector.projectops.platform_job import PlatformJobActive
from connector.runs.plan_file import PlanFileError
from tests.end_to_end.tenant import TestTenant, broken_invariants, detail_id, serving

if TYPE_CHECKING:
    from pathlib import Path

OCTOBER_5 = date(2020, 10, 5)
BATCH = r"\$batch"


def statuses(report: RunReport) -> list[str]:
    return [outcome.status.value for outcome in report.outcomes]


def adatum_actual(tenant: TestTenant) -> str:
    """An actual that the run of 5 October bills."""
    contract = tenant.contract("Adatum shop floor portal")["salesorderid"]
    return min(
        row["msdyn_actualid"]
        for row in tenant.rows("msdyn_actuals")
        if row["_msdyn_salescontract_value"] == contract
        and row["msdyn_billingstatus"] == 192350004
        and row["msdyn_transactiondate"] <= "2020-10-04"
        and row["msdyn_adjustmentstatus"] is None
    )


def test_a_dry_run_writes_nothing_and_plans_what_the_run_writes(tenant: TestTenant) -> None:
    before = tenant.emulator.dump()

    preview = tenant.run(OCTOBER_5, dry_run=True)

    assert tenant.emulator.dump() == before
    assert set(statuses(preview)) == {"planned"}
    report = tenant.run(OCTOBER_5)
    assert report.plan.sha256 == preview.plan.sha256
    assert set(statuses(report)) == {"written"}


def test_plan_and_apply_write_what_run_writes(tmp_path: Path, tenant: TestTenant) -> None:
    with tenant.connector() as connector:
        connector.save_plan(connector.plan(OCTOBER_5), tmp_path / "plan.jsonl")
        connector.apply(tmp_path / "plan.jsonl", run_id="applied")
    with serving(tmp_path) as other:
        other.run(OCTOBER_5)

        assert [row["invoiceid"] for row in tenant.rows("invoices")] == [
            row["invoiceid"] for row in other.rows("invoices")
        ]
        assert broken_invariants(tenant) == []


def test_every_billed_source_is_claimed_by_the_platform(tenant: TestTenant) -> None:
    report = tenant.run(OCTOBER_5)

    billed = {
        str(detail.source.id)
        for outcome in report.outcomes
        for line in outcome.invoice.lines
        for detail in line.details
        if detail.source.table is SourceTable.ACTUAL
    }
    moved = {
        row["msdyn_actualid"]
        for row in tenant.rows("msdyn_actuals")
        if row["msdyn_billingstatus"] == 192350001
    }
    assert billed
    assert billed <= moved
    assert "source-not-claimed" not in {warning.code for warning in report.warnings}


def test_the_totals_of_the_platform_agree_with_the_plan(tenant: TestTenant) -> None:
    report = tenant.run(OCTOBER_5)

    for outcome in report.outcomes:
        row = tenant.by_id("invoices", str(outcome.invoice.id))
        total = outcome.invoice.amount + outcome.invoice.tax
        assert Decimal(str(row["totalamount"])) == total
    assert "total-differs" not in {warning.code for warning in report.warnings}


def test_two_customers_get_an_invoice_each_of_what_was_split_at_approval(
    tenant: TestTenant,
) -> None:
    with tenant.connector() as connector:
        report = connector.run(date(2020, 11, 7), run_id="split")

    invoices = [outcome.invoice for outcome in report.outcomes]
    assert len({invoice.customer.id for invoice in invoices}) == len(invoices) == 2
    assert len({invoice.contract_id for invoice in invoices}) == 1
    for invoice in invoices:
        for detail in (detail for line in invoice.lines for detail in line.details):
            if detail.source.table is not SourceTable.ACTUAL:
                continue
            actual = tenant.by_id("msdyn_actuals", str(detail.source.id))
            owner = actual["_msdyn_projectcontractsplitbillingrule_value"]
            assert owner == str(invoice.contract_customer_id)
            assert Decimal(str(actual["msdyn_amount"])) == detail.amount


def test_a_platform_that_claims_nothing_is_reported_and_still_nothing_is_billed_twice(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, behaviour="plain") as plain:
        first = plain.run(OCTOBER_5)
        written = plain.written()
        with plain.connector(RUN__MISSED_DATES="catch-up") as connector:
            reports = connector.catch_up(date(2020, 11, 30), run_id="again", days=60)

        assert "source-not-claimed" in {warning.code for warning in first.warnings}
        again = {
            detail.source.id
            for report in reports
            for outcome in report.outcomes
            for line in outcome.invoice.lines
            for detail in line.details
        }
        billed_before = {
            row["msdyn_transaction2"] for row in written["msdyn_transactionconnections"]
        }
        assert billed_before
        assert not {str(key) for key in again} & billed_before


def test_an_unknown_choice_value_fails_its_contract_and_no_other(tenant: TestTenant) -> None:
    actual = adatum_actual(tenant)
    with tenant.emulator.store.transaction() as tx:
        tx.update(tx.schema.table("msdyn_actual"), UUID(actual), {"msdyn_billingtype": 7})

    report = tenant.run(OCTOBER_5)

    assert report.exit_code is ExitCode.SOME_CONTRACTS_FAILED
    (failed,) = report.plan.failed
    assert failed.contract_name == "Adatum shop floor portal"
    assert f"msdyn_actual {actual} column msdyn_billingtype" in failed.faults[0]
    assert "found 7" in failed.faults[0]
    contracts = {row["_salesorderid_value"] for row in tenant.rows("invoices")}
    assert str(failed.contract_id) not in contracts


def test_an_active_invoice_job_of_the_platform_stops_the_run(tenant: TestTenant) -> None:
    tenant.emulator.seed(
        {
            "msdyn_batchjobs": [
                {
                    "msdyn_batchjobid": "00000000-0000-4000-8000-0000000000aa",
                    "msdyn_name": "Nightly: Create Invoices for all",
                    "msdyn_isactive": True,
                }
            ]
        }
    )
    before = tenant.emulator.dump()

    with pytest.raises(PlatformJobActive, match="Nightly: Create Invoices for all") as caught:
        tenant.run(OCTOBER_5)

    assert caught.value.exit_code == ExitCode.USAGE
    assert tenant.emulator.dump() == before
    assert tenant.run(OCTOBER_5, beside_platform_job=True).outcomes


def batches_before_the_first_write(folder: Path) -> int:
    """How many batches a run on 5 October sends before it writes: as many as its preview."""
    with serving(folder) as twin:
        return twin.run(OCTOBER_5, dry_run=True).requests.batch


@pytest.mark.parametrize("kind", [FaultKind.DROP_AFTER, FaultKind.DROP_BEFORE, FaultKind.HALF_BODY])
def test_a_lost_answer_on_the_write_still_gives_each_invoice_once(
    tenant: TestTenant, tmp_path: Path, kind: FaultKind
) -> None:
    skip = batches_before_the_first_write(tmp_path)
    tenant.emulator.plan(ScriptedFault(kind=kind, method="POST", path=BATCH, skip=skip))

    report = tenant.run(OCTOBER_5)

    assert tenant.emulator.faults.planned == ()
    assert set(statuses(report)) == {"written"}
    assert broken_invariants(tenant) == []


def test_drafts_that_cannot_be_read_back_are_reported_as_not_verified(
    tenant: TestTenant, tmp_path: Path
) -> None:
    skip = batches_before_the_first_write(tmp_path) + 2
    tenant.emulator.plan(
        ScriptedFault(
            kind=FaultKind.STATUS, method="POST", path=BATCH, skip=skip, times=99, status=403
        )
    )

    report = tenant.run(OCTOBER_5)

    assert set(statuses(report)) == {"written"}
    assert "not-verified" in {warning.code for warning in report.warnings}


def test_a_tenant_that_answers_html_is_an_error_and_nothing_is_written(tenant: TestTenant) -> None:
    before = tenant.emulator.dump()
    tenant.emulator.plan(ScriptedFault(kind=FaultKind.GARBLED, path=BATCH, skip=1, times=50))

    with pytest.raises(DataverseError) as caught:
        tenant.run(OCTOBER_5)

    assert caught.value.exit_code == ExitCode.CANNOT_READ
    assert tenant.emulator.dump() == before


def test_a_refused_write_is_told_and_marks_the_schedule_rows_as_failed(
    tenant: TestTenant, tmp_path: Path
) -> None:
    skip = batches_before_the_first_write(tmp_path)
    no: dict[str, Any] = {"code": "0x80040265", "message": "a plug-in says no", "status": 400}
    tenant.emulator.plan(
        ScriptedFault(kind=FaultKind.STATUS, method="POST", path=BATCH, skip=skip, **no)
    )
    contract = tenant.contract("Adatum shop floor portal")["salesorderid"]

    report = tenant.run(OCTOBER_5, contracts=(ContractId(UUID(contract)),))

    assert report.exit_code is ExitCode.SOME_CONTRACTS_FAILED
    (failed,) = report.outcomes
    assert failed.status is InvoiceStatus.FAILED
    assert "a plug-in says no" in (failed.error or "")
    assert tenant.rows("invoices") == ()
    rows = [
        row["msdyn_invoicerunstatus"]
        for row in tenant.rows("msdyn_contractlineinvoiceschedules")
        if row["msdyn_invoicerunstatus"] != 192350000
    ]
    assert rows == [192350002, 192350002]


def test_applying_a_plan_twice_says_already_written(tenant: TestTenant, tmp_path: Path) -> None:
    path = tmp_path / "plan.jsonl"
    with tenant.connector() as connector:
        connector.save_plan(connector.plan(OCTOBER_5), path)
        connector.apply(path, run_id="once")
        before = tenant.emulator.dump()
        report = connector.apply(path, run_id="twice")

    assert set(statuses(report)) == {"already-written"}
    assert report.exit_code is ExitCode.DONE
    assert tenant.emulator.dump() == before


def test_a_source_that_changed_since_makes_its_contract_drift_and_no_other(
    tenant: TestTenant, tmp_path: Path
) -> None:
    path = tmp_path / "plan.jsonl"
    actual = adatum_actual(tenant)
    with tenant.connector() as connector:
        connector.save_plan(connector.plan(OCTOBER_5), path)
        tenant.set("msdyn_actuals", actual, msdyn_description="changed by hand")
        report = connector.apply(path, run_id="later")

    drifted = [item for item in report.outcomes if item.status is InvoiceStatus.DRIFTED]
    assert [item.invoice.name for item in drifted] == ["Adatum shop floor portal"]
    assert f"actual {actual}" in (drifted[0].error or "")
    assert report.exit_code is ExitCode.SOME_CONTRACTS_FAILED
    assert detail_id(tenant, SourceTable.ACTUAL, actual) not in {
        row["msdyn_invoicelinetransactionid"]
        for row in tenant.rows("msdyn_invoicelinetransactions")
    }


def test_a_plan_for_another_organization_is_refused(tenant: TestTenant, tmp_path: Path) -> None:
    path = tmp_path / "plan.jsonl"
    with tenant.connector() as connector:
        plan = connector.plan(OCTOBER_5)
        connector.save_plan(plan, path)
        other = path.read_text(encoding="utf-8").replace(
            str(plan.organization_id), str(detail_free_id())
        )
        path.write_text(other, encoding="utf-8")
        with pytest.raises(PlanFileError, match="was altered: its list of parts"):
            connector.apply(path, run_id="foreign")

    assert tenant.rows("invoices") == ()


def detail_free_id() -> str:
    return "00000000-0000-4000-8000-00000000ffff"


def test_a_run_keeps_its_plan_before_it_writes(tenant: TestTenant) -> None:
    report = tenant.run(OCTOBER_5)

    kept = tenant.folder / "runs" / "runs" / f"run-{OCTOBER_5}"
    assert sorted(path.name for path in kept.iterdir()) == [
        *("manifest.json", "part-0001.plan", "part-0001.prints", "part-0001.progress"),
        "part-0001.report",
        *("report.json", "run.json"),
    ]
    assert report.plan.sha256 in (kept / "manifest.json").read_text(encoding="utf-8")


def test_a_name_that_was_given_before_gets_a_number_and_nothing_is_overwritten(
    tenant: TestTenant,
) -> None:
    first, second = tenant.run(OCTOBER_5), tenant.run(OCTOBER_5)

    assert (first.run_id, second.run_id) == (f"run-{OCTOBER_5}", f"run-{OCTOBER_5}.2")
    with tenant.connector() as connector:
        assert [record.run_id for record in connector.history()] == [first.run_id, second.run_id]
        assert len(connector.undo(first.run_id, undo_id="undoing").fates) == 1


def test_a_run_with_nothing_due_takes_at_most_four_requests(tenant: TestTenant) -> None:
    report = tenant.run(date(2020, 10, 1))

    requests = report.requests
    assert report.outcomes == ()
    assert requests.get + requests.batch + requests.other <= 4


def test_missed_days_are_caught_up_as_if_each_had_been_run(tmp_path: Path) -> None:
    def invoices(tenant: TestTenant) -> list[str]:
        return [row["invoiceid"] for row in tenant.rows("invoices")]

    last = date(2020, 10, 20)
    with serving(tmp_path) as daily, serving(tmp_path) as late:
        with daily.connector() as connector:
            for day in range(1, 21):
                connector.run(date(2020, 10, day), run_id=f"d{day}")
        with late.connector() as connector:
            connector.catch_up(last, run_id="late", days=30)

        assert invoices(daily) == invoices(late)
        assert broken_invariants(late) == []
