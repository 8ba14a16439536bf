"""What would be written: plans of runs, kept in a temporary folder as long as they are used."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.invoicing.policy import MissedDates
from connector.run_report import preview_of
from connector.runs.temporary_store import temporary_store
from connector.usecases.bounds import PlanRejected
from connector.usecases.parts.due import dated, first_look
from connector.usecases.parts.plan_dates import plan_dates
from connector.usecases.parts.plan_parts import plan_parts
from connector.usecases.requests import request_counts
from connector.usecases.watch import RunInterrupted, Stopping

if TYPE_CHECKING:
    from connector.run_report import RunPlan, RunReport
    from connector.scope import Scope
    from connector.usecases.environment import Environment

#: The name of a plan among temporary files, which hold one each.
_ONLY = "plan"


def plan_run(environment: Environment, scope: Scope) -> RunPlan:
    """
    The frozen plan of *scope*: reads only.

    Raises `PlatformJobActive`, `PlanRejected`, `DataverseError` when a read fails, and
    `RunInterrupted`.
    """
    try:
        return plan_parts(environment, temporary_store(), _ONLY, scope)
    except Stopping as stopping:
        raise RunInterrupted from stopping


def preview(environment: Environment, scope: Scope, run_id: str) -> RunReport:
    """The report of a run of *scope* that writes nothing; raises what `plan_run` raises."""
    return preview_of(plan_run(environment, scope), run_id, request_counts(environment))


def preview_catch_up(
    environment: Environment, scope: Scope, run_id: str, days: int
) -> tuple[RunReport, ...]:
    """
    The reports of the missed dates of the last *days* days and of *scope*, as if written in order.

    What a date would bill, the later ones do not. Only reads; raises what `plan_run` raises.
    """
    store = temporary_store()
    reports: list[RunReport] = []
    try:
        look = first_look(environment, replace(scope, missed_dates=MissedDates.CATCH_UP))
        runs = dated(scope, run_id, look.missed_dates(scope, days), days)
        plans = plan_dates(environment, store, look, runs)
        for (each, _), plan in zip(runs, plans, strict=True):
            reports.append(preview_of(plan, each, request_counts(environment)))
    except Stopping as stopping:
        raise RunInterrupted from stopping
    except PlanRejected as rejected:
        rejected.before = tuple(reports)
        raise
    return tuple(reports)


def preview_due(
    environment: Environment, scope: Scope, run_id: str, days: int | None
) -> tuple[RunReport, ...]:
    """The preview of *scope*, after those of missed dates where *days* is a number."""
    if days is None:
        return (preview(environment, scope, run_id),)
    return preview_catch_up(environment, scope, run_id, days)
