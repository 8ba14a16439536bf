"""The journal: a plan is frozen before it is marked, and only a whole end takes the mark away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from connector.run_record import RunState
from connector.runs.folder_store import FolderRunStore
from connector.runs.history import record_of, unfinished
from connector.runs.journal import Journal
from connector.runs.lease import LeaseHeld
from connector.runs.store import RunStoreError
from tests.runs.full_disk import full_disk
from tests.runs.planned import ORGANIZATION, PARTS, contract, sealed
from tests.runs.test_run_end import ended

if TYPE_CHECKING:
    from pathlib import Path

    from connector.run_report import RunPlan


@pytest.fixture
def store(tmp_path: Path) -> FolderRunStore:
    return FolderRunStore(tmp_path / "store")


@pytest.fixture
def plan(tmp_path: Path) -> RunPlan:
    elsewhere = FolderRunStore(tmp_path / "elsewhere")
    return sealed(elsewhere, *(contract(number) for number in range(PARTS)))


def test_a_plan_that_was_made_elsewhere_is_frozen_part_by_part(
    store: FolderRunStore, plan: RunPlan
) -> None:
    kept = Journal(store, "R1").take_plan(plan)

    assert kept == plan
    assert tuple(kept.parts()) == tuple(plan.parts())
    assert unfinished(store, ORGANIZATION) == ("R1",)
    assert record_of(store, "R1").state is RunState.UNFINISHED


def test_a_plan_that_cannot_be_kept_is_no_unfinished_run(
    store: FolderRunStore, plan: RunPlan
) -> None:
    with full_disk(room=1_000), pytest.raises(RunStoreError):
        Journal(store, "R1").take_plan(plan)

    assert unfinished(store, ORGANIZATION) == ()


def test_a_whole_end_finishes_the_run(store: FolderRunStore, plan: RunPlan) -> None:
    journal = Journal(store, "R1")
    kept = journal.take_plan(plan)

    report = journal.close(ended(store, kept, 1, 2, 3))

    assert report.own_warnings == ()
    assert unfinished(store, ORGANIZATION) == ()
    assert record_of(store, "R1").state is RunState.FINISHED


@pytest.mark.parametrize("what", ["parts that were not tried", "invoices that are open"])
def test_an_end_that_leaves_something_to_write_does_not_finish_it(
    store: FolderRunStore, plan: RunPlan, what: str
) -> None:
    journal = Journal(store, "R1")
    whole = ended(store, journal.take_plan(plan), 1, 2, 3)
    first, *others = whole.written
    if what == "invoices that are open":
        report = replace(whole, written=(replace(first, is_open=True), *others))
    else:
        report = replace(whole, written=tuple(others), because="halted")

    journal.close(report)

    assert unfinished(store, ORGANIZATION) == ("R1",)
    assert record_of(store, "R1").state is RunState.UNFINISHED


def test_an_end_that_cannot_be_kept_is_a_warning_and_the_run_is_taken_up_again(
    store: FolderRunStore, plan: RunPlan
) -> None:
    journal = Journal(store, "R1")
    report = ended(store, journal.take_plan(plan), 1, 2, 3)

    with full_disk():
        closed = journal.close(report)

    (warning,) = closed.own_warnings
    assert warning.code == "run-store-incomplete"
    assert "report.json" in warning.text
    assert unfinished(store, ORGANIZATION) == ("R1",)


def test_an_error_is_noted_with_its_step_and_goes_on(store: FolderRunStore) -> None:
    def failing() -> None:
        with Journal(store, "R1", "take the lease"):
            raise LeaseHeld(None)

    with pytest.raises(LeaseHeld):
        failing()

    stop = record_of(store, "R1").stop
    assert stop is not None
    assert (stop.step, stop.exit_code) == ("take the lease", 5)
    assert "another run that is just beginning" in stop.error


def test_an_error_that_cannot_even_be_noted_says_so_itself(store: FolderRunStore) -> None:
    def failing() -> None:
        with full_disk(), Journal(store, "R1"):
            raise LookupError

    with pytest.raises(LookupError) as caught:
        failing()

    assert "cannot keep" in caught.value.__notes__[0]
