"""How far a run has come, folded from its events, as lines that a terminal can show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.usecases.progress import (
    DraftEnded,
    Ending,
    InvoiceEnded,
    PartPlanned,
    PartRead,
    PartsFound,
    PartWritten,
    Retried,
    RowsRead,
    Waiting,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.usecases.progress import ProgressEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: what is done, how far (None: without an end), and *seconds* that are left."""

    label: str
    text: str
    share: float | None = None
    seconds: float | None = None


@dataclass(slots=True)
class _Step:
    """One of the two steps of a run, or an undoing: *done* of *total* since *began* seconds."""

    label: str
    total: int
    began: float
    done: int = 0

    def line(self, text: str, now: float) -> Line:
        """The step with what is left of it at the speed so far; None before any of it is done."""
        left = self.total - self.done
        seconds = (now - self.began) / self.done * left if self.done and left else None
        share = self.done / self.total if self.total else 1.0
        return Line(label=self.label, text=text, share=share, seconds=seconds)

    def rate(self, number: int, now: float) -> str:
        """*number* a second since the step began."""
        passed = now - self.began
        return f"{number / passed:,.0f}/s" if passed >= 1 and number else "-/s"


@dataclass(slots=True)
class ProgressState:
    """
    What is known of the run that goes on; *clock* tells seconds.

    The numbers of a run begin anew when its parts are found, which every date of a catch-up does.
    """

    clock: Callable[[], float]
    _planning: _Step | None = None
    _writing: _Step | None = None
    _rows: int = 0
    _parts: int = 0
    _parts_planned: int = 0
    _written: str = ""
    _contracts: dict[int, int] = field(default_factory=dict)
    _waits: Counter[str] = field(default_factory=Counter)
    _waited: float = 0.0
    _waiting_until: float = 0.0
    _because: str = ""
    _ending: bool = False

    def hear(self, event: ProgressEvent) -> None:  # noqa: C901 - one line an event
        """Take an event into account."""
        match event:
            case PartsFound():
                self._begin(event)
            case RowsRead():
                self._rows += event.rows
            case PartRead():
                self._contracts[event.number] = event.contracts
            case PartPlanned():
                self._plan(event)
            case InvoiceEnded():
                self._write("Writing", event.done, event.invoices)
            case DraftEnded():
                self._write("Undoing", event.done, event.drafts)
            case PartWritten():
                self._written = f", {event.done:,}/{event.parts:,} parts"
            case Waiting():
                self._wait(event.seconds, "")
            case Retried():
                self._wait(0, event.error)
            case Ending():
                self._ending = True

    def lines(self) -> tuple[Line, ...]:
        """What there is to show now."""
        now = self.clock()
        return tuple(
            line
            for line in (self._planning_line(now), self._writing_line(now), self._note(now))
            if line is not None
        )

    def _begin(self, event: PartsFound) -> None:
        self._planning = _Step("Planning", event.contracts, self.clock())
        self._parts, self._parts_planned, self._written = event.parts, 0, ""
        self._writing, self._rows, self._contracts = None, 0, {}

    def _plan(self, event: PartPlanned) -> None:
        self._parts_planned = event.done
        if self._planning is not None:
            self._planning.done += self._contracts.pop(event.number, 0)

    def _write(self, label: str, done: int, wanted: int) -> None:
        if self._writing is None:
            self._writing = _Step(label, wanted, self.clock())
        self._writing.total, self._writing.done = wanted, done

    def _wait(self, seconds: float, because: str) -> None:
        self._waits["waits" if seconds else "retries"] += 1
        self._waited += seconds
        self._because = because or self._because
        self._waiting_until = max(self._waiting_until, self.clock() + seconds)

    def _planning_line(self, now: float) -> Line | None:
        step = self._planning
        if step is None or self._writing is not None:
            return None
        text = (
            f"{step.done:,}/{step.total:,} contracts, {self._parts_planned:,}/{self._parts:,}"
            f" parts, {self._rows:,} rows, {step.rate(self._rows, now)}"
        )
        return step.line(text, now)

    def _writing_line(self, now: float) -> Line | None:
        step = self._writing
        if step is None:
            return None
        what = "drafts" if step.label == "Undoing" else "invoices"
        text = f"{step.done:,}/{step.total:,} {what}{self._written}, {step.rate(step.done, now)}"
        return step.line(text, now)

    def _note(self, now: float) -> Line | None:
        """Why nothing seems to happen: the tenant asks to wait, or the run is to end."""
        if self._ending:
            return Line(label="Ending", text="at the next safe point, between two change sets")
        left = self._waiting_until - now
        if left <= 0:
            return None
        text = f"{left:.0f} s for the tenant ({self._waits['waits']:,} waits so far)"
        return Line(label="Waiting", text=f"{text}: {self._because}" if self._because else text)
