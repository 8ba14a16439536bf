"""What a recurring job does each time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from connector.errors import ExitCode
from connector.invoicing.recurring_job import Workflow
from connector.usecases.batch_job import Processed
from connector.usecases.batch_job_process import InvoiceProcess, UtilizationProcess, process_of
from connector.usecases.progress import Waiting
from tests.projectops.one_contract import tenant_with
from tests.report.sample import ADATUM, report
from tests.usecases.opened import opened
from tests.usecases.test_batch_job import Days

if TYPE_CHECKING:
    from pathlib import Path

    from connector.run_report import RunReport
    from connector.usecases.environment import Environment
    from connector.usecases.progress import Progress


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return opened(tenant_with(), tmp_path)


@pytest.mark.parametrize(("runs", "stops"), [(9, 0), (0, 1)])
def test_a_run_that_begins_while_the_service_is_told_to_end_is_ended(
    environment: Environment, runs: int, stops: int
) -> None:
    days = Days(environment, runs=runs)
    told: list[str] = []

    def run(run_date: date, /, *, run_id: str, progress: Progress) -> list[RunReport]:
        assert (run_date, run_id) == (date(2020, 10, 5), "R1")
        progress(Waiting(seconds=1))
        return [report(ADATUM)]

    process = InvoiceProcess(run=run, control=days, stop=lambda: told.append("stop"))
    done = process(date(2020, 10, 5), "R1")

    assert told == ["stop"] * stops
    assert done == Processed(
        exit_code=ExitCode.DONE, said="2020-10-05: 1 invoice written 6,500.00 USD"
    )


def test_only_the_job_of_utilization_makes_no_invoices(environment: Environment) -> None:
    days = Days(environment, runs=1)
    invoices = InvoiceProcess(run=lambda *_, **__: (), control=days, stop=lambda: None)

    found = {each: process_of(each, environment, invoices) for each in Workflow}

    assert found[Workflow.PROCESS_RUNNER] is invoices
    assert found[Workflow.PROCESS_RUN_CALLER] is invoices
    assert found[Workflow.UPDATE_ROLE_UTILIZATION] == UtilizationProcess(environment=environment)
