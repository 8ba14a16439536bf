"""
How fast drafts are written, as a ratio to sequential creates, with 40 ms to the tenant and back.

Runs are whole: planned, written, read back and reported. The sequential side writes a part of the
same rows one request at a time, and is extrapolated per row: each of its requests costs the same,
whatever its number.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import pytest

from connector.dataverse.batch import ChangeSet
from connector.emulator import Emulator, LimitSettings
from connector.invoicing.ids import ContractId
from connector.outcome import InvoiceStatus
from connector.projectops.change_sets import WriteForm
from connector.sample_tenant import sample_seed
from connector.usecases.progress import InvoiceEnded
from connector.usecases.watch import RunInterrupted
from tests.benchmarks.far_away import moved_away
from tests.end_to_end.tenant import TestTenant
from tests.reliability.undisturbed import violations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from connector.invoicing.plan import InvoicePlan
    from connector.usecases.progress import ProgressEvent

pytestmark = pytest.mark.long

INVOICES, DETAILS = 300, 40
LATENCY = 0.04
SEQUENTIAL_ROWS, SEQUENTIAL_SETS = 120, 20
DAY = date(2020, 10, 5)
_SEED = UUID("5b1f0c7e-0000-4000-8000-0000000f0001")
CONTRACTS = tuple(ContractId(uuid5(_SEED, f"{number} c")) for number in range(INVOICES))


def portfolio() -> Mapping[str, Any]:
    """Contracts like the documented one, each with 40 transactions due on that day."""
    emulator = Emulator(seed=sample_seed())
    tables = {name: list(rows) for name, rows in emulator.dump().items()}
    emulator.close()
    model = next(r for r in tables["salesorders"] if r["name"] == "Adatum shop floor portal")
    contract = model["salesorderid"]
    actuals = [r for r in tables["msdyn_actuals"] if r["_msdyn_salescontract_value"] == contract]
    pattern = next(r for r in actuals if _is_due(r))
    line = next(
        r
        for r in tables["salesorderdetails"]
        if r["salesorderdetailid"] == pattern["_msdyn_salescontractlineid_value"]
    )
    row = next(
        r
        for r in tables["msdyn_contractlineinvoiceschedules"]
        if r["_msdyn_contractlineid_value"] == line["salesorderdetailid"]
        and r["msdyn_invoicerundate"].startswith(str(DAY))
    )
    rules = [
        r
        for r in tables["msdyn_projectcontractsplitbillingrules"]
        if r["_msdyn_projectcontractid_value"] == contract
    ]
    names = (
        "salesorders",
        "salesorderdetails",
        "msdyn_contractlineinvoiceschedules",
        "msdyn_actuals",
        "msdyn_projectcontractsplitbillingrules",
    )
    kept = {name: tables[name] for name in names}
    for number in range(INVOICES):
        _add_contract(kept, number, (model, line, row, rules[0], pattern))
    return tables


def _is_due(row: Mapping[str, Any]) -> bool:
    ready = row["msdyn_billingstatus"] == 192350004 and row["msdyn_adjustmentstatus"] is None
    return bool(ready and row["msdyn_transactiondate"] <= "2020-10-04")


def _add_contract(
    kept: dict[str, list[Any]], number: int, model: tuple[Mapping[str, Any], ...]
) -> None:
    contract, line, row, rule, actual = model

    def key(word: str) -> str:
        return str(uuid5(_SEED, f"{number} {word}"))

    kept["salesorders"].append({**contract, "salesorderid": key("c"), "name": f"C {number}"})
    kept["salesorderdetails"].append(
        {**line, "salesorderdetailid": key("l"), "_salesorderid_value": key("c")}
    )
    kept["msdyn_contractlineinvoiceschedules"].append(
        {
            **row,
            "msdyn_contractlineinvoicescheduleid": key("s"),
            "_msdyn_contractlineid_value": key("l"),
        }
    )
    kept["msdyn_projectcontractsplitbillingrules"].append(
        {
            **rule,
            "msdyn_projectcontractsplitbillingruleid": key("r"),
            "_msdyn_projectcontractid_value": key("c"),
        }
    )
    kept["msdyn_actuals"] += [
        {
            **actual,
            "msdyn_actualid": key(f"a{place}"),
            "_msdyn_salescontract_value": key("c"),
            "_msdyn_salescontractlineid_value": key("l"),
            "_msdyn_projectcontractsplitbillingrule_value": key("r"),
            "_msdyn_projectcontractlinesplitbillingrule_value": None,
        }
        for place in range(DETAILS)
    ]


def test_300_invoices_of_40_details_against_sequential_creates(tmp_path: Path) -> None:
    with served(tmp_path) as tenant, tenant.connector(DATAVERSE__WORKERS="16") as connector:
        plan = connector.plan(DAY, contracts=CONTRACTS)
        invoices = [invoice for contract in plan.contracts for invoice in contract.invoices]
        per_row = sequential(connector._environment, invoices)
        tenant.emulator.app.parts.trace.clear()
        start = perf_counter()
        report = connector.run(DAY, run_id="fresh", contracts=CONTRACTS)
        spent = perf_counter() - start
        rows = sum(2 + 2 * len(line.details) + 1 for invoice in invoices for line in invoice.lines)
        writes = [entry for entry in tenant.emulator.trace if entry.operations > DETAILS]
        ratio = per_row * rows / spent
        print(  # noqa: T201 - the figure is the point
            f"\n{len(invoices)} invoices of {DETAILS} details, {rows:,} rows, {LATENCY:.2f} s"
            f" latency: whole run in {spent:.1f} s, {len(writes)} batches of rows, 16 workers;"
            f" sequential {per_row * 1000:.1f} ms a row, extrapolated {per_row * rows:.0f} s;"
            f" {ratio:.0f} x"
        )
        assert {item.status for item in report.outcome_totals} == {InvoiceStatus.WRITTEN}
        assert report.totals.invoices == len(invoices) == INVOICES
        assert len(writes) <= INVOICES
        assert violations(tenant) == []
        assert ratio >= 20


def test_300_invoices_against_one_change_set_after_the_other(tmp_path: Path) -> None:
    """Aim: 4 times as fast, planning and reading back included, where a row takes 5 ms more."""
    with served(tmp_path, latency=0) as tenant, tenant.connector() as connector:
        client = moved_away(connector, workers=16)
        plan = connector.plan(DAY, contracts=CONTRACTS)
        invoices = [invoice for contract in plan.contracts for invoice in contract.invoices]
        fresh = tenant.emulator.snapshot()
        composer = connector._environment.composer
        sample = invoices[:SEQUENTIAL_SETS]
        start = perf_counter()
        for invoice in sample:
            rows = (row.request(WriteForm()) for row in composer.rows(invoice))
            client.batch((ChangeSet(requests=tuple(rows)),))
        one = (perf_counter() - start) / len(sample)
        tenant.emulator.restore(fresh)
        start = perf_counter()
        report = connector.run(DAY, run_id="fresh", contracts=CONTRACTS)
        spent = perf_counter() - start
        print(  # noqa: T201 - the figure is the point
            f"\n{INVOICES} invoices of {DETAILS} details, {LATENCY:.2f} s to the tenant and back,"
            f" 5 ms a row: whole run in {spent:.1f} s; one change set after the other {one:.2f} s"
            f" each, extrapolated {one * INVOICES:.0f} s; {one * INVOICES / spent:.1f} x"
        )
        assert report.totals.invoices == INVOICES
        assert violations(tenant) == []


def test_a_run_that_is_taken_up_half_way_takes_no_longer_than_a_fresh_one(tmp_path: Path) -> None:
    """Aim: 1.2 times a fresh run at most, the part before the interrupt included."""
    with served(tmp_path) as tenant:
        fresh, interrupted = tenant.emulator.snapshot(), tmp_path / "interrupted"
        with tenant.connector(DATAVERSE__WORKERS="16") as connector:
            start = perf_counter()
            connector.run(DAY, run_id="fresh", contracts=CONTRACTS)
            whole = perf_counter() - start
        tenant.emulator.restore(fresh)
        with tenant.connector(DATAVERSE__WORKERS="16", RUN__STORE=str(interrupted)) as connector:

            def listen(event: ProgressEvent) -> None:
                if isinstance(event, InvoiceEnded) and event.done == INVOICES // 5:
                    connector.stop()

            start = perf_counter()
            with pytest.raises(RunInterrupted):
                connector.run(DAY, run_id="stopped", contracts=CONTRACTS, progress=listen)
            before = perf_counter() - start
            tenant.emulator.app.parts.trace.clear()
            start = perf_counter()
            report = connector.run(DAY, run_id="next", contracts=CONTRACTS)
            rest = perf_counter() - start
        reads = sum(1 for entry in tenant.emulator.trace if entry.method == "GET")
        print(  # noqa: T201 - the figure is the point
            f"\nfresh {whole:.1f} s; stopped at {INVOICES // 5} of {INVOICES} after {before:.1f} s,"
            f" taken up in {rest:.1f} s, {rest / whole:.2f} x a fresh run, {reads} single reads"
        )
        assert len(report.earlier[0].outcomes) == INVOICES
        assert violations(tenant) == []
        assert reads < INVOICES / 2


@contextmanager
def served(folder: Path, latency: float = LATENCY) -> Iterator[TestTenant]:
    """The portfolio with 40 ms to the tenant and back, and 16 requests recommended."""
    emulator = Emulator(seed=portfolio(), behaviour="plain")
    with emulator.serve() as server:
        emulator.limits.configure(LimitSettings(latency=latency, parallelism=16))
        yield TestTenant(emulator=emulator, url=server.url, folder=folder)
    emulator.close()


def sequential(environment: Any, invoices: list[InvoicePlan]) -> float:
    """Seconds that one create takes when each waits for the one before; leaves no row behind."""
    rows = [row for invoice in invoices[:3] for row in environment.composer.rows(invoice)]
    rows = rows[:SEQUENTIAL_ROWS]
    start = perf_counter()
    for row in rows:
        environment.client.send(row.request(WriteForm()))
    spent = perf_counter() - start
    for row in reversed(rows):
        environment.client.delete(row.set, row.id)
    return spent / len(rows)
