"""The emulator's own invoice job and this connector bill the same random tenants."""

from __future__ import annotations

import itertools
import os
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from connector import Connector, ExitCode, RunReport
from connector.emulator import Emulator, EmulatorOptions
from connector.emulator.behaviours.differences import DIFFERENCES
from tests.agreement.bills import Rows, bills_of, invoices_named_by_rows, statuses_of
from tests.agreement.departures import Books, Departure, Reconciled
from tests.agreement.tenants import Tenant, tenants
from tests.end_to_end.tenant import TestTenant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXAMPLES = int(os.environ.get("PROFORMA_EXAMPLES", "60"))
ZONES = ("UTC", "Pacific/Auckland", "America/Los_Angeles")


@dataclass
class Pair:
    """The same tenant twice: one is billed by its platform, one by the connector."""

    platform: Emulator
    ours: Emulator
    connector: Connector

    def load(self, tenant: Tenant) -> None:
        """Forget everything and begin with *tenant*."""
        for emulator in (self.platform, self.ours):
            emulator.reset()
            emulator.seed(tenant.rows)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Pair]]:
    """A pair for each time zone."""
    with ExitStack() as stack:
        yield {zone: _pair(zone, stack, tmp_path_factory.mktemp("store")) for zone in ZONES}


def _pair(zone: str, stack: ExitStack, folder: Path) -> Pair:
    options = EmulatorOptions(time_zone=zone)
    platform, ours = Emulator(options=options), Emulator(options=options)
    stack.callback(platform.close)
    stack.callback(ours.close)
    server = stack.enter_context(ours.serve(port=0))
    tenant = TestTenant(emulator=ours, url=server.url, folder=folder)
    connector = stack.enter_context(tenant.connector(RUN__TIME_ZONE=zone))
    return Pair(platform, ours, connector)


_RUNS = itertools.count()


@pytest.mark.long
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="PROFORMA_EXAMPLES" not in os.environ,
    # A tenant that they disagree about is small already, and shrinking one takes minutes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)
@given(tenant=tenants(ZONES))
def test_the_platforms_own_job_and_the_connector_bill_the_same(
    pairs: dict[str, Pair], tenant: Tenant
) -> None:
    pair = pairs[tenant.zone]
    pair.load(tenant)
    for day in tenant.days:
        before = pair.ours.dump()
        pair.platform.run_invoice_job(day)
        report = pair.connector.run(day, run_id=f"run-{next(_RUNS)}")
        books = Books(before, tenant.zone, day)
        agree(books, pair.platform.dump(), pair.ours.dump(), report)
        if tenant.ours_goes_on:
            pair.platform.restore(pair.ours.snapshot())
        else:
            pair.ours.restore(pair.platform.snapshot())


def agree(books: Books, platform: Rows, ours: Rows, report: RunReport) -> None:
    assert report.exit_code is ExitCode.DONE, report
    theirs, mine = bills_of(platform, books.rows), bills_of(ours, books.rows)
    found = Reconciled(books, theirs, mine)
    assert list(found.contradictions(report)) == []
    assert found.ours == found.platform
    for key in found.untouched:
        assert mine[key] == theirs[key].written_by(books.as_we_write_it)
    assert found.settled(statuses_of(ours)) == found.settled(statuses_of(platform))
    assert found.settled_rows(invoices_named_by_rows(ours)) == found.settled_rows(
        invoices_named_by_rows(platform)
    )
    planned = {
        (str(invoice.contract_id), str(invoice.customer.id)): invoice.amount + invoice.tax
        for contract in report.plan.contracts
        for invoice in contract.invoices
    }
    assert planned.keys() == mine.keys()
    assert all(planned[key] == theirs[key].total for key in found.untouched)


def test_every_difference_that_is_allowed_here_is_documented() -> None:
    assert {departure.value for departure in Departure} == {found.name for found in DIFFERENCES}
