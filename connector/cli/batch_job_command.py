"""`batch-job start` and `batch-job status`: the recurring job of the documentation."""

from __future__ import annotations

import re
import signal
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Final

import click

from connector.cli.flags import Flags, environment_flags, gathered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from connector.connector import Connector
    from connector.invoicing.recurring_job import RecurringJob

WORKFLOWS: Final = ("ProcessRunCaller", "ProcessRunner", "UpdateRoleUtilization")
#: Windows wakes no sleeper for Ctrl-C.
_NOTICE_SECONDS: Final = 0.5
_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def time_of_day(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> time | None:
    """The time of day that *text* spells; anything else is a usage error."""
    if text is None:
        return None
    found = _TIME.fullmatch(text)
    if found is None:
        message = f"expected a time of day such as 06:00 or 22:30, not {text!r}"
        raise click.BadParameter(message)
    return time(int(found[1]), int(found[2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFlags:
    """The form of a recurring job."""

    name: str
    workflow: str
    active: bool
    daily: bool
    anchor: time | None

    def job(self) -> RecurringJob:
        """The same as the value that the connector takes."""
        from connector.invoicing.recurring_job import (  # noqa: PLC0415 - help does without it
            RecurringJob,
            Workflow,
        )

        return RecurringJob(
            name=self.name,
            workflow=Workflow(self.workflow),
            is_active=self.active,
            is_daily=self.daily,
            anchor=self.anchor,
        )


@click.group("batch-job")
def batch_job() -> None:
    """The recurring job that Project Operations documents, as a service of this machine."""


@batch_job.command()
@click.option(
    "--workflow",
    type=click.Choice(WORKFLOWS),
    required=True,
    help="ProcessRunCaller sleeps, then processes; ProcessRunner processes, then sleeps; "
    "UpdateRoleUtilization computes utilization every seven days.",
)
@click.option(
    "--name",
    required=True,
    help="What the job is called; for invoices it must contain the words 'create invoices'.",
)
@click.option(
    "--anchor",
    callback=time_of_day,
    metavar="HH:MM",
    help="Run at this time of day in the business time zone [default: 24 hours after the end of "
    "the run before].",
)
@click.option(
    "--active/--inactive", default=True, show_default=True, help="An inactive job starts nothing."
)
@click.option(
    "--daily/--no-daily", default=True, show_default=True, help="Without it the job runs once."
)
@click.option(
    "--beside-platform-job",
    is_flag=True,
    help="Go on although the tenant's own create-invoices job is active.",
)
@environment_flags
@gathered(Flags, "flags")
@gathered(JobFlags, "form")
def start(*, flags: Flags, form: JobFlags, beside_platform_job: bool) -> int:
    """
    Run the recurring job in the foreground until Ctrl-C or SIGTERM.

    Only one instance runs for a tenant. A run that fails is reported and the job goes on.
    """
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import

    with open_session(flags) as session, _ended_by_signals(session.connector) as control:
        code = session.connector.serve_batch_job(
            form.job(), control, beside_platform_job=beside_platform_job
        )
    return int(code)


@batch_job.command()
@click.option("--workflow", type=click.Choice(WORKFLOWS), default=WORKFLOWS[0], show_default=True)
@environment_flags
@gathered(Flags, "flags")
def status(*, flags: Flags, workflow: str) -> int:
    """Say whether the job runs, when it runs next, and what became of its last run."""
    from connector.cli.batch_job_view import print_status, status_text  # noqa: PLC0415 - slow
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import
    from connector.invoicing.recurring_job import Workflow  # noqa: PLC0415 - help does without

    with open_session(flags) as session:
        found = session.connector.batch_job_status(Workflow(workflow))
        print_status(console_for(flags), found, session.settings.run.zone)
    if flags.json:
        click.echo(status_text(found), nl=False)
    return 0


class ServiceControl:
    """Real time, run ids of the command line, and an end that signals bring."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self._told = threading.Event()

    def sleep(self, seconds: float) -> None:
        """Wait, at most until the service is told to end."""
        while seconds > 0 and not self._told.wait(min(seconds, _NOTICE_SECONDS)):
            seconds -= _NOTICE_SECONDS

    def is_stopping(self) -> bool:
        """Whether the service was told to end."""
        return self._told.is_set()

    def new_run_id(self) -> str:
        """A run id like that of any command."""
        from connector.cli.session import new_run_id  # noqa: PLC0415 - slow to import

        return new_run_id()

    def stop(self) -> None:
        """End the service: between two runs at once, in a run at its next safe point."""
        self._told.set()
        self._connector.stop()


@contextmanager
def _ended_by_signals(connector: Connector) -> Iterator[ServiceControl]:
    """A control that Ctrl-C, Ctrl-Break and SIGTERM end; a second one interrupts at once."""
    control = ServiceControl(connector)
    if threading.current_thread() is not threading.main_thread():
        yield control
        return
    numbers = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGBREAK")]
    before = {number: signal.getsignal(number) for number in numbers if number is not None}

    def told(number: int, _frame: FrameType | None) -> None:
        # A handler runs in the midst of whatever holds the locks that an event needs.
        threading.Thread(target=control.stop, name="proforma-stop").start()
        signal.signal(number, signal.default_int_handler)

    for number in before:
        signal.signal(number, told)
    try:
        yield control
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
