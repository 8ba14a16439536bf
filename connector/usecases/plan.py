"""The first half of a run: find what is due, fetch it, plan it, check the plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.errors import ConnectorError
from connector.invoicing.invariants import check_contract
from connector.invoicing.plan import ContractPlan, PlanWarning
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import MissedDates, RetainerTiming
from connector.outcome import ExitCode, FailedContract, RunPlan
from connector.projectops.due_contracts import DueRows, due_queries, find_due, retainer_query
from connector.projectops.platform_job import PlatformJobActive, invoice_jobs, platform_job_query
from connector.projectops.read import Shard, fetch_snapshots, shards
from connector.runs.plan_file import seal_plan
from connector.usecases.bounds import BoundsWatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from connector.invoicing.ids import ContractId
    from connector.invoicing.invariants import Violation
    from connector.projectops.due_contracts import Due, Overdue
    from connector.projectops.midnights import Midnights
    from connector.usecases.bounds import Override
    from connector.usecases.environment import Environment


class PlanRejected(ConnectorError):  # noqa: N818 - named by what happened
    """An invariant or a safety bound does not hold: nothing was written."""

    exit_code = ExitCode.PLAN_REJECTED

    def __init__(self, violations: Sequence[Violation]) -> None:
        lines = "\n".join(f"- {item.text} [{item.code}]" for item in violations)
        super().__init__(f"the plan was rejected and nothing was written:\n{lines}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """
    What a run looks at: one date, all contracts or the named ones.

    Under catch-up *late_days* is how old a milestone may be that is billed after its date: a
    replayed date bills what it called out itself, only the last one bills what came late (DR-9).
    """

    run_date: date
    contracts: tuple[ContractId, ...] = ()
    beside_platform_job: bool = False
    missed_dates: MissedDates = MissedDates.STRICT
    late_days: int = 0
    overrides: tuple[Override, ...] = ()


def plan_run(environment: Environment, scope: Scope) -> RunPlan:
    """
    The frozen plan of *scope*: reads only.

    Raises `PlatformJobActive`, `PlanRejected`, and `DataverseError` when a read fails.
    """
    midnights = environment.midnights
    due = find_all_due(environment, scope)
    named = set(scope.contracts)
    wanted = [item for item in due.contracts if not named or item in named]
    watch = BoundsWatch(
        bounds=environment.settings.bounds, today=environment.today, overrides=scope.overrides
    )
    planned = [
        item
        for shard in shards(environment.client, environment.tenant, wanted)
        for item in _plan_shard(environment, shard, scope, watch)
    ]
    plans = [item for item in planned if isinstance(item, ContractPlan)]
    _reject(watch.broken(plans))
    return seal_plan(
        organization_id=environment.tenant.organization_id,
        environment_url=environment.settings.dataverse.url,
        run_date=scope.run_date,
        contracts=plans,
        failed=[item for item in planned if isinstance(item, FailedContract)],
        warnings=(
            *_other_midnights(midnights),
            *_left_behind(due.overdue, wanted),
            *watch.lifted(plans),
        ),
    )


def find_all_due(environment: Environment, scope: Scope) -> Due:
    """The first look, in one request: what is due, and whether the tenant's own job is on."""
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
    return find_due(tenant, scope.run_date, rows, late_since=late_since)


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


def _plan_shard(
    environment: Environment, shard: Shard, scope: Scope, watch: BoundsWatch
) -> Iterator[ContractPlan | FailedContract]:
    policy = replace(
        environment.settings.policy,
        missed_dates=scope.missed_dates,
        catch_up_days=scope.late_days,
    )
    for snapshot in fetch_snapshots(environment.client, shard):
        if isinstance(snapshot, FailedContract):
            yield snapshot
            continue
        plan = plan_contract(snapshot, scope.run_date, policy, environment.rules)
        _reject(check_contract(snapshot, plan))
        watch.see(snapshot, plan)
        yield plan


def _reject(violations: Sequence[Violation]) -> None:
    if violations:
        raise PlanRejected(violations)


def _other_midnights(midnights: Midnights) -> Iterator[PlanWarning]:
    if midnights.others:
        yield PlanWarning(code="dates-no-midnights", text=midnights.text)


def _left_behind(
    overdue: Sequence[Overdue], planned: Sequence[ContractId]
) -> Iterator[PlanWarning]:
    """What earlier dates left open in contracts that are not due: they get no plan to say it."""
    known = set(planned)
    for item in overdue:
        if item.contract_id not in known:
            is_row = item.table == "msdyn_contractlineinvoiceschedule"
            word = "Invoice schedule row" if is_row else "Milestone"
            text = (
                f"{word} {item.id} of contract {item.contract_name!r} was due on"
                f" {item.date.isoformat()} and is still open."
            )
            code = "overdue-schedule-row" if is_row else "overdue-milestone"
            yield PlanWarning(code=code, text=text, subject=item.id)
