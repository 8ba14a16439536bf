"""Reports of real plans: contracts written as ledgers, decided by the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from connector.invoicing.plan import PlanWarning
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from connector.outcome import (
    FailedContract,
    InvoiceOutcome,
    InvoiceStatus,
    RequestCounts,
    RunPlan,
    RunReport,
)
from tests.invoicing.ledger import snapshot_of

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


def report(
    *ledgers: str,
    run_date: date = OCTOBER_5,
    status: InvoiceStatus = InvoiceStatus.WRITTEN,
    error: str | None = None,
) -> RunReport:
    """The report of a run over the contracts of *ledgers*."""
    snapshots = [snapshot_of(ledger) for ledger in ledgers]
    contracts = tuple(plan_contract(snapshot, run_date, Policy()) for snapshot in snapshots)
    plan = RunPlan(
        organization_id=snapshots[0].organization_id,
        environment_url="http://127.0.0.1:1",
        run_date=run_date,
        contracts=contracts,
        failed=(),
        warnings=(PlanWarning(code="schedule-row-overdue", text="A row waits since <Monday>."),),
        sha256="ab" * 32,
    )
    outcomes = tuple(
        InvoiceOutcome(invoice=invoice, status=status, error=error)
        for contract in contracts
        for invoice in contract.invoices
    )
    return RunReport(
        run_id="run-1",
        dry_run=status is InvoiceStatus.PLANNED,
        plan=plan,
        outcomes=outcomes,
        requests=RequestCounts(get=4, batch=2, other=1, throttled=0),
    )


def with_failed_contract(good: RunReport) -> RunReport:
    """The same with one contract that could not be read."""
    failed = FailedContract(
        contract_id=good.plan.contracts[0].contract_id,
        contract_name="Broken",
        faults=("salesorder: msdyn_psastate is 7",),
    )
    return replace(good, plan=replace(good.plan, failed=(failed,)))
