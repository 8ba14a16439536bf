"""The history: one small line a run, whatever became of it, without reading a transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from connector.outcome import InvoiceStatus
from connector.run_record import RunKind, RunRecord, RunState, Stop
from connector.runs.folder_store import FolderRunStore
from connector.runs.history import details, record_of, records, told_as_one, unfinished
from connector.runs.journal import Journal
from connector.runs.names import PartFile, RunFile, part_file, run_file, unfinished_mark
from connector.runs.plan_text import encoded
from connector.runs.run_begin import RunBegin, keep_begin
from connector.runs.run_end import keep_end
from connector.runs.store import RunStoreError
from connector.summary import CurrencyTotals, OutcomeTotals, PlanTotals
from tests.report.test_history import EURO
from tests.runs.planned import ORGANIZATION, PARTS, RUN_DATE, contract, sealed
from tests.runs.test_run_end import ended

if TYPE_CHECKING:
    from pathlib import Path

BEGAN = datetime(2020, 10, 5, 6, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> FolderRunStore:
    return FolderRunStore(tmp_path / "store")


def begun(store: FolderRunStore, run_id: str, began: datetime = BEGAN) -> None:
    begin = RunBegin(kind=RunKind.RUN, run_date=RUN_DATE, organization_id=ORGANIZATION, began=began)
    keep_begin(store, run_id, begin)


def planned(store: FolderRunStore) -> None:
    """A run R1 with a plan and a mark, and nothing written."""
    begun(store, "R1")
    Journal(store, "R1").keep_plan(sealed(store, *(contract(n) for n in range(PARTS))))


def test_a_finished_run_is_told_in_numbers_without_its_parts(store: FolderRunStore) -> None:
    planned(store)
    plan = sealed(store, *(contract(n) for n in range(PARTS)))
    keep_end(store, ended(store, plan, 1, 2, 3), RunFile.REPORT)
    for number in (1, 2, 3):
        store.delete(part_file("R1", number, PartFile.PLAN))

    record = record_of(store, "R1")

    assert (record.state, record.kind, record.run_date) == (
        RunState.FINISHED,
        RunKind.RUN,
        RUN_DATE,
    )
    assert record.totals is not None
    assert (record.totals.invoices, record.totals.currencies[0].amount) == (3, Decimal("20821.50"))
    assert [(o.status, o.invoices) for o in record.outcomes] == [(InvoiceStatus.WRITTEN, 3)]
    assert (record.failed_contracts, record.exit_code) == (1, 1)


def test_a_run_that_is_not_through_says_how_far_it_came(store: FolderRunStore) -> None:
    planned(store)
    assert record_of(store, "R1").state is RunState.UNFINISHED

    ended(store, sealed(store, *(contract(n) for n in range(PARTS))), 2)
    record = record_of(store, "R1")

    assert record.state is RunState.UNFINISHED
    assert {o.status: o.invoices for o in record.outcomes} == {
        InvoiceStatus.WRITTEN: 1,
        InvoiceStatus.FAILED: 2,
    }
    assert record.exit_code is None


def test_a_run_that_stopped_before_its_plan_says_where_and_why(store: FolderRunStore) -> None:
    begun(store, "R1")
    stop = Stop(step="plan", error="no connection", exit_code=4)
    store.put(run_file("R1", RunFile.STOPPED), (encoded(stop),))

    record = record_of(store, "R1")

    assert (record.state, record.stop, record.exit_code) == (RunState.STOPPED, stop, 4)
    assert record.totals is None
    assert details(store, "R1").report is None
    store.put(run_file("R1", RunFile.STOPPED), (b"{",))
    assert record_of(store, "R1").stop is not None


def test_a_run_tells_how_long_it_took(store: FolderRunStore) -> None:
    planned(store)
    plan = sealed(store, *(contract(n) for n in range(PARTS)))
    told = replace(ended(store, plan, 1, 2, 3), ended=BEGAN + timedelta(seconds=75))
    keep_end(store, told, RunFile.REPORT)

    record = record_of(store, "R1")

    assert (record.ended, record.seconds) == (BEGAN + timedelta(seconds=75), 75.0)


def outcome(status: InvoiceStatus, invoices: int, amount: str) -> OutcomeTotals:
    money = Decimal(amount)
    return OutcomeTotals(
        status=status, currency=EURO, invoices=invoices, amount=money, tax=Decimal(0)
    )


def record(run_id: str, exit_code: int, left: int, *outcomes: OutcomeTotals) -> RunRecord:
    planned_ = CurrencyTotals(
        currency=EURO,
        invoices=sum(item.invoices for item in outcomes),
        amount=sum((item.amount for item in outcomes), Decimal(0)),
        tax=Decimal(0),
        candidates=Decimal(0),
        invoiced=Decimal(0),
        not_invoiced=Decimal(0),
    )
    totals = PlanTotals(invoices=planned_.invoices, left_behind=left, currencies=(planned_,))
    return RunRecord(
        run_id=run_id,
        state=RunState.FINISHED,
        began=BEGAN,
        totals=totals,
        outcomes=outcomes,
        exit_code=exit_code,
    )


def test_a_run_that_was_planned_anew_is_one_with_what_did_so() -> None:
    """Three of five were written at first; the other two drifted, and one more had become due."""
    first = record(
        "R1",
        1,
        9,
        outcome(InvoiceStatus.WRITTEN, 3, "300"),
        outcome(InvoiceStatus.DRIFTED, 2, "200"),
    )
    again = record("R1.again", 0, 4, outcome(InvoiceStatus.WRITTEN, 3, "260"))
    other = record("R2", 0, 0, outcome(InvoiceStatus.WRITTEN, 1, "1"))

    joined, alone = told_as_one([first, again, other])

    assert (joined.run_id, joined.resumed_by, joined.exit_code) == ("R1", ("R1.again",), 0)
    assert joined.totals is not None
    assert (joined.totals.invoices, joined.totals.left_behind) == (6, 4)
    assert joined.totals.currencies[0].amount == Decimal(560)
    assert [(item.status, item.invoices) for item in joined.outcomes] == [
        (InvoiceStatus.WRITTEN, 6)
    ]
    assert alone == other


def test_only_the_last_runs_are_read_where_no_more_are_wanted(store: FolderRunStore) -> None:
    for number in range(5):
        begun(store, f"2020100{number}", BEGAN + timedelta(hours=number))

    assert [item.run_id for item in records(store, 2)] == ["20201003", "20201004"]
    assert len(records(store, 9)) == 5


def test_runs_are_listed_in_the_order_of_their_beginnings(store: FolderRunStore) -> None:
    for hours, run_id in ((2, "a"), (1, "b"), (3, "c")):
        begun(store, run_id, BEGAN + timedelta(hours=hours))

    assert [record.run_id for record in records(store)] == ["b", "a", "c"]


def test_a_damaged_manifest_is_told_and_spoils_no_other_line(store: FolderRunStore) -> None:
    planned(store)
    begun(store, "R2")
    name = run_file("R1", RunFile.MANIFEST)
    store.put(name, ((store.get(name) or b"").replace(b"month end", b"month End"),))

    first, second = records(store)

    assert "its list of parts is not as it was sealed" in (first.fault or "")
    assert (first.run_date, first.totals) == (RUN_DATE, None)
    assert second.fault is None
    assert details(store, "R1").report is None


def test_unfinished_runs_come_by_run_date_and_marks_that_say_nothing_any_more_go(
    store: FolderRunStore,
) -> None:
    planned(store)
    for run_id in ("ended", "never-planned"):
        store.put(unfinished_mark(ORGANIZATION, run_id), ())
    store.put(run_file("ended", RunFile.REPORT), (b"{}",))
    plan = sealed(store, contract())
    early = replace(plan, scope=replace(plan.scope, run_date=date(2020, 10, 1)))
    Journal(store, "R0").keep_plan(early)

    assert unfinished(store, ORGANIZATION) == ("R0", "R1")
    assert store.names(f"tenants/{ORGANIZATION}/unfinished/") == (
        unfinished_mark(ORGANIZATION, "R0"),
        unfinished_mark(ORGANIZATION, "R1"),
    )


def test_the_notes_of_a_run_are_told_part_by_part(store: FolderRunStore) -> None:
    planned(store)
    plan = sealed(store, *(contract(n) for n in range(PARTS)))
    ended(store, plan, 1, 3)

    notes = [note.contract_id for note in details(store, "R1").notes()]

    assert notes == [plan.contracts[0].contract_id, plan.contracts[2].contract_id]


def test_a_run_that_nobody_knows_is_told(store: FolderRunStore) -> None:
    with pytest.raises(RunStoreError, match="knows no run 'nobody'"):
        details(store, "nobody")
