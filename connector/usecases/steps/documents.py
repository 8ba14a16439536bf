"""
The steps of a run for an engine that passes JSON: a name and a document in, a document out.

An answer is `{"value": …}`, or `{"failure": …}` for what went wrong on purpose, so that the engine
can tell what is worth another try. A fault of this program is raised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import msgspec

from connector.errors import ConnectorError
from connector.runs.plan_text import encoded
from connector.usecases.steps.failures import step_failure
from connector.usecases.steps.opening import again
from connector.usecases.steps.values import (
    DatedRun,
    EndedRun,
    Hold,
    PartsToWrite,
    PlannedPart,
    RunOrder,
    StepFailure,
    WrittenParts,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.run_report import RunReport
    from connector.usecases.steps.run_steps import RunSteps

Document: TypeAlias = "dict[str, Any]"
ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder:
    """What `open_order` is given."""

    order: RunOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class OfRun:
    """What `begin_run` and `find_parts` are given."""

    hold: Hold
    run: DatedRun


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginAgain:
    """What `begin_again` is given: the unfinished run that has drifted contracts."""

    hold: Hold
    ended: EndedRun


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeUpRun:
    """What `take_up_run` is given."""

    hold: Hold
    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPart:
    """What `plan_part` is given."""

    hold: Hold
    run_id: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SealPlan:
    """What `seal_plan` is given."""

    hold: Hold
    run: DatedRun
    parts: tuple[PlannedPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WritePart:
    """What `write_part` is given."""

    hold: Hold
    run_id: str
    number: int
    parts: PartsToWrite


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishRun:
    """What `finish_run` is given."""

    hold: Hold
    run_id: str
    written: WrittenParts


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFailure:
    """What `note_failure` is given."""

    run_id: str
    step: str
    failure: StepFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseOrder:
    """What `close_order` is given."""

    hold: Hold


def answer(
    steps: RunSteps,
    step: str,
    document: Document,
    heard: Callable[[RunReport], None] = lambda _: None,
) -> Document:
    """
    Carry out the *step* of that name; *heard* is told the report of a run that is finished.

    Raises `KeyError` for a name that is no step, and `msgspec.ValidationError` for a document that
    does not fit it.
    """
    act = _STEPS[step]
    try:
        value = act(steps, document, heard)
    except ConnectorError as error:
        return {"failure": _document(step_failure(error))}
    return {"value": _document(value)}


def _document(value: object) -> object:
    return msgspec.json.decode(encoded(value))


def _read(document: Document, kind: type[ValueT]) -> ValueT:
    return msgspec.json.decode(encoded(document), type=kind)


def _open_order(steps: RunSteps, document: Document, _: object) -> object:
    return steps.open(_read(document, OpenOrder).order)


def _begin_run(steps: RunSteps, document: Document, _: object) -> object:
    given = _read(document, OfRun)
    return steps.begin(given.hold, given.run)


def _begin_again(steps: RunSteps, document: Document, _: object) -> object:
    given = _read(document, BeginAgain)
    ended = given.ended
    return steps.begin(given.hold, again(ended.run_id, ended.run_date, ended.drifted))


def _take_up_run(steps: RunSteps, document: Document, _: object) -> object:
    given = _read(document, TakeUpRun)
    return steps.take_up(given.hold, given.run_id)


def _find_parts(steps: RunSteps, document: Document, _: object) -> object:
    given = _read(document, OfRun)
    return steps.find_parts(given.hold, given.run)


def _plan_part(steps: RunSteps, document: Document, _: object) -> object:
    given = _read(document, PlanPart)
    return steps.plan_part(given.hold, given.run_id, given.number)


def _seal_plan(steps: RunSteps, document: Document, _: object) -> object:
    given = _read(document, SealPlan)
    return steps.seal(given.hold, given.run, given.parts)


def _write_part(steps: RunSteps, document: Document, _: object) -> object:
    given = _read(document, WritePart)
    return steps.write_part(given.hold, given.run_id, given.number, given.parts)


def _finish_run(steps: RunSteps, document: Document, heard: Callable[[RunReport], None]) -> object:
    given = _read(document, FinishRun)
    report, ended = steps.finish(given.hold, given.run_id, given.written)
    heard(report)
    return ended


def _note_failure(steps: RunSteps, document: Document, _: object) -> object:
    given = _read(document, NoteFailure)
    steps.note_failure(given.run_id, given.step, given.failure)
    return {}


def _close_order(steps: RunSteps, document: Document, _: object) -> object:
    steps.close(_read(document, CloseOrder).hold)
    return {}


#: The steps by the names that an engine knows them by, in the order of a run.
_STEPS: Final = {
    "open_order": _open_order,
    "begin_run": _begin_run,
    "begin_again": _begin_again,
    "take_up_run": _take_up_run,
    "find_parts": _find_parts,
    "plan_part": _plan_part,
    "seal_plan": _seal_plan,
    "write_part": _write_part,
    "finish_run": _finish_run,
    "note_failure": _note_failure,
    "close_order": _close_order,
}
STEPS: Final = tuple(_STEPS)
