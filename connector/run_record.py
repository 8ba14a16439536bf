"""One run of the history, in numbers: what it was started as, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from connector.invoicing.ids import OrganizationId
    from connector.summary import OutcomeTotals, PlanTotals


class RunKind(StrEnum):
    """
    What a run was started as.

    *catch-up* replays a missed date, *platform* leaves the making of drafts to the tenant.
    """

    RUN = "run"
    CATCH_UP = "catch-up"
    PLATFORM = "platform"
    APPLY = "apply"
    PREVIEW = "preview"
    UNDO = "undo"


class RunState(StrEnum):
    """What became of a run: *unfinished* ones are taken up by the next run."""

    FINISHED = "finished"
    UNFINISHED = "unfinished"
    STOPPED = "stopped"
    UNDONE = "undone"
    PREVIEW = "preview"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Where a run ended before its report: the step, and what was said."""

    step: str
    error: str
    exit_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """
    One run of the history, in numbers.

    What is not known is None: the date of a run that stopped before it was told, *totals* and
    *exit_code* of one that made no plan or has not come to its end, *ended* of one of which that
    was not kept. *outcomes* says what became of the invoices as far as the run came. *resumed_by*
    are runs that planned anew what this one could write no more: their numbers are in its own.
    """

    run_id: str
    state: RunState
    kind: RunKind | None = None
    run_date: date | None = None
    organization_id: OrganizationId | None = None
    began: datetime | None = None
    ended: datetime | None = None
    totals: PlanTotals | None = None
    outcomes: tuple[OutcomeTotals, ...] = ()
    failed_contracts: int = 0
    exit_code: int | None = None
    stop: Stop | None = None
    fault: str | None = None
    resumed_by: tuple[str, ...] = ()

    @property
    def seconds(self) -> float | None:
        """How long it took, with whatever lay between it and what took it up."""
        if self.began is None or self.ended is None:
            return None
        return (self.ended - self.began).total_seconds()
