"""
The order of the steps of a run, as a deterministic generator for Durable Functions.

It is replayed from its history each time an activity answers, so it knows no clock, no settings
and no store: its input and the answers say everything, and they hold ids, numbers and summaries.

An activity answers `{"value": …}`, or `{"failure": …}` with the kind of its failure. What may go
well in a while is tried again after a wait that doubles; what settings, sign-in or a privilege
refuse is not. An activity that dies counts as one that may go well.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from typing import Any

    from azure.durable_functions import DurableOrchestrationContext

Document: TypeAlias = "dict[str, Any]"
Result: TypeAlias = "Generator[Any, Any, Document]"

#: Attempts at one activity; the waits between them are shorter together than a lease lasts.
ATTEMPTS: Final = 6
FIRST_WAIT: Final = timedelta(seconds=15)
LONGEST_WAIT: Final = timedelta(minutes=5)
#: Parts that cannot be read one after the other before it is taken for everybody's.
IN_A_ROW: Final = 3
NO_REQUESTS: Final = {"get": 0, "batch": 0, "other": 0, "throttled": 0}


class RunNotDoneError(Exception):
    """Not every due invoice stands in the tenant; names the runs that left something."""


class StepFailedError(Exception):
    """A step of a run that failed for good."""

    def __init__(self, failure: Document, *, step: str) -> None:
        super().__init__(f"{step}: {failure['text']}")
        self.step = step
        self.failure = failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One activity with its input, its place among others, and how often it was tried."""

    activity: str
    document: Document
    place: int = 0
    attempt: int = 1

    def wait(self, failure: Document) -> timedelta:
        """How long to wait before the next attempt: at least what the tenant said."""
        told = timedelta(seconds=failure.get("retry_after") or 0)
        doubled: timedelta = FIRST_WAIT * 2 ** (self.attempt - 1)
        return min(LONGEST_WAIT, max(doubled, told))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an activity said in the end: a value or a failure."""

    call: Call
    value: Document | None = None
    failure: Document | None = None

    @property
    def ends_the_run(self) -> bool:
        """Whether every other part would meet the same failure, or nobody may go on."""
        return self.failure is not None and (
            self.failure["kind"] in ("everybodys", "over") or bool(self.failure.get("halts"))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers of several calls, in their order, and what stopped them if anything did."""

    found: tuple[Answer, ...]
    stopped: Document | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """What an orchestration waits for: the answer to *call*, or the time to try it once more."""

    call: Call
    is_wait: bool = False


def run_order(context: DurableOrchestrationContext) -> Generator[Any, Any, list[Document]]:
    """
    All runs of one order: `{"order": …, "parts_in_flight": …}`; returns their ends in numbers.

    Raises `RunNotDoneError`, so that the platform counts an orchestration that failed.
    """
    given = context.get_input()
    order, width = given["order"], int(given["parts_in_flight"])
    try:
        opened = yield from _once(context, "open_order", {"order": order})
    except StepFailedError as error:
        yield from _note(context, order["run_id"], error)
        raise RunNotDoneError(str(error)) from error
    ended: list[Document] = []
    faults: list[str] = []
    for run in opened["runs"]:
        flow = Flow(context=context, hold=opened["hold"], width=width)
        try:
            ended.append((yield from flow.dated_run(run)))
        except StepFailedError as error:
            yield from _note(context, flow.run_id or run["run_id"], error)
            faults.append(str(error))
            break
    yield from _tried(context, "close_order", {"hold": opened["hold"]})
    faults += [
        f"run {item['run_id']} left something unwritten" for item in ended if item["exit_code"]
    ]
    if faults:
        raise RunNotDoneError("; ".join(faults))
    return ended


