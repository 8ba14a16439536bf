"""Several dates are planned as if the earlier ones had been written, and nothing is written."""

from __future__ import annotations

import difflib
import itertools
import json
import os
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from connector.emulator import Emulator, EmulatorOptions
from connector.report.document import to_document
from connector.usecases.bounds import PlanRejected
from connector.usecases.watch import RunInterrupted
from tests.agreement.tenants import Tenant, tenants
from tests.end_to_end.tenant import TestTenant, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from connector import Connector, RunReport

EXAMPLES = int(os.environ.get("PROFORMA_EXAMPLES", "20"))
#: Each time zone with settings of its own.
ZONES: dict[str, dict[str, str]] = {
    "UTC": {},
    "Pacific/Auckland": {
        "POLICY__RETAINERS": "bill-and-apply",
        "POLICY__RETAINER_TIMING": "alone",
        "POLICY__NOTHING_TO_BILL": "leave",
        "POLICY__EMPTY_LINES": "all-due-lines",
    },
}
LAST = date(2020, 10, 9)
#: What only a run that writes has to say, and what names the run.
OF_WRITING = ("run_id", "dry_run", "requests", "plan_sha256", "source-not-claimed")

_RUNS = itertools.count()


@dataclass(repr=False)
class Served:
    """An emulator of one time zone, and a connector whose parts hold two contracts."""

    emulator: Emulator
    connector: Connector


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Served]]:
    with ExitStack() as stack:
        yield {zone: _served(zone, stack, tmp_path_factory.mktemp("store")) for zone in ZONES}


def _served(zone: str, stack: ExitStack, folder: Path) -> Served:
    emulator = Emulator(options=EmulatorOptions(time_zone=zone))
    stack.callback(emulator.close)
    server = stack.enter_context(emulator.serve(port=0))
    tenant = TestTenant(emulator=emulator, url=server.url, folder=folder)
    connector = stack.enter_context(tenant.connector(RUN__TIME_ZONE=zone, **ZONES[zone]))
    connector._environment.contracts_per_part = 2
    return Served(emulator, connector)


def documents(reports: Sequence[RunReport]) -> list[dict[str, Any]]:
    """The documents without what only writing knows."""
    found: list[dict[str, Any]] = [to_document(report) for report in reports]
    for document in found:
        for name in OF_WRITING:
            document.pop(name, None)
        for invoice in document["invoices"]:
            assert invoice.pop("status") in ("planned", "written")
    return found


def differing(previewed: list[dict[str, Any]], written: list[dict[str, Any]]) -> list[str]:
    """The lines that differ: a whole document would be too much to read."""
    before, after = (json.dumps(found, indent=1).splitlines() for found in (previewed, written))
    return list(difflib.unified_diff(before, after, lineterm="", n=1))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="PROFORMA_EXAMPLES" not in os.environ,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)
@given(tenant=tenants(tuple(ZONES)), days=st.integers(1, 9))
def test_the_preview_of_catching_up_is_what_catching_up_writes(
    served: dict[str, Served], tenant: Tenant, days: int
) -> None:
    there = served[tenant.zone]
    there.emulator.reset()
    there.emulator.seed(tenant.rows)
    before = there.emulator.dump()
    run_id = f"run-{next(_RUNS)}"

    previewed = there.connector.preview_due(LAST, run_id=run_id, catch_up_days=days)

    assert there.emulator.dump() == before
    written = there.connector.catch_up(LAST, run_id=run_id, days=days)
    assert [report.run_id for report in previewed] == [report.run_id for report in written]
    assert differing(documents(previewed), documents(written)) == []


def test_platform_mode_is_previewed_as_well(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector(DATAVERSE__WRITE_MODE="platform") as own:
        before = tenant.emulator.dump()
        previewed = own.preview_due(date(2020, 10, 12), run_id="all", catch_up_days=11)
        assert tenant.emulator.dump() == before
        written = own.catch_up(date(2020, 10, 12), run_id="all", days=11)

    # Three milestones and a line of work were due on three days of the sample tenant (Oct 5 to 9).
    assert [str(r.run_date) for r in previewed] == [
        "2020-10-05",
        "2020-10-07",
        "2020-10-09",
        "2020-10-12",
    ]
    assert [r.totals for r in previewed] == [r.totals for r in written]


def test_each_contract_is_read_once_however_many_dates_are_replayed(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        connector.run(LAST, run_id="before", dry_run=True)  # whatever is read once is read now
        asked = len(tenant.emulator.trace)
        connector.preview_due(date(2020, 11, 30), run_id="few", catch_up_days=10)
        few = len(tenant.emulator.trace) - asked
        reports = connector.preview_due(date(2020, 11, 30), run_id="all", catch_up_days=60)

    assert len(reports) == 17  # days with something due up to 30 November
    assert len(tenant.emulator.trace) - asked - few == few


def test_a_date_that_breaks_a_bound_is_named_with_its_plan(tmp_path: Path) -> None:
    # 11,288.60 USD are due on 5 October, and nothing above 10,000 later.
    with (
        serving(tmp_path) as tenant,
        tenant.connector(BOUNDS__AMOUNT_PER_INVOICE="10000") as connector,
        pytest.raises(PlanRejected) as rejected,
    ):
        connector.preview_due(date(2020, 10, 12), run_id="all", catch_up_days=11)

    assert rejected.value.plan is not None
    assert rejected.value.plan.run_date == date(2020, 10, 5)
    assert "2020-10-05" in rejected.value.__notes__[0]


def test_contracts_that_cannot_be_read_fail_on_each_date_that_calls_them_out(
    tmp_path: Path,
) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        adatum = tenant.contract("Adatum shop floor portal")["salesorderid"]
        tenant.set("salesorders", adatum, _transactioncurrencyid_value=None)

        reports = connector.preview_due(date(2020, 10, 12), run_id="all", catch_up_days=11)

    failed = {str(r.run_date) for r in reports if r.plan.failed}
    assert failed == {"2020-10-05", "2020-10-12"}
    assert all(str(r.plan.failed[0].contract_id) == adatum for r in reports if r.plan.failed)


def test_it_ends_when_it_is_told_to(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:

        def stop(_event: object) -> None:
            connector.stop()

        with pytest.raises(RunInterrupted, match="nothing was written"):
            connector.preview_due(date(2020, 10, 12), run_id="all", catch_up_days=11, progress=stop)
