"""Undoing a run restores the tenant as it was, and touches nothing that somebody has touched."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from connector import ExitCode
from connector.emulator.service.scripted_faults import FaultKind, ScriptedFault
from connector.outcome import UndoStatus
from connector.run_record import RunState
from connector.runs.plan_file import PlanFileError
from connector.usecases.progress import DraftEnded, ProgressEvent
from connector.usecases.watch import RunInterrupted
from tests.reliability.dying import Killed, dies_at
from tests.reliability.planted import run_folder
from tests.reliability.undisturbed import content, violations
from tests.usecases.in_parts import in_parts

if TYPE_CHECKING:
    from connector.outcome import UndoReport
    from tests.end_to_end.tenant import TestTenant

#: Fixed price and time, two customers, several contracts, and schedule rows with nothing to bill.
DAYS = (date(2020, 10, 5), date(2020, 10, 7), date(2020, 11, 20), date(2020, 10, 30))
DAY = DAYS[1]


def undo(tenant: TestTenant, run_id: str, operations: int = 1000) -> UndoReport:
    with tenant.connector() as connector:
        connector._environment.operations_per_change_set = operations
        return connector.undo(run_id, undo_id="undoing")


def state(tenant: TestTenant, run_id: str) -> RunState:
    with tenant.connector() as connector:
        return connector.remembered(run_id).record.state


def fates(report: UndoReport) -> list[str]:
    return sorted(fate.status.value for fate in report.fates)


@pytest.mark.parametrize("operations", [1000, 8], ids=["one change set", "several"])
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_undoing_a_run_restores_the_tenant(tenant: TestTenant, day: date, operations: int) -> None:
    before = content(tenant)
    written = tenant.run(day)

    report = undo(tenant, f"run-{day}", operations)

    assert content(tenant) == before
    assert fates(report) == ["deleted"] * len(written.outcomes)
    assert report.exit_code is ExitCode.DONE
    assert state(tenant, f"run-{day}") is RunState.UNDONE


def test_a_run_that_was_undone_can_be_run_again(tenant: TestTenant) -> None:
    tenant.run(DAY)
    once = content(tenant)
    undo(tenant, f"run-{DAY}")

    with tenant.connector() as connector:
        connector.run(DAY, run_id="again")

    assert content(tenant) == once


def test_undoing_twice_finds_nothing_left(tenant: TestTenant) -> None:
    tenant.run(DAY)
    undo(tenant, f"run-{DAY}")
    before = tenant.emulator.dump()

    report = undo(tenant, f"run-{DAY}")

    assert set(fates(report)) == {"gone"}
    assert tenant.emulator.dump() == before


EDITS: dict[str, tuple[str, dict[str, Any], str]] = {
    "confirmed": ("invoices", {"msdyn_projectinvoicestatus": 192350002}, "no draft"),
    "in review": ("invoices", {"msdyn_projectinvoicestatus": 192350001}, "no draft"),
    "a correction": ("invoices", {"msdyn_hascorrections": True}, "correction"),
    "renamed": ("invoices", {"name": "Another name"}, "edited"),
    "another quantity": ("msdyn_invoicelinetransactions", {"msdyn_quantity": 1.5}, "edited"),
    "another text": ("msdyn_invoicelinetransactions", {"msdyn_description": "mine"}, "edited"),
    "another line name": ("invoicedetails", {"invoicedetailname": "My line"}, "edited"),
}


@pytest.mark.parametrize("edit", EDITS, ids=str)
def test_a_draft_that_somebody_touched_stays_and_the_other_goes(
    tenant: TestTenant, edit: str
) -> None:
    table, values, reason = EDITS[edit]
    tenant.run(DAY)
    key = tenant.emulator.store.schema.by_entity_set(table).primary_id
    row = tenant.rows(table)[0]
    invoice = row.get("invoiceid") or row.get("_invoiceid_value") or row["_msdyn_invoice_value"]
    tenant.set(table, row[key], **values)

    report = undo(tenant, f"run-{DAY}")

    assert fates(report) == ["deleted", "refused"]
    (refused,) = [fate for fate in report.fates if fate.status is UndoStatus.REFUSED]
    assert str(refused.invoice_id) == invoice
    assert reason in (refused.reason or "")
    assert [row["invoiceid"] for row in tenant.rows("invoices")] == [invoice]
    assert report.exit_code is ExitCode.SOME_CONTRACTS_FAILED
    assert state(tenant, f"run-{DAY}") is RunState.FINISHED
    assert fates(undo(tenant, f"run-{DAY}")) == ["gone", "refused"]


def test_a_draft_with_a_row_of_somebody_else_stays(tenant: TestTenant) -> None:
    tenant.run(DAY)
    mine = tenant.rows("msdyn_invoicelinetransactions")[0]
    stranger = {**mine, "msdyn_invoicelinetransactionid": "00000000-0000-4000-8000-0000000000aa"}
    tenant.emulator.seed({"msdyn_invoicelinetransactions": [stranger]})

    report = undo(tenant, f"run-{DAY}")

    (refused,) = [fate for fate in report.fates if fate.status is UndoStatus.REFUSED]
    assert "rows that this run has not written" in (refused.reason or "")


def test_a_draft_with_a_row_deleted_by_hand_stays_however_often_one_asks(
    tenant: TestTenant,
) -> None:
    tenant.run(DAY)
    row = tenant.rows("msdyn_transactionconnections")[0]
    with tenant.emulator.store.transaction() as tx:
        table = tx.schema.table("msdyn_transactionconnection")
        tx.delete(table, UUID(row["msdyn_transactionconnectionid"]))

    for _ in range(2):
        assert "refused" in fates(undo(tenant, f"run-{DAY}"))


@pytest.mark.parametrize("kind", [FaultKind.DROP_AFTER, FaultKind.DROP_BEFORE, FaultKind.HALF_BODY])
def test_a_lost_answer_while_undoing_is_settled(tenant: TestTenant, kind: FaultKind) -> None:
    before = content(tenant)
    tenant.run(DAY)
    for skip in range(2, 6):
        tenant.emulator.plan(ScriptedFault(kind=kind, method="POST", path=r"\$batch", skip=skip))

    report = undo(tenant, f"run-{DAY}")
    tenant.emulator.faults.clear()
    report = undo(tenant, f"run-{DAY}")

    assert content(tenant) == before
    assert report.exit_code is ExitCode.DONE


def test_an_undoing_that_dies_is_finished_by_the_next(tenant: TestTenant) -> None:
    before = content(tenant)
    tenant.run(DAY)
    full = tenant.emulator.snapshot()
    at = 3
    while True:
        tenant.emulator.restore(full)
        (run_folder(tenant, f"run-{DAY}") / "undone.json").unlink(missing_ok=True)
        with tenant.connector() as connector:
            connector._environment.operations_per_change_set = 8
            dies_at(connector, at, answered=True)
            try:
                connector.undo(f"run-{DAY}", undo_id="dying")
                break
            except Killed:
                assert violations(tenant) is not None
        undo(tenant, f"run-{DAY}", 8)
        assert content(tenant) == before, at
        at += 1
    assert at > 6


def test_a_run_that_nobody_knows_cannot_be_undone(tenant: TestTenant) -> None:
    with pytest.raises(PlanFileError, match="no plan of a run 'nobody'"):
        undo(tenant, "nobody")


def test_an_unfinished_run_that_is_undone_is_not_taken_up_again(tenant: TestTenant) -> None:
    before = content(tenant)
    with tenant.connector() as connector:
        dies_at(connector, 7, answered=True)
        with pytest.raises(Killed):
            connector.run(DAY, run_id="dying")
    undo(tenant, "dying")
    assert content(tenant) == before

    report = tenant.run(date(2020, 10, 1))

    assert report.earlier == ()
    assert content(tenant) == before


def test_a_draft_that_the_run_found_written_by_another_one_stays(tenant: TestTenant) -> None:
    """Somebody applies a plan twice and undoes the second time: nothing of it is that run's."""
    path = tenant.folder / "plan.jsonl"
    with tenant.connector() as connector:
        connector.save_plan(connector.plan(DAY), path)
        connector.apply(path, run_id="first")
        connector.apply(path, run_id="second")
    written = content(tenant)

    report = undo(tenant, "second")

    assert fates(report) == ["refused", "refused"]
    assert all("this run has not written it" in (fate.reason or "") for fate in report.fates)
    assert report.exit_code is ExitCode.SOME_CONTRACTS_FAILED
    assert content(tenant) == written
    assert fates(undo(tenant, "first")) == ["deleted", "deleted"]


