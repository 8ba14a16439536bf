"""
A relay before Azurite that loses requests and answers as a network does, when it is told to.

It forwards what it gets byte by byte in meaning: method, path, headers and body, so that signed
requests stay signed.
"""

from __future__ import annotations

import http.client
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Headers that belong to one connection, and what this relay answers itself.
_OWN: Final = frozenset({"connection", "transfer-encoding", "content-length", "date", "server"})


class Loss(StrEnum):
    """What happens to one request."""

    REQUEST = "the request never arrives"
    ANSWER = "it is carried out, and its answer is lost"
    GATEWAY = "it is carried out, and a gateway answers that it has failed"


@dataclass(slots=True)
class Relay:
    """Where it listens; *planned* losses are taken in order by requests with a matching method."""

    target: str
    url: str = ""
    is_cut: bool = False
    seen: list[str] = field(default_factory=list)
    _planned: list[tuple[str, Loss]] = field(default_factory=list)
    _before: list[tuple[str, Callable[[], object]]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lose(self, loss: Loss, *, containing: str, times: int = 1) -> None:
        """The next *times* requests whose line contains a text meet this loss."""
        with self._lock:
            self._planned += [(containing, loss)] * times

    def before(self, containing: str, act: Callable[[], object]) -> None:
        """Do something once, when the next such request arrives and before it goes on."""
        self._before.append((containing, act))

    def arrived(self, line: str) -> None:
        with self._lock:
            due = [item for item in self._before if item[0] in line][:1]
            self._before = [item for item in self._before if item not in due]
        for _, act in due:
            act()

    def fate(self, line: str) -> Loss | None:
        with self._lock:
            self.seen.append(line)
            if self.is_cut:
                return Loss.REQUEST
            for number, (containing, loss) in enumerate(self._planned):
                if containing in line:
                    del self._planned[number]
                    return loss
        return None


@contextmanager
def relayed(target: str) -> Iterator[Relay]:
    """A relay to *target*, the address of an account; its own address has the same path."""
    parts = urlsplit(target)
    relay = Relay(target=parts.netloc)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(relay))
    relay.url = f"http://127.0.0.1:{server.server_address[1]}{parts.path}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(relay: Relay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

        def _pass_on(self) -> None:
            self.close_connection = True  # so that no answer waits in an open connection
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            line = f"{self.command} {self.path}"
            relay.arrived(line)
            loss = relay.fate(line)
            if loss is Loss.REQUEST:
                return
            there = http.client.HTTPConnection(relay.target, timeout=30)
            try:
                there.request(self.command, self.path, body, dict(self.headers.items()))
                answer = there.getresponse()
                text = answer.read()
            finally:
                there.close()
            if loss is Loss.GATEWAY:
                self.send_error(502)
            elif loss is None:
                self._answer(answer, text)

        def _answer(self, answer: http.client.HTTPResponse, text: bytes) -> None:
            self.send_response_only(answer.status, answer.reason)
            for name, value in answer.getheaders():
                if name.lower() not in _OWN:
                    self.send_header(name, value)
            size = answer.getheader("Content-Length") if self.command == "HEAD" else None
            self.send_header("Content-Length", size or str(len(text)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_PUT = do_HEAD = do_DELETE = _pass_on  # noqa: N815 - names of the base class

    return Handler
