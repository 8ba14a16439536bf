"""
Several run dates planned in order, each as if the one before had been written.

For previews: nothing is written between two dates, so each contract is carried on in memory. A
contract is read once, and a part replays all dates of its contracts before it is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connector.invoicing.choices import SourceTable
from connector.invoicing.conservation import details_of
from connector.invoicing.projection import after
from connector.outcome import FailedContract
from connector.projectops.read import read_part
from connector.runs.part_file import PartWriter
from connector.runs.stored_plan import StoredPlanSource, keep_part
from connector.usecases.bounds import PlanRejected
from connector.usecases.parts.collector import collector_paused
from connector.usecases.parts.in_flight import InFlight
from connector.usecases.parts.plan_part import add_contract, fail_part
from connector.usecases.parts.plan_parts import PartPlanner, Unread, concluded
from connector.usecases.parts.tasks import PartTask
from connector.usecases.progress import PartPlanned, PartRead, PartsFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from connector.errors import ConnectorError
    from connector.invoicing.ids import ContractId
    from connector.invoicing.model import ContractSnapshot
    from connector.invoicing.plan import ContractPlan
    from connector.projectops.due_contracts import Due
    from connector.run_report import RunPlan
    from connector.runs.store import RunStore
    from connector.scope import Scope
    from connector.summary import PartSummary
    from connector.usecases.environment import Environment
    from connector.usecases.parts.due import FirstLook


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedPart:
    """Contracts that are planned together, and the dates that call them out, in order."""

    number: int
    contracts: tuple[ContractId, ...]
    dates: tuple[DateOfPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DateOfPart:
    """One date of a part: the task that plans it alone, and what makes its contracts due."""

    task: PartTask
    calls: Mapping[ContractId, frozenset[UUID]]

    @property
    def day(self) -> date:
        """The run date."""
        return self.task.scope.run_date


@dataclass(slots=True)
class DatedSummaries:
    """
    What became of one part: its sealed parts by date.

    *served* are the records that a date has billed or run, each with that date; *dropped* are
    contracts that a date had nothing left to do for, because an earlier one had done it.
    """

    parts: dict[date, PartSummary] = field(default_factory=dict)
    served: dict[UUID, date] = field(default_factory=dict)
    dropped: set[tuple[date, ContractId]] = field(default_factory=set)

    @property
    def sources(self) -> int:
        """How many sources are held while the part is planned, about."""
        billed = sum(part.totals.details for part in self.parts.values())
        left = (part.totals.left_behind for part in self.parts.values())
        return billed + max(left, default=0)


def plan_dates(
    environment: Environment, store: RunStore, look: FirstLook, runs: Sequence[tuple[str, Scope]]
) -> Iterator[RunPlan]:
    """
    A plan for each of *runs*, which are run ids and scopes in the order of their dates.

    Their parts are sealed in *store*; only reads in the tenant. What a date bills, a later one
    does not. Raises what `plan_parts` raises; a broken bound when its date is asked for, with a
    note of it.
    """
    environment.watch.check()
    _ = environment.midnights
    dues = [look.due(scope) for _, scope in runs]
    tasks = _parts(environment, runs, dues)
    found = _planned(environment, store, tasks)
    for (run_id, scope), due in zip(runs, dues, strict=True):
        yield _concluded(environment, StoredPlanSource(store, run_id), scope, due, found)


def _concluded(
    environment: Environment,
    source: StoredPlanSource,
    scope: Scope,
    due: Due,
    found: Sequence[DatedSummaries],
) -> RunPlan:
    day = scope.run_date
    parts = [part.parts[day] for part in found if day in part.parts]
    dropped = {contract for part in found for when, contract in part.dropped if when == day}
    served = {record for part in found for record, when in part.served.items() if when < day}
    still = replace(
        due,
        contracts=tuple(item for item in due.contracts if item not in dropped),
        overdue=tuple(item for item in due.overdue if item.id not in served),
    )
    try:
        return concluded(environment, source, scope, still, parts)
    except PlanRejected as rejected:
        rejected.add_note(f"This is the plan of {day}; the dates before it break no bound.")
        raise


def _parts(
    environment: Environment, runs: Sequence[tuple[str, Scope]], dues: Sequence[Due]
) -> tuple[DatedPart, ...]:
    """The contracts of all dates, each once, in parts that are counted from 1 in every date."""
    named = set(runs[-1][1].contracts)
    names = {
        contract: name
        for due in dues
        for contract, name in due.names.items()
        if not named or contract in named
    }
    ordered = tuple(sorted(names, key=lambda contract: (names[contract], contract)))
    size = environment.contracts_per_part
    counts = [0] * len(runs)
    parts = []
    for number, start in enumerate(range(0, len(ordered), size), start=1):
        contracts = ordered[start : start + size]
        dates = tuple(_dates(environment, runs, dues, contracts, counts))
        parts.append(DatedPart(number=number, contracts=contracts, dates=dates))
    return tuple(parts)


def _dates(
    environment: Environment,
    runs: Sequence[tuple[str, Scope]],
    dues: Sequence[Due],
    contracts: Sequence[ContractId],
    counts: list[int],
) -> Iterator[DateOfPart]:
    for place, ((run_id, scope), due) in enumerate(zip(runs, dues, strict=True)):
        called = tuple(contract for contract in contracts if contract in due.calls)
        if called:
            counts[place] += 1
            task = PartTask(
                run_id=run_id,
                number=counts[place],
                contracts=called,
                scope=replace(scope, contracts=()),
                today=environment.today,
            )
            yield DateOfPart(task=task, calls={item: due.calls[item] for item in called})


def _planned(
    environment: Environment, store: RunStore, tasks: Sequence[DatedPart]
) -> tuple[DatedSummaries, ...]:
    if not tasks:
        return ()
    environment.read_anew()
    planner: PartPlanner[DatedPart, DatedSummaries] = PartPlanner(
        plan=lambda task: _plan_part(environment, store, task),
        fail=lambda task, because: _fail_part(store, task, because),
        told=lambda task, found, done: _tell(environment, task, found, (done, len(tasks))),
    )
    flight = InFlight(
        work=planner.attempt,
        most=environment.client.workers,
        watch=environment.watch,
        weight=lambda result: 0 if isinstance(result, Unread) else result.sources,
    )
    contracts = sum(len(task.contracts) for task in tasks)
    run_id = tasks[0].dates[0].task.run_id
    environment.watch.tell(PartsFound(run_id=run_id, parts=len(tasks), contracts=contracts))
    return planner.settle(flight.results(tasks))


def _tell(
    environment: Environment, task: DatedPart, found: DatedSummaries, done: tuple[int, int]
) -> None:
    parts = found.parts.values()
    environment.watch.tell(
        PartPlanned(
            run_id=task.dates[0].task.run_id,
            number=task.number,
            done=done[0],
            parts=done[1],
            invoices=sum(part.totals.invoices for part in parts),
            details=sum(part.totals.details for part in parts),
            failed_contracts=max((len(part.failed) for part in parts), default=0),
        )
    )


def _plan_part(environment: Environment, store: RunStore, task: DatedPart) -> DatedSummaries:
    environment.watch.check()
    writers = {dated.day: PartWriter(dated.task.number) for dated in task.dates}
    found = DatedSummaries()
    with collector_paused():
        snapshots = read_part(environment.client, environment.reading, task.contracts)
        run_id, size = task.dates[0].task.run_id, len(task.contracts)
        environment.watch.tell(PartRead(run_id=run_id, number=task.number, contracts=size))
        for contract, snapshot in zip(task.contracts, snapshots, strict=True):
            dates = [dated for dated in task.dates if contract in dated.calls]
            if isinstance(snapshot, FailedContract):
                _fail(snapshot, dates, writers)
            else:
                _replay(environment, snapshot, dates, writers, found)
    for dated in task.dates:
        found.parts[dated.day] = keep_part(store, dated.task.run_id, writers[dated.day].sealed())
    return found


def _fail(
    failed: FailedContract, dates: Sequence[DateOfPart], writers: Mapping[date, PartWriter]
) -> None:
    for dated in dates:
        writers[dated.day].fail(failed)


def _replay(
    environment: Environment,
    snapshot: ContractSnapshot,
    dates: Sequence[DateOfPart],
    writers: Mapping[date, PartWriter],
    found: DatedSummaries,
) -> None:
    """Plan one contract on each of *dates*, carried on from one to the next."""
    contract = snapshot.contract.id
    served: set[UUID] = set()
    for dated in dates:
        if dated.calls[contract] <= served:
            found.dropped.add((dated.day, contract))
            continue
        plan = add_contract(environment, dated.task, snapshot, writers[dated.day])
        fresh = _served(plan) - served
        found.served.update(dict.fromkeys(fresh, dated.day))
        served |= fresh
        snapshot = after(snapshot, plan)


def _served(plan: ContractPlan) -> set[UUID]:
    """
    What calls its contract out no more: rows that have had their run, milestones that are billed.

    A retainer goes on calling, since its status stays.
    """
    milestones = (d.source for d in details_of(plan) if d.source.table is SourceTable.MILESTONE)
    return {u.row_id for u in plan.schedule_updates} | {source.id for source in milestones}


def _fail_part(store: RunStore, task: DatedPart, because: ConnectorError) -> DatedSummaries:
    found = DatedSummaries()
    for dated in task.dates:
        found.parts[dated.day] = fail_part(store, dated.task, because)
    return found
