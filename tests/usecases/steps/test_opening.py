"""An order begins once, however often it is told so, and says which dates it stands for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.errors import ExitCode
from connector.invoicing.ids import ContractId
from connector.invoicing.policy import MissedDates
from connector.run_record import RunKind, RunState
from connector.runs.history import record_of
from connector.runs.lease import LeaseHeld, LeaseLost
from connector.runs.run_begin import kept_begin
from connector.usecases.session import writing
from connector.usecases.steps.opening import (
    again,
    begin_run,
    close_order,
    holding,
    note_failure,
    open_order,
)
from connector.usecases.steps.values import FailureKind, RunOrder, StepFailure
from tests.projectops.one_contract import due_row, tenant_with
from tests.projectops.stored_rows import StoredRows
from tests.usecases.opened import opened

if TYPE_CHECKING:
    from pathlib import Path

    from connector.usecases.environment import Environment

ORDER = RunOrder(run_id="R1", run_date=date(2020, 10, 5))


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return opened(tenant_with(), tmp_path)


def test_an_order_that_is_opened_twice_is_one_order(environment: Environment) -> None:
    first, second = open_order(environment, ORDER), open_order(environment, ORDER)

    assert first == second
    assert first.hold.epoch == 1
    assert [run.run_id for run in first.runs] == ["R1"]


def test_another_order_is_refused_until_the_first_is_closed(environment: Environment) -> None:
    first = open_order(environment, ORDER)
    other = RunOrder(run_id="R2", run_date=date(2020, 10, 5))

    with pytest.raises(LeaseHeld, match="run R1 on"):
        open_order(environment, other)
    close_order(environment, first.hold)

    assert open_order(environment, other).hold.epoch == 2
    with pytest.raises(LeaseLost), holding(environment, first.hold):
        pass


def test_an_order_that_catches_up_stands_for_the_missed_dates_and_its_own(tmp_path: Path) -> None:
    # A row of 3 October 2020 in Berlin, and one of 5 October: both had no run.
    missed = due_row(62, msdyn_invoicerundate="2020-10-02T22:00:00Z")
    far = tenant_with(msdyn_contractlineinvoiceschedules=[due_row(), missed])
    order = RunOrder(run_id="R1", run_date=date(2020, 10, 6), days=10)

    runs = open_order(opened(far, tmp_path), order).runs

    assert [run.run_id for run in runs] == ["R1-2020-10-03", "R1-2020-10-05", "R1-2020-10-06"]
    assert [run.scope.run_date.day for run in runs] == [3, 5, 6]
    assert {run.scope.missed_dates for run in runs} == {MissedDates.CATCH_UP}
    assert [run.scope.late_days for run in runs] == [0, 0, 10]


def test_a_dry_run_neither_takes_nor_ends_an_epoch(environment: Environment) -> None:
    dry = RunOrder(run_id="R1", run_date=date(2020, 10, 5), days=31, dry_run=True)

    found = open_order(environment, dry)
    close_order(environment, found.hold)

    assert found.hold.epoch is None
    assert [run.run_id for run in found.runs] == ["R1"]
    with holding(environment, found.hold) as check, writing(environment, "other"):
        check()


def test_a_run_that_begins_twice_for_one_order_goes_by_one_id(environment: Environment) -> None:
    found = open_order(environment, ORDER)

    first = begin_run(environment, found.hold, found.runs[0])
    second = begin_run(environment, found.hold, found.runs[0])

    assert first == second
    assert first.run.run_id == "R1"
    begun = kept_begin(environment.store, "R1")
    assert begun is not None
    assert (begun.kind, begun.order) == (RunKind.RUN, "R1")


def test_a_run_whose_id_another_one_has_goes_by_a_number_more(environment: Environment) -> None:
    other = RunOrder(run_id="other", run_date=date(2020, 10, 5))
    first = open_order(environment, other)
    begin_run(environment, first.hold, again("A", date(2020, 10, 5), ()))
    close_order(environment, first.hold)
    found = open_order(environment, ORDER)

    begun = begin_run(environment, found.hold, again("A", date(2020, 10, 5), ()))

    assert begun.run.run_id == "A.again.2"


def test_what_is_planned_anew_are_the_contracts_that_changed() -> None:
    contract = ContractId(UUID(int=7))

    run = again("R1", date(2020, 10, 5), (contract,))

    assert (run.run_id, run.scope.contracts) == ("R1.again", (contract,))
    assert run.scope.beside_platform_job


def test_where_a_run_ended_is_kept(environment: Environment) -> None:
    failure = StepFailure(kind=FailureKind.OVER, text="a bound", exit_code=3)

    note_failure(environment, "R1", "seal_plan", failure)

    record = record_of(environment.store, "R1")
    assert record.state is RunState.STOPPED
    assert record.exit_code == ExitCode.PLAN_REJECTED
    assert record.stop is not None
    assert (record.stop.step, record.stop.error) == ("seal_plan", "a bound")


def test_a_tenant_without_rows_has_one_run_without_parts(tmp_path: Path) -> None:
    environment = opened(StoredRows(), tmp_path)

    assert len(open_order(environment, ORDER).runs) == 1
