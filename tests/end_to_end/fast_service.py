"""The recurring job as a process whose clock runs fast: a day lasts *SECONDS* seconds."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connector import Connector, load_settings
from connector.invoicing.recurring_job import RecurringJob, Workflow

#: Real seconds in which the clock of the service goes on by one day.
SECONDS = 0.4


class FastClock:
    """It shows the documented example's October, and counts the runs that began."""

    def __init__(self, runs: int) -> None:
        self._left, self._began = runs, time.monotonic()
        self._is_over = False

    def now(self) -> datetime:
        """The instant that it shows."""
        days = (time.monotonic() - self._began) / SECONDS
        return datetime(2020, 10, 4, 12, tzinfo=UTC) + timedelta(days=days)

    def sleep(self, seconds: float) -> None:
        """Let so many of its seconds pass; none when the last run that was asked for is through."""
        self._is_over = self._left <= 0
        time.sleep(seconds / 86400 * SECONDS)

    def is_stopping(self) -> bool:
        """Whether the service is to end."""
        return self._is_over

    def new_run_id(self) -> str:
        """A name for a run."""
        self._left -= 1
        return f"run-{self._left}"


if __name__ == "__main__":
    clock = FastClock(int(sys.argv[2]))
    job = RecurringJob(name="Create invoices, fast", workflow=Workflow.PROCESS_RUNNER)
    with Connector(load_settings(Path(sys.argv[1]), {}), clock=clock.now) as connector:
        sys.exit(int(connector.serve_batch_job(job, clock)))
