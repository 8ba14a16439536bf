"""All parts of a run planned, several at once, and judged together: a plan, or its rejection."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from connector.dataverse.errors import (
    BadRequest,
    DataverseError,
    Forbidden,
    NotFound,
    NotSent,
    SignInFailed,
    Throttled,
    Unauthorized,
    UnusableSettings,
)
from connector.invoicing.plan import PlanWarning
from connector.projectops.claims import CLAIM_WARNING
from connector.projectops.rows import RowFault
from connector.runs.manifest import Manifest
from connector.runs.stored_plan import StoredPlanSource
from connector.usecases.bounds import PlanRejected, judged
from connector.usecases.parts.due import beside_jobs, find_all_due, left_behind
from connector.usecases.parts.in_flight import InFlight
from connector.usecases.parts.plan_part import fail_part, plan_part
from connector.usecases.parts.tasks import FoundParts, part_tasks
from connector.usecases.progress import PartPlanned, PartsFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from connector.errors import ConnectorError
    from connector.projectops.due_contracts import Due
    from connector.projectops.midnights import Midnights
    from connector.projectops.needed_privileges import Modes
    from connector.run_report import RunPlan
    from connector.runs.store import RunStore
    from connector.scope import Scope
    from connector.summary import PartSummary
    from connector.usecases.environment import Environment
    from connector.usecases.parts.tasks import PartTask

TaskT = TypeVar("TaskT")
PlannedT = TypeVar("PlannedT")

#: Failures of a read that every other part would meet as well.
EVERYBODYS: Final = (
    *(Unauthorized, SignInFailed, Forbidden, Throttled, NotSent),
    *(BadRequest, NotFound, UnusableSettings),
)
#: Parts that fail one after the other, whatever the reason, before it is taken for everybody's.
IN_A_ROW: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread(Generic[TaskT]):
    """A part that failed to be read, for a reason that may be its own."""

    task: TaskT
    because: ConnectorError


@dataclass(slots=True, kw_only=True)
class PartPlanner(Generic[TaskT, PlannedT]):
    """
    Plans the parts of one run, and tells a fault of one part from a fault of all.

    A part fails alone when other parts can be read: its contracts are reported as failed. When
    none can, or several in a row cannot, the run halts: it must not take a part for the whole.
    *plan* plans a part, *fail* is what becomes of one that cannot be read, and *told* hears of
    each that is through, and how many are.
    """

    plan: Callable[[TaskT], PlannedT]
    fail: Callable[[TaskT, ConnectorError], PlannedT]
    told: Callable[[TaskT, PlannedT, int], None]
    _done: int = 0
    _read: int = 0
    _unread_in_a_row: int = 0
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def attempt(self, task: TaskT) -> PlannedT | Unread[TaskT]:
        """Plan one part; raises `DataverseError` for a failure that is everybody's."""
        try:
            planned = self.plan(task)
        except EVERYBODYS:
            raise
        except (DataverseError, RowFault) as error:
            self._note_unread(error)
            return Unread(task=task, because=error)
        self._note_read(task, planned)
        return planned

    def settle(self, planned: Sequence[PlannedT | Unread[TaskT]]) -> tuple[PlannedT, ...]:
        """What became of all parts; raises the first failure when no part could be read."""
        unread = [item for item in planned if isinstance(item, Unread)]
        if unread and not self._read:
            raise unread[0].because
        return tuple(
            self.fail(item.task, item.because) if isinstance(item, Unread) else item
            for item in planned
        )

    def _note_unread(self, error: ConnectorError) -> None:
        with self._counting:
            self._unread_in_a_row += 1
            if self._unread_in_a_row >= IN_A_ROW:
                raise error

    def _note_read(self, task: TaskT, planned: PlannedT) -> None:
        with self._counting:
            self._read, self._unread_in_a_row, self._done = self._read + 1, 0, self._done + 1
            done = self._done
        self.told(task, planned, done)


def plan_parts(environment: Environment, store: RunStore, run_id: str, scope: Scope) -> RunPlan:
    """
    The plan of *scope*, its parts sealed in *store* under *run_id*; only reads in the tenant.

    Raises what `find_parts` and `judge_parts` raise, and `DataverseError` when reading fails for
    everybody.
    """
    found = find_parts(environment, run_id, scope)
    parts = _planned(environment, store, found.tasks)
    return judge_parts(environment, StoredPlanSource(store, run_id), scope, found, parts)


