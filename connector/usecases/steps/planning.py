"""The steps that make a plan: find the parts, plan each, and seal what they make together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import ConnectorError
from connector.runs.journal import Journal
from connector.runs.names import PartFile, RunFile, part_file, run_file
from connector.runs.part_file import summary_in
from connector.runs.plan_text import PlanFileError, decoded, encoded
from connector.runs.stored_plan import StoredPlanSource, keep_manifest, stored_plan
from connector.usecases.bounds import PlanRejected
from connector.usecases.parts.plan_part import fail_part, plan_part
from connector.usecases.parts.plan_parts import find_parts, judge_parts
from connector.usecases.parts.tasks import FoundParts
from connector.usecases.parts.write_parts import begun_report
from connector.usecases.requests import requests_since
from connector.usecases.steps.values import PartsToPlan, PartsToWrite, PlannedPart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.outcome import RequestCounts
    from connector.run_report import RunPlan
    from connector.runs.store import RunStore
    from connector.summary import PartSummary
    from connector.usecases.environment import Environment
    from connector.usecases.parts.tasks import PartTask
    from connector.usecases.steps.values import DatedRun, Hold


def find_run_parts(environment: Environment, run: DatedRun) -> PartsToPlan:
    """
    What is due, divided into parts; which contracts are in each is kept in the run store.

    Whoever looks a second time gets the parts of the first time. Raises what `find_parts` raises.
    """
    store, count = environment.store, requests_since(environment)
    if store.get(run_file(run.run_id, RunFile.PARTS)) is None:
        found = find_parts(environment, run.run_id, run.scope)
        store.put_once(run_file(run.run_id, RunFile.PARTS), (encoded(found),))
    return PartsToPlan(parts=len(_found(store, run.run_id).tasks), requests=count())


def plan_one_part(environment: Environment, run_id: str, number: int) -> PlannedPart:
    """Plan one part and seal it; a part that is sealed already is not read once more."""
    store, count = environment.store, requests_since(environment)
    name = part_file(run_id, number, PartFile.PLAN)
    sealed = store.get(name)
    if sealed is not None:
        return PlannedPart(
            number=number, summary=summary_in(sealed, f"the plan {name}"), requests=count()
        )
    summary = plan_part(environment, store, _task(store, run_id, number))
    return PlannedPart(number=number, summary=summary, requests=count())


def seal_plan(
    environment: Environment, hold: Hold, run: DatedRun, parts: Sequence[PlannedPart]
) -> PartsToWrite:
    """
    Judge *parts* together and freeze the plan; says which of them are to be written.

    The contracts of a part that could not be read are reported as failed, unless no part could be
    read: then raises that failure. Raises `PlanRejected`; what was planned is kept all the same.
    """
    store, count = environment.store, requests_since(environment)
    found = _found(store, run.run_id)
    summaries = _summaries(store, found, parts)
    journal = Journal(store, run.run_id, "keep the plan")
    source = StoredPlanSource(store, run.run_id)
    try:
        plan = judge_parts(environment, source, run.scope, found, summaries)
    except PlanRejected as rejected:
        if rejected.plan is not None:
            keep_manifest(store, run.run_id, rejected.plan, RunFile.PREVIEW)
        raise
    if hold.epoch is None:
        keep_manifest(store, run.run_id, plan, RunFile.PREVIEW)
        return PartsToWrite(requests=count())
    return _frozen(journal, plan, count())


def _frozen(journal: Journal, plan: RunPlan, requests: RequestCounts) -> PartsToWrite:
    journal.keep_plan(plan)
    _, tasks = begun_report(journal, stored_plan(journal.store, journal.run_id))
    return PartsToWrite(
        parts=tuple(task.part.number for task in tasks),
        invoices=plan.totals.invoices,
        requests=requests,
    )


def _summaries(
    store: RunStore, found: FoundParts, parts: Sequence[PlannedPart]
) -> tuple[PartSummary, ...]:
    planned = {part.number: part for part in parts}
    unread = [part for part in parts if part.summary is None]
    if unread and len(unread) == len(found.tasks):
        raise ConnectorError(_because(unread[0]))
    return tuple(_summary(store, task, planned.get(task.number)) for task in found.tasks)


def _summary(store: RunStore, task: PartTask, part: PlannedPart | None) -> PartSummary:
    if part is not None and part.summary is not None:
        return part.summary
    because = ConnectorError(_because(part))
    return fail_part(store, task, because)


def _because(part: PlannedPart | None) -> str:
    return (part.because if part else None) or "its part was not tried"


def _task(store: RunStore, run_id: str, number: int) -> PartTask:
    tasks = _found(store, run_id).tasks
    if not 0 < number <= len(tasks):
        message = f"run {run_id} has parts 1 to {len(tasks)}, and no part {number}"
        raise PlanFileError(message)
    return tasks[number - 1]


def _found(store: RunStore, run_id: str) -> FoundParts:
    text = store.get(run_file(run_id, RunFile.PARTS))
    if text is None:
        message = f"the run store holds no parts of run {run_id}"
        raise PlanFileError(message)
    return decoded(text, FoundParts, f"the parts of run {run_id}")
