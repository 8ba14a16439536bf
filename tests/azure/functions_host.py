"""
A host of Azure Functions for tests: starts a worker process and drives it over the real protocol.

The order of a host's requests is initialise, index, load, invoke. It does not read host.json and
has no timer of its own: a test fires the trigger.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from concurrent import futures
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

import grpc

from tests.azure.protocol import load_protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
LEVELS = ("trace", "debug", "information", "warning", "error", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How the worker answered; *stack_trace* is what the platform would show in its portal."""

    succeeded: bool
    message: str
    stack_trace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedFunction:
    """A function as the worker found it in the app; bindings are those of a function.json."""

    name: str
    bindings: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """A log line that the function wrote, as it reaches the host."""

    level: str
    category: str
    message: str


class FunctionsHost:
    """
    Runs one worker for *app* while the context lasts; *settings* are the function app's settings.

    The environment variables of the tests reach the worker too, except those of the connector.
    """

    def __init__(
        self,
        app: Path,
        settings: Mapping[str, str],
        runtime: Path,
        interpreter: str = sys.executable,
    ) -> None:
        self.interpreter = interpreter
        self.app = app
        self.settings = settings
        self.runtime = runtime
        self.protocol = load_protocol(runtime)
        self.stream = HostStream()
        self.logs = self.stream.logs
        self.metadata: dict[str, Any] = {}
        self.request_ids = map(invocation_id, count(1))

    def renew(self) -> None:
        """Forget the worker that has ended; another one begins with the context."""
        self.stream = HostStream()
        self.logs = self.stream.logs

    def __enter__(self) -> Self:
        self.server = grpc.server(futures.ThreadPoolExecutor(4))
        self.protocol.add_FunctionRpcServicer_to_server(self.stream, self.server)
        port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()
        self.worker = subprocess.Popen(self.command(port), cwd=self.app, env=self.environment())
        if not self.stream.started.wait(30):
            self.stop()
            message = "the worker process did not open its stream within 30 seconds"
            raise TimeoutError(message)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends the worker, by force when it does not end itself; its exit code tells which."""
        self.stream.send(self.protocol.StreamingMessage(worker_terminate={}))
        try:
            self.worker.wait(10)
        except subprocess.TimeoutExpired:
            self.worker.kill()
            self.worker.wait()
        self.stream.close()
        self.server.stop(grace=0).wait()

    def command(self, port: int) -> tuple[str, ...]:
        worker = (self.interpreter, "-m", "tests.azure.worker", "--runtime", str(self.runtime))
        identity = ("--functions-worker-id", "worker-1", "--functions-request-id", "start")
        return (*worker, *identity, "--functions-uri", f"http://127.0.0.1:{port}/")

    def environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PROFORMA")}
        return inherited | {"PYTHONPATH": str(ROOT)} | dict(self.settings)

    def initialise(self) -> Result:
        request = self.protocol.WorkerInitRequest(
            host_version="4.1043.0", function_app_directory=str(self.app)
        )
        return self.result(self.ask(worker_init_request=request).result)

    def index(self) -> tuple[IndexedFunction, ...]:
        request = self.protocol.FunctionsMetadataRequest(function_app_directory=str(self.app))
        found = self.ask(functions_metadata_request=request).function_metadata_results
        self.metadata = {item.name: item for item in found}
        return tuple(self.indexed(item) for item in found)

    def load(self, name: str) -> Result:
        item = self.metadata[name]
        request = self.protocol.FunctionLoadRequest(function_id=item.function_id, metadata=item)
        return self.result(self.ask(function_load_request=request).result)

    def fire_timer(self, name: str, *, parameter: str, past_due: bool = False) -> Result:
        """Invokes function *name* as the timer trigger does, through its binding *parameter*."""
        timer = self.protocol.TypedData(json=timer_document(past_due=past_due))
        return self.result(self.invoke(name, {parameter: timer}).result)

    def invoke(self, name: str, inputs: Mapping[str, object]) -> Any:
        """Invokes function *name*; *inputs* are the protocol's typed data by their binding."""
        return self.begin_invocation(name, inputs).result(timeout=120)

    def begin_invocation(self, name: str, inputs: Mapping[str, object]) -> Future[Any]:
        """The same, without waiting for the answer."""
        bindings = [
            self.protocol.ParameterBinding(name=binding, data=data)
            for binding, data in inputs.items()
        ]
        request = self.protocol.InvocationRequest(
            invocation_id=next(self.request_ids),
            function_id=self.metadata[name].function_id,
            input_data=bindings,
        )
        return self.begin(invocation_request=request)

    def ask(self, **content: object) -> Any:
        return self.begin(**content).result(timeout=120)

    def begin(self, **content: object) -> Future[Any]:
        message = self.protocol.StreamingMessage(request_id=next(self.request_ids), **content)
        return self.stream.ask(message)

    def indexed(self, item: Any) -> IndexedFunction:
        bindings = tuple(json.loads(binding) for binding in item.raw_bindings)
        return IndexedFunction(name=item.name, bindings=bindings)

    def result(self, status: Any) -> Result:
        return Result(
            succeeded=status.status == self.protocol.StatusResult.Success,
            message=status.exception.message,
            stack_trace=status.exception.stack_trace,
        )


def invocation_id(number: int) -> str:
    """The id of one request of this host."""
    return str(UUID(int=number))


class HostStream:
    """The host's end of the stream: pairs answers with requests, keeps the log lines."""

    def __init__(self) -> None:
        self.outbox: queue.Queue[Any] = queue.Queue()
        self.waiting: dict[str, Future[Any]] = {}
        self.started = threading.Event()
        self.ended = threading.Event()
        self.logs: list[LogLine] = []

    def EventStream(self, received: Iterator[Any], _: object) -> Iterator[Any]:  # noqa: N802 - the protocol's name
        threading.Thread(target=self.read, args=(received,), daemon=True).start()
        while (message := self.outbox.get()) is not None:
            yield message

    def read(self, received: Iterator[Any]) -> None:
        with contextlib.suppress(grpc.RpcError):  # how a killed worker's stream ends
            for message in received:
                self.take(message)
        self.ended.set()
        for request_id in list(self.waiting):
            self.give_up(request_id)

    def give_up(self, request_id: str) -> None:
        """Nobody is left who could answer."""
        answer = self.waiting.pop(request_id, None)
        if answer is not None:
            answer.set_exception(ConnectionError("the worker closed its stream"))

    def take(self, message: Any) -> None:
        kind = message.WhichOneof("content")
        if kind == "start_stream":
            self.started.set()
        elif kind == "rpc_log":
            self.logs.append(log_line(message.rpc_log))
        else:
            self.waiting.pop(message.request_id).set_result(getattr(message, kind))

    def ask(self, message: Any) -> Future[Any]:
        answer: Future[Any] = Future()
        self.waiting[message.request_id] = answer
        self.send(message)
        if self.ended.is_set():
            self.give_up(message.request_id)
        return answer

    def send(self, message: Any) -> None:
        self.outbox.put(message)

    def close(self) -> None:
        self.outbox.put(None)


def log_line(line: Any) -> LogLine:
    return LogLine(level=LEVELS[line.level], category=line.category, message=line.message)


def timer_document(*, past_due: bool) -> str:
    schedule = {
        "Last": "2020-10-04T02:00:00+00:00",
        "Next": "2020-10-05T02:00:00+00:00",
        "LastUpdated": "2020-10-04T02:00:00+00:00",
    }
    document = {
        "Schedule": {"AdjustForDST": True},
        "ScheduleStatus": schedule,
        "IsPastDue": past_due,
    }
    return json.dumps(document)