def find_parts(environment: Environment, run_id: str, scope: Scope) -> FoundParts:
    """
    The first look of a run: what is due, as parts that are to be planned.

    Raises `PlatformJobActive`, `OtherTimeZone`, `DataverseError`, and `Stopping`.
    """
    environment.watch.check()
    _ = environment.midnights  # refuses other midnights before anything else is read
    due = find_all_due(environment, scope)
    named = set(scope.contracts)
    wanted = [item for item in due.contracts if not named or item in named]
    tasks = part_tasks(environment, run_id, scope, wanted)
    environment.watch.tell(PartsFound(run_id=run_id, parts=len(tasks), contracts=len(wanted)))
    return FoundParts(tasks=tasks, warnings=tuple(_of_the_run(environment, scope, due)))


def concluded(
    environment: Environment,
    source: StoredPlanSource,
    scope: Scope,
    due: Due,
    parts: Sequence[PartSummary],
) -> RunPlan:
    """
    The plan of *parts*, which are sealed in *source*; the contracts in *due* are those planned.

    Raises `PlanRejected` when they break a safety bound together.
    """
    found = FoundParts(tasks=(), warnings=tuple(_of_the_run(environment, scope, due)))
    return judge_parts(environment, source, scope, found, parts)


def judge_parts(
    environment: Environment,
    source: StoredPlanSource,
    scope: Scope,
    found: FoundParts,
    parts: Sequence[PartSummary],
) -> RunPlan:
    """The plan whose *parts* are sealed in *source*; raises `PlanRejected` for a broken bound."""
    judgement = judged(parts, environment.settings.bounds, scope.overrides)
    warnings = (*found.warnings, *judgement.lifted)
    plan = seal(environment, scope, parts, warnings).plan(source)
    if judgement.broken:
        raise PlanRejected(judgement.texts, plan, judgement.codes)
    return plan


def _of_the_run(environment: Environment, scope: Scope, due: Due) -> Iterator[PlanWarning]:
    """What is to be said of a run as a whole, before anything is planned."""
    named = set(scope.contracts)
    planned = [item for item in due.contracts if not named or item in named]
    yield from _other_midnights(environment.midnights)
    yield from _patched_claims(environment.modes)
    yield from beside_jobs(due)
    yield from left_behind(due.overdue, planned)


def seal(
    environment: Environment,
    scope: Scope,
    parts: Sequence[PartSummary],
    warnings: Sequence[PlanWarning] = (),
) -> Manifest:
    """The manifest of a plan for this environment."""
    return Manifest(
        organization_id=environment.tenant.organization_id,
        environment_url=environment.settings.dataverse.url,
        scope=scope,
        warnings=tuple(warnings),
        parts=tuple(parts),
    )


def _planned(
    environment: Environment, store: RunStore, tasks: Sequence[PartTask]
) -> tuple[PartSummary, ...]:
    if not tasks:
        return ()
    environment.read_anew()
    planner: PartPlanner[PartTask, PartSummary] = PartPlanner(
        plan=lambda task: plan_part(environment, store, task),
        fail=lambda task, because: fail_part(store, task, because),
        told=lambda task, part, done: environment.watch.tell(
            PartPlanned(
                run_id=task.run_id,
                number=task.number,
                done=done,
                parts=len(tasks),
                invoices=part.totals.invoices,
                details=part.totals.details,
                failed_contracts=len(part.failed),
            )
        ),
    )
    flight = InFlight(
        work=planner.attempt,
        most=environment.client.workers,
        watch=environment.watch,
        weight=lambda result: 0 if isinstance(result, Unread) else _sources(result),
    )
    return planner.settle(flight.results(tasks))


def _other_midnights(midnights: Midnights) -> Iterator[PlanWarning]:
    if midnights.others:
        yield PlanWarning(code="dates-no-midnights", text=midnights.text)


def _patched_claims(modes: Modes) -> Iterator[PlanWarning]:
    if modes.claims:
        yield PlanWarning(code="claims-patched", text=CLAIM_WARNING)


def _sources(part: PartSummary) -> int:
    return part.totals.details + part.totals.left_behind
