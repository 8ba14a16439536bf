"""A run that died before its first write: its plan is frozen in the run store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.runs.journal import Journal

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from connector.run_report import RunPlan
    from tests.end_to_end.tenant import TestTenant


def planted(tenant: TestTenant, run_id: str, day: date) -> RunPlan:
    """The plan of *day*, left behind under *run_id*."""
    with tenant.connector() as connector:
        plan = connector.plan(day)
        return Journal(connector._environment.store, run_id).take_plan(plan)


def run_folder(tenant: TestTenant, run_id: str) -> Path:
    """Where the files of a run are."""
    return tenant.folder / "runs" / "runs" / run_id
