"""Capacity of resources: what ExpandCalendar tells of their work hours (U3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from connector.dataverse.errors import MalformedValue
from connector.dataverse.message import Response
from connector.dataverse.operations import request_function, row_path
from connector.dataverse.values import read_datetime
from connector.projectops.rows import RowFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import JsonValue, Row
    from connector.projectops.tenant import Tenant

#: Calendars that are asked for in one batch.
CALENDARS_PER_BATCH: Final = 50
_PREFIX: Final = "Microsoft.Dynamics.CRM."
#: The time codes of a block by their names and numbers (TimeCode enumeration).
_CODES: Final[Mapping[str, int]] = {"Available": 0, "Busy": 1, "Unavailable": 2, "Filter": 3}
_AVAILABLE: Final = 0
_UNAVAILABLE: Final = 2
_SECONDS_OF_HOUR: Final = Decimal(3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A stretch of time of a calendar, from *start* up to but without *end*."""

    start: datetime
    end: datetime
    code: int


def read_work_hours(
    client: DataverseClient, tenant: Tenant, calendars: Sequence[UUID], first: date, last: date
) -> Mapping[UUID, Decimal]:
    """
    The work hours of each of *calendars* from *first* to *last*, both inclusive.

    Time off, breaks and days that are not worked are no work hours; booked time is. Raises what
    the service answers for a calendar that it cannot expand, and `RowFault`.
    """
    begin = datetime.combine(first, time(), tenant.zone).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(), tenant.zone).astimezone(UTC)
    names = tenant.mapping.utilization
    found: dict[UUID, Decimal] = {}
    message, period = _PREFIX + names.expand_calendar, {"Start": begin, "End": end}
    for at in range(0, len(calendars), CALENDARS_PER_BATCH):
        some = calendars[at : at + CALENDARS_PER_BATCH]
        asked = [request_function(message, period, row_path(names.calendars, c)) for c in some]
        for calendar, answer in zip(some, client.batch(asked), strict=True):
            if not isinstance(answer, Response):
                answer.add_note(f"calendar {calendar}, asked for the work hours of a resource")
                raise answer
            blocks = tuple(_blocks(calendar, answer.json_object()))
            found[calendar] = work_hours(blocks, begin, end)
    return found


def work_hours(blocks: Iterable[Block], begin: datetime, end: datetime) -> Decimal:
    """Hours between *begin* and *end* that some block makes available and none unavailable."""
    kept = [block for block in blocks if block.end > begin and block.start < end]
    edges = sorted(
        {min(max(edge, begin), end) for block in kept for edge in (block.start, block.end)}
    )
    seconds = Decimal(0)
    for start, stop in pairwise(edges):
        codes = {block.code for block in kept if block.start <= start and block.end >= stop}
        if _AVAILABLE in codes and _UNAVAILABLE not in codes:
            seconds += Decimal((stop - start) // timedelta(seconds=1))
    return seconds / _SECONDS_OF_HOUR


def _blocks(calendar: UUID, answer: Row) -> Iterator[Block]:
    listed = answer.get("result")
    if not isinstance(listed, list):
        place = f"calendar {calendar} ExpandCalendar result"
        raise RowFault(place, listed, "a list of time blocks")
    for item in listed:
        row = item if isinstance(item, dict) else {}
        yield Block(
            start=_instant(calendar, row, "Start"),
            end=_instant(calendar, row, "End"),
            code=_code(calendar, row.get("TimeCode")),
        )


def _instant(calendar: UUID, row: Row, name: str) -> datetime:
    try:
        return read_datetime(row.get(name))
    except MalformedValue as error:
        place = f"calendar {calendar} {name}"
        raise RowFault(place, row.get(name), "an instant") from error


def _code(calendar: UUID, value: JsonValue) -> int:
    if isinstance(value, str) and value in _CODES:
        return _CODES[value]
    if isinstance(value, int) and value in _CODES.values():
        return value
    place, expected = f"calendar {calendar} TimeCode", f"one of {', '.join(_CODES)}"
    raise RowFault(place, value, expected)
