"""
The composition root: decide, carry out, report.

`Connector` is what the command line, the Azure Function and a library user call; each of its
steps is one line that names the module doing it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self, Unpack

from connector.invoicing.policy import MissedDates
from connector.projectops.preflight import CheckReport, check_tenant
from connector.runs.history import details, records
from connector.runs.plan_file import read_plan, write_plan
from connector.usecases.compare import compare
from connector.usecases.environment import Environment, system_clock
from connector.usecases.explain import explain_record, forecast_runs
from connector.usecases.generate_schedule import generate_for_line
from connector.usecases.plan import missed_dates, plan_run, scope_of
from connector.usecases.run import apply, execute
from connector.usecases.session import writing
from connector.usecases.undo import undo
from connector.usecases.write import preview

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime
    from pathlib import Path
    from uuid import UUID

    from connector.invoicing.explain import Explanation
    from connector.invoicing.forecast import ForecastEntry
    from connector.invoicing.ids import ContractId, ContractLineId
    from connector.invoicing.schedule_rows import Generation
    from connector.outcome import Comparison, RunPlan, RunReport, UndoReport
    from connector.runs.history import RunDetails, RunRecord
    from connector.settings.load import Settings
    from connector.usecases.plan import ScopeOptions


class Connector:
    """
    One configured environment: plans, applies, runs and checks.

    A context manager; nothing is opened or sent before it is used. *session* names it in the
    correlation ids of its requests.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        session: str = "connector",
        clock: Callable[[], datetime] = system_clock,
    ) -> None:
        """
        Raises `MappingError` when the mapping cannot be used.

        *clock* shows the instant (aware of its zone) by which leases and safety bounds are judged.
        """
        self._environment = Environment(settings, session, clock)

    def __enter__(self) -> Self:
        """The connector itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections; using the connector again opens them again."""
        self._environment.close()

    def check(self) -> CheckReport:
        """Look whether sign-in, tables, columns and choices are as the mapping says."""
        environment = self._environment
        zone = environment.settings.run.zone
        return check_tenant(environment.client, environment.mapping, zone)

    def plan(
        self,
        run_date: date,
        **options: Unpack[ScopeOptions],
    ) -> RunPlan:
        """
        Decide which drafts are due on *run_date*, in all contracts or the named ones.

        Only reads. *options* are the fields of `ScopeOptions`. Raises `PlatformJobActive`,
        `PlanRejected`, and `DataverseError` when a read fails.
        """
        return plan_run(self._environment, scope_of(run_date, options))

    def save_plan(self, plan: RunPlan, path: Path) -> None:
        """Write *plan* to *path*, whole or not at all."""
        write_plan(plan, path)

    def apply(self, path: Path, *, run_id: str) -> RunReport:
        """
        Write the drafts of a stored plan.

        Raises `PlanFileError` when the plan was altered or is for another tenant. A contract
        whose records changed since is reported as drifted; the others go on. Raises `LeaseHeld`
        while another run writes to the tenant.
        """
        plan = read_plan(path)
        with writing(self._environment, run_id) as session:
            return apply(session, plan, run_id)

    def run(
        self,
        run_date: date,
        *,
        run_id: str,
        dry_run: bool = False,
        **options: Unpack[ScopeOptions],
    ) -> RunReport:
        """
        Plan, check, write and verify the drafts that are due on *run_date*.

        What an earlier run left unfinished is finished first. With *dry_run* nothing is written
        and no lease taken. Raises what `plan` raises, and `LeaseHeld` while another run writes to
        the tenant; whatever happens to a single contract after that is an outcome in the report.
        """
        scope = scope_of(run_date, options)
        if dry_run:
            return preview(self._environment, plan_run(self._environment, scope), run_id)
        with writing(self._environment, run_id) as session:
            return execute(session, scope, run_id)

    def catch_up(
        self,
        run_date: date,
        *,
        run_id: str,
        days: int,
        **options: Unpack[ScopeOptions],
    ) -> tuple[RunReport, ...]:
        """
        Run each missed date of the last *days* days in order, then *run_date* itself.

        One report a date, with the date appended to *run_id*; equal to having run every day
        (DR-5, DR-7). Schedule rows whose run failed are tried again (DR-6), and milestones that
        became Ready after their date are billed on *run_date* (DR-9).
        """
        scope = replace(scope_of(run_date, options), missed_dates=MissedDates.CATCH_UP)
        with writing(self._environment, run_id) as session:
            dates = missed_dates(self._environment, scope, days)
            replayed = [replace(scope, run_date=day) for day in dates]
            return tuple(
                execute(session, each, f"{run_id}-{each.run_date.isoformat()}")
                for each in (*replayed, replace(scope, late_days=days))
            )

    def undo(self, run_id: str, *, undo_id: str) -> UndoReport:
        """
        Delete the untouched drafts of run *run_id* and set its schedule rows back to Not Run.

        Raises `PlanFileError` for a run that the store holds no plan of, and `LeaseHeld`.
        """
        with writing(self._environment, undo_id) as session:
            return undo(session, run_id)

    def compare(self, run_date: date, *, contracts: Sequence[ContractId] = ()) -> Comparison:
        """Our plan of *run_date* against the drafts that the tenant's own job made for it."""
        return compare(self._environment, run_date, contracts)

    def history(self) -> tuple[RunRecord, ...]:
        """The runs that the run store remembers, oldest first; sends nothing."""
        return records(self._environment.store)

    def remembered(self, run_id: str) -> RunDetails:
        """Everything that the run store holds of one run; raises `RunStoreError`."""
        return details(self._environment.store, run_id)

    def explain(self, record: UUID, run_date: date) -> Explanation:
        """
        What happens to *record* on *run_date*, by which rules, and what would change it.

        *record* is the id of a contract, contract line, schedule row, actual, milestone, product
        line or retainer. Raises `RecordUnknown` and `ContractUnreadable`.
        """
        return explain_record(self._environment, record, run_date)

    def forecast(
        self, first: date, last: date, *, contracts: Sequence[ContractId] = ()
    ) -> tuple[ForecastEntry, ...]:
        """The coming runs from *first* to *last*, both inclusive, with amounts by confidence."""
        return forecast_runs(self._environment, first, last, contracts)

    def generate_schedule(self, line: ContractLineId, *, write: bool = False) -> Generation:
        """
        The schedule rows or periodic milestones that a contract line's frequency stands for.

        With *write* those that the line lacks are created. Raises `GenerationRefused`.
        """
        return generate_for_line(self._environment, line, write=write)
