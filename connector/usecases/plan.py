"""What would be written: the plan of a run, kept in a temporary folder as long as it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.run_report import preview_of
from connector.runs.temporary_store import temporary_store
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
