"""Each run is counted once, with its invoices, amounts, what stays behind and how long it took."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from connector.scope import Scope
from connector.usecases.measures import measure_failure
from connector.usecases.progress import PartWritten
from connector.usecases.run import execute
from connector.usecases.session import writing
from tests.measured import begin_measuring, measured, spans
from tests.projectops.one_contract import actual_row, tenant_with
from tests.projectops.stored_rows import refused
from tests.usecases.opened import NOW, opened
from tests.usecases.steps.driven import Engine

if TYPE_CHECKING:
    from pathlib import Path

    from connector.usecases.progress import ProgressEvent
    from tests.projectops.stored_rows import StoredRows

DAY = date(2020, 10, 5)
EUROS = (("currency", "EUR"), ("status", "written"))


@pytest.fixture(autouse=True)
def _from_here() -> None:
    begin_measuring()


def run(far: StoredRows, folder: Path, *, in_steps: bool) -> None:
    if in_steps:
        Engine(opened=lambda: opened(far, folder)).order("R1", DAY)
        return
    with writing(opened(far, folder), "R1") as session:
        execute(session, Scope(run_date=DAY), "R1")


@pytest.mark.parametrize("in_steps", [False, True], ids=["one process", "steps"])
def test_a_run_is_counted_alike_in_one_process_and_in_steps(
    tmp_path: Path, *, in_steps: bool
) -> None:
    late = actual_row(33, msdyn_transactiondate="2020-10-20")

    run(tenant_with(msdyn_actuals=[actual_row(), late]), tmp_path, in_steps=in_steps)

    found = measured()
    assert found["proforma.runs"] == {(("dry_run", False), ("outcome", "done")): 1}
    # The actual of 800 and the milestone of 1000.
    assert found["proforma.invoices"] == {EUROS: 1}
    assert found["proforma.amount"] == {EUROS: 1800}
    assert found["proforma.left_behind"] == {
        (("reason", "past-last-cut-off"),): 1,
        (("reason", "product-not-ready"),): 1,
    }
    assert found["proforma.failed_contracts"] == {(): 0}
    assert found["proforma.throttled"] == {(): 0}


def test_a_run_that_left_something_undone_is_incomplete(tmp_path: Path) -> None:
    far = tenant_with()
    far.faults = [refused(400)]

    run(far, tmp_path, in_steps=False)

    found = measured()
    assert found["proforma.runs"] == {(("dry_run", False), ("outcome", "incomplete")): 1}
    assert found["proforma.invoices"] == {(("currency", "EUR"), ("status", "failed")): 1}


def test_the_duration_is_from_the_first_file_of_the_run_to_its_report(tmp_path: Path) -> None:
    environment, now = opened(tenant_with(), tmp_path), [NOW]
    environment.clock = lambda: now[-1]

    def listen(event: ProgressEvent) -> None:
        if isinstance(event, PartWritten):
            now.append(NOW + timedelta(seconds=90))

    with environment.watching(listen), writing(environment, "R1") as session:
        execute(session, Scope(run_date=DAY), "R1")

    assert measured()["proforma.run.duration"] == {(("dry_run", False), ("outcome", "done")): 90}


def test_a_run_that_failed_is_counted_with_its_exit_code() -> None:
    measure_failure(3)

    assert measured()["proforma.runs"] == {(("exit_code", "3"), ("outcome", "failed")): 1}


def test_parts_have_spans_with_the_run_s_id(tmp_path: Path) -> None:
    run(tenant_with(), tmp_path, in_steps=False)

    told = [(span.name, span.attributes["run_id"], span.attributes["part"]) for span in spans()]
    assert told == [("proforma.plan_part", "R1", 1), ("proforma.write_part", "R1", 1)]
