"""What a report says beside the run itself: who asked, in which language, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.settings.sections import Language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime
    from uuid import UUID

    from connector.invoicing.forecast import ForecastEntry
    from connector.invoicing.ids import ResourceId, ResourceNames
    from connector.run_report import RunReport


def nobody(_actuals: Mapping[ResourceId, UUID]) -> ResourceNames:
    """No names: of a report that cannot ask the tenant."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """
    The calendar of coming runs up to and with *last*.

    *fault* says why it is incomplete or missing, where it is.
    """

    last: date
    entries: tuple[ForecastEntry, ...] = ()
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """
    What is known around the runs of a report.

    *at* is the instant of the report in the business time zone, *zone* that zone's name, *user*
    who is signed in. *previous* is the run that the first one is compared with. *people* finds
    the names of resources, each by one of its actuals.
    """

    language: Language = Language.ENGLISH
    has_links: bool = True
    zone: str | None = None
    at: datetime | None = None
    user: str | None = None
    previous: RunReport | None = None
    coming: Coming | None = None
    people: Callable[[Mapping[ResourceId, UUID]], ResourceNames] = field(default=nobody)
