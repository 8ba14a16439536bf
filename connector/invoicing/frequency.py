"""Invoice frequencies: the run dates that a period, a number of runs and their days stand for."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_DAYS_PER_PERIOD: Final = {"weekly": 7, "biweekly": 14}
_MOST_MONTHLY_RUNS: Final = 4


class Period(StrEnum):
    """How often the days of an invoice frequency come again (F1)."""

    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    MONTHLY = "monthly"


class DaysOfRun(StrEnum):
    """Whether the runs of a period are named by day or by weekday (F3)."""

    DAY_OF_PERIOD = "day-of-period"
    WEEKDAY_OF_PERIOD = "weekday-of-period"


class Occurrence(StrEnum):
    """Which of the weekdays of a month is meant (F4)."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    LAST = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDay:
    """
    One run of a period: a *day*, counted from 1, or a *weekday*, Monday is 0 and Sunday 6.

    *occurrence* counts on monthly weekdays only.
    """

    day: int | None = None
    weekday: int | None = None
    occurrence: Occurrence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFrequency:
    """An invoice frequency with its run days; *runs* is the stated number of runs per period."""

    name: str
    period: Period
    days_of_run: DaysOfRun
    runs: int = 1
    days: tuple[RunDay, ...]


class InvalidFrequencyError(ValueError):
    """An invoice frequency that stands for no run dates; the message lists all its faults."""


def faults_of(frequency: InvoiceFrequency) -> tuple[str, ...]:
    """What is wrong with *frequency*, each in a sentence; empty when it can be used (F2-F4)."""
    found = [*_run_faults(frequency)]
    for run_day in frequency.days:
        found += _day_faults(frequency, run_day)
    return tuple(f"Invoice frequency {frequency.name!r} {fault}." for fault in found)


def run_dates(frequency: InvoiceFrequency, start: date, end: date) -> tuple[date, ...]:
    """
    The run dates from *start* to *end*, both inclusive, in order (G1, DR-3).

    Each date is counted from the anchor, never from the date before, so none drifts. A day 29-31
    is the last day of a shorter month; two days that fall together there make one run. The anchor
    of weeks is the first matching weekday on or after *start*; a day of a week or fortnight is
    counted from *start*, which is day 1 (F7, DR-2). Raises `InvalidFrequencyError`.
    """
    faults = faults_of(frequency)
    if faults:
        raise InvalidFrequencyError(" ".join(faults))
    if frequency.period is Period.MONTHLY:
        found = _monthly(frequency, start, end)
    else:
        found = _every(_anchor(frequency.days[0], start), end, _DAYS_PER_PERIOD[frequency.period])
    return tuple(sorted({day for day in found if start <= day <= end}))


def _run_faults(frequency: InvoiceFrequency) -> Iterator[str]:
    most = _MOST_MONTHLY_RUNS if frequency.period is Period.MONTHLY else 1
    if not 1 <= frequency.runs <= most:
        yield f"has {frequency.runs} runs per period; {frequency.period} allows 1 to {most}"
    if len(frequency.days) != frequency.runs:
        yield f"states {frequency.runs} runs per period, but names {len(frequency.days)} days"


def _day_faults(frequency: InvoiceFrequency, run_day: RunDay) -> Iterator[str]:
    if frequency.days_of_run is DaysOfRun.DAY_OF_PERIOD:
        last = _DAYS_PER_PERIOD.get(frequency.period, 31)
        if run_day.day is None or not 1 <= run_day.day <= last:
            yield f"needs days 1 to {last}, not {run_day.day}"
        return
    if run_day.weekday is None or run_day.weekday not in range(7):
        yield f"needs a weekday, not {run_day.weekday}"
    if frequency.period is Period.MONTHLY and run_day.occurrence is None:
        yield "needs an occurrence (first to fourth, or last) for each weekday"


def _anchor(run_day: RunDay, start: date) -> date:
    if run_day.weekday is not None:
        return start + timedelta(days=(run_day.weekday - start.weekday()) % 7)
    return start + timedelta(days=(run_day.day or 1) - 1)


def _every(anchor: date, end: date, step: int) -> Iterator[date]:
    for count in range((end - anchor).days // step + 1):
        yield anchor + timedelta(days=step * count)


def _monthly(frequency: InvoiceFrequency, start: date, end: date) -> Iterator[date]:
    first = start.year * 12 + start.month - 1
    last = end.year * 12 + end.month - 1
    for month in range(first, last + 1):
        for run_day in frequency.days:
            yield _day_in_month(run_day, month // 12, month % 12 + 1)


def _day_in_month(run_day: RunDay, year: int, month: int) -> date:
    length = monthrange(year, month)[1]
    if run_day.weekday is None:
        return date(year, month, min(run_day.day or 1, length))
    if run_day.occurrence is Occurrence.LAST:
        last = date(year, month, length)
        return last - timedelta(days=(last.weekday() - run_day.weekday) % 7)
    first = date(year, month, 1)
    weeks = list(Occurrence).index(run_day.occurrence or Occurrence.FIRST)
    return first + timedelta(days=(run_day.weekday - first.weekday()) % 7 + 7 * weeks)
