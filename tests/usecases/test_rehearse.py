"""A rehearsal makes the drafts of a real run, with the platform's effects, and writes nothing."""

from __future__ import annotations

import itertools
import os
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from connector.dataverse.read_only import is_read
from connector.dataverse.transport import RequestsTransport
from connector.emulator import Emulator, EmulatorOptions, load_schema
from connector.errors import ExitCode
from connector.invoicing.choices import RecordKind
from connector.projectops.rehearsed import StatusMove
from connector.report.document import to_document
from connector.usecases.bounds import PlanRejected
from connector.usecases.watch import RunInterrupted
from tests.agreement.tenants import Tenant, tenants
from tests.end_to_end.tenant import TestTenant, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from connector import Connector, RunReport
    from connector.dataverse.message import Request, Response

EXAMPLES = int(os.environ.get("PROFORMA_EXAMPLES", "8"))
ZONES = ("UTC", "Pacific/Auckland")
DAY = date(2020, 10, 5)
#: What names a run or tells of the way, and what only a rehearsal says.
OF_THE_WAY = ("run_id", "dry_run", "requests", "plan_sha256", "warnings")

_RUNS = itertools.count()


@dataclass(repr=False)
class Far:
    """An emulated tenant of one time zone."""

    emulator: Emulator
    connector: Connector


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Far]]:
    with ExitStack() as stack:
        found = {}
        for zone in ZONES:
            emulator = Emulator(options=EmulatorOptions(time_zone=zone))
            stack.callback(emulator.close)
            url = stack.enter_context(emulator.serve(port=0)).url
            tenant = TestTenant(emulator=emulator, url=url, folder=tmp_path_factory.mktemp("far"))
            connector = stack.enter_context(tenant.connector(RUN__TIME_ZONE=zone))
            found[zone] = Far(emulator, connector)
        yield found


def said(report: RunReport) -> dict[str, Any]:
    document: dict[str, Any] = to_document(report)
    for name in OF_THE_WAY:
        document.pop(name)
    for invoice in document["invoices"]:
        assert invoice.pop("status") in ("planned", "written")
    return document


def totals(emulator: Emulator, report: RunReport) -> dict[str, tuple[Decimal, Decimal]]:
    """What the drafts of *report* come to, with tax and of tax."""
    own = {str(outcome.invoice.id) for outcome in report.outcomes}
    return {
        row["invoiceid"]: (Decimal(str(row["totalamount"])), Decimal(str(row["totaltax"])))
        for row in emulator.rows("invoices")
        if row["invoiceid"] in own
    }


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="PROFORMA_EXAMPLES" not in os.environ,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)
@given(tenant=tenants(ZONES))
def test_the_real_run_makes_what_was_rehearsed(far: dict[str, Far], tenant: Tenant) -> None:
    there = far[tenant.zone]
    there.emulator.reset()
    there.emulator.seed(tenant.rows)
    for day in tenant.days:
        before = there.emulator.dump()
        run_id = f"run-{next(_RUNS)}"

        rehearsal = there.connector.rehearse(day, run_id=run_id)

        assert there.emulator.dump() == before
        report = there.connector.run(day, run_id=run_id)
        assert said(rehearsal.report) == said(report)
        found = {str(d.invoice_id): (d.total, d.tax) for d in rehearsal.drafts}
        assert found == totals(there.emulator, report)
        assert [w for w in rehearsal.report.warnings if w.code == "rehearsal-incomplete"] == []


@pytest.fixture
def spied(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Request]]:
    """The requests that went through sockets, by the root that they went to."""
    sent: dict[str, list[Request]] = {}
    original = RequestsTransport.send

    def send(self: RequestsTransport, request: Request) -> Response:
        sent.setdefault(self.root, []).append(request)
        return original(self, request)

    monkeypatch.setattr(RequestsTransport, "send", send)
    return sent


def test_only_reads_reach_the_tenant(tmp_path: Path, spied: Mapping[str, list[Request]]) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        before = tenant.emulator.dump()
        found = connector.rehearse(DAY, run_id="tried")
        assert tenant.emulator.dump() == before
        trace = tenant.emulator.trace

    of_tenant = [r for root, sent in spied.items() if root.startswith(tenant.url) for r in sent]
    elsewhere = [r for root, sent in spied.items() if not root.startswith(tenant.url) for r in sent]
    assert len(of_tenant) == len(trace) > 0
    assert all(is_read(request) for request in of_tenant)
    assert {entry.method for entry in trace} == {"GET", "POST"}
    posted = [entry.target for entry in trace if entry.method == "POST"]
    assert all(target.split("?")[0].endswith("/$batch") for target in posted)
    # The emulator inside got the writes.
    assert not all(is_read(request) for request in elsewhere)
    assert len(found.drafts) == 1


