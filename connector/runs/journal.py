"""What a run writes down about itself while it goes on, so that another can take it up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from connector.errors import ConnectorError
from connector.run_record import Stop
from connector.runs.forgiving_store import ForgivingStore
from connector.runs.names import RunFile, run_file, unfinished_mark
from connector.runs.plan_text import encoded
from connector.runs.run_end import keep_end
from connector.runs.store import RunStoreError
from connector.runs.stored_plan import StoredPlanSource, copy_parts, keep_manifest

if TYPE_CHECKING:
    from types import TracebackType

    from connector.run_report import RunPlan, RunReport
    from connector.runs.store import RunStore

#: The exit code of a failure that is none of ours.
UNEXPECTED = 1


@dataclass(slots=True)
class Journal:
    """
    The journal of one run in its store.

    A `with` block that an error leaves notes at which step it was. A plan that cannot be kept
    stops a run: nothing has been written then. Whatever cannot be kept later is a warning.
    """

    store: RunStore
    run_id: str
    step: str = "start"
    forgiving: ForgivingStore = field(init=False)

    def __post_init__(self) -> None:
        self.forgiving = ForgivingStore(self.store)

    def __enter__(self) -> Self:
        """The journal itself."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Note where an error came from."""
        if error is None:
            return
        code = int(error.exit_code) if isinstance(error, ConnectorError) else UNEXPECTED
        try:
            self.stop(str(error) or type(error).__name__, code)
        except RunStoreError as fault:
            error.add_note(str(fault))

    def stop(self, error: str, exit_code: int) -> None:
        """Note that *error* ended the run at this step; raises `RunStoreError`."""
        stop = Stop(step=self.step, error=error, exit_code=exit_code)
        self.store.put(run_file(self.run_id, RunFile.STOPPED), (encoded(stop),))

    def take_plan(self, plan: RunPlan) -> RunPlan:
        """Freeze a plan that was made elsewhere; raises `RunStoreError` and `PlanFileError`."""
        copy_parts(plan, self.store, self.run_id)
        return self.keep_plan(replace(plan, source=StoredPlanSource(self.store, self.run_id)))

    def keep_plan(self, plan: RunPlan) -> RunPlan:
        """
        Freeze *plan*, whose parts are in the store, before its first write.

        The mark comes first: a mark without a plan is nothing to take up, a plan without a mark
        would be forgotten. Raises `RunStoreError`.
        """
        self.store.put(unfinished_mark(plan.organization_id, self.run_id), ())
        keep_manifest(self.store, self.run_id, plan, RunFile.MANIFEST)
        return plan

    def close(self, report: RunReport) -> RunReport:
        """
        Keep the end of the run, and return the report with what could not be kept.

        A report with invoices that a later run can still write does not end the run: it is kept
        as an attempt, and the run stays unfinished.
        """
        told = replace(report, own_warnings=(*report.own_warnings, *self.forgiving.warnings))
        if any(part.is_open for part in told.written) or told.because is not None:
            keep_end(self.forgiving, told, RunFile.ATTEMPT)
        else:
            keep_end(self.forgiving, told, RunFile.REPORT)
            if self.forgiving.is_kept(run_file(self.run_id, RunFile.REPORT)):
                self.forgiving.delete(unfinished_mark(told.plan.organization_id, self.run_id))
        warnings = (*report.own_warnings, *self.forgiving.warnings)
        return replace(told, own_warnings=warnings)
