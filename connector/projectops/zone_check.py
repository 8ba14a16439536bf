"""Whether the business time zone is the one in which the tenant's people keep their dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from connector.dataverse.errors import DataverseError
from connector.dataverse.time_zones import most_frequent, user_zone_codes, windows_names
from connector.projectops.findings import Area, Finding, error, ok, warning
from connector.projectops.midnights import read_midnights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.dataverse.client import DataverseClient
    from connector.projectops.tenant import Tenant

#: A year in which two zones are compared week by week; any year of today's rules would do.
_COMPARED_FROM: Final = datetime(2026, 1, 1, tzinfo=UTC)
_WEEKS: Final = 53


def zone_findings(client: DataverseClient, tenant: Tenant) -> Iterator[Finding]:
    """The evidence of the dates, then that of the users' own settings."""
    midnights = read_midnights(client, tenant)
    if not midnights.values:
        text = f"no date shows whether {midnights.zone} is the tenant's zone"
        yield warning(Area.TIME_ZONE, text, "ask which zone the schedules are kept in")
    elif not midnights.others:
        text = f"all {midnights.values} dates looked at are midnights of {midnights.zone}"
        yield ok(Area.TIME_ZONE, text)
    elif midnights.fits:
        yield warning(Area.TIME_ZONE, midnights.text, "look at these rows: who entered them?")
    else:
        yield error(Area.TIME_ZONE, midnights.text, "correct [run] time_zone")
    yield from _users(client, tenant)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersZone:
    """
    The time zone that most people of a tenant keep: *users* of the *looked_at*.

    *windows_name* is the platform's word for it, *zone* the IANA name; None where that is unknown.
    """

    users: int
    looked_at: int
    windows_name: str
    zone: str | None

    @property
    def text(self) -> str:
        """The evidence, for a person."""
        kept = f"{self.windows_name!r} ({self.zone or 'unknown here'})"
        return f"{self.users} of {self.looked_at} users looked at keep {kept}"

    def is_like(self, zone: ZoneInfo) -> bool:
        """Whether *zone* shows the same time all year."""
        return self.zone is not None and same_offsets(ZoneInfo(self.zone), zone)


def users_zone(client: DataverseClient) -> UsersZone | None:
    """
    The zone of most people whose settings can be read; None where there are none.

    Raises `DataverseError` when their settings are out of reach.
    """
    codes = user_zone_codes(client)
    names = windows_names(client, set(codes.values()))
    found = most_frequent(codes)
    name = names.get(found[0]) if found else None
    if found is None or name is None:
        return None
    zone = zone_of_windows_name(name)
    return UsersZone(users=found[1], looked_at=len(codes), windows_name=name, zone=zone)


def _users(client: DataverseClient, tenant: Tenant) -> Iterator[Finding]:
    """Whether most users keep the business zone; their settings may be out of reach."""
    try:
        found = users_zone(client)
    except DataverseError as failure:
        text = f"the users' own time zones could not be read: {failure}"
        yield warning(Area.TIME_ZONE, text, "compare [run] time_zone with theirs by hand")
        return
    if found is None:
        return
    if found.is_like(tenant.zone):
        yield ok(Area.TIME_ZONE, f"{found.text}, as [run] time_zone says")
    else:
        hint = f"[run] time_zone is {tenant.zone.key}: make sure that schedules are kept in it"
        yield warning(Area.TIME_ZONE, found.text, hint)


def zone_of_windows_name(name: str) -> str | None:
    """The IANA zone of a Windows name, by the Unicode CLDR; None for an unknown one."""
    from babel.core import get_global  # noqa: PLC0415 - slow to import, and only `check` needs it

    if name in {"UTC", "Coordinated Universal Time"}:
        return "UTC"
    found = get_global("windows_zone_mapping").get(name)
    return found if isinstance(found, str) else None


def same_offsets(one: ZoneInfo, other: ZoneInfo) -> bool:
    """Whether two zones show the same time all year."""
    weeks = (_COMPARED_FROM + timedelta(weeks=number) for number in range(_WEEKS))
    return all(
        week.astimezone(one).utcoffset() == week.astimezone(other).utcoffset() for week in weeks
    )
