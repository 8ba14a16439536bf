"""
A language worker process: what stands in Azure between the host and the Python worker library.

It opens the gRPC stream that the host offers, hands every request to the real library
(azure-functions-runtime) and sends the answers and the function's log lines back.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import grpc.aio

from tests.azure.protocol import load_protocol

UNLIMITED = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))
ANSWERS = {"functions_metadata_request": "function_metadata_response"}
STARTING = {"worker_init_request", "function_environment_reload_request"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What the host tells a worker on its command line."""

    address: str
    worker_id: str
    request_id: str
    runtime: Path


class Worker:
    """One conversation with the host; messages leave in the order in which they were queued."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.protocol = load_protocol(assignment.runtime)
        self.outbox: asyncio.Queue[Any] = asyncio.Queue()
        self.runtime: ModuleType | None = None

    async def serve(self) -> None:
        async with grpc.aio.insecure_channel(self.assignment.address, options=UNLIMITED) as channel:
            stream = self.protocol.FunctionRpcStub(channel).EventStream()
            writer = asyncio.create_task(self.write_to(stream))
            start = self.protocol.StartStream(worker_id=self.assignment.worker_id)
            self.send(self.assignment.request_id, start_stream=start)
            await self.answer_all(stream)
            self.outbox.put_nowait(None)
            await writer

    def send(self, request_id: str, **content: object) -> None:
        message = self.protocol.StreamingMessage(request_id=request_id, **content)
        self.outbox.put_nowait(message)

    async def write_to(self, stream: Any) -> None:
        while (message := await self.outbox.get()) is not None:
            await stream.write(message)
        await stream.done_writing()

    async def answer_all(self, stream: Any) -> None:
        """Requests overlap, as on the platform; all of them end before the worker does."""
        async with asyncio.TaskGroup() as answers:
            async for request in stream:
                if request.WhichOneof("content") == "worker_terminate":
                    break
                answers.create_task(self.answer(request))
        if self.runtime is not None:
            self.runtime.stop_threadpool_executor()

    async def answer(self, request: Any) -> None:
        kind = request.WhichOneof("content")
        if kind in STARTING and self.runtime is None:
            self.runtime = self.start_runtime(getattr(request, kind).function_app_directory)
        call = SimpleNamespace(
            name=kind,
            request=request,
            properties={"host": "127.0.0.1", "protos": self.protocol},
        )
        response = await getattr(self.runtime, kind)(call)
        field = ANSWERS.get(kind, kind.replace("_request", "_response"))
        self.send(request.request_id, **{field: response})

    def start_runtime(self, app_directory: str) -> ModuleType:
        sys.path[:0] = [app_directory, str(self.assignment.runtime)]
        import azure_functions_runtime as runtime  # noqa: PLC0415 - its folder was unknown before

        runtime.start_threadpool_executor()
        root = logging.getLogger()
        root.setLevel(logging.INFO)
        root.addHandler(HostLog(self, asyncio.get_running_loop(), runtime.invocation_id_cv))
        return runtime


class HostLog(logging.Handler):
    """Sends log lines to the host, from whichever thread they were written in."""

    def __init__(self, worker: Worker, loop: asyncio.AbstractEventLoop, invocation: Any) -> None:
        super().__init__()
        self.worker = worker
        self.loop = loop
        self.invocation = invocation

    def emit(self, record: logging.LogRecord) -> None:
        line = self.worker.protocol.RpcLog(
            level=record.levelno // 10,
            message=self.format(record),
            category=record.name,
            invocation_id=self.invocation.get() or "",
        )
        message = self.worker.protocol.StreamingMessage(rpc_log=line)
        with contextlib.suppress(RuntimeError):  # the loop has ended; nobody is left to tell
            self.loop.call_soon_threadsafe(self.worker.outbox.put_nowait, message)


def read_assignment() -> Assignment:
    parser = argparse.ArgumentParser()
    parser.add_argument("--functions-uri", required=True)
    parser.add_argument("--functions-worker-id", required=True)
    parser.add_argument("--functions-request-id", required=True)
    parser.add_argument("--runtime", required=True, type=Path)
    given = parser.parse_args()
    return Assignment(
        address=given.functions_uri.removeprefix("http://").rstrip("/"),
        worker_id=given.functions_worker_id,
        request_id=given.functions_request_id,
        runtime=given.runtime,
    )


if __name__ == "__main__":
    asyncio.run(Worker(read_assignment()).serve())
