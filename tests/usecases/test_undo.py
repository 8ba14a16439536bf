"""A run is undone as long as nobody has touched its drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.errors import ExitCode
from connector.outcome import UndoStatus
from connector.runs.plan_text import PlanFileError
from connector.usecases.plan import plan_run
from connector.usecases.run import apply
from connector.usecases.session import writing
from connector.usecases.undo import NOT_OURS, preview_undo, undo
from tests.projectops.one_contract import tenant_with
from tests.usecases.opened import opened
from tests.usecases.test_run import ROWS, SCOPE, run

if TYPE_CHECKING:
    from pathlib import Path

    from connector.outcome import UndoReport
    from connector.usecases.environment import Environment


def undone(environment: Environment, run_id: str = "R1") -> UndoReport:
    with writing(environment, "U1") as session:
        return undo(session, run_id, "U1")


def test_the_drafts_of_a_run_go_and_its_rows_are_not_run_again(tmp_path: Path) -> None:
    far = tenant_with()
    environment = opened(far, tmp_path)
    run(environment)

    report = undone(environment)

    assert [fate.status for fate in report.fates] == [UndoStatus.DELETED]
    assert report.exit_code is ExitCode.DONE
    assert far.tables["invoices"] == {}
    row = far.row(ROWS, UUID(int=61))
    assert (row["msdyn_invoicerunstatus"], row["_msdyn_invoice_value"]) == (192350000, None)
    assert (tmp_path / "runs" / "runs" / "R1" / "undone.json").is_file()


def test_a_preview_says_what_would_go_and_writes_nothing(tmp_path: Path) -> None:
    far = tenant_with()
    environment = opened(far, tmp_path)
    run(environment)
    far.change_sets.clear()

    report = preview_undo(environment, "R1")

    assert [fate.status for fate in report.fates] == [UndoStatus.TO_BE_DELETED]
    assert far.change_sets == []


def test_a_confirmed_invoice_stays_and_the_run_is_not_undone(tmp_path: Path) -> None:
    far = tenant_with()
    environment = opened(far, tmp_path)
    run(environment)
    [invoice] = far.tables["invoices"]
    far.change("invoices", UUID(invoice), msdyn_projectinvoicestatus=192350002)

    report = undone(environment)

    [fate] = report.fates
    assert (fate.status, fate.reason) == (UndoStatus.REFUSED, "it is no draft any more")
    assert report.exit_code is ExitCode.SOME_CONTRACTS_FAILED
    assert far.has("invoices", UUID(invoice))
    assert not (tmp_path / "runs" / "runs" / "R1" / "undone.json").exists()


def test_a_draft_that_the_run_found_written_already_is_not_its_own(tmp_path: Path) -> None:
    far = tenant_with()
    there, elsewhere = tmp_path / "there", tmp_path / "elsewhere"
    there.mkdir()
    elsewhere.mkdir()
    second = opened(far, elsewhere)
    plan = plan_run(second, SCOPE)
    run(opened(far, there))
    with writing(second, "R2") as session:
        apply(session, plan, "R2")

    [fate] = undone(second, "R2").fates

    assert (fate.status, fate.reason) == (UndoStatus.REFUSED, NOT_OURS)
    assert len(far.tables["invoices"]) == 1


def test_a_run_that_nobody_knows_cannot_be_undone(tmp_path: Path) -> None:
    with pytest.raises(PlanFileError):
        undone(opened(tenant_with(), tmp_path), "R9")
