"""The first look of a run: which contracts are due, and what earlier dates have left behind."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    from connector.projectops.tenant import Tenant
    from connector.scope import Scope
    from connector.usecases.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLook:
    """The rows that are open up to a date, by which that date and all before it can be judged."""

    tenant: Tenant
    rows: DueRows
    other_jobs: tuple[str, ...]

    def due(self, scope: Scope) -> Due:
        """What is due on the date of *scope*, which must not be later than that of the look."""
        catches_up = scope.missed_dates is MissedDates.CATCH_UP
        late_since = scope.run_date - timedelta(days=scope.late_days) if catches_up else None
        due = find_due(self.tenant, scope.run_date, self.rows, late_since=late_since)
        return replace(due, other_jobs=self.other_jobs)

    def missed_dates(self, scope: Scope, days: int) -> tuple[date, ...]:
        """
        The dates before that of *scope* that left something billable, at most *days* back.

        In order. Catching up runs each of them as if it were its own day (DR-5, DR-7).
        """
        earliest = scope.run_date - timedelta(days=days)
        named = set(scope.contracts)
        dates = {
            item.date
            for item in self.due(scope).overdue
            if item.date >= earliest and (not named or item.contract_id in named)
        }
        return tuple(sorted(dates))


def first_look(environment: Environment, scope: Scope) -> FirstLook:
    """
    In one request: what is open, and whether the tenant's own job is on.

    Raises `PlatformJobActive` when it is, unless *scope* says to go on.
    """
    tenant = environment.tenant
    catches_up = scope.missed_dates is MissedDates.CATCH_UP
    asked = due_queries(tenant, scope.run_date, retries_failed=catches_up)
    alone = environment.settings.policy.retainer_timing is RetainerTiming.ALONE
    retained = retainer_query(tenant, scope.run_date) if alone else None
    queries = (*asked, platform_job_query(tenant), *((retained,) if retained else ()))
    schedule_rows, milestones, batch_jobs, *retainers = environment.client.read_many(queries)
    jobs = invoice_jobs(tenant, batch_jobs)
    if jobs and not scope.beside_platform_job:
        raise PlatformJobActive(jobs)
    rows = DueRows(
        schedule_rows=schedule_rows,
        milestones=milestones,
        retainers=tuple(row for found in retainers for row in found),
    )
    return FirstLook(tenant=tenant, rows=rows, other_jobs=other_jobs(tenant, batch_jobs))


def find_all_due(environment: Environment, scope: Scope) -> Due:
    """What is due on the date of *scope*; raises what `first_look` raises."""
    return first_look(environment, scope).due(scope)


def missed_dates(environment: Environment, scope: Scope, days: int) -> tuple[date, ...]:
    """
    The earlier dates that left something billable behind, at most *days* back, in order.

    Catching up runs each of them as if it were its own day (DR-5, DR-7).
    """
    return first_look(environment, scope).missed_dates(scope, days)


def dated(scope: Scope, run_id: str, dates: Sequence[date], days: int) -> list[tuple[str, Scope]]:
    """
    The runs that catching up consists of: id and scope of each missed date, then of *scope* itself.

    Only the last one bills milestones that became Ready after their date, up to *days* old (DR-9).
    """
    catching = replace(scope, missed_dates=MissedDates.CATCH_UP)
    runs = [replace(catching, run_date=day) for day in dates]
    runs.append(replace(catching, late_days=days))
    return [(f"{run_id}-{each.run_date.isoformat()}", each) for each in runs]


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
