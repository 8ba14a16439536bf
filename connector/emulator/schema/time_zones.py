"""The time zones of the platform by their codes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

UTC_CODE: Final = 92
_SEED: Final = UUID("0a6e0000-0000-4000-8000-0000000000fd")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeZone:
    """
    A time zone: its code, its names in Windows, and the zone of the IANA database that it is.

    *bias* is in minutes that are added to local standard time to give UTC.
    """

    code: int
    name: str
    shown: str
    bias: int
    zone: str

    @property
    def daylight_name(self) -> str:
        """The name in Windows while clocks are advanced."""
        return self.name.replace("Standard Time", "Daylight Time")

    @property
    def id(self) -> UUID:
        """The primary key of its row, the same in every store."""
        return uuid5(_SEED, str(self.code))


@cache
def time_zones() -> Mapping[int, TimeZone]:
    """Every time zone by its code."""
    file = resources.files("connector.emulator").joinpath("schemas", "time-zones.json")
    rows = json.loads(file.read_text(encoding="utf-8"))
    return {row["code"]: TimeZone(**row) for row in rows}


def time_zone_named(code: int) -> ZoneInfo:
    """The zone of a code; UTC for a code that no zone has."""
    zones = time_zones()
    return ZoneInfo(zones.get(code, zones[UTC_CODE]).zone)
