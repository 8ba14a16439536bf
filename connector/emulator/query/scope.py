"""Where the names of a filter are looked up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.emulator import faults

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connector.emulator.query.source import Source
    from connector.emulator.schema.model import Column


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterScope:
    """
    Where names are looked up, and what "now", "me" and "my business unit" mean.

    *named* gives the SQL and the column of names that are looked up before all others.
    """

    source: Source
    now: datetime
    variables: Mapping[str, Source]
    user: str = ""
    unit: str = ""
    in_lambda: bool = False
    named: Mapping[str, tuple[str, Column]] = field(default_factory=dict)

    def resolve(self, steps: tuple[str, ...]) -> tuple[str, Column]:
        """The SQL and the column of a path that may begin with a lambda variable."""
        variable = self.variables.get(steps[0])
        if variable is not None and len(steps) > 1:
            return variable.resolve(steps[1:])
        if self.in_lambda:
            msg = f"'{steps[0]}' is not the range variable of the lambda expression."
            raise faults.bad_request(msg)
        return self.source.resolve(steps)
