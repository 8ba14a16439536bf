"""What passes between the steps of a run: ids, numbers and summaries, never rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from connector.invoicing.ids import ContractId
from connector.invoicing.plan import PlanWarning
from connector.outcome import RequestCounts
from connector.scope import Scope
from connector.summary import OutcomeSummary, PartSummary


class FailureKind(StrEnum):
    """
    What is to be done about a step that failed.

    *again*: it may go well in a while. *alone*: this part cannot be done, others may. *everybodys*:
    every other part would meet it as well. *over*: the run must not go on, as another one does or
    somebody stopped it.
    """

    AGAIN = "again"
    ALONE = "alone"
    EVERYBODYS = "everybodys"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailure:
    """
    A step that failed, for whoever decides how the run goes on.

    *retry_after* is in seconds, where the tenant said how long to wait. *halts* says, of one that
    is worth another try, that every other part would meet it as well.
    """

    kind: FailureKind
    text: str
    exit_code: int
    retry_after: float | None = None
    halts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOrder:
    """
    What is to be run: *run_date*, and missed dates of the last *days* days where that is a number.

    *run_id* names the whole; an order that is given twice under one id is one order. With
    *dry_run* nothing is written to the tenant, and *run_date* alone is looked at.
    """

    run_id: str
    run_date: date
    days: int | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """In whose name a step acts: an order's id and its epoch, None where it only reads."""

    run_id: str
    epoch: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedRun:
    """One run of an order: its id and what it looks at."""

    run_id: str
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedOrder:
    """The runs of an order, in their order."""

    hold: Hold
    runs: tuple[DatedRun, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunRun:
    """A run that has begun, by the id that it goes by, and earlier ones to be finished first."""

    run: DatedRun
    unfinished: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsToPlan:
    """How many parts are to be planned; they are counted from 1."""

    parts: int
    requests: RequestCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPart:
    """A part that was planned, or why it could not be: its contracts fail then."""

    number: int
    summary: PartSummary | None = None
    because: str | None = None
    requests: RequestCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsToWrite:
    """
    The parts of a plan that are to be written; *invoices* are in them, and in the others.

    *unusable* says why a run that was to be taken up cannot be.
    """

    parts: tuple[int, ...] = ()
    invoices: int = 0
    resumed: bool = False
    unusable: str | None = None
    requests: RequestCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPart:
    """
    What became of a part; without a *summary* it was not tried, or its end is not known.

    *warnings* tell what the run store could not keep.
    """

    number: int
    summary: OutcomeSummary | None = None
    because: str | None = None
    warnings: tuple[PlanWarning, ...] = ()
    requests: RequestCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenParts:
    """
    What a run ends with: its parts, and the failure that ended it early, if one did.

    *earlier* are runs that were finished before it, *warnings* what is to be said of them.
    *requests* are those of the steps before.
    """

    parts: tuple[WrittenPart, ...] = ()
    halted: str | None = None
    earlier: tuple[str, ...] = ()
    warnings: tuple[PlanWarning, ...] = ()
    requests: RequestCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedRun:
    """
    The end of a run in numbers.

    *drifted* are contracts that changed since it was planned, so that they are to be planned anew.
    """

    run_id: str
    run_date: date
    exit_code: int
    invoices: int
    drifted: tuple[ContractId, ...] = ()
