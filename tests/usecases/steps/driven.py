"""The plainest engine there is: one step after the other, each with an environment of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from connector.usecases.steps.documents import answer
from connector.usecases.steps.run_steps import RunSteps

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.run_report import RunReport
    from connector.usecases.environment import Environment

DAY = date(2020, 10, 5)
NO_REQUESTS = {"get": 0, "batch": 0, "other": 0, "throttled": 0}


class StepFailed(Exception):  # noqa: N818 - named by what happened
    """A step answered with a failure."""

    def __init__(self, step: str, failure: dict[str, Any]) -> None:
        super().__init__(f"{step}: {failure['text']}")
        self.failure = failure


@dataclass(slots=True, kw_only=True)
class Engine:
    """
    Carries out an order; *opened* makes the environment of a step.

    Every step is done *times* times over, as an engine does that was not told that it is done.
    """

    opened: Callable[[], Environment]
    times: int = 1
    reports: list[RunReport] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    def step(self, name: str, **document: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for _ in range(self.times):
            given = json.loads(json.dumps(document))
            found = answer(RunSteps(self.opened()), name, given, self.reports.append)
            self.texts.append(json.dumps(found))
        self.steps.append(name)
        if "failure" in found:
            raise StepFailed(name, found["failure"])
        value: dict[str, Any] = found["value"]
        return value

    def order(self, run_id: str = "R1", day: date = DAY, **facts: Any) -> list[dict[str, Any]]:
        """All runs of one order; returns their ends."""
        order = {"run_id": run_id, "run_date": day.isoformat(), **facts}
        opened = self.step("open_order", order=order)
        hold = opened["hold"]
        ended = [self.run(hold, run) for run in opened["runs"]]
        self.step("close_order", hold=hold)
        return ended

    def run(self, hold: dict[str, Any], run: dict[str, Any]) -> dict[str, Any]:
        begun = self.step("begin_run", hold=hold, run=run)
        for run_id in begun["unfinished"]:
            parts = self.step("take_up_run", hold=hold, run_id=run_id)
            self.write(hold, run_id, parts)
        return self.write(hold, begun["run"]["run_id"], self.plan(hold, begun["run"]))

    def plan(self, hold: dict[str, Any], run: dict[str, Any]) -> dict[str, Any]:
        found = self.step("find_parts", hold=hold, run=run)
        numbers = range(1, found["parts"] + 1)
        run_id = run["run_id"]
        planned = [self.step("plan_part", hold=hold, run_id=run_id, number=n) for n in numbers]
        return self.step("seal_plan", hold=hold, run=run, parts=planned)

    def write(self, hold: dict[str, Any], run_id: str, parts: dict[str, Any]) -> dict[str, Any]:
        written = [
            self.step("write_part", hold=hold, run_id=run_id, number=number, parts=parts)
            for number in parts["parts"]
        ]
        given = {"parts": written, "requests": NO_REQUESTS}
        return self.step("finish_run", hold=hold, run_id=run_id, written=given)
