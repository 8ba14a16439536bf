"""All parts of a run planned, several at once, and judged together: a plan, or its rejection."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

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
    from collections.abc import Iterator, Sequence

    from connector.errors import ConnectorError
    from connector.projectops.midnights import Midnights
    from connector.projectops.needed_privileges import Modes
    from connector.run_report import RunPlan
    from connector.runs.store import RunStore
    from connector.scope import Scope
    from connector.summary import PartSummary
    from connector.usecases.environment import Environment
    from connector.usecases.parts.tasks import PartTask

#: Failures of a read that every other part would meet as well.
EVERYBODYS: Final = (
    *(Unauthorized, SignInFailed, Forbidden, Throttled, NotSent),
    *(BadRequest, NotFound, UnusableSettings),
)
#: Parts that fail one after the other, whatever the reason, before it is taken for everybody's.
IN_A_ROW: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unread:
    """A part that failed to be read, for a reason that may be its own."""

    task: PartTask
    because: ConnectorError


@dataclass(slots=True, kw_only=True)
class PartPlanner:
    """
    Plans the parts of one run, and tells a fault of one part from a fault of all.

    A part fails alone when other parts can be read: its contracts are reported as failed. When
    none can, or several in a row cannot, the run halts: it must not take a part for the whole.
    """

    environment: Environment
    store: RunStore
    parts: int
    _done: int = 0
    _read: int = 0
    _unread_in_a_row: int = 0
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def attempt(self, task: PartTask) -> PartSummary | _Unread:
        """Plan one part; raises `DataverseError` for a failure that is everybody's."""
        try:
            summary = plan_part(self.environment, self.store, task)
        except EVERYBODYS:
            raise
        except (DataverseError, RowFault) as error:
            self._note_unread(error)
            return _Unread(task=task, because=error)
        self._note_read(task, summary)
        return summary

    def settle(self, planned: Sequence[PartSummary | _Unread]) -> tuple[PartSummary, ...]:
        """The summaries of all parts; raises the first failure when no part could be read."""
        unread = [item for item in planned if isinstance(item, _Unread)]
        if unread and not self._read:
            raise unread[0].because
        return tuple(
            fail_part(self.store, item.task, item.because) if isinstance(item, _Unread) else item
            for item in planned
        )

    def _note_unread(self, error: ConnectorError) -> None:
        with self._counting:
            self._unread_in_a_row += 1
            if self._unread_in_a_row >= IN_A_ROW:
                raise error

    def _note_read(self, task: PartTask, summary: PartSummary) -> None:
        with self._counting:
            self._read, self._unread_in_a_row, self._done = self._read + 1, 0, self._done + 1
            done = self._done
        self.environment.watch.tell(
            PartPlanned(
                run_id=task.run_id,
                number=task.number,
                done=done,
                parts=self.parts,
                invoices=summary.totals.invoices,
                details=summary.totals.details,
                failed_contracts=len(summary.failed),
            )
        )


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
    midnights = environment.midnights
    due = find_all_due(environment, scope)
    named = set(scope.contracts)
    wanted = [item for item in due.contracts if not named or item in named]
    tasks = part_tasks(environment, run_id, scope, wanted)
    environment.watch.tell(PartsFound(run_id=run_id, parts=len(tasks), contracts=len(wanted)))
    warnings = (
        *_other_midnights(midnights),
        *_patched_claims(environment.modes),
        *beside_jobs(due),
        *left_behind(due.overdue, wanted),
    )
    return FoundParts(tasks=tasks, warnings=warnings)


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
    planner = PartPlanner(environment=environment, store=store, parts=len(tasks))
    flight = InFlight(
        work=planner.attempt,
        most=environment.client.workers,
        watch=environment.watch,
        weight=lambda result: 0 if isinstance(result, _Unread) else _sources(result),
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
