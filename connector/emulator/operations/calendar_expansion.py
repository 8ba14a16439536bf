"""ExpandCalendar: the rules of a calendar as blocks of time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from connector.emulator import faults
from connector.emulator.operations.parameters import parameters_of
from connector.emulator.schema.model import Reference
from connector.emulator.schema.time_zones import time_zone_named
from connector.emulator.schema.values import instant_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.addressing import Segment
    from connector.emulator.protocol.exchange import Response
    from connector.emulator.storage.store import StoredRow

_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PATTERN: Final = re.compile(
    r"FREQ=(?P<freq>DAILY|WEEKLY)(?:;INTERVAL=1)?(?:;COUNT=(?P<count>1))?"
    r"(?:;BYDAY=(?P<days>[A-Z]{2}(?:,[A-Z]{2})*))?",
    re.ASCII,
)
_TIME_CODES: Final = ("Available", "Busy", "Unavailable", "Filter")
_SUB_CODES: Final = (
    *("Unspecified", "Schedulable", "Committed", "Uncommitted", "Break", "Holiday", "Vacation"),
    *("Appointment", "ResourceStartTime", "ResourceServiceRestriction", "ResourceCapacity"),
    *("ServiceRestriction", "ServiceCost"),
)
#: Extent codes: what a rule hides of those of lower rank.
_WHOLE_OCCURRENCE: Final = 1
_ITS_RESULTS: Final = 2
_MINUTES_OF_DAY: Final = 1440
#: A longer period has more blocks than one answer should.
_MOST_DAYS: Final = 3660

Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeBlock:
    """One block of a calendar."""

    start: datetime
    end: datetime
    time_code: str
    sub_code: str
    effort: float
    calendar_id: UUID


def expand_calendar(scope: Scope, row: StoredRow, segment: Segment) -> Response:
    """Answer the blocks of a calendar between two instants, by their start."""
    given = parameters_of(scope, segment).only("Start", "End")
    start, end = given.instant("Start"), given.instant("End")
    if end < start or end - start > timedelta(days=_MOST_DAYS):
        message = "The parameter 'End' must not lie before 'Start', nor ten years after it."
        raise faults.bad_request(message)
    blocks = sorted(_blocks(scope, row, (start, end)), key=lambda block: block.start)
    context = f"{scope.root}$metadata#Microsoft.Dynamics.CRM.ExpandCalendarResponse"
    return scope.json({"@odata.context": context, "result": [_document(b) for b in blocks]})


def _blocks(scope: Scope, calendar: StoredRow, period: Interval) -> Iterator[TimeBlock]:
    """The rules of higher rank first; each hides what its extent code says."""
    if calendar.values.get("holidayschedulecalendarid") is not None:
        raise faults.unsupported(feature="ExpandCalendar with a holiday schedule")
    hidden: list[Interval] = []
    rules = sorted(_rules(scope, calendar), key=lambda rule: -_whole(rule, "rank"))
    for rule in rules:
        shadows: list[Interval] = []
        for occurrence in _occurrences(rule, period):
            leaves = tuple(_leaves(scope, rule, occurrence[0]))
            for block in leaves:
                yield from _visible(block, hidden, period)
            shadows += _shadows(rule, occurrence, leaves)
        hidden += shadows


def _rules(scope: Scope, calendar: StoredRow) -> list[StoredRow]:
    table = scope.schema.table("calendarrule")
    own = Reference(table="calendar", id=calendar.id)
    return scope.tx.find(table, {"calendarid": own})


def _occurrences(rule: StoredRow, period: Interval) -> Iterator[Interval]:
    """Each occurrence of a rule that may reach into the period: a whole day, or its own time."""
    match = _PATTERN.fullmatch(str(rule.values.get("pattern") or "FREQ=DAILY;INTERVAL=1;COUNT=1"))
    days = match["days"].split(",") if match and match["days"] else list(_DAYS)
    if match is None or not set(days) <= set(_DAYS):
        raise faults.unsupported(feature="ExpandCalendar with a pattern beyond days of the week")
    zone = _zone(rule)
    begins = _begin(rule, period).astimezone(zone)
    length = timedelta(minutes=_whole(rule, "duration") or _MINUTES_OF_DAY)
    day = begins.date() if match["count"] else max(begins.date(), _day_before(period, zone))
    last = day if match["count"] else _last_day(rule, period, zone)
    while day <= last:
        if _DAYS[day.weekday()] in days:
            start = datetime.combine(day, begins.time(), zone)
            yield start.astimezone(UTC), start.astimezone(UTC) + length
        day += timedelta(days=1)


def _begin(rule: StoredRow, period: Interval) -> datetime:
    """When a rule first holds; the whole period before where it says nothing."""
    begins = rule.values.get("starttime") or rule.values.get("effectiveintervalstart")
    if isinstance(begins, datetime):
        return begins
    return datetime.combine(period[0].date() - timedelta(days=2), time(), _zone(rule))


def _last_day(rule: StoredRow, period: Interval, zone: ZoneInfo) -> date:
    """The last day of a rule: its interval ends before an instant."""
    ends = rule.values.get("effectiveintervalend")
    last = period[1].astimezone(zone).date()
    if not isinstance(ends, datetime):
        return last
    return min(last, (ends.astimezone(zone) - timedelta(microseconds=1)).date())


def _day_before(period: Interval, zone: ZoneInfo) -> date:
    return period[0].astimezone(zone).date() - timedelta(days=1)


def _leaves(scope: Scope, rule: StoredRow, start: datetime) -> Iterator[TimeBlock]:
    """The blocks of one occurrence: those of the inner calendar, or the rule's own."""
    inner = rule.values.get("innercalendarid")
    if not isinstance(inner, Reference):
        yield _block(rule, start)
        return
    table = scope.schema.table("calendar")
    calendar = scope.tx.get(table, inner.id)
    for leaf in [] if calendar is None else _rules(scope, calendar):
        if leaf.values.get("innercalendarid") is not None:
            raise faults.unsupported(feature="ExpandCalendar with calendars within inner calendars")
        yield _block(leaf, _at(start, _whole(leaf, "offset"), _zone(rule)))


