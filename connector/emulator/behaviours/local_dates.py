"""Calendar dates of a tenant: what an instant means in its zone, and back."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from connector.emulator.schema.values import Value
    from connector.emulator.storage.store import StoredRow


def local_date(value: Value, zone: ZoneInfo) -> date | None:
    """Return the calendar date of a date column's value; user-local ones are instants."""
    if isinstance(value, datetime):
        return value.astimezone(zone).date()
    return value if isinstance(value, date) else None


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which *day* begins in the zone."""
    return datetime.combine(day, time(), tzinfo=zone)


def transaction_date(actual: StoredRow, zone: ZoneInfo) -> date | None:
    """Return the transaction date of an actual, or its document date where that is empty."""
    found = local_date(actual.values["msdyn_transactiondate"], zone)
    return found or local_date(actual.values["msdyn_documentdate"], zone)


def milestone_date(milestone: StoredRow) -> date | None:
    """
    Return the date of a milestone.

    The time-zone independent column comes first; it is a wall clock, so no zone
    applies. See `local_milestone_date` for the older column.
    """
    value = milestone.values["msdyn_milestonedate"]
    return value.date() if isinstance(value, datetime) else None


def local_milestone_date(milestone: StoredRow, zone: ZoneInfo) -> date | None:
    """Return the date of a milestone by either column."""
    return milestone_date(milestone) or local_date(milestone.values["msdyn_invoicedate"], zone)
