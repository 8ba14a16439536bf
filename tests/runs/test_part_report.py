"""What became of a part is kept beside its plan, and joined with it when it is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.invoicing.plan import PlanWarning
from connector.outcome import InvoiceOutcome, InvoiceStatus
from connector.runs.folder_store import FolderRunStore
from connector.runs.names import PartFile, part_file
from connector.runs.part_report import (
    joined,
    keep_part_report,
    kept_part_report,
    part_report,
    report_so_far,
)
from connector.runs.plan_text import PlanFileError
from connector.runs.progress_file import ProgressLine, note_progress
from tests.runs.planned import contract, sealed

if TYPE_CHECKING:
    from pathlib import Path

    from connector.run_report import PartPlan

WARNING = PlanWarning(code="total-differs", text="The platform says 5.")


@pytest.fixture
def store(tmp_path: Path) -> FolderRunStore:
    return FolderRunStore(tmp_path / "store")


@pytest.fixture
def plan(store: FolderRunStore) -> PartPlan:
    (part,) = sealed(store, contract()).parts()
    return part


def outcome(plan: PartPlan, status: InvoiceStatus, error: str | None = None) -> InvoiceOutcome:
    (invoice,) = plan.contracts[0].invoices
    is_open = status is InvoiceStatus.FAILED
    return InvoiceOutcome(invoice=invoice, status=status, error=error, is_open=is_open)


def test_a_report_comes_back_as_it_was_and_joins_its_plan(
    store: FolderRunStore, plan: PartPlan
) -> None:
    found = outcome(plan, InvoiceStatus.CONFLICT, "edited by hand")
    report = part_report(1, (found,), (WARNING, WARNING))
    keep_part_report(store, "R1", report)

    back = kept_part_report(store, "R1", 1)

    assert back == report
    result = joined(plan, back, "not tried")
    assert result.outcomes == (found,)
    assert result.warnings == (WARNING,)
    assert result.number == 1


def test_a_summary_says_what_is_open_and_what_drifted(plan: PartPlan) -> None:
    failed = part_report(1, (outcome(plan, InvoiceStatus.FAILED, "no answer"),), ()).summary
    drifted = part_report(1, (outcome(plan, InvoiceStatus.DRIFTED, "changed"),), ()).summary

    assert (failed.is_open, failed.drifted) == (True, ())
    assert (drifted.is_open, drifted.drifted) == (False, (plan.contracts[0].contract_id,))
    (totals,) = failed.outcomes
    assert (totals.status, totals.invoices) == (InvoiceStatus.FAILED, 1)
    assert totals.amount == plan.contracts[0].invoices[0].amount


def test_an_invoice_of_which_nothing_was_noted_was_not_tried(plan: PartPlan) -> None:
    (found,) = joined(plan, None, "the run halted").outcomes

    assert (found.status, found.error, found.is_open) == (
        InvoiceStatus.FAILED,
        "the run halted",
        True,
    )


def test_a_part_without_a_report_is_known_by_its_progress(
    store: FolderRunStore, plan: PartPlan
) -> None:
    (invoice,) = plan.contracts[0].invoices
    assert report_so_far(store, "R1", plan, "stopped") is None

    note_progress(store, "R1", 1, ProgressLine(invoice_id=invoice.id))
    begun = report_so_far(store, "R1", plan, "stopped")
    note_progress(store, "R1", 1, ProgressLine(invoice_id=invoice.id, status=InvoiceStatus.WRITTEN))
    written = report_so_far(store, "R1", plan, "stopped")

    assert begun is not None
    assert written is not None
    assert (begun.outcomes[0].status, begun.outcomes[0].error) == (InvoiceStatus.FAILED, "stopped")
    assert (written.outcomes[0].status, written.outcomes[0].error) == (InvoiceStatus.WRITTEN, None)
    assert begun.summary.is_open
    assert written.summary.is_open  # it was not read back yet


def test_a_damaged_report_is_refused_by_name(store: FolderRunStore) -> None:
    store.put(part_file("R1", 1, PartFile.REPORT), (b"{",))

    with pytest.raises(PlanFileError, match=r"the report runs/R1/part-0001\.report cannot be used"):
        kept_part_report(store, "R1", 1)
