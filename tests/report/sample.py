"""Reports of real plans: contracts written as ledgers, decided by the rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from connector.invoicing.plan import PlanWarning
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from connector.outcome import FailedContract, InvoiceOutcome, InvoiceStatus, RequestCounts
from connector.run_report import PartPlan, PartResult, RunPlan, RunReport
from connector.runs.part_file import PartWriter
from connector.runs.part_report import part_report
from connector.scope import Scope
from tests.invoicing.ledger import snapshot_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.invoicing.plan import ContractPlan
    from connector.summary import PartSummary

OCTOBER_5 = date(2020, 10, 5)

ADATUM = """
contract  | Adatum | USD 2
customer  | Adatum Corporation
line      | Prototype work | fixed-price
line      | Implementation work | time-and-material
run       | Implementation work | 2020-10-05 | 2020-10-04
milestone | Prototype work | 2020-10-05 | 5000.00 | ready
actual    | Implementation work | 2020-10-02 | time | 7.5 | 200.00 | ready
actual    | Implementation work | 2020-10-03 | time | 4 | 200.00 | open
actual    | Implementation work | 2020-10-05 | time | 8 | 200.00 | ready
"""
DISCOUNTED = """
contract  | Discounted | USD 2
currency  | EUR 2
customer  | Fabrikam
line      | Service | time-and-material
run       | Service | 2020-10-05 | 2020-10-04
actual    | Service | 2020-10-01 | time | 10 | 100.00 | ready | discount = 100 | fee = 50
actual    | Service | 2020-10-02 | time | 1 | 80.00 | ready
actual    | Service | 2020-10-02 | time | 1 | 1000.00 | ready | currency_id = EUR
"""
YEN = """
contract  | Tea <house> & "garden" | JPY 0
customer  | Tanaka
line      | =SUM(A1) [bold]design[/bold] | time-and-material
run       | =SUM(A1) [bold]design[/bold] | 2020-10-05 | 2020-10-04
actual    | =SUM(A1) [bold]design[/bold] | 2020-10-02 | time | 1 | 15625 | ready
"""


@dataclass(frozen=True)
class HeldParts:
    """The parts of a plan in memory, by their numbers."""

    plans: dict[int, PartPlan]
    texts: dict[int, bytes]

    def text(self, part: PartSummary) -> bytes:
        return self.texts[part.number]

    def plan(self, part: PartSummary) -> PartPlan:
        return self.plans[part.number]


def report(
    *ledgers: str,
    run_date: date = OCTOBER_5,
    status: InvoiceStatus = InvoiceStatus.WRITTEN,
    error: str | None = None,
) -> RunReport:
    """The report of a run over the contracts of *ledgers*, each a part of its own."""
    contracts = [plan_contract(snapshot_of(text), run_date, Policy()) for text in ledgers]
    ordered = sorted(contracts, key=lambda plan: (plan.contract_name, plan.contract_id))
    return report_of([[plan] for plan in ordered], status=status, error=error)


def report_of(
    parts: Sequence[Sequence[ContractPlan]],
    *,
    failed: Sequence[FailedContract] = (),
    status: InvoiceStatus = InvoiceStatus.WRITTEN,
    error: str | None = None,
) -> RunReport:
    """The report of a run over *parts*; those in *failed* are in the last one."""
    dry_run, plan = status is InvoiceStatus.PLANNED, plan_of(parts, failed=failed)

    def result(found: RunReport, part: PartSummary) -> PartResult:
        return result_of(found.plan.source.plan(part), status, error)

    results = [result_of(part, status, error) for part in plan.parts()]
    return RunReport(
        run_id="run-1",
        dry_run=dry_run,
        plan=plan,
        written=()
        if dry_run
        else tuple(part_report(r.number, r.outcomes, r.warnings).summary for r in results),
        requests=RequestCounts(get=4, batch=2, other=1, throttled=0),
        results=result,
    )


def plan_of(
    parts: Sequence[Sequence[ContractPlan]], *, failed: Sequence[FailedContract] = ()
) -> RunPlan:
    """The plan of *parts*, held in memory."""
    held, summaries = HeldParts({}, {}), []
    for number, contracts in enumerate(parts, start=1):
        writer, left_out = PartWriter(number), failed if number == len(parts) else ()
        for contract in contracts:
            writer.add(contract)
        for item in left_out:
            writer.fail(item)
        sealed = writer.sealed()
        summaries.append(sealed.summary)
        held.texts[number] = b"".join(sealed.text)
        held.plans[number] = PartPlan(
            number=number, contracts=tuple(contracts), failed=tuple(left_out)
        )
    first = next(contract for part in parts for contract in part)
    return RunPlan(
        organization_id=snapshot_of(ADATUM).organization_id,
        environment_url="http://127.0.0.1:1",
        scope=Scope(run_date=first.run_date),
        warnings=(PlanWarning(code="schedule-row-overdue", text="A row waits since <Monday>."),),
        summaries=tuple(summaries),
        sha256="ab" * 32,
        source=held,
    )


def result_of(plan: PartPlan, status: InvoiceStatus, error: str | None) -> PartResult:
    """Every invoice of *plan* with one status."""
    return PartResult(
        plan=plan,
        outcomes=tuple(
            InvoiceOutcome(invoice=invoice, status=status, error=error)
            for contract in plan.contracts
            for invoice in contract.invoices
        ),
    )


def with_failed_contract(good: RunReport) -> RunReport:
    """The same with one contract that could not be read."""
    parts = [list(part.contracts) for part in good.plan.parts()]
    failed = FailedContract(
        contract_id=parts[0][0].contract_id,
        contract_name="Broken",
        faults=("salesorder: msdyn_psastate is 7",),
    )
    (status,) = {outcome.status for outcome in good.outcomes}
    (error,) = {outcome.error for outcome in good.outcomes}
    return replace(report_of(parts, failed=(failed,), status=status, error=error))
