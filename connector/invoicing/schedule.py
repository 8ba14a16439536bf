"""Which contract lines are due on a run date, up to which day, and when they are due next."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from connector.invoicing.choices import BillingMethod, LineKind, LineService, RunStatus
from connector.invoicing.plan import PlanWarning
from connector.invoicing.policy import Cutoff, MissedDates

if TYPE_CHECKING:
    from connector.invoicing.ids import ContractLineId, MilestoneId
    from connector.invoicing.model import ContractLine, ContractSnapshot, ScheduleRow
    from connector.invoicing.policy import Policy

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCalendar:
    """
    The runs of one contract line, seen from one run date.

    *due* are the rows of that date, largest cut-off first. *last_day* is the last day that the
    run bills, inclusive, whatever the reading of the cut-off (DR-4); None when nothing is due.
    *ran_up_to* is the last day of a run of that date that is through; None where it is still due.
    *coming* and *reaches* are parallel: later run dates and the last day billed up to each.
    *inactive* are the rows that would call for a run if they were active (R8), by run date, each
    with the last day that it would bill.
    """

    due: tuple[ScheduleRow, ...] = ()
    last_day: date | None = None
    ran_up_to: date | None = None
    has_rows: bool = False
    coming: tuple[date, ...] = ()
    reaches: tuple[date, ...] = ()
    inactive: tuple[tuple[ScheduleRow, date], ...] = ()

    @property
    def has_run(self) -> bool:
        """Whether the run of that date is through, whatever it billed (R4)."""
        return self.ran_up_to is not None

    def next_run(self, day: date) -> date | None:
        """The first later run that bills *day*."""
        place = bisect_left(self.reaches, day)
        return self.coming[place] if place < len(self.coming) else None

    def inactive_row(self, day: date, run_date: date) -> ScheduleRow | None:
        """
        The inactive row that keeps *day* from being billed, seen from *run_date* (R8).

        The first one from *run_date* on that would bill it; on a line without active rows any.
        """
        for row, last_day in self.inactive:
            if row.run_date is not None and row.run_date >= run_date and day <= last_day:
                return row
        return None if self.has_rows or not self.inactive else self.inactive[-1][0]


_NO_ROWS = LineCalendar()


@dataclass(frozen=True, slots=True)
class Calendar:
    """The runs of all lines of one contract, seen from *run_date*."""

    run_date: date
    lines: dict[ContractLineId, LineCalendar]
    warnings: tuple[PlanWarning, ...]

    def of(self, line: ContractLineId) -> LineCalendar:
        """The runs of *line*; an empty calendar where it has no schedule (E2)."""
        return self.lines.get(line, _NO_ROWS)

    def next_due(self) -> date | None:
        """The next later date on which any line is due."""
        days = [calendar.coming[0] for calendar in self.lines.values() if calendar.coming]
        return min(days, default=None)

    def due_rows(self) -> tuple[ScheduleRow, ...]:
        """All rows that this run date calls out, by id."""
        rows = (row for calendar in self.lines.values() for row in calendar.due)
        return tuple(sorted(rows, key=lambda row: row.id.int))

    def due_milestones(self) -> frozenset[MilestoneId]:
        """Milestones that a due row carries (DR-8)."""
        return frozenset(row.milestone_id for row in self.due_rows() if row.milestone_id)


def calendar_of(snapshot: ContractSnapshot, run_date: date, policy: Policy) -> Calendar:
    """
    The schedule of *snapshot* on *run_date* (R1-R6).

    Both dates of a row are read as they stand, each line has rows of its own (G4, G6).

    Rows without a run date, or on a line that cannot be billed by a schedule, call nothing out
    and are reported; so are inactive rows of the run date.
    """
    lines = {line.id: line for line in snapshot.lines}
    rows_by_line: dict[ContractLineId, list[ScheduleRow]] = {}
    warnings: list[PlanWarning] = []
    for row in sorted(snapshot.schedule, key=lambda row: row.id.int):
        fault = row_fault(row, lines.get(row.contract_line_id))
        if fault is None:
            rows_by_line.setdefault(row.contract_line_id, []).append(row)
        elif row.is_active:
            warnings.append(fault)
    calendars = {
        line: _line_calendar(rows, run_date, policy) for line, rows in rows_by_line.items()
    }
    for line, rows in rows_by_line.items():
        warnings += _date_warnings(rows, lines[line], run_date, policy)
    return Calendar(run_date, calendars, tuple(warnings))


def is_overdue(row: ScheduleRow, run_date: date) -> bool:
    """Whether the day of *row* has passed without a run (R3); an inactive row has none (R8)."""
    has_passed = row.run_date is not None and row.run_date < run_date
    return has_passed and row.is_active and row.status is RunStatus.NOT_RUN


def is_waiting(row: ScheduleRow, policy: Policy) -> bool:
    """
    Whether *row* still calls for a run (R4, R8, DR-6).

    It must be active, and Not Run; under catch-up also Run Failed.
    """
    return row.is_active and _has_no_run(row, policy)


def _has_no_run(row: ScheduleRow, policy: Policy) -> bool:
    if row.status is RunStatus.FAILED:
        return policy.missed_dates is MissedDates.CATCH_UP
    return row.status is RunStatus.NOT_RUN


def last_day_billed(row: ScheduleRow, run_date: date, reading: Cutoff) -> date:
    """
    The last day, inclusive, whose transactions the run of *row* bills (A6, DR-4).

    A missing cut-off is the day before the run (G2). Nothing dated after the run date is billed,
    however late the cut-off; only the literal reading by creation date knows no such limit.
    """
    cutoff = row.cutoff_date or run_date - _DAY
    if reading is Cutoff.CREATED_BEFORE:
        return cutoff - _DAY
    if reading is Cutoff.TRANSACTION_BEFORE:
        cutoff -= _DAY
    return min(cutoff, run_date)


def is_field_service(line: ContractLine) -> bool:
    """Whether *line* belongs to field service, which is invoiced elsewhere (E8)."""
    return line.service is LineService.FIELD_SERVICE


def row_fault(row: ScheduleRow, line: ContractLine | None) -> PlanWarning | None:
    """Why *row* can never call for a run, with *line* the one that it hangs on (E2, E4, E8)."""
    if line is None:
        return _warn(
            "schedule-row-without-line",
            row,
            f"names no line of its contract: {row.contract_line_id}",
        )
    if row.run_date is None:
        return _warn("schedule-row-without-run-date", row, "has no run date and is never due")
    if line.kind is LineKind.PRODUCT or is_field_service(line):
        return _warn(
            "schedule-row-on-wrong-line",
            row,
            f"hangs on line {line.id}, which is not a"
            " project line of project service, and is ignored",
        )
    if line.billing_method is None:
        return _warn(
            "schedule-row-on-wrong-line",
            row,
            f"hangs on line {line.id}, whose billing method is unknown, and is ignored",
        )
    return None


def _line_calendar(rows: list[ScheduleRow], run_date: date, policy: Policy) -> LineCalendar:
    def last_day(row: ScheduleRow) -> date:
        return last_day_billed(row, row.run_date or run_date, policy.cutoff)

    active = [row for row in rows if row.is_active]
    today = [row for row in active if row.run_date == run_date]
    due = [row for row in today if is_waiting(row, policy)]
    is_through = not due and any(row.status is RunStatus.SUCCESSFUL for row in today)
    due.sort(key=last_day, reverse=True)  # stable: rows come by id
    coming = sorted(
        (row.run_date, last_day(row))
        for row in active
        if row.run_date and row.run_date > run_date and is_waiting(row, policy)
    )
    return LineCalendar(
        due=tuple(due),
        last_day=last_day(due[0]) if due else None,
        ran_up_to=max(map(last_day, today)) if is_through else None,
        has_rows=bool(active),
        coming=tuple(day for day, _ in coming),
        reaches=tuple(accumulate((reach for _, reach in coming), max)),
        inactive=tuple((row, last_day(row)) for row in _inactive(rows, policy)),
    )


def _inactive(rows: list[ScheduleRow], policy: Policy) -> list[ScheduleRow]:
    """The inactive ones of *rows* that would call for a run, by their run date (R8)."""
    found = [
        (row.run_date, row)
        for row in rows
        if row.run_date is not None and not row.is_active and _has_no_run(row, policy)
    ]
    return [row for _, row in sorted(found, key=lambda entry: (entry[0], entry[1].id.int))]


def _date_warnings(
    rows: list[ScheduleRow], line: ContractLine, run_date: date, policy: Policy
) -> list[PlanWarning]:
    found = [
        _warn("overdue-schedule-row", row, f"was to run on {row.run_date} and is Not Run")
        for row in rows
        if is_overdue(row, run_date)
    ]
    found += [
        _warn("schedule-row-inactive", row, f"of {run_date} is inactive and calls for no run")
        for row in _inactive(rows, policy)
        if row.run_date == run_date
    ]
    if line.billing_method is BillingMethod.TIME_AND_MATERIAL:
        for row in rows:
            if row.run_date == run_date and is_waiting(row, policy):
                found += _cutoff_warnings(row, run_date)
    return found


def _cutoff_warnings(row: ScheduleRow, run_date: date) -> list[PlanWarning]:
    if row.cutoff_date is None:
        return [
            _warn(
                "cut-off-missing",
                row,
                f"has no cut-off date; the day before the run date, {run_date - _DAY}, is taken",
            )
        ]
    if row.cutoff_date > run_date:
        return [
            _warn(
                "cut-off-after-run-date",
                row,
                f"has the cut-off {row.cutoff_date} after its"
                f" run date {run_date}; nothing dated after the run date is billed",
            )
        ]
    return []


def _warn(code: str, row: ScheduleRow, text: str) -> PlanWarning:
    return PlanWarning(code=code, text=f"Invoice schedule row {row.id} {text}.", subject=row.id)
