"""What would be written: plans of runs, kept in a temporary folder as long as they are used."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.invoicing.policy import MissedDates
from connector.run_report import RunReport
from connector.runs.run_end import previewed
from connector.runs.temporary_store import temporary_store
from connector.usecases.parts.due import dated, first_look
from connector.usecases.parts.plan_dates import plan_dates
from connector.usecases.parts.plan_parts import plan_parts
from connector.usecases.parts.write_parts import request_counts
from connector.usecases.watch import RunInterrupted, Stopping

if TYPE_CHECKING:
    from connector.run_report import RunPlan
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
    return RunReport(
        run_id=run_id,
        dry_run=True,
        plan=plan_run(environment, scope),
        requests=request_counts(environment),
        results=previewed,
    )


def preview_catch_up(
    environment: Environment, scope: Scope, run_id: str, days: int
) -> tuple[RunReport, ...]:
    """
    The reports of the missed dates of the last *days* days and of *scope*, as if written in order.

    What a date would bill, the later ones do not. Only reads; raises what `plan_run` raises.
    """
    store = temporary_store()
    try:
        look = first_look(environment, replace(scope, missed_dates=MissedDates.CATCH_UP))
        runs = dated(scope, run_id, look.missed_dates(scope, days), days)
        plans = plan_dates(environment, store, look, runs)
    except Stopping as stopping:
        raise RunInterrupted from stopping
    return tuple(
        RunReport(
            run_id=each,
            dry_run=True,
            plan=plan,
            requests=request_counts(environment),
            results=previewed,
        )
        for (each, _), plan in zip(runs, plans, strict=True)
    )


def preview_due(
    environment: Environment, scope: Scope, run_id: str, days: int | None
) -> tuple[RunReport, ...]:
    """The preview of *scope*, after those of missed dates where *days* is a number."""
    if days is None:
        return (preview(environment, scope, run_id),)
    return preview_catch_up(environment, scope, run_id, days)