def test_totals_and_status_moves_are_the_platforms(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        found = connector.rehearse(DAY, run_id="tried")

    [draft] = found.drafts
    # 11,288.60 before tax and 31.19 of tax on expenses.
    assert (draft.total, draft.tax) == (Decimal("11319.79"), Decimal("31.19"))
    assert sorted((line.name, line.details) for line in draft.lines) == [
        ("Expenses incurred", 3),
        ("Implementation work", 5),
        ("Prototype work", 1),
    ]
    created = "customer-invoice-created"
    assert found.moves == (
        StatusMove(kind=RecordKind.ACTUAL, before="ready-to-invoice", after=created, records=8),
        StatusMove(
            kind=RecordKind.SCHEDULE_ROW, before="not-run", after="run-successful", records=2
        ),
        StatusMove(kind=RecordKind.MILESTONE, before="ready-to-invoice", after=created, records=1),
    )
    assert found.report.dry_run
    assert found.report.plan.environment_url == tenant.url
    assert found.report.exit_code is ExitCode.DONE
    assert [w.code for w in found.report.own_warnings] == ["rehearsed"]


def test_a_day_without_runs_is_rehearsed_too(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        found = connector.rehearse(date(2020, 10, 6), run_id="tried")

    assert (found.drafts, found.moves, found.report.totals.invoices) == ((), (), 0)


def test_the_tenants_own_action_is_rehearsed_as_well(tmp_path: Path) -> None:
    with (
        serving(tmp_path) as tenant,
        tenant.connector(DATAVERSE__WRITE_MODE="platform") as connector,
    ):
        before = tenant.emulator.dump()
        found = connector.rehearse(DAY, run_id="tried")
        assert tenant.emulator.dump() == before

    assert [outcome.status.value for outcome in found.report.outcomes] == ["planned"]
    assert {move.kind for move in found.moves} >= {RecordKind.ACTUAL, RecordKind.MILESTONE}


def test_a_broken_bound_is_a_plan_of_the_tenant_that_can_still_be_read(tmp_path: Path) -> None:
    with (
        serving(tmp_path) as tenant,
        tenant.connector(BOUNDS__AMOUNT_PER_INVOICE="10000") as connector,
        pytest.raises(PlanRejected) as rejected,
    ):
        connector.rehearse(DAY, run_id="tried")

    plan = rejected.value.plan
    assert plan is not None
    assert plan.environment_url == tenant.url
    assert [len(part.contracts) for part in plan.parts()] == [2]


def test_a_choice_of_the_tenants_own_is_rehearsed_with_its_own_numbers(tmp_path: Path) -> None:
    shipped = load_schema()
    table = shipped.tables["msdyn_actual"]
    column = table.columns["msdyn_nottoexceedstatus"]
    own = replace(column, options={700: "Committed", 701: "Failed"}, option_labels={})
    columns = {**table.columns, column.logical_name: own}
    tables = {**shipped.tables, "msdyn_actual": replace(table, columns=columns)}
    emulator = Emulator(replace(shipped, tables=tables))
    with serving(tmp_path) as sample:
        rows = dict(sample.emulator.dump())
    failed = {"msdyn_nottoexceedstatus": 701}
    emulator.seed({**rows, "msdyn_actuals": [{**row, **failed} for row in rows["msdyn_actuals"]]})
    with emulator.serve() as server:
        tenant = TestTenant(emulator=emulator, url=server.url, folder=tmp_path)
        with tenant.connector() as connector:
            found = connector.rehearse(DAY, run_id="tried")
    emulator.close()

    reasons = {entry.reason.value for c in found.report.plan.contracts for entry in c.not_invoiced}
    assert "not-to-exceed-failed" in reasons
    assert [w for w in found.report.warnings if w.code == "rehearsal-incomplete"] == []
    # Only the milestone of 5,000 is left of the invoice.
    assert [outcome.invoice.amount for outcome in found.report.outcomes] == [Decimal(5000)]


def test_an_interrupted_rehearsal_says_that_nothing_was_written(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:

        def stop(_event: object) -> None:
            connector.stop()

        with pytest.raises(RunInterrupted, match="nothing was written"):
            connector.rehearse(DAY, run_id="tried", progress=stop)


def test_nothing_is_kept_in_the_run_store_and_the_lease_stays_free(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        connector.rehearse(DAY, run_id="tried")

        assert connector.history() == ()
        assert not (tmp_path / "runs").exists()
