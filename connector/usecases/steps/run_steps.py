"""What an engine calls, step by step: `Connector.steps`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.usecases.steps import opening, planning, writing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.run_report import RunReport
    from connector.usecases.environment import Environment
    from connector.usecases.steps.values import (
        BegunRun,
        DatedRun,
        EndedRun,
        Hold,
        OpenedOrder,
        PartsToPlan,
        PartsToWrite,
        PlannedPart,
        RunOrder,
        StepFailure,
        WrittenPart,
        WrittenParts,
    )


@dataclass(frozen=True, slots=True)
class RunSteps:
    """
    A run of any size, cut into steps that pass small values (`connector.usecases.steps.values`).

    The order is that of `Connector.run_due`: `open`; for each run `begin`, then `take_up`, `write`
    and `finish` of each unfinished one, then its own `find_parts`, `plan_part` of each, `seal`,
    `write_part` of each and `finish`; at the end `close`. Parts may be planned and written at
    once; runs go one after the other. Each step may be repeated, by the same or another process.
    """

    environment: Environment

    def open(self, order: RunOrder) -> OpenedOrder:
        """Take the right to write and say which runs there are; raises `LeaseHeld`."""
        return opening.open_order(self.environment, order)

    def begin(self, hold: Hold, run: DatedRun) -> BegunRun:
        """Write down that a run begins; says which earlier ones are to be finished first."""
        with opening.holding(self.environment, hold):
            return opening.begin_run(self.environment, hold, run)

    def take_up(self, hold: Hold, run_id: str) -> PartsToWrite:
        """The parts of an unfinished run that are still to be written."""
        with opening.holding(self.environment, hold):
            return writing.take_up_run(self.environment, run_id)

    def find_parts(self, hold: Hold, run: DatedRun) -> PartsToPlan:
        """What is due, divided into parts; raises what `Connector.plan` raises."""
        with opening.holding(self.environment, hold):
            return planning.find_run_parts(self.environment, run)

    def plan_part(self, hold: Hold, run_id: str, number: int) -> PlannedPart:
        """Read, plan and seal one part; raises `DataverseError` and `RowFault`."""
        with opening.holding(self.environment, hold):
            return planning.plan_one_part(self.environment, run_id, number)

    def seal(self, hold: Hold, run: DatedRun, parts: Sequence[PlannedPart]) -> PartsToWrite:
        """Judge the parts together and freeze the plan; raises `PlanRejected`."""
        with opening.holding(self.environment, hold):
            return planning.seal_plan(self.environment, hold, run, parts)

    def write_part(self, hold: Hold, run_id: str, number: int, parts: PartsToWrite) -> WrittenPart:
        """Write one part and read it back; raises `LeaseLost` when another run goes on."""
        return writing.write_one_part(self.environment, hold, run_id, number, parts)

    def finish(self, hold: Hold, run_id: str, written: WrittenParts) -> tuple[RunReport, EndedRun]:
        """The report of a run, kept; and the same in numbers."""
        return writing.finish_run(self.environment, hold, run_id, written)

    def note_failure(self, run_id: str, step: str, failure: StepFailure) -> None:
        """Keep at which step a run ended, and why."""
        opening.note_failure(self.environment, run_id, step, failure)

    def close(self, hold: Hold) -> None:
        """Give the right to write back: a late step must not write any more."""
        opening.close_order(self.environment, hold)
