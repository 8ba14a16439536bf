"""Rows of a calendar as the service keeps the work hours of a bookable resource."""

from __future__ import annotations

from typing import Any
from uuid import UUID

#: W. Europe Standard Time.
BERLIN = 110


def uid(number: int) -> str:
    return str(UUID(int=number))


def work_week(calendar: int, *, hours: tuple[tuple[int, int], ...] = ((9, 17),)) -> dict[str, Any]:
    """A calendar of Monday to Friday from 1 September 2020 on; hours are from and until."""
    inner = calendar + 1
    return {
        "calendars": [{"calendarid": uid(calendar)}, {"calendarid": uid(inner)}],
        "calendarrules": [
            {
                "calendarruleid": uid(calendar + 2),
                "_calendarid_value": uid(calendar),
                "_innercalendarid_value": uid(inner),
                "pattern": "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,TU,WE,TH,FR",
                "starttime": "2020-08-31T22:00:00Z",
                "duration": 1440,
                "rank": 0,
                "extentcode": 1,
                "timezonecode": BERLIN,
            },
            *(
                {
                    "calendarruleid": uid(calendar + 3 + number),
                    "_calendarid_value": uid(inner),
                    "offset": start * 60,
                    "duration": (end - start) * 60,
                    "timecode": 0,
                    "subcode": 1,
                    "effort": 1.0,
                }
                for number, (start, end) in enumerate(hours)
            ),
        ],
    }


def day_off(
    calendar: int, number: int, start: str, *, minutes: int = 1440, rank: int = 1
) -> dict[str, Any]:
    """A vacation of one calendar that begins at the instant *start*."""
    inner = calendar + number
    return {
        "calendars": [{"calendarid": uid(inner)}],
        "calendarrules": [
            {
                "calendarruleid": uid(inner + 1),
                "_calendarid_value": uid(calendar),
                "_innercalendarid_value": uid(inner),
                "pattern": "FREQ=DAILY;INTERVAL=1;COUNT=1",
                "starttime": start,
                "duration": 1440,
                "rank": rank,
                "extentcode": 2,
                "timezonecode": BERLIN,
            },
            {
                "calendarruleid": uid(inner + 2),
                "_calendarid_value": uid(inner),
                "offset": 0,
                "duration": minutes,
                "timecode": 2,
                "subcode": 6,
            },
        ],
    }


def merged(*seeds: dict[str, Any]) -> dict[str, Any]:
    """Several seeds as one."""
    found: dict[str, Any] = {}
    for seed in seeds:
        for name, rows in seed.items():
            found[name] = [*found.get(name, []), *rows]
    return found
