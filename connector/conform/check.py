"""What a check is, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connector.conform.findings import Difference, Skipped
    from connector.conform.probe import Probe

    Steps = Callable[[Probe], Iterator[Difference | Skipped]]


class Evidence(StrEnum):
    """How it is known what an environment does."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    ASSUMED = "assumed"


class Verdict(StrEnum):
    """How an environment stands to one check."""

    AGREES = "agrees"
    DIFFERS = "differs"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One behaviour in a sentence, on what evidence, and the steps that look for it."""

    name: str
    evidence: Evidence
    steps: Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a check; *skipped* says why nothing could be seen."""

    check: Check
    differences: tuple[Difference, ...] = ()
    skipped: str | None = None

    @property
    def verdict(self) -> Verdict:
        """A difference counts more than what was left out."""
        if self.differences:
            return Verdict.DIFFERS
        return Verdict.SKIPPED if self.skipped is not None else Verdict.AGREES


def check(name: str, evidence: Evidence = Evidence.DOCUMENTED) -> Callable[[Steps], Check]:
    """Make a check of a function that yields what it finds."""
    return lambda steps: Check(name=name, evidence=evidence, steps=steps)
