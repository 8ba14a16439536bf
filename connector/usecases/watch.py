"""Who is told how a run goes on, and whether it is to stop."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.errors import ConnectorError, ExitCode
from connector.outcome import GOOD_STATUSES
from connector.usecases.progress import Retried, Waiting

if TYPE_CHECKING:
    from connector.dataverse.errors import DataverseError
    from connector.run_report import RunReport
    from connector.usecases.progress import Progress, ProgressEvent

#: A shorter wait is not worth a word.
_WORTH_TELLING = 0.5
#: Seconds after which a sleeper looks whether another thread has ended the run.
_LOOK_UP = 1.0


class Stopping(Exception):  # noqa: N818 - it is no error: somebody asked for it
    """The run is to end here, where everything that was begun has its answer."""


class RunInterrupted(ConnectorError):  # noqa: N818 - named by what happened
    """
    Somebody stopped the run; *report* says what is written and what is not.

    None where it was stopped before anything could be written. *before* are the reports of what
    the same command had written by then.
    """

    exit_code = ExitCode.INTERRUPTED

    def __init__(self, report: RunReport | None = None) -> None:
        self.report = report
        self.before: tuple[RunReport, ...] = ()
        super().__init__(_said(report))


def _said(report: RunReport | None) -> str:
    if report is None:
        return "interrupted: nothing was written"
    good = sum(t.invoices for t in report.outcome_totals if t.status in GOOD_STATUSES)
    left = report.totals.invoices - good
    return (
        f"interrupted: {good:,} of {report.totals.invoices:,} invoices of run {report.run_id} are"
        f" written, {left:,} are not; the next run finishes them"
    )


@dataclass(slots=True)
class Watch:
    """
    What the caller of a run wants to hear, and its word to stop.

    *stop* is set by the caller, or by the run itself when it is interrupted.
    """

    progress: Progress | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    _abandoned: threading.Event = field(default_factory=threading.Event)
    _telling: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, event: ProgressEvent) -> None:
        """Tell who wants to hear."""
        if self.progress is not None:
            with self._telling:
                self.progress(event)

    def abandon(self) -> None:
        """Let all threads of the run end, because one of them has met what stops all."""
        self._abandoned.set()

    def check(self) -> None:
        """Raise `Stopping` when the run is to end."""
        if self.stop.is_set() or self._abandoned.is_set():
            raise Stopping

    def retried(self, failure: DataverseError, seconds: float) -> None:
        """Tell that something is sent again."""
        self.tell(Retried(error=str(failure), seconds=seconds))

    def sleep(self, seconds: float) -> None:
        """Let time pass, unless the run is to end: nothing is under way while a request waits."""
        if seconds >= _WORTH_TELLING:
            self.tell(Waiting(seconds=seconds))
        left = seconds
        while left > 0:
            self.check()
            self.stop.wait(min(left, _LOOK_UP))
            left -= _LOOK_UP
        self.check()
