"""A run store that fails, and a clock that cannot be trusted: never a wrong row, always a word."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from connector import Connector, ExitCode
from connector.dataverse.errors import DataverseError
from connector.emulator.service.scripted_faults import FaultKind, ScriptedFault
from connector.outcome import InvoiceStatus
from connector.run_record import RunState
from connector.runs.store import RunStoreError
from connector.usecases.progress import PartPlanned
from tests.reliability.dying import in_a_hurry
from tests.reliability.planted import planted, run_folder
from tests.reliability.undisturbed import content, violations
from tests.runs.full_disk import full_disk

if TYPE_CHECKING:
    from connector.usecases.progress import ProgressEvent
    from tests.end_to_end.tenant import TestTenant

DAY = date(2020, 10, 7)


@pytest.mark.parametrize("room", [16, 900], ids=["not even the lease", "no plan"])
def test_a_disk_that_is_full_before_the_first_write_stops_the_run(
    tenant: TestTenant, room: int
) -> None:
    before = tenant.emulator.dump()

    with full_disk(room), pytest.raises(RunStoreError, match="too large") as caught:
        tenant.run(DAY)

    assert caught.value.exit_code == ExitCode.USAGE
    assert tenant.emulator.dump() == before


@pytest.mark.parametrize("kept", ["part-0001.progress", "part-0001.report", "report.json"])
def test_what_cannot_be_kept_after_the_first_write_is_a_warning(
    tenant: TestTenant, kept: str
) -> None:
    folder = tenant.folder / "runs" / "runs" / f"run-{DAY}"

    def in_the_way(event: ProgressEvent) -> None:
        if isinstance(event, PartPlanned):
            (folder / kept).mkdir()

    report = tenant.run(DAY, progress=in_the_way)

    assert "run-store-incomplete" in {warning.code for warning in report.warnings}
    assert report.exit_code is ExitCode.DONE
    assert len(tenant.rows("invoices")) == 2
    assert {outcome.status for outcome in report.outcomes} == {InvoiceStatus.WRITTEN}
    (folder / kept).rmdir()
    written = content(tenant)
    with tenant.connector() as connector:
        connector.run(DAY, run_id="next")
        assert {r.state for r in connector.history() if r.run_date} == {RunState.FINISHED}
    assert content(tenant) == written


def test_a_place_that_is_no_folder_is_refused_before_anything_is_written(
    tenant: TestTenant,
) -> None:
    before = tenant.emulator.dump()
    (tenant.folder / "a-file").write_text("", encoding="utf-8")

    with (
        tenant.connector(RUN__STORE=str(tenant.folder / "a-file")) as connector,
        pytest.raises(RunStoreError),
    ):
        connector.run(DAY, run_id="nowhere")

    assert tenant.emulator.dump() == before


def test_an_unfinished_plan_that_was_damaged_is_told_and_stops_nothing(
    tenant: TestTenant,
) -> None:
    planted(tenant, "damaged", DAY)
    part = run_folder(tenant, "damaged") / "part-0001.plan"
    part.write_bytes(part.read_bytes()[:-100])

    report = tenant.run(DAY)

    assert "unfinished-run-unreadable" in {warning.code for warning in report.warnings}
    assert len(tenant.rows("invoices")) == 2


@pytest.mark.parametrize("jump", [timedelta(days=-3), timedelta(days=400), timedelta(hours=-1)])
def test_a_clock_that_jumps_during_a_run_changes_no_row(
    tenant: TestTenant, jump: timedelta
) -> None:
    before = tenant.emulator.snapshot()
    tenant.run(DAY)
    expected = content(tenant)
    tenant.emulator.restore(before)
    instants = itertools.count()
    start = datetime(2020, 10, 7, 12, tzinfo=UTC)
    with tenant.connector() as plain:
        settings = plain._environment.settings

    def jumping() -> datetime:
        return start + jump * (next(instants) % 2)

    with Connector(settings, clock=jumping) as connector:
        connector.run(DAY, run_id="jumping")

    assert content(tenant) == expected
    assert violations(tenant) == []


def test_a_source_that_changed_before_the_plan_was_taken_up_is_planned_again(
    tenant: TestTenant,
) -> None:
    plan = planted(tenant, "dead", DAY)
    (source, *_) = [
        d.source for c in plan.contracts for i in c.invoices for x in i.lines for d in x.details
    ]
    tenant.set("msdyn_actuals", str(source.id), msdyn_description="said more clearly")

    with tenant.connector() as connector:
        report = connector.run(date(2020, 10, 8), run_id="a-day-later")

    assert [earlier.run_id for earlier in report.earlier] == ["dead", "dead.again"]
    assert report.exit_code is ExitCode.DONE
    texts = {row["msdyn_description"] for row in tenant.rows("msdyn_invoicelinetransactions")}
    assert "said more clearly" in texts
    assert len(tenant.rows("invoices")) == 2
    assert violations(tenant) == []


TROUBLE = {
    "an HTML page": ScriptedFault(kind=FaultKind.GARBLED, times=10_000),
    "an empty body": ScriptedFault(kind=FaultKind.GARBLED, body="", times=10_000),
    "a link to another host": ScriptedFault(
        kind=FaultKind.GARBLED,
        times=10_000,
        body=json.dumps({"value": [], "@odata.nextLink": "https://elsewhere.example/api"}),
    ),
    "429 for an hour": ScriptedFault(
        kind=FaultKind.STATUS, status=429, retry_after=60.0, times=10_000
    ),
    "401 for ever": ScriptedFault(kind=FaultKind.STATUS, status=401, times=10_000),
    "503 for ever": ScriptedFault(kind=FaultKind.STATUS, status=503, times=10_000),
}


@pytest.mark.parametrize("after", [0, 3, 6, 8])
@pytest.mark.parametrize("trouble", TROUBLE, ids=str)
def test_a_tenant_in_trouble_costs_a_bounded_number_of_requests_and_gets_a_word(
    tenant: TestTenant, trouble: str, after: int
) -> None:
    tenant.emulator.plan(replace(TROUBLE[trouble], skip=after))
    with tenant.connector() as connector:
        in_a_hurry(connector)
        said, code = what_was_said(connector)
        stop = connector.remembered("troubled").record.stop if after else None

    assert said, "not a word about it"
    assert code in (ExitCode.DONE, ExitCode.SOME_CONTRACTS_FAILED, ExitCode.CANNOT_READ)
    if after and code is ExitCode.CANNOT_READ:
        assert stop is not None
        assert stop.exit_code == ExitCode.CANNOT_READ
        assert stop.step in ("plan", "write")
    assert len(tenant.emulator.trace) < 150


def what_was_said(connector: Connector) -> tuple[list[str], ExitCode]:
    """The messages of a run in trouble, and its exit code."""
    try:
        report = connector.run(DAY, run_id="troubled")
    except DataverseError as error:
        return [str(error)], ExitCode(error.exit_code)
    told = [str(outcome.error) for outcome in report.outcomes if outcome.error]
    return [*told, *(warning.text for warning in report.warnings)], report.exit_code
