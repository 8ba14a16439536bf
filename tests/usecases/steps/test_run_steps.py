"""A run in steps is the run in one process: the same rows, the same report, however often done."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from connector.errors import ExitCode
from connector.run_record import RunState
from connector.runs.history import records
from connector.runs.lease import LeaseHeld
from connector.scope import Scope
from connector.usecases.run import execute
from connector.usecases.session import writing
from tests.projectops.one_contract import actual_row, tenant_with
from tests.usecases.opened import opened
from tests.usecases.steps.driven import Engine, StepFailed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.projectops.stored_rows import StoredRows

DAY = date(2020, 10, 5)


def engine(far: StoredRows, folder: Path, *, times: int = 1, **environ: str) -> Engine:
    return Engine(opened=lambda: opened(far, folder, **environ), times=times)


@pytest.mark.parametrize("times", [1, 2])
def test_steps_leave_the_rows_and_the_report_of_a_run_in_one_process(
    tmp_path: Path, times: int
) -> None:
    whole, cut = tenant_with(), tenant_with()
    (tmp_path / "whole").mkdir()
    with writing(opened(whole, tmp_path / "whole"), "R1") as session:
        report = execute(session, Scope(run_date=DAY), "R1")

    steps = engine(cut, tmp_path, times=times)
    [ended] = steps.order()

    assert cut.tables == whole.tables
    assert ended == {
        "run_id": "R1",
        "run_date": "2020-10-05",
        "exit_code": 0,
        "invoices": 1,
        "drifted": [],
    }
    told = steps.reports[-1]
    assert told.outcome_totals == report.outcome_totals
    assert told.plan.sha256 == report.plan.sha256
    assert told.outcomes == report.outcomes


def test_a_second_order_of_the_day_writes_nothing(tmp_path: Path) -> None:
    far = tenant_with()
    steps = engine(far, tmp_path)

    steps.order("R1")
    before = len(far.change_sets)
    [ended] = steps.order("R2")

    assert len(far.change_sets) == before
    assert ended["exit_code"] == 0
    states = [(record.run_id, record.state) for record in records(opened(far, tmp_path).store)]
    assert states == [("R1", RunState.FINISHED), ("R2", RunState.FINISHED)]


def test_a_dry_run_takes_no_lease_and_keeps_a_preview(tmp_path: Path) -> None:
    far = tenant_with()
    steps = engine(far, tmp_path)

    with writing(opened(far, tmp_path), "other"):
        [ended] = steps.order(dry_run=True)

    assert far.change_sets == []
    assert (ended["exit_code"], ended["invoices"]) == (0, 1)
    [record] = records(opened(far, tmp_path).store)
    assert record.state is RunState.PREVIEW
    assert record.totals is not None
    assert record.totals.invoices == 1
    assert steps.reports[-1].dry_run


def test_a_run_in_one_process_waits_for_a_run_in_steps_and_the_other_way_round(
    tmp_path: Path,
) -> None:
    far = tenant_with()
    steps = engine(far, tmp_path)
    held = steps.step("open_order", order={"run_id": "R1", "run_date": "2020-10-05"})

    with pytest.raises(LeaseHeld, match="run R1 on"), writing(opened(far, tmp_path), "R2"):
        pass
    steps.step("close_order", hold=held["hold"])
    with writing(opened(far, tmp_path), "R2"), pytest.raises(StepFailed) as refused:
        steps.step("open_order", order={"run_id": "R3", "run_date": "2020-10-05"})

    assert refused.value.failure["kind"] == "over"
    assert refused.value.failure["exit_code"] == int(ExitCode.LEASE_HELD)


def test_what_passes_between_steps_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    sizes = []
    for count in (3, 30):
        folder = tmp_path / str(count)
        folder.mkdir()
        actuals = [actual_row(100 + number) for number in range(count)]
        steps = engine(tenant_with(msdyn_actuals=actuals), folder)
        steps.order()
        [report] = steps.reports
        assert report.totals.details == count + 1  # and the milestone
        sizes.append(sum(map(len, steps.texts)))

    # Some numbers have a digit more: 4 and 31 details, 3,400.00 and 25,000.00.
    assert 0 <= sizes[1] - sizes[0] < 40
