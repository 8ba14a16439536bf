"""What a recurring job does each time: make the invoices that are due, or compute utilization."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from connector.errors import ExitCode
from connector.report.sentence import run_sentence, worst_exit
from connector.report.utilization import utilization_sentence
from connector.usecases.batch_job import Processed
from connector.usecases.utilization import compute_utilization, days_before

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from connector.invoicing.recurring_job import Workflow
    from connector.run_report import RunReport
    from connector.usecases.batch_job import Control, Process
    from connector.usecases.environment import Environment
    from connector.usecases.progress import Progress, ProgressEvent


class RunDue(Protocol):
    """The run of a date, after what the settings say comes before it."""

    def __call__(
        self, run_date: date, /, *, run_id: str, progress: Progress
    ) -> Sequence[RunReport]:
        """Make it; one report a date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceProcess:
    """The Process workflow that makes invoices; *stop* ends a run at its next safe point."""

    run: RunDue
    control: Control
    stop: Callable[[], None]

    def __call__(self, run_date: date, run_id: str) -> Processed:
        """Make the run of *run_date*."""
        reports = self.run(run_date, run_id=run_id, progress=self._heard)
        return Processed(exit_code=worst_exit(reports), said=run_sentence(reports))

    def _heard(self, _event: ProgressEvent) -> None:
        """A run that was just beginning when the service was told to end knows nothing of it."""
        if self.control.is_stopping():
            self.stop()


@dataclass(frozen=True, slots=True, kw_only=True)
class UtilizationProcess:
    """The UpdateRoleUtilization workflow: the seven days before, written (U1)."""

    environment: Environment

    def __call__(self, run_date: date, _run_id: str) -> Processed:
        """Write the utilization of the days before *run_date*."""
        first, last = days_before(run_date)
        report = compute_utilization(self.environment, first, last, write=True)
        return Processed(exit_code=ExitCode.DONE, said=utilization_sentence(report))


def process_of(workflow: Workflow, environment: Environment, invoices: InvoiceProcess) -> Process:
    """What the job of *workflow* does; *invoices* is what the two others do."""
    return invoices if workflow.makes_invoices else UtilizationProcess(environment=environment)
