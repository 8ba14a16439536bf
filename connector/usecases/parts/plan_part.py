"""The first of the two steps of a run: read and plan the contracts of one part, and seal it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.invoicing.bounds import contract_violations
from connector.invoicing.invariants import check_contract
from connector.invoicing.planning import plan_contract
from connector.outcome import FailedContract
from connector.projectops.read import read_part
from connector.runs.part_file import PartWriter
from connector.runs.stored_plan import keep_part
from connector.telemetry import span
from connector.usecases.bounds import PlanRejected
from connector.usecases.parts.collector import collector_paused
from connector.usecases.progress import PartRead, RowsRead

if TYPE_CHECKING:
    from connector.errors import ConnectorError
    from connector.invoicing.model import ContractSnapshot
    from connector.invoicing.plan import ContractPlan
    from connector.runs.store import RunStore
    from connector.summary import PartSummary
    from connector.usecases.environment import Environment
    from connector.usecases.parts.tasks import PartTask


def plan_part(environment: Environment, store: RunStore, task: PartTask) -> PartSummary:
    """
    Plan the contracts of *task* and seal the part in *store*; only reads in the tenant.

    A contract whose rows are faulty fails alone. A part that is sealed already stays as it is.
    Raises `DataverseError` when a read fails, `PlanRejected` when an invariant does not hold.
    """
    environment.watch.check()
    part = span("proforma.plan_part", run_id=task.run_id, part=task.number)
    with collector_paused(), part:
        return _planned(environment, store, task)


def _planned(environment: Environment, store: RunStore, task: PartTask) -> PartSummary:
    watch = environment.watch

    def heard(rows: int) -> None:
        if rows:
            watch.tell(RowsRead(run_id=task.run_id, number=task.number, rows=rows))

    snapshots = read_part(environment.client, environment.reading, task.contracts, heard)
    read = PartRead(run_id=task.run_id, number=task.number, contracts=len(task.contracts))
    watch.tell(read)
    writer = PartWriter(task.number)
    for snapshot in snapshots:
        if isinstance(snapshot, FailedContract):
            writer.fail(snapshot)
        else:
            add_contract(environment, task, snapshot, writer)
    return keep_part(store, task.run_id, writer.sealed())


def fail_part(store: RunStore, task: PartTask, because: ConnectorError) -> PartSummary:
    """Seal the part of *task* as one whose contracts could not be read."""
    writer = PartWriter(task.number)
    for contract in task.contracts:
        fault = f"it could not be read: {because}"
        writer.fail(FailedContract(contract_id=contract, contract_name=None, faults=(fault,)))
    return keep_part(store, task.run_id, writer.sealed())


def add_contract(
    environment: Environment, task: PartTask, snapshot: ContractSnapshot, writer: PartWriter
) -> ContractPlan:
    """
    Plan one contract and add it to the part that *writer* writes.

    Raises `PlanRejected` when an invariant does not hold; broken bounds are kept for the run.
    """
    settings, scope = environment.settings, task.scope
    policy = replace(
        settings.policy, missed_dates=scope.missed_dates, catch_up_days=scope.late_days
    )
    plan = plan_contract(snapshot, scope.run_date, policy, environment.rules)
    if broken := check_contract(snapshot, plan):
        raise PlanRejected([violation.text + f" [{violation.code}]" for violation in broken])
    violations = contract_violations(plan, settings.bounds, today=task.today, snapshot=snapshot)
    writer.add(plan, violations)
    return plan