@dataclass(slots=True, kw_only=True)
class Flow:
    """The steps of one run date; *run_id* is the run under way, for the note on a failure."""

    context: DurableOrchestrationContext
    hold: Document
    width: int
    run_id: str = ""

    def dated_run(self, run: Document) -> Result:
        """One date: what earlier runs have left first, then its own plan."""
        begun = yield from self._step("begin_run", run=run)
        self.run_id = begun["run"]["run_id"]
        earlier: list[str] = []
        warnings: list[Document] = []
        for unfinished in begun["unfinished"]:
            yield from self._taken_up(unfinished, earlier, warnings)
        return (yield from self._own_plan(begun["run"], earlier, warnings))

    def _taken_up(self, run_id: str, earlier: list[str], warnings: list[Document]) -> Result:
        parts = yield from self._step("take_up_run", run_id=run_id)
        if parts["unusable"]:
            text = f"run {run_id} is unfinished, but cannot be taken up: {parts['unusable']}"
            warnings.append({"code": "unfinished-run-unreadable", "text": text})
            return parts
        ended = yield from self._written(run_id, parts, NO_REQUESTS, (), ())
        earlier.append(run_id)
        text = f"run {run_id} of {ended['run_date']} was unfinished and has been taken up."
        if ended["drifted"]:
            yield from self._planned_anew(ended, earlier, warnings)
        warnings.append({"code": "earlier-run-finished", "text": text})
        return ended

    def _planned_anew(
        self, ended: Document, earlier: list[str], warnings: list[Document]
    ) -> Generator[Any, Any, None]:
        begun = yield from self._step("begin_again", ended=ended)
        try:
            yield from self._own_plan(begun["run"], (), ())
        except StepFailedError as error:
            if error.step != "seal_plan" or error.failure["kind"] != "over":
                raise
            text = (
                f"what changed since run {ended['run_id']} was planned could not be planned:"
                f" {error.failure['text']}"
            )
            warnings.append({"code": "earlier-run-not-planned", "text": text})
        else:
            earlier.append(begun["run"]["run_id"])

    def _own_plan(
        self, run: Document, earlier: Sequence[str], warnings: Sequence[Document]
    ) -> Result:
        found = yield from self._step("find_parts", run=run)
        planned = yield from self._planned(run["run_id"], found["parts"])
        parts = yield from self._step("seal_plan", run=run, parts=planned)
        requests = _added(found, parts, *planned)
        return (yield from self._written(run["run_id"], parts, requests, earlier, warnings))

    def _planned(self, run_id: str, count: int) -> Generator[Any, Any, list[Document]]:
        """All parts planned; raises `StepFailedError` for what every part meets."""
        calls = [
            self._call("plan_part", place=number, run_id=run_id, number=number)
            for number in range(1, count + 1)
        ]
        answers = yield from fan_out(self.context, calls, self.width, _stops_planning)
        if answers.stopped is not None:
            raise StepFailedError(answers.stopped, step="plan_part")
        return [_part(item) for item in answers.found]

    def _written(
        self,
        run_id: str,
        parts: Document,
        requests: Document,
        earlier: Sequence[str],
        warnings: Sequence[Document],
    ) -> Result:
        """All parts written and reported; raises `StepFailedError` when another run goes on."""
        calls = [
            self._call(
                "write_part",
                place=number,
                run_id=run_id,
                number=number,
                parts={**parts, "parts": [number]},
            )
            for number in parts["parts"]
        ]
        answers = yield from fan_out(self.context, calls, self.width, _stops_writing)
        stopped = answers.stopped
        if stopped is not None and stopped["kind"] == "over":
            raise StepFailedError(stopped, step="write_part")
        written = {
            "parts": [_part(item) for item in answers.found],
            "halted": stopped["text"] if stopped else None,
            "earlier": list(earlier),
            "warnings": list(warnings),
            "requests": requests,
        }
        return (yield from self._step("finish_run", run_id=run_id, written=written))

    def _step(self, activity: str, **document: object) -> Result:
        return _once(self.context, activity, {"hold": self.hold, **document})

    def _call(self, activity: str, *, place: int = 0, **document: object) -> Call:
        return Call(activity=activity, place=place, document={"hold": self.hold, **document})


