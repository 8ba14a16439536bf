"""The recurring job of the documentation: what it is called, and when it runs next (section 10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, time, tzinfo


class Workflow(StrEnum):
    """What the job is started with (J1); the words of the dialog."""

    #: Sleep, then Process.
    PROCESS_RUN_CALLER = "ProcessRunCaller"
    #: Process, then Sleep.
    PROCESS_RUNNER = "ProcessRunner"
    #: Not part of invoicing, though offered beside the others (U1).
    UPDATE_ROLE_UTILIZATION = "UpdateRoleUtilization"

    @property
    def makes_invoices(self) -> bool:
        """Whether drafts come of it."""
        return self is not Workflow.UPDATE_ROLE_UTILIZATION

    @property
    def sleeps_first(self) -> bool:
        """Whether a timer runs before the first run (J2)."""
        return self is Workflow.PROCESS_RUN_CALLER

    @property
    def days(self) -> int:
        """How many days lie between two runs: 24 hours (J3), or seven days (U1)."""
        return 1 if self.makes_invoices else 7


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringJob:
    """
    A job as its form shows it.

    *anchor* is a time of day in the business time zone at which it runs; None is the documented
    timer, which counts from the end of the run before.
    """

    name: str
    workflow: Workflow
    is_active: bool = True
    is_daily: bool = True
    anchor: time | None = None


#: What the documentation calls the job.
DOCUMENTED_NAME: Final = "Project operations create invoices"


def name_fault(job: RecurringJob, phrases: Sequence[str]) -> str | None:
    """
    What is wrong with the name of *job*, or None (J1).

    A job that makes invoices is known by one of *phrases*, whatever their case. One that computes
    utilization must not be taken for it.
    """
    held = next((word for word in phrases if word.casefold() in job.name.casefold()), None)
    if job.workflow.makes_invoices and held is None:
        return (
            f"the name of the job must contain the words 'create invoices', as"
            f" {DOCUMENTED_NAME!r} does; {job.name!r} does not"
        )
    if not job.workflow.makes_invoices and held is not None:
        return (
            f"a job whose name contains {held!r} is known as the one that makes invoices;"
            f" {job.name!r} computes utilization: give it another name"
        )
    return None


def next_start(job: RecurringJob, after: datetime, zone: tzinfo) -> datetime:
    """
    When the timer of *job* ends that began at the instant *after*, in UTC (J3).

    Without an anchor this is 24 hours (seven days) after it, which moves every start by the length
    of the run before (J4). With one it is the first time that clocks in *zone* show it, and for a
    job of seven days the last such within them. A time that a change of clocks leaves out is
    taken as far after midnight as on other days; one that comes twice is taken the first time.
    """
    if job.anchor is None:
        return after.astimezone(UTC) + timedelta(days=job.workflow.days)
    day = after.astimezone(zone).date()
    first = _shown(day, job.anchor, zone)
    if first <= after:
        first = _shown(day + timedelta(days=1), job.anchor, zone)
    later = first.astimezone(zone).date() + timedelta(days=job.workflow.days - 1)
    return first if job.workflow.days == 1 else _shown(later, job.anchor, zone)


def dates_without_run(before: date, following: date) -> tuple[date, ...]:
    """The calendar dates between two runs: their schedule rows are passed over (J4, DR-5)."""
    days = (following - before).days
    return tuple(before + timedelta(days=number) for number in range(1, days))


def _shown(day: date, anchor: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, anchor, zone).astimezone(UTC)