def _at(start: datetime, minutes: int, zone: ZoneInfo) -> datetime:
    """So many minutes of the clock after *start*: 9:00 is 9:00 on a day that clocks change."""
    wall = start.astimezone(zone).replace(tzinfo=None) + timedelta(minutes=minutes)
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _block(leaf: StoredRow, start: datetime) -> TimeBlock:
    owner = leaf.values["calendarid"]
    return TimeBlock(
        start=start,
        end=start + timedelta(minutes=_whole(leaf, "duration")),
        time_code=_name(_TIME_CODES, _whole(leaf, "timecode")),
        sub_code=_name(_SUB_CODES, _whole(leaf, "subcode")),
        effort=float(str(leaf.values.get("effort") or 0)),
        calendar_id=owner.id if isinstance(owner, Reference) else leaf.id,
    )


def _shadows(
    rule: StoredRow, occurrence: Interval, leaves: Iterable[TimeBlock]
) -> Iterator[Interval]:
    extent = _whole(rule, "extentcode")
    if extent == _WHOLE_OCCURRENCE:
        yield occurrence
    elif extent == _ITS_RESULTS:
        yield from ((block.start, block.end) for block in leaves)


def _visible(block: TimeBlock, hidden: Iterable[Interval], period: Interval) -> Iterator[TimeBlock]:
    """What is left of a block within the period behind what hides it."""
    left = [(max(block.start, period[0]), min(block.end, period[1]))]
    for start, end in hidden:
        left = [
            part
            for old in left
            for part in ((old[0], min(old[1], start)), (max(old[0], end), old[1]))
        ]
        left = [part for part in left if part[0] < part[1]]
    for start, end in left:
        if start < end:
            yield TimeBlock(
                start=start,
                end=end,
                time_code=block.time_code,
                sub_code=block.sub_code,
                effort=block.effort,
                calendar_id=block.calendar_id,
            )


def _document(block: TimeBlock) -> dict[str, object]:
    return {
        "Start": instant_text(block.start),
        "End": instant_text(block.end),
        "TimeCode": block.time_code,
        "SubCode": block.sub_code,
        "SourceId": str(UUID(int=0)),
        "CalendarId": str(block.calendar_id),
        "SourceTypeCode": 0,
        "IsActivity": False,
        "ActivityStatusCode": -1,
        "Effort": block.effort,
        "DisplayText": "",
    }


def _zone(rule: StoredRow) -> ZoneInfo:
    code = rule.values.get("timezonecode")
    is_given = isinstance(code, int) and code >= 0
    return time_zone_named(_whole(rule, "timezonecode")) if is_given else ZoneInfo("UTC")


def _whole(row: StoredRow, name: str) -> int:
    value = row.values.get(name)
    return value if isinstance(value, int) else 0


def _name(names: tuple[str, ...], number: int) -> str:
    if not 0 <= number < len(names):
        raise faults.unsupported(feature="ExpandCalendar with an unknown time code or sub code")
    return names[number]
