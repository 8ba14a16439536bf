"""A run that died is finished by the next one: exactly the rows of an undisturbed run."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

from connector import ExitCode
from connector.outcome import InvoiceStatus
from tests.reliability.dying import Killed, dies_at
from tests.reliability.undisturbed import content, violations

if TYPE_CHECKING:
    from connector import RunReport
    from tests.end_to_end.tenant import TestTenant

pytestmark = pytest.mark.long

#: One contract with two customers, so two invoices that share a schedule row.
TWO_CUSTOMERS = date(2020, 10, 7)
#: One exchange in so many; the crash matrix has them all.
STRIDE = 4
#: Small enough that each invoice of that day takes several change sets.
SMALL = 4


def run(tenant: TestTenant, day: date, operations: int, *, name: str = "rerun") -> RunReport:
    with tenant.connector() as connector:
        connector._environment.operations_per_change_set = operations
        return connector.run(day, run_id=name)


def killed(tenant: TestTenant, at: int, operations: int, *, answered: bool) -> bool:
    """Whether the run died before it came to its end."""
    with tenant.connector() as connector:
        connector._environment.operations_per_change_set = operations
        dies_at(connector, at, answered=answered)
        try:
            connector.run(TWO_CUSTOMERS, run_id="dying")
        except Killed:
            return True
    return False


@pytest.mark.parametrize("answered", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("store", ["kept", "lost"])
@pytest.mark.parametrize("operations", [SMALL, 1000], ids=["several change sets", "one change set"])
def test_a_run_that_dies_at_any_exchange_is_finished_by_the_next(
    tenant: TestTenant, store: str, operations: int, *, answered: bool
) -> None:
    before = tenant.emulator.snapshot()
    run(tenant, TWO_CUSTOMERS, operations)
    expected = content(tenant)
    at = 1
    while True:
        tenant.emulator.restore(before)
        shutil.rmtree(tenant.folder / "runs")
        died = killed(tenant, at, operations, answered=answered)
        if store == "lost" and died:
            shutil.rmtree(tenant.folder / "runs", ignore_errors=True)

        report = run(tenant, TWO_CUSTOMERS, operations)

        assert content(tenant) == expected, f"exchange {at}"
        assert violations(tenant) == []
        assert report.exit_code is ExitCode.DONE
        if not died:
            break
        at += STRIDE
    assert at > 8, "the run died at too few exchanges to prove anything"


def test_what_is_finished_is_reported_with_the_run_that_finished_it(tenant: TestTenant) -> None:
    at = 7  # the first change set of the second invoice
    assert killed(tenant, at, 1000, answered=True)

    report = run(tenant, TWO_CUSTOMERS, 1000)

    (earlier,) = report.earlier
    assert earlier.run_id == "dying"
    assert {outcome.status for outcome in earlier.outcomes} <= {
        InvoiceStatus.WRITTEN,
        InvoiceStatus.ALREADY_WRITTEN,
    }
    assert "earlier-run-finished" in {warning.code for warning in report.warnings}
    assert run(tenant, TWO_CUSTOMERS, 1000, name="third").earlier == ()
