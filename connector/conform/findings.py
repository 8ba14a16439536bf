"""What a check may find."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What was expected of the answer to a request, and what it was."""

    request: str
    what: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Why the environment cannot show the behaviour, for example for want of rows."""

    reason: str
