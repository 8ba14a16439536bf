"""
Whether the tenant's dates are midnights of the business time zone.

A user-local date is kept as the instant of midnight in the zone of whoever entered it. Read in
another zone it may fall on the day before, and a run bills a wrong day (T1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from connector.dataverse.query import Query, field
from connector.dataverse.values import DateBehaviour
from connector.errors import ConnectorError, ExitCode
from connector.projectops.decode import read_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Row
    from connector.mapping import DateColumn
    from connector.mapping.tables import Table
    from connector.projectops.rows import RowReader
    from connector.projectops.tenant import Tenant

#: Newest rows of each table that are looked at.
SAMPLE: Final = 250
#: Of a hundred dates, those that may be no midnights before the zone is taken for wrong.
TOLERATED_PERCENT: Final = 10
#: Zones and rows that a text names one by one.
NAMED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Midnights:
    """
    What a sample of the tenant's user-local dates says of a zone.

    *others* are the values that are no midnight of *zone*, each with its row; *fitting* names
    zones of which every value is a midnight, UTC first.
    """

    zone: str
    values: int
    others: tuple[str, ...]
    fitting: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether the zone can be the one in which the dates were entered."""
        return len(self.others) * 100 < self.values * TOLERATED_PERCENT or not self.others

    @property
    def text(self) -> str:
        """The evidence, for a person."""
        shown = "; ".join(self.others[:NAMED])
        more = f" and {len(self.others) - NAMED} more" if len(self.others) > NAMED else ""
        return (
            f"{len(self.others)} of {self.values} dates of the tenant are no midnights of"
            f" {self.zone}: {shown}{more}. {self._fitting()}"
        )

    def _fitting(self) -> str:
        if not self.fitting:
            return "No single zone fits all of them"
        more = f" and {len(self.fitting) - NAMED} more" if len(self.fitting) > NAMED else ""
        return f"All of them are midnights of {', '.join(self.fitting[:NAMED])}{more}"


class OtherTimeZone(ConnectorError):  # noqa: N818 - it is the zone that is another one
    """The tenant's dates are no midnights of the configured zone: a run would bill wrong days."""

    exit_code = ExitCode.USAGE

    def __init__(self, midnights: Midnights) -> None:
        super().__init__(
            f"[run] time_zone = {midnights.zone!r} does not fit this tenant, and a run would bill"
            f" wrong days: {midnights.text}. Correct time_zone, or set [run] other_midnights ="
            ' "warn" if you know better'
        )


def read_midnights(client: DataverseClient, tenant: Tenant) -> Midnights:
    """Judge the tenant's business zone by its newest schedule rows and milestones: one request."""
    columns = tuple(_user_local(tenant))
    queries = [
        Query(
            entity_set=table.set,
            select=(table.id, column.column),
            filter=field(column.column).ne(None),
            order_by=(f"{column.column} desc", table.id),
            top=SAMPLE,
        )
        for table, column in columns
    ]
    answers = client.read_many(queries) if queries else ()
    found = [
        dated
        for (table, column), rows in zip(columns, answers, strict=True)
        for dated in _instants(tenant, table, column, rows)
    ]
    return judge(found, tenant.zone)


def judge(dated: Sequence[tuple[str, datetime]], zone: ZoneInfo) -> Midnights:
    """*dated* are instants, each with words for where it stands."""
    others = tuple(
        f"{place} = {instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        for place, instant in dated
        if not _is_midnight(instant, zone)
    )
    instants = {instant for _, instant in dated}
    return Midnights(
        zone=zone.key,
        values=len(dated),
        others=others,
        fitting=tuple(_fitting(instants)) if others else (),
    )


def _fitting(instants: set[datetime]) -> Iterator[str]:
    for zone in _zones():
        if all(_is_midnight(instant, zone) for instant in instants):
            yield zone.key


def _is_midnight(instant: datetime, zone: ZoneInfo) -> bool:
    """
    Whether *instant* begins a day in *zone*.

    Where the clocks are set forward at midnight, the day begins later by the clock.
    """
    local = instant.astimezone(zone)
    start = datetime.combine(local.date(), time(), tzinfo=zone)
    return local.time() == time() or start.astimezone(UTC) == instant.astimezone(UTC)


@cache
def _zones() -> tuple[ZoneInfo, ...]:
    """UTC, then every zone of the time zone database that differs from the others since 1970."""
    table = resources.files("tzdata.zoneinfo").joinpath("zone1970.tab").read_text("utf-8")
    names = sorted(line.split("\t")[2] for line in table.splitlines() if not line.startswith("#"))
    return (ZoneInfo("UTC"), *map(ZoneInfo, names))


def _user_local(tenant: Tenant) -> Iterator[tuple[Table, DateColumn]]:
    """The columns that call out a day and that the tenant keeps as instants of midnights."""
    rows, milestones = tenant.mapping.schedule_row, tenant.mapping.milestone
    places: tuple[tuple[Table, DateColumn], ...] = (
        (rows, rows.run_date),
        (rows, rows.cutoff_date),
        *((milestones, column) for column in milestones.dates),
    )
    for table, column in places:
        is_there = tenant.has(table.table, column.column)
        if is_there and tenant.behaviour(table.table, column) is DateBehaviour.USER_LOCAL:
            yield table, column


def _instants(
    tenant: Tenant, table: Table, column: DateColumn, rows: Sequence[Row]
) -> Iterator[tuple[str, datetime]]:
    readers: Iterator[RowReader] = (read_row(tenant, table, row) for row in rows)
    for reader in readers:
        instant = reader.instant(column.column)
        if instant is not None:
            yield f"{table.table} {reader.id} {column.column}", instant
