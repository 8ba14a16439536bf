"""What a run writes down about itself while it goes on, so that another can take it up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from connector.errors import ConnectorError
from connector.invoicing.plan import PlanWarning
from connector.runs.history import Progress, Stop, progress_line, stop_text
from connector.runs.plan_file import plan_lines
from connector.runs.store import RunFile, RunStoreError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from connector.invoicing.ids import ContractId
    from connector.outcome import InvoiceOutcome, RunPlan, RunReport
    from connector.runs.store import RunStore

#: The exit code of a failure that is none of ours.
UNEXPECTED = 1


@dataclass(slots=True)
class Journal:
    """
    The journal of one run in its store.

    A `with` block that an error leaves notes at which step it was. Only a plan that cannot be
    kept stops a run: nothing has been written then. Whatever else cannot be kept is a warning.
    """

    store: RunStore
    run_id: str
    step: str = "start"
    _faults: list[str] = field(default_factory=list)

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
        text = str(error) or type(error).__name__
        stop = Stop(step=self.step, error=text, exit_code=code)
        try:
            self.store.put(self.run_id, RunFile.STOPPED, (stop_text(stop),))
        except RunStoreError as fault:
            error.add_note(str(fault))

    def keep_plan(self, plan: RunPlan) -> None:
        """Freeze *plan* before its first write; raises `RunStoreError`."""
        self.store.put(self.run_id, RunFile.PLAN, plan_lines(plan))

    def note(self, contract: ContractId, outcomes: Sequence[InvoiceOutcome]) -> None:
        """One contract is through."""
        progress = Progress(
            contract_id=contract,
            outcomes=tuple((o.invoice.id, o.status, o.error) for o in outcomes),
        )
        try:
            self.store.append(self.run_id, RunFile.PROGRESS, progress_line(progress))
        except RunStoreError as fault:
            self._faults.append(str(fault))

    def close(self, report: RunReport, text: str) -> RunReport:
        """
        Keep *text*, the document of *report*, and return the report with what could not be kept.

        A report with invoices that a later run can still write does not end the run: it is kept
        as an attempt, and the run stays unfinished.
        """
        is_open = any(outcome.is_open for outcome in report.outcomes)
        kind = RunFile.ATTEMPT if is_open else RunFile.REPORT
        try:
            self.store.put(self.run_id, kind, (text,))
        except RunStoreError as fault:
            self._faults.append(str(fault))
        warnings = (
            PlanWarning(code="run-store-incomplete", text=text)
            for text in dict.fromkeys(self._faults)
        )
        return replace(report, warnings=(*report.warnings, *warnings))
