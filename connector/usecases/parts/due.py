"""The first look of a run: which contracts are due, and what earlier dates have left behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.invoicing.choices import RecordKind
from connector.invoicing.plan import PlanWarning
from connector.invoicing.policy import MissedDates, RetainerTiming
from connector.projectops.due_contracts import DueRows, due_queries, find_due, retainer_query
from connector.projectops.platform_job import (
    PlatformJobActive,
    invoice_jobs,
    other_job_text,
    other_jobs,
    platform_job_query,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from connector.invoicing.ids import ContractId
    from connector.projectops.due_contracts import Due, Overdue
    from connector.scope import Scope
    from connector.usecases.environment import Environment


def find_all_due(environment: Environment, scope: Scope) -> Due:
    """In one request: what is due, and whether the tenant's own job is on."""
    tenant = environment.tenant
    catches_up = scope.missed_dates is MissedDates.CATCH_UP
    first_look = due_queries(tenant, scope.run_date, retries_failed=catches_up)
    alone = environment.settings.policy.retainer_timing is RetainerTiming.ALONE
    retained = retainer_query(tenant, scope.run_date) if alone else None
    queries = (*first_look, platform_job_query(tenant), *((retained,) if retained else ()))
    schedule_rows, milestones, batch_jobs, *retainers = environment.client.read_many(queries)
    jobs = invoice_jobs(tenant, batch_jobs)
    if jobs and not scope.beside_platform_job:
        raise PlatformJobActive(jobs)
    rows = DueRows(
        schedule_rows=schedule_rows,
        milestones=milestones,
        retainers=tuple(row for found in retainers for row in found),
    )
    late_since = scope.run_date - timedelta(days=scope.late_days) if catches_up else None
    due = find_due(tenant, scope.run_date, rows, late_since=late_since)
    return replace(due, other_jobs=other_jobs(tenant, batch_jobs))


def missed_dates(environment: Environment, scope: Scope, days: int) -> tuple[date, ...]:
    """
    The earlier dates that left something billable behind, at most *days* back, in order.

    Catching up runs each of them as if it were its own day (DR-5, DR-7).
    """
    earliest = scope.run_date - timedelta(days=days)
    overdue = find_all_due(environment, scope).overdue
    named = set(scope.contracts)
    dates = {
        item.date
        for item in overdue
        if item.date >= earliest and (not named or item.contract_id in named)
    }
    return tuple(sorted(dates))


def beside_jobs(due: Due) -> Iterator[PlanWarning]:
    """The tenant's jobs that may make invoices under another name: two jobs bill twice (J5)."""
    for name in due.other_jobs:
        yield PlanWarning(code="platform-job-unclear", text=other_job_text(name))


def left_behind(overdue: Sequence[Overdue], planned: Sequence[ContractId]) -> Iterator[PlanWarning]:
    """What earlier dates left open in contracts that are not due: they get no plan to say it."""
    known = set(planned)
    for item in overdue:
        if item.contract_id not in known:
            is_row = item.kind is RecordKind.SCHEDULE_ROW
            word = "Invoice schedule row" if is_row else "Milestone"
            text = (
                f"{word} {item.id} of contract {item.contract_name!r} was due on"
                f" {item.date.isoformat()} and is still open."
            )
            code = "overdue-schedule-row" if is_row else "overdue-milestone"
            yield PlanWarning(code=code, text=text, subject=item.id)
