"""The stretches of time that Dataverse's date functions name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from dateutil.relativedelta import relativedelta

if TYPE_CHECKING:
    from collections.abc import Callable

Period = tuple[datetime | None, datetime | None]


def day_start(instant: datetime) -> datetime:
    """Midnight of the instant's day, UTC."""
    moment = instant.astimezone(UTC)
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _days(now: datetime, first: int, after: int) -> Period:
    today = day_start(now)
    return today + timedelta(days=first), today + timedelta(days=after)


def _week(now: datetime, offset: int) -> Period:
    today = day_start(now)
    sunday = today - timedelta(days=(today.weekday() + 1) % 7) + timedelta(weeks=offset)
    return sunday, sunday + timedelta(weeks=1)


def _month(now: datetime, offset: int) -> Period:
    first = day_start(now).replace(day=1) + relativedelta(months=offset)
    return first, first + relativedelta(months=1)


def _year(now: datetime, offset: int) -> Period:
    first = day_start(now).replace(month=1, day=1) + relativedelta(years=offset)
    return first, first + relativedelta(years=1)


def _up_to_now(now: datetime, first: datetime) -> Period:
    return first, now + timedelta(seconds=1)


NAMED: Final[dict[str, Callable[[datetime], Period]]] = {
    "Today": lambda now: _days(now, 0, 1),
    "Tomorrow": lambda now: _days(now, 1, 2),
    "Yesterday": lambda now: _days(now, -1, 0),
    "Last7Days": lambda now: _up_to_now(now, day_start(now) - timedelta(days=7)),
    "Next7Days": lambda now: (now, day_start(now) + timedelta(days=8)),
    "LastWeek": lambda now: _week(now, -1),
    "ThisWeek": lambda now: _week(now, 0),
    "NextWeek": lambda now: _week(now, 1),
    "LastMonth": lambda now: _month(now, -1),
    "ThisMonth": lambda now: _month(now, 0),
    "NextMonth": lambda now: _month(now, 1),
    "LastYear": lambda now: _year(now, -1),
    "ThisYear": lambda now: _year(now, 0),
    "NextYear": lambda now: _year(now, 1),
}

_UNITS: Final = ("Minutes", "Hours", "Days", "Weeks", "Months", "Years")


def counted(name: str, now: datetime, number: int) -> Period | None:
    """
    The period of ``LastXDays``, ``NextXMonths``, ``OlderThanXYears`` and their like, or None.

    Last and next reach to or from the very instant, at the far end to the day's border (hours
    and minutes to the instant); the ends are first inclusive, last exclusive.
    """
    for prefix in ("LastX", "NextX", "OlderThanX"):
        unit = name.removeprefix(prefix)
        if name.startswith(prefix) and unit in _UNITS:
            return _counted(prefix, unit, now, number)
    return None


def _counted(prefix: str, unit: str, now: datetime, number: int) -> Period | None:
    if unit == "Minutes" and prefix != "OlderThanX":
        return None
    step = relativedelta(**{unit.lower(): number})  # type: ignore[arg-type]
    exact = unit in ("Minutes", "Hours")
    if prefix == "NextX":
        end = now + step
        return now, end + timedelta(seconds=1) if exact else day_start(end) + timedelta(days=1)
    start = now - step if exact else day_start(now - step)
    return (None, start) if prefix == "OlderThanX" else _up_to_now(now, start)
