"""
The part of Durable Functions that is no Python: keeps histories, schedules activities, waits.

It drives the real worker with the real SDK (azure-functions-durable): an orchestrator is invoked
with its history and answers with actions; activities are invoked on one of several instances, and
their results become history. Time is virtual: a timer that is all that is waited for fires at once.
"""

from __future__ import annotations

import json
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from typing import TYPE_CHECKING, Any, Self

from tests.azure.durable_client import DurableEndpoint
from tests.azure.functions_host import FunctionsHost, timer_document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from subprocess import Popen

    from tests.azure.functions_host import LogLine, Result

#: The kinds of history events, as the SDK numbers them.
EXECUTION_STARTED, TASK_SCHEDULED, TASK_COMPLETED, TASK_FAILED = 0, 4, 5, 6
TIMER_CREATED, TIMER_FIRED, STARTED, COMPLETED = 10, 11, 12, 13
EPOCH = datetime(2026, 11, 28, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One activity as it was scheduled; *tries* counts its deliveries to an instance."""

    id: int
    name: str
    document: dict[str, Any]
    tries: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How an orchestration ended: *output* of one that was completed, else *error*."""

    output: Any = None
    error: str | None = None
    history: Sequence[Mapping[str, Any]]
    waits: Sequence[timedelta]

    @property
    def bytes(self) -> int:
        return len(json.dumps(self.history))

    def activities(self, name: str) -> list[dict[str, Any]]:
        """The documents of the activities of that name, in the order of the history."""
        found = (e for e in self.history if e["EventType"] == TASK_SCHEDULED and e["Name"] == name)
        return [json.loads(event["Input"]) for event in found]


@dataclass(slots=True, kw_only=True)
class Orchestration:
    """One instance of an orchestrator with its history; every answer is compared with the last."""

    name: str
    instance_id: str
    #: The input as JSON text.
    given: str
    now: datetime = EPOCH
    history: list[dict[str, Any]] = field(default_factory=list)
    actions: list[Any] = field(default_factory=list)
    waits: list[timedelta] = field(default_factory=list)
    ids: Any = field(default_factory=count)

    def __post_init__(self) -> None:
        self.history = [
            self.event(STARTED),
            self.event(
                EXECUTION_STARTED,
                Name=self.name,
                Version=None,
                Input=json.dumps(self.given),
                OrchestrationInstance={"InstanceId": self.instance_id},
            ),
        ]

    def event(self, kind: int, **facts: Any) -> dict[str, Any]:
        at = self.now.strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"
        usual = {"EventType": kind, "EventId": -1, "IsPlayed": False, "Timestamp": at}
        return usual | facts

    def document(self) -> str:
        return json.dumps(
            {
                "instanceId": self.instance_id,
                "isReplaying": False,
                "parentInstanceId": None,
                "input": self.given,
                "history": self.history,
                # As the extension of today says: in the first version of this protocol a task that
                # is waited for twice would be begun twice.
                "upperSchemaVersion": 1,
                "upperSchemaVersionNew": 3,
                "maximumShortTimerDuration": "6.00:00:00",
                "longRunningTimerIntervalDuration": "3.00:00:00",
            }
        )

    def new_actions(self, answered: Sequence[Any]) -> list[Any]:
        """Actions that the orchestrator has not asked for before; it must repeat all others."""
        flat = [action for step in answered for one in step for action in expanded(one)]
        asked = len(self.actions)
        assert flat[:asked] == self.actions, "the orchestrator does not repeat itself"
        self.actions = flat
        return flat[asked:]


class DurableHost:
    """
    Instances of the app that share one task hub, while the context lasts.

    *before* is called before an activity is handed to an instance; it may stop that instance. An
    activity whose instance died is delivered anew; with *fails_with_its_instance* it fails instead,
    as when only the worker process died and its host lives. Activities named in *twice* are
    delivered to two instances at once, and the later answer counts. The first answer of *loses* is
    lost with its instance. An orchestration ends for good before the activity *ends_before*, as
    when its task hub is deleted.
    """

    def __init__(
        self,
        app: Path,
        settings: Mapping[str, str],
        runtime: Path,
        *,
        instances: int = 1,
        interpreter: str = sys.executable,
    ) -> None:
        self.hosts = [FunctionsHost(app, settings, runtime, interpreter) for _ in range(instances)]
        self.before: Callable[[Activity, FunctionsHost], None] = lambda _activity, _host: None
        self.fails_with_its_instance = False
        self.twice: frozenset[str] = frozenset()
        self.ends_before = ""
        self.loses = ""
        self.orchestrations: dict[str, Orchestration] = {}
        self.statuses: dict[str, str] = {}
        self.delivered: list[Activity] = []
        self.turns = cycle(self.hosts)
        self.logs: list[LogLine] = []
        self.locks = {id(host): threading.Lock() for host in self.hosts}

    def __enter__(self) -> Self:
        self.endpoint = DurableEndpoint(self.status_of, self.start).__enter__()
        for host in self.hosts:
            self.begin(host)
        return self

    def __exit__(self, *_: object) -> None:
        for host in self.hosts:
            host.stop()
            self.logs += host.logs
        self.endpoint.__exit__()

    def begin(self, host: FunctionsHost) -> None:
        host.__enter__()
        started = host.initialise()
        assert started.succeeded, started.message
        for function in host.index():
            loaded = host.load(function.name)
            assert loaded.succeeded, loaded.message

    def restart(self, host: FunctionsHost, worker: Popen[bytes]) -> None:
        """A new worker process in the place of *worker*, which has died."""
        with self.locks[id(host)]:
            if host.worker is not worker:
                return
            worker.wait(10)
            self.logs += host.logs
            host.stop()
            host.renew()
            self.begin(host)

    def fire_timer(self, name: str, *, past_due: bool = False) -> Result:
        """A tick, handled by the first instance; what it starts waits for `run`."""
        host = self.hosts[0]
        typed = host.protocol.TypedData
        inputs = {
            "timer": typed(json=timer_document(past_due=past_due)),
            "client": typed(string=self.endpoint.binding()),
        }
        return host.result(host.invoke(name, inputs).result)

    def get(self, name: str, **query: str) -> tuple[int, str]:
        """The status and the text of an HTTP function's answer."""
        host = self.hosts[0]
        request = host.protocol.RpcHttp(method="GET", url="http://localhost/api", query=query)
        answer = host.invoke(name, {"req": host.protocol.TypedData(http=request)})
        assert host.result(answer.result).succeeded, answer.result.exception.message
        http = answer.return_value.http
        return int(http.status_code), http.body.bytes.decode() or http.body.string

    def status_of(self, instance_id: str) -> str | None:
        return self.statuses.get(instance_id)

    def start(self, name: str, instance_id: str, given: str) -> None:
        self.orchestrations[instance_id] = Orchestration(
            name=name, instance_id=instance_id, given=given
        )
        self.statuses[instance_id] = "Pending"

    def tick(self, name: str) -> Ended:
        """A tick and the orchestration that it starts."""
        fired = self.fire_timer(name)
        assert fired.succeeded, fired.message
        return self.run()

    def run(self) -> Ended:
        """Carry out the orchestration that waits, to its end."""
        [instance_id] = [key for key, status in self.statuses.items() if status == "Pending"]
        self.statuses[instance_id] = "Running"
        orchestration = self.orchestrations[instance_id]
        with ThreadPoolExecutor(32) as pool:
            ended = Engine(host=self, orchestration=orchestration, pool=pool).run()
        self.statuses[instance_id] = "Failed" if ended.error else "Completed"
        return ended

    def carried_out(self, activity: Activity) -> tuple[Activity, str | None, str]:
        """The activity with its result, or None and why it failed."""
        if activity.name not in self.twice:
            return self.delivered_once(activity)
        with ThreadPoolExecutor(2) as pool:
            both = [pool.submit(self.delivered_once, activity) for _ in range(2)]
        return both[-1].result()

    def lose(self, activity: Activity, host: FunctionsHost) -> None:
        """Raises `ConnectionError` for an answer that dies with its instance."""
        if activity.name == self.loses:
            self.loses = ""
            host.worker.kill()
            raise ConnectionError

    def delivered_once(self, activity: Activity) -> tuple[Activity, str | None, str]:
        host = next(self.turns)
        self.before(activity, host)
        self.delivered.append(activity)
        data = host.protocol.TypedData(json=json.dumps(activity.document))
        with self.locks[id(host)]:  # not while a new worker is being made ready
            worker, waiting = host.worker, host.begin_invocation(activity.name, {"document": data})
        try:
            answer = waiting.result(timeout=120)
            self.lose(activity, host)
        except ConnectionError:
            self.restart(host, worker)
            if self.fails_with_its_instance:
                return activity, None, "the worker process ended"
            return self.delivered_once(replace(activity, tries=activity.tries + 1))
        result = host.result(answer.result)
        if not result.succeeded:
            return activity, None, result.message
        return activity, answer.return_value.json or answer.return_value.string, ""


@dataclass(slots=True, kw_only=True)
class Engine:
    """Runs one orchestration: history in, actions out, until it is done."""

    host: DurableHost
    orchestration: Orchestration
    pool: ThreadPoolExecutor
    under_way: set[Future[tuple[Activity, str | None, str]]] = field(default_factory=set)
    timers: list[tuple[datetime, int]] = field(default_factory=list)

    def run(self) -> Ended:
        while True:
            answered = self.answer()
            if answered.get("error") or answered["isDone"]:
                return self.ended(answered)
            for action in self.orchestration.new_actions(answered["actions"]):
                if action.get("functionName") == self.host.ends_before:
                    return self.ended({"error": "ended before its time"})
                self.begin(action)
            happened = self.wait()
            for event in self.orchestration.history:
                event["IsPlayed"] = True
            started = self.orchestration.event(STARTED)
            self.orchestration.history += [self.orchestration.event(COMPLETED), started, *happened]

    def ended(self, answered: dict[str, Any]) -> Ended:
        wait(self.under_way)
        return Ended(
            output=answered.get("output"),
            error=answered.get("error"),
            history=self.orchestration.history,
            waits=self.orchestration.waits,
        )

    def answer(self) -> dict[str, Any]:
        host, document = self.host.hosts[0], self.orchestration.document()
        worker = host.worker
        try:
            data = host.protocol.TypedData(json=document)
            answer = host.invoke(self.orchestration.name, {"context": data})
        except ConnectionError:
            self.host.restart(host, worker)
            return self.answer()
        result = host.result(answer.result)
        if not result.succeeded:
            text = result.message.partition("$OutOfProcData$:")
            state = json.loads(text[2]) if text[2] else {"isDone": False, "actions": []}
            return {**state, "error": text[0].strip()}
        found = json.loads(answer.return_value.json or answer.return_value.string)
        decoded: dict[str, Any] = json.loads(found) if isinstance(found, str) else found
        return decoded

    def begin(self, action: dict[str, Any]) -> None:
        number = next(self.orchestration.ids)
        if "functionName" in action:
            given = action["input"]
            document = json.loads(given) if isinstance(given, str) else given
            name = action["functionName"]
            event = self.orchestration.event(TASK_SCHEDULED, Name=name, Input=json.dumps(document))
            activity = Activity(id=number, name=name, document=document)
            self.under_way.add(self.pool.submit(self.host.carried_out, activity))
        else:
            fires = datetime.fromisoformat(action["fireAt"])
            event = self.orchestration.event(TIMER_CREATED, FireAt=action["fireAt"])
            self.orchestration.waits.append(fires - self.orchestration.now)
            self.timers.append((fires, number))
        self.orchestration.history.append({**event, "EventId": number})

    def wait(self) -> list[dict[str, Any]]:
        """What has happened since: activities that answered, else the next timer."""
        if self.under_way:
            done, self.under_way = wait(self.under_way, return_when=FIRST_COMPLETED)
            return [self.told(future) for future in done]
        fires, number = min(self.timers)
        self.timers.remove((fires, number))
        self.orchestration.now = max(self.orchestration.now, fires)
        at = fires.isoformat()
        return [self.orchestration.event(TIMER_FIRED, FireAt=at, TimerId=number)]

    def told(self, future: Future[tuple[Activity, str | None, str]]) -> dict[str, Any]:
        activity, result, why = future.result()
        if result is None:
            return self.orchestration.event(
                TASK_FAILED, TaskScheduledId=activity.id, Reason="failed", Details=why
            )
        return self.orchestration.event(TASK_COMPLETED, TaskScheduledId=activity.id, Result=result)


def expanded(action: dict[str, Any]) -> list[dict[str, Any]]:
    """The actions in an action that combines several."""
    if "compoundActions" not in action:
        return [action]
    return [one for part in action["compoundActions"] for one in expanded(part)]
