"""The calls of a run in steps, for an engine that carries it out on several machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.usecases.opened_environment import OpenedEnvironment
from connector.usecases.steps.documents import STEPS, answer
from connector.usecases.steps.run_steps import RunSteps

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.run_report import RunReport
    from connector.usecases.steps.documents import Document

__all__ = ["STEPS", "StepCalls"]


class StepCalls(OpenedEnvironment):
    """One configured environment, whose runs somebody else orchestrates."""

    @property
    def steps(self) -> RunSteps:
        """The same run cut into steps that an engine carries out, such as Durable Functions."""
        return RunSteps(self._environment)

    def answer_step(
        self,
        step: str,
        document: Document,
        heard: Callable[[RunReport], None] = lambda _: None,
    ) -> Document:
        """
        One of `steps` by its name, for an engine that passes JSON.

        What was refused is in the answer, with whether another try is worth while; *heard* is told
        the report of a run that is finished.
        """
        return answer(self.steps, step, document, heard)