def fan_out(
    context: DurableOrchestrationContext,
    calls: Sequence[Call],
    width: int,
    stops: Callable[[Sequence[Answer]], Document | None],
) -> Generator[Any, Any, Answers]:
    """
    The answers to *calls*, at most *width* under way at once.

    *stops* is shown the answers in the order in which they came. Once it finds a reason, nothing
    new is begun, and calls that were not begun have no answer.
    """
    waiting, found = deque(calls), []
    running: dict[Any, UnderWay] = {}
    stopped = None
    while running or (waiting and stopped is None):
        while waiting and len(running) < width and stopped is None:
            call = waiting.popleft()
            running[_begun(context, call)] = UnderWay(call=call)
        done = yield context.task_any(list(running))
        item = running.pop(done)
        answer = None if item.is_wait else _answer(item.call, done.result)
        if answer is None:
            again = replace(item.call, attempt=item.call.attempt + 1)
            running[_begun(context, again)] = UnderWay(call=again)
        elif stopped is None and _is_tried_again(answer):
            until = context.current_utc_datetime + item.call.wait(answer.failure or {})
            running[context.create_timer(until)] = UnderWay(call=item.call, is_wait=True)
        else:
            found.append(answer)
            stopped = stops(found)
    ordered = sorted(found, key=lambda answer: answer.call.place)
    return Answers(found=tuple(ordered), stopped=stopped)


def _begun(context: DurableOrchestrationContext, call: Call) -> Any:  # noqa: ANN401 - an SDK task
    return context.call_activity(call.activity, call.document)


def _once(context: DurableOrchestrationContext, activity: str, document: Document) -> Result:
    """The value of one activity; raises `StepFailedError` when it failed for good."""
    answer = yield from _tried(context, activity, document)
    if answer.value is None:
        raise StepFailedError(answer.failure or {}, step=activity)
    return answer.value


def _tried(
    context: DurableOrchestrationContext, activity: str, document: Document
) -> Generator[Any, Any, Answer]:
    call = Call(activity=activity, document=document)
    answers = yield from fan_out(context, [call], 1, lambda _: None)
    return answers.found[0]


def _note(
    context: DurableOrchestrationContext, run_id: str, error: StepFailedError
) -> Generator[Any, Any, None]:
    """Write down where the run ended, and tell; if that cannot be, the platform still knows."""
    document = {"run_id": run_id, "step": error.step, "failure": error.failure}
    yield from _tried(context, "note_failure", document)


def _answer(call: Call, result: object) -> Answer:
    if isinstance(result, dict) and result.get("failure"):
        return Answer(call=call, failure=result["failure"])
    if isinstance(result, dict):
        return Answer(call=call, value=result["value"])
    text = f"the activity {call.activity} ended without an answer: {result}"
    return Answer(call=call, failure={"kind": "again", "text": text, "exit_code": 4})


def _is_tried_again(answer: Answer) -> bool:
    failure = answer.failure
    return failure is not None and failure["kind"] == "again" and answer.call.attempt < ATTEMPTS


def _stops_planning(answers: Sequence[Answer]) -> Document | None:
    """The failure that every part meets, or the last of several parts in a row that failed."""
    for answer in answers:
        if answer.ends_the_run:
            return answer.failure
    last = answers[-IN_A_ROW:]
    if len(last) == IN_A_ROW and all(answer.failure for answer in last):
        return last[-1].failure
    return None


def _stops_writing(answers: Sequence[Answer]) -> Document | None:
    """The failure that every part meets; a part that was halted itself says what it met."""
    for answer in answers:
        if answer.ends_the_run:
            return answer.failure
        halts = ((answer.value or {}).get("summary") or {}).get("halts")
        if answer.value and halts:
            return {"kind": "everybodys", "text": answer.value["because"] or halts, "exit_code": 4}
    return None


def _part(answer: Answer) -> Document:
    """What is known of a part; of one that failed for good, why."""
    if answer.value is not None:
        return answer.value
    number = answer.call.document["number"]
    because = (answer.failure or {}).get("text")
    return {"number": number, "because": because, "requests": NO_REQUESTS}


def _added(*documents: Document) -> Document:
    """The requests of several answers together."""
    return {kind: sum(document["requests"][kind] for document in documents) for kind in NO_REQUESTS}
