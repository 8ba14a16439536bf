"""One run from its first look to the rows that it leaves, over a tenant held as values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.invoicing.ids import OrganizationId
from connector.outcome import InvoiceStatus
from connector.runs.plan_text import PlanFileError
from connector.scope import Scope
from connector.usecases.bounds import PlanRejected
from connector.usecases.plan import plan_run, preview
from connector.usecases.progress import PartsFound
from connector.usecases.run import apply, catch_up, execute
from connector.usecases.session import writing
from connector.usecases.watch import RunInterrupted
from tests.projectops.one_contract import due_row, tenant_with, uid
from tests.projectops.stored_rows import lost_before_it_acted, refused
from tests.usecases.opened import opened

if TYPE_CHECKING:
    from pathlib import Path

    from connector.run_report import RunReport
    from connector.usecases.environment import Environment
    from connector.usecases.progress import ProgressEvent

SCOPE = Scope(run_date=date(2020, 10, 5))
ROWS = "msdyn_contractlineinvoiceschedules"


def run(environment: Environment, run_id: str = "R1") -> RunReport:
    with writing(environment, run_id) as session:
        return execute(session, SCOPE, run_id)


def statuses(report: RunReport) -> list[InvoiceStatus]:
    return [total.status for total in report.outcome_totals for _ in range(total.invoices)]


def test_a_run_writes_what_is_due_and_sets_its_schedule_row(tmp_path: Path) -> None:
    far = tenant_with()

    report = run(opened(far, tmp_path))

    # The actual of 800 up to the cut-off date and the milestone of 1000, for the one account.
    [totals] = report.totals.currencies
    assert (report.totals.invoices, totals.amount) == (1, Decimal(1800))
    assert statuses(report) == [InvoiceStatus.WRITTEN]
    [invoice] = far.tables["invoices"]
    row = far.row(ROWS, UUID(int=61))
    assert (row["msdyn_invoicerunstatus"], row["_msdyn_invoice_value"]) == (192350001, invoice)
    assert len(far.change_sets) == 1


def test_a_preview_and_a_plan_send_reads_alone(tmp_path: Path) -> None:
    far = tenant_with()
    environment = opened(far, tmp_path)

    report = preview(environment, SCOPE, "R1")

    assert (report.dry_run, report.totals.invoices) == (True, 1)
    assert plan_run(environment, SCOPE).totals == report.totals
    assert far.change_sets == []
    assert not (tmp_path / "runs" / "runs").exists()


def test_a_contract_that_the_tenant_refuses_has_its_row_failed(tmp_path: Path) -> None:
    far = tenant_with()
    far.faults = [refused(400)]

    report = run(opened(far, tmp_path))

    assert statuses(report) == [InvoiceStatus.FAILED]
    assert far.row(ROWS, UUID(int=61))["msdyn_invoicerunstatus"] == 192350002


def test_an_unfinished_run_is_taken_up_before_the_next_one(tmp_path: Path) -> None:
    far = tenant_with()
    far.faults = [lost_before_it_acted] * 3
    environment = opened(far, tmp_path)

    first = run(environment)
    second = run(environment, "R2")

    assert statuses(first) == [InvoiceStatus.FAILED]
    [earlier] = second.earlier
    assert earlier.run_id == "R1"
    assert statuses(earlier) == [InvoiceStatus.WRITTEN]
    assert "earlier-run-finished" in [warning.code for warning in second.own_warnings]
    assert len(far.tables["invoices"]) == 1


def test_an_interrupt_while_a_date_is_read_takes_along_what_was_written_before(
    tmp_path: Path,
) -> None:
    """The row of the 5th is written; Ctrl-C comes while the 6th is looked at."""
    far = tenant_with()
    environment = opened(far, tmp_path)
    found = 0

    def hear(event: ProgressEvent) -> None:
        nonlocal found
        found += isinstance(event, PartsFound)
        if found == 2:
            raise KeyboardInterrupt

    scope = replace(SCOPE, run_date=date(2020, 10, 6))
    with (
        environment.watching(hear),
        writing(environment, "R1") as session,
        pytest.raises(RunInterrupted, match="interrupted: nothing was written") as told,
    ):
        catch_up(session, scope, "R1", 5)

    [before] = told.value.before
    assert statuses(before) == [InvoiceStatus.WRITTEN]
    assert before.run_date == date(2020, 10, 5)
    assert len(far.tables["invoices"]) == 1


def test_a_plan_that_breaks_a_bound_writes_nothing(tmp_path: Path) -> None:
    far = tenant_with()
    environment = opened(far, tmp_path, BOUNDS__AMOUNT_PER_RUN="1799.99")

    with pytest.raises(PlanRejected, match=r"The run bills 1,800\.00 EUR; .* \[amount-per-run\]"):
        run(environment)

    assert far.change_sets == []
    assert (tmp_path / "runs" / "runs" / "R1" / "preview.json").is_file()


def test_a_stored_plan_is_written_later_as_it_was_made(tmp_path: Path) -> None:
    far = tenant_with()
    environment = opened(far, tmp_path)
    plan = plan_run(environment, SCOPE)

    with writing(environment, "R1") as session:
        report = apply(session, plan, "R1")

    assert statuses(report) == [InvoiceStatus.WRITTEN]


def test_a_plan_of_another_organization_is_refused(tmp_path: Path) -> None:
    environment = opened(tenant_with(), tmp_path)
    foreign = replace(plan_run(environment, SCOPE), organization_id=OrganizationId(UUID(int=99)))

    with (
        writing(environment, "R1") as session,
        pytest.raises(PlanFileError, match=f"for organization {uid(99)}; this environment"),
    ):
        apply(session, foreign, "R1")


def test_a_day_that_nothing_calls_out_makes_nothing(tmp_path: Path) -> None:
    far = tenant_with(
        msdyn_contractlinescheduleofvalues=[],
        **{ROWS: [due_row(msdyn_invoicerundate="2020-10-05T22:00:00Z")]},
    )

    assert run(opened(far, tmp_path)).totals.invoices == 0
    assert far.change_sets == []
