"""Far sides for the client's tests: a transport answered by a plain function, and real servers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

from connector.dataverse.client import DataverseClient
from connector.dataverse.errors import DataverseError
from connector.dataverse.limiter import Limiter
from connector.dataverse.message import Headers, Request, Response

if TYPE_CHECKING:
    import ssl

    from connector.dataverse.retry import RetryPolicy

ROOT = "https://org.crm.dynamics.com/api/data/v9.2/"

App = Callable[[Request], Response | DataverseError]


def answer(
    status: int = 200, body: object = None, headers: tuple[tuple[str, str], ...] = ()
) -> Response:
    """An answer whose body is JSON, unless it is given as bytes."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    kind = (("Content-Type", "application/json"),)
    return Response(status=status, headers=Headers((*headers, *kind)), body=raw)


def error(
    status: int, code: str = "", message: str = "no", headers: tuple[tuple[str, str], ...] = ()
) -> Response:
    return answer(status, {"error": {"code": code, "message": message}}, headers)


@dataclass
class FarSide:
    """A tenant that is one function; time passes only by its sleeps."""

    app: App
    root: str = ROOT
    requests: list[Request] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    closed: int = 0

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        outcome = self.app(request)
        if isinstance(outcome, DataverseError):
            raise outcome
        return outcome

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def clock(self) -> float:
        return sum(self.slept)

    def close(self) -> None:
        self.closed += 1


def scripted(*outcomes: Response | DataverseError) -> App:
    """Answers in order; the last one for ever."""
    waiting = list(outcomes)

    def app(_request: Request) -> Response | DataverseError:
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    return app


def client_of(app: App, policy: RetryPolicy | None = None) -> tuple[DataverseClient, FarSide]:
    far = FarSide(app)
    return DataverseClient(far, policy, Limiter(4)), far


def multipart(*parts: Response, status: int = 200) -> Response:
    """A batch answer with one part for each answer."""
    lines = [part_text(part) for part in parts]
    body = b"".join(b"--batchresponse_1\r\n" + line + b"\r\n" for line in lines)
    return Response(
        status=status,
        headers=Headers((("Content-Type", "multipart/mixed; boundary=batchresponse_1"),)),
        body=body + b"--batchresponse_1--\r\n",
    )


def part_text(part: Response) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in part.headers.items())
    start = "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    return f"{start}HTTP/1.1 {part.status} X\r\n{head}\r\n".encode() + part.body


class Handler(BaseHTTPRequestHandler):
    """Does for each request what the server's *behave* says."""

    protocol_version = "HTTP/1.1"
    quiet: ClassVar[bool] = True

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Say nothing."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.received = self.rfile.read(length)
        self.server.behave(self)  # type: ignore[attr-defined]

    do_POST = do_PATCH = do_DELETE = do_PUT = do_GET  # noqa: N815

    def reply(self, status: int, body: bytes = b"", *headers: tuple[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def write_raw(self, raw: bytes) -> None:
        """These bytes, then hang up."""
        self.close_connection = True
        self.wfile.write(raw)


class QuietServer(ThreadingHTTPServer):
    """Says nothing about clients that hang up, as some tests want them to."""

    daemon_threads = True
    behave: Callable[[Handler], None]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


@contextmanager
def serving(behave: Callable[[Handler], None], tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of a loopback server that lives as long as the block."""
    server = QuietServer(("127.0.0.1", 0), Handler)
    server.behave = behave
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
