"""Parts are found once, planned once and judged together; what could not be read is told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from connector.errors import ConnectorError
from connector.outcome import RequestCounts
from connector.run_record import RunState
from connector.runs.history import record_of
from connector.runs.plan_text import PlanFileError
from connector.runs.stored_plan import stored_plan
from connector.scope import Scope
from connector.usecases.bounds import PlanRejected
from connector.usecases.steps.opening import begin_run, open_order
from connector.usecases.steps.planning import find_run_parts, plan_one_part, seal_plan
from connector.usecases.steps.values import DatedRun, Hold, PlannedPart, RunOrder
from tests.projectops.one_contract import actual_row, tenant_with
from tests.usecases.opened import opened

if TYPE_CHECKING:
    from pathlib import Path

    from connector.usecases.environment import Environment

DAY = date(2020, 10, 5)
RUN = DatedRun(run_id="R1", scope=Scope(run_date=DAY))


def begun(environment: Environment) -> Hold:
    hold = open_order(environment, RunOrder(run_id="R1", run_date=DAY)).hold
    begin_run(environment, hold, RUN)
    return hold


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return opened(tenant_with(), tmp_path)


def test_whoever_looks_a_second_time_gets_the_parts_of_the_first_time(
    environment: Environment,
) -> None:
    begun(environment)

    first = find_run_parts(environment, RUN)
    second = find_run_parts(environment, RUN)

    assert (first.parts, second.parts) == (1, 1)
    assert first.requests.get + first.requests.batch > 0
    assert second.requests == RequestCounts()


def test_a_part_that_is_sealed_is_not_read_once_more(tmp_path: Path) -> None:
    far = tenant_with()
    environment = opened(far, tmp_path)
    begun(environment)
    find_run_parts(environment, RUN)

    first = plan_one_part(environment, "R1", 1)
    far.put("msdyn_actuals", actual_row(33))
    second = plan_one_part(environment, "R1", 1)

    assert first.summary is not None
    assert second.summary == first.summary
    assert second.requests == RequestCounts()
    assert first.summary.totals.details == 2  # the actual and the milestone


@pytest.mark.parametrize("number", [0, 2])
def test_a_part_that_does_not_exist_is_named(environment: Environment, number: int) -> None:
    begun(environment)
    find_run_parts(environment, RUN)

    with pytest.raises(PlanFileError, match=f"parts 1 to 1, and no part {number}"):
        plan_one_part(environment, "R1", number)


def test_parts_of_a_run_that_was_never_looked_for_are_missed(environment: Environment) -> None:
    with pytest.raises(PlanFileError, match="no parts of run R1"):
        plan_one_part(environment, "R1", 1)


def test_a_plan_is_sealed_once_and_says_what_is_to_be_written(environment: Environment) -> None:
    hold = begun(environment)
    find_run_parts(environment, RUN)
    parts = [plan_one_part(environment, "R1", 1)]

    first = seal_plan(environment, hold, RUN, parts)
    second = seal_plan(environment, hold, RUN, parts)

    assert first == second
    assert (first.parts, first.invoices, first.resumed) == ((1,), 1, False)
    assert record_of(environment.store, "R1").state is RunState.UNFINISHED


def test_a_dry_run_seals_a_preview_and_writes_no_part(environment: Environment) -> None:
    find_run_parts(environment, RUN)
    parts = [plan_one_part(environment, "R1", 1)]

    found = seal_plan(environment, Hold(run_id="R1"), RUN, parts)

    assert found.parts == ()
    assert record_of(environment.store, "R1").state is RunState.PREVIEW


def test_a_plan_that_breaks_a_bound_is_kept_for_a_look_and_never_written(tmp_path: Path) -> None:
    environment = opened(tenant_with(), tmp_path, BOUNDS__AMOUNT_PER_RUN="1000")
    hold = begun(environment)
    find_run_parts(environment, RUN)
    parts = [plan_one_part(environment, "R1", 1)]

    with pytest.raises(PlanRejected, match="amount-per-run"):
        seal_plan(environment, hold, RUN, parts)

    assert record_of(environment.store, "R1").state is RunState.PREVIEW


def test_the_contracts_of_a_part_that_could_not_be_read_are_reported_as_failed(
    tmp_path: Path,
) -> None:
    far = tenant_with()
    environment = opened(far, tmp_path)
    environment.contracts_per_part = 1
    hold = begun(environment)
    find_run_parts(environment, RUN)
    unread = PlannedPart(number=1, because="half a page", requests=RequestCounts())

    with pytest.raises(ConnectorError, match="half a page"):
        seal_plan(environment, hold, RUN, [unread])

    # With another part that was read, it fails alone.
    read = plan_one_part(environment, "R1", 1)
    assert read.summary is not None
    sealed = seal_plan(environment, hold, RUN, [read])
    plan = stored_plan(environment.store, "R1")
    assert sealed.parts == (1,)
    assert plan.failed_contracts == 0