def test_a_draft_that_a_run_has_written_before_it_died_is_its_own_all_the_same(
    tenant: TestTenant,
) -> None:
    """The run that took it up found it written already, by that very run."""
    before = content(tenant)
    with tenant.connector() as connector:
        dies_at(connector, 8, answered=True)
        with pytest.raises(Killed):
            connector.run(DAY, run_id="dying")
    assert len(tenant.rows("invoices")) >= 1
    tenant.run(date(2020, 10, 1))

    report = undo(tenant, "dying")

    assert fates(report) == ["deleted", "deleted"]
    assert content(tenant) == before


def test_undoing_goes_part_by_part_and_tells_each_draft(tenant: TestTenant) -> None:
    before, heard = content(tenant), list[ProgressEvent]()
    with in_parts(tenant, 1) as connector:
        connector.run(DAYS[2], run_id="parts")
        report = connector.undo("parts", undo_id="undoing", progress=heard.append)

    assert content(tenant) == before
    drafts = [event for event in heard if isinstance(event, DraftEnded)]
    assert [event.done for event in drafts] == list(range(1, len(report.fates) + 1))
    assert {event.drafts for event in drafts} == {len(report.fates)}


def test_an_undoing_that_is_stopped_is_finished_by_the_next(tenant: TestTenant) -> None:
    before = content(tenant)
    with in_parts(tenant, 1, DATAVERSE__WORKERS="1") as connector:
        connector.run(DAYS[2], run_id="parts")

        def stop(_event: ProgressEvent) -> None:
            connector.stop()

        with pytest.raises(RunInterrupted):
            connector.undo("parts", undo_id="stopped", progress=stop)
        assert tenant.rows("invoices")
        report = connector.undo("parts", undo_id="undoing")

    assert set(fates(report)) == {"deleted", "gone"}
    assert content(tenant) == before
