"""A tenant that refuses our form of writing is written to in the form that it takes."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

from connector.emulator.service.scripted_faults import FaultKind, ScriptedFault
from connector.outcome import InvoiceStatus
from tests.reliability.refusing import Operation, refusing
from tests.reliability.undisturbed import content, violations

if TYPE_CHECKING:
    from connector import RunReport
    from tests.end_to_end.tenant import TestTenant

DAY, ANOTHER_DAY = date(2020, 10, 7), date(2020, 10, 15)
WRITTEN = (
    "invoices",
    "invoicedetails",
    "msdyn_invoicelinetransactions",
    "msdyn_transactionconnections",
)


def statuses(report: RunReport) -> set[InvoiceStatus]:
    return {outcome.status for outcome in report.outcomes}


def expected(tenant: TestTenant, day: date) -> object:
    """What an undisturbed run leaves; the tenant is as before afterwards."""
    before = tenant.emulator.snapshot()
    tenant.run(day)
    found = content(tenant)
    tenant.emulator.restore(before)
    shutil.rmtree(tenant.folder / "runs" / "runs" / f"run-{day}")
    return found


@pytest.mark.parametrize("table", [*WRITTEN, "every"])
def test_a_table_that_refuses_conditional_creates_gets_posts_with_our_id(
    tenant: TestTenant, table: str
) -> None:
    undisturbed = expected(tenant, DAY)

    def refuses(operation: Operation) -> bool:
        return operation.is_conditional_create and table in ("every", operation.table)

    with refusing(tenant, refuses) as (front, _):
        report = front.run(DAY)

    assert statuses(report) == {InvoiceStatus.WRITTEN}
    assert content(tenant) == undisturbed
    assert violations(tenant) == []


def test_what_a_tenant_takes_is_tried_once_and_then_remembered(tenant: TestTenant) -> None:
    with refusing(tenant, lambda operation: operation.is_conditional_create) as (front, tally):
        front.run(DAY)
        tried = len(tally.refused)
        front.run(ANOTHER_DAY)

    assert tried > 0
    assert len(tally.refused) == tried


def test_a_posted_row_that_is_there_already_is_settled_and_not_made_twice(
    tenant: TestTenant,
) -> None:
    """The store is shared and tells to post; another runner has written meanwhile."""
    with refusing(tenant, lambda operation: operation.is_conditional_create) as (front, _):
        front.run(ANOTHER_DAY)
        with front.connector() as late:
            plan = late.plan(DAY)
            late.save_plan(plan, tenant.folder / "late.jsonl")
            front.run(DAY)
            written = content(tenant)
            report = late.apply(tenant.folder / "late.jsonl", run_id="late")

    assert statuses(report) == {InvoiceStatus.ALREADY_WRITTEN}
    assert content(tenant) == written


def test_a_tenant_that_takes_no_id_of_ours_is_told_and_nothing_is_written(
    tenant: TestTenant,
) -> None:
    """Without keys of ours nothing could be written exactly once."""

    def refuses(operation: Operation) -> bool:
        return operation.table == "invoices" and operation.method in ("PATCH", "POST")

    with refusing(tenant, refuses, message="Ids are made by the server.") as (front, tally):
        report = front.run(DAY)

    assert statuses(report) == {InvoiceStatus.FAILED}
    assert all("Ids are made by the server." in str(o.error) for o in report.outcomes)
    assert tenant.rows("invoices") == ()
    assert len(tally.refused) <= 2 * (1 + len(WRITTEN))


def test_a_plug_in_that_says_no_is_not_asked_in_other_words(tenant: TestTenant) -> None:
    with tenant.connector() as connector:
        skip = connector.run(DAY, run_id="preview", dry_run=True).requests.batch
    tenant.emulator.plan(
        ScriptedFault(
            kind=FaultKind.STATUS,
            method="POST",
            path=r"\$batch",
            skip=skip,
            times=2,
            status=400,
            code="0x80040265",
            message="a plug-in says no",
        )
    )

    report = tenant.run(DAY)

    assert statuses(report) == {InvoiceStatus.FAILED}
    assert tenant.emulator.faults.planned == ()
