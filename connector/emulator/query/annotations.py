"""Which annotations an answer carries, as `Prefer: odata.include-annotations` asks."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

FORMATTED: Final = "OData.Community.Display.V1.FormattedValue"
LOOKUP_NAME: Final = "Microsoft.Dynamics.CRM.lookuplogicalname"
NAVIGATION_NAME: Final = "Microsoft.Dynamics.CRM.associatednavigationproperty"
TOTAL_COUNT: Final = "Microsoft.Dynamics.CRM.totalrecordcount"
COUNT_EXCEEDED: Final = "Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"
PAGING_COOKIE: Final = "Microsoft.Dynamics.CRM.fetchxmlpagingcookie"
MORE_RECORDS: Final = "Microsoft.Dynamics.CRM.morerecords"


@dataclass(frozen=True, slots=True)
class Annotations:
    """The patterns of an include-annotations preference; ``-`` before one excludes."""

    patterns: tuple[str, ...] = ()

    @staticmethod
    def parse(value: str | None) -> Annotations:
        """The preference as sent, for example ``*`` or ``Microsoft.Dynamics.CRM.*``."""
        parts = (value or "").strip().strip('"').split(",")
        return Annotations(tuple(part.strip() for part in parts if part.strip()))

    def wants(self, name: str) -> bool:
        """Whether the annotation of that name is asked for."""
        return _wants(self.patterns, name)

    @property
    def any_on_rows(self) -> bool:
        """Whether any annotation of properties is asked for."""
        return any(self.wants(name) for name in (FORMATTED, LOOKUP_NAME, NAVIGATION_NAME))


@lru_cache(maxsize=256)
def _wants(patterns: tuple[str, ...], name: str) -> bool:
    wanted = False
    for pattern in patterns:
        excludes = pattern.startswith("-")
        if fnmatchcase(name, pattern.lstrip("-")):
            wanted = not excludes
    return wanted


def read_annotations(value: str | None) -> Annotations:
    """The annotations that the value of an include-annotations preference asks for."""
    return Annotations.parse(value)


NO_ANNOTATIONS: Final = Annotations()
EVERY_ANNOTATION: Final = Annotations(("*",))
