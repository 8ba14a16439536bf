"""The end of a run, and the report that a store still has of it afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from connector.errors import ExitCode
from connector.outcome import InvoiceOutcome, InvoiceStatus, RequestCounts
from connector.run_report import RunReport
from connector.runs.folder_store import FolderRunStore
from connector.runs.names import RunFile
from connector.runs.part_report import keep_part_report, part_report
from connector.runs.plan_text import PlanFileError
from connector.runs.run_end import NOT_YET, keep_end, kept_end, stored_report, written_results
from connector.runs.stored_plan import keep_manifest
from tests.runs.planned import PARTS, contract, sealed

if TYPE_CHECKING:
    from pathlib import Path

    from connector.run_report import RunPlan


@pytest.fixture
def store(tmp_path: Path) -> FolderRunStore:
    return FolderRunStore(tmp_path / "store")


@pytest.fixture
def plan(store: FolderRunStore) -> RunPlan:
    return sealed(store, *(contract(number) for number in range(PARTS)))


def ended(store: FolderRunStore, plan: RunPlan, *numbers: int) -> RunReport:
    """A run that has written the parts of *numbers*."""
    written = []
    for part in plan.parts():
        if part.number in numbers:
            outcomes = [
                InvoiceOutcome(invoice=invoice, status=InvoiceStatus.WRITTEN)
                for planned in part.contracts
                for invoice in planned.invoices
            ]
            report = part_report(part.number, outcomes, ())
            keep_part_report(store, "R1", report)
            written.append(report.summary)
    return RunReport(
        run_id="R1",
        dry_run=False,
        plan=plan,
        written=tuple(written),
        because=None if len(written) == PARTS else "an earlier contract met a wall",
        requests=RequestCounts(get=3, batch=2),
        results=written_results(store),
    )


def test_a_report_is_the_same_when_it_is_read_from_the_store(
    store: FolderRunStore, plan: RunPlan
) -> None:
    report = ended(store, plan, 1, 2, 3)
    keep_end(store, report, RunFile.REPORT)

    back = stored_report(store, "R1")

    assert back == report
    assert back.outcomes == report.outcomes
    assert [outcome.status.value for outcome in back.outcomes] == ["written"] * PARTS
    assert back.exit_code is report.exit_code is ExitCode.SOME_CONTRACTS_FAILED  # one is unreadable


def test_parts_that_were_not_tried_are_reported_with_the_reason(
    store: FolderRunStore, plan: RunPlan
) -> None:
    keep_end(store, ended(store, plan, 1), RunFile.ATTEMPT)

    back = stored_report(store, "R1")

    assert [o.error for o in back.outcomes] == [None, *["an earlier contract met a wall"] * 2]
    by_status = {item.status: item.invoices for item in back.outcome_totals}
    assert by_status == {InvoiceStatus.WRITTEN: 1, InvoiceStatus.FAILED: 2}


def test_a_run_without_an_end_is_known_by_its_parts(store: FolderRunStore, plan: RunPlan) -> None:
    ended(store, plan, 2)

    back = stored_report(store, "R1")

    assert kept_end(store, "R1") is None
    assert [o.error for o in back.outcomes] == [NOT_YET, None, NOT_YET]
    assert [part.number for part in back.written] == [2]


def test_a_preview_has_nothing_written(store: FolderRunStore, plan: RunPlan) -> None:
    keep_manifest(store, "R1", plan, RunFile.PREVIEW)
    store.delete("runs/R1/manifest.json")

    back = stored_report(store, "R1")

    assert back.dry_run
    assert {outcome.status for outcome in back.outcomes} == {InvoiceStatus.PLANNED}
    assert {item.status for item in back.outcome_totals} == {InvoiceStatus.PLANNED}


def test_the_end_names_the_runs_that_were_taken_up(store: FolderRunStore, plan: RunPlan) -> None:
    report = ended(store, plan, 1, 2, 3)
    keep_end(store, replace(report, earlier=(replace(report, run_id="R0"),)), RunFile.REPORT)

    end = kept_end(store, "R1")

    assert end is not None
    assert (end.earlier, end.requests, end.dry_run) == (("R0",), report.requests, False)


def test_a_damaged_end_is_refused(store: FolderRunStore, plan: RunPlan) -> None:
    assert plan.sha256
    store.put("runs/R1/report.json", (b"{",))

    with pytest.raises(PlanFileError, match="the end of run R1 cannot be used"):
        stored_report(store, "R1")
