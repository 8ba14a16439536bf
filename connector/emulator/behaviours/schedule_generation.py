"""
Invoice schedule rows from a frequency: `msdyn_GenerateContractLineInvoiceSchedule`.

Run dates lie between the billing start of the line and the requested delivery
date of the contract, both inclusive (DR-3); the cut-off is the day before. Days
29 to 31 are clamped to the end of a shorter month, a biweekly schedule counts
from the first matching weekday (DR-2).
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.behaviours import refusals
from connector.emulator.behaviours.choices import (
    BASE,
    CONTRACT,
    SCHEDULE_ROW,
    BillingMethod,
    RunStatus,
)
from connector.emulator.behaviours.local_dates import local_date, midnight
from connector.emulator.rows.writer import reference_to
from connector.emulator.schema.model import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from connector.emulator.rows.hooks import Call
    from connector.emulator.rows.writer import Writer
    from connector.emulator.storage.store import StoredRow, Transaction

_WEEKLY, _MONTHLY, _BIWEEKLY = BASE, BASE + 1, BASE + 2
_DAY_OF_PERIOD: Final = BASE
_LAST: Final = BASE + 4
_DAYS_IN_WEEK: Final = 7


class ScheduleGeneration:
    """Generates schedule rows in the calendar of one time zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def generate(self, call: Call) -> None:
        """
        Replace the rows of a contract line that have not run by newly computed ones.

        Refuses lines without billing start, frequency or end date, and lines that
        are not time and material.
        """
        line, writer = call.target, call.writer.as_system()
        if line is None:
            raise faults.bad_request(message=f"{call.name} is bound to a contract line.")
        if line.values["msdyn_billingmethod"] != BillingMethod.TIME_AND_MATERIAL:
            raise refusals.refused(message="Only time and material lines have such a schedule.")
        start = local_date(line.values["msdyn_billingstartdate"], self.zone)
        end = self._end_of(writer.tx, line)
        if start is None or end is None:
            raise refusals.refused(
                message="The line needs a billing start, the contract a requested delivery date."
            )
        days = run_dates(writer.tx, line, start, end)
        kept = _replace_unrun(writer, line, self.zone)
        for day in days:
            if day not in kept:
                self._insert(writer, line, day)

    def _end_of(self, tx: Transaction, line: StoredRow) -> date | None:
        reference = line.values["salesorderid"]
        if not isinstance(reference, Reference):
            return None
        contract = tx.get(tx.schema.table(CONTRACT), reference.id)
        return local_date(contract.values["requestdeliveryby"], self.zone) if contract else None

    def _insert(self, writer: Writer, line: StoredRow, day: date) -> None:
        table = writer.schema.table(SCHEDULE_ROW)
        writer.insert(
            table,
            {
                "msdyn_name": day.isoformat(),
                "msdyn_invoicerundate": midnight(day, self.zone),
                "msdyn_transactioncutoffdate": midnight(day - timedelta(days=1), self.zone),
                "msdyn_invoicerunstatus": int(RunStatus.NOT_RUN),
                "msdyn_contractlineid": reference_to(line),
            },
        )


def run_dates(tx: Transaction, line: StoredRow, start: date, end: date) -> list[date]:
    """Return the run dates of a line's frequency from *start* to *end*, both inclusive."""
    reference = line.values["msdyn_invoicefrequency"]
    if not isinstance(reference, Reference):
        raise refusals.refused(message="The line has no invoice frequency.")
    frequency = tx.get(tx.schema.table(reference.table), reference.id)
    if frequency is None:
        raise faults.not_found(reference.table, reference.id)
    details = tx.find(
        tx.schema.table("msdyn_invoicefrequencydetail"), {"msdyn_invoicefrequency": frequency.id}
    )
    if not details:
        raise refusals.refused(message="The invoice frequency names no days.")
    found = {day for detail in details for day in _days(frequency, detail, start, end)}
    return sorted(day for day in found if start <= day <= end)


def _days(frequency: StoredRow, detail: StoredRow, start: date, end: date) -> Iterator[date]:
    period = frequency.values["msdyn_period"]
    if period == _MONTHLY:
        for first in _months(start, end):
            yield _day_in_month(frequency, detail, first)
        return
    weekday = detail.values["msdyn_weekday"]
    if period not in (_WEEKLY, _BIWEEKLY) or not isinstance(weekday, int):
        raise faults.unsupported(feature="a weekly schedule by day of period")
    day = start + timedelta(days=(_python_weekday(weekday) - start.weekday()) % _DAYS_IN_WEEK)
    step = timedelta(days=_DAYS_IN_WEEK if period == _WEEKLY else 2 * _DAYS_IN_WEEK)
    while day <= end:
        yield day
        day += step


def _months(start: date, end: date) -> Iterator[date]:
    first = start.replace(day=1)
    while first <= end:
        yield first
        first = (first + timedelta(days=31)).replace(day=1)


def _day_in_month(frequency: StoredRow, detail: StoredRow, first: date) -> date:
    length = calendar.monthrange(first.year, first.month)[1]
    if frequency.values["msdyn_daysofrun"] == _DAY_OF_PERIOD:
        wanted = detail.values["msdyn_dayofmonth"]
        if not isinstance(wanted, int):
            raise refusals.refused(message="A detail of the invoice frequency names no day.")
        return first.replace(day=min(wanted - BASE, length))
    weekday = detail.values["msdyn_weekday"]
    occurrence = detail.values["msdyn_occurrenceofweekday"]
    if not isinstance(weekday, int) or not isinstance(occurrence, int):
        raise refusals.refused(message="A detail of the invoice frequency names no weekday.")
    offset = (_python_weekday(weekday) - first.weekday()) % _DAYS_IN_WEEK
    day = 1 + offset + _DAYS_IN_WEEK * (occurrence - BASE)
    if occurrence == _LAST:
        day = 1 + offset + _DAYS_IN_WEEK * ((length - 1 - offset) // _DAYS_IN_WEEK)
    return first.replace(day=day)


def _python_weekday(choice: int) -> int:
    """Return Monday as 0 for a choice that counts from Sunday."""
    return (choice - BASE - 1) % _DAYS_IN_WEEK


def _replace_unrun(writer: Writer, line: StoredRow, zone: ZoneInfo) -> set[date | None]:
    """Delete the rows that have not run; returns the run dates of those that have."""
    table = writer.schema.table(SCHEDULE_ROW)
    kept: set[date | None] = set()
    for row in writer.tx.find(table, {"msdyn_contractlineid": line.id}):
        if row.values["msdyn_invoicerunstatus"] in (None, RunStatus.NOT_RUN):
            writer.delete(row)
        else:
            kept.add(local_date(row.values["msdyn_invoicerundate"], zone))
    return kept
