"""A storage service that refuses as the real one does where Azurite cannot: firewall, roles, …"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status and error code of an answer; without a code it is a success with *text*."""

    status: int
    code: str = ""
    text: str = "what went wrong"


@dataclass(slots=True)
class Answering:
    """Gives *answers* in order, the last one for ever; *requests* are the lines that came."""

    answers: list[Answer]
    url: str = ""
    requests: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def answering(*answers: Answer) -> Iterator[Answering]:
    """Such a service at an address of this machine: that of its account."""
    service = Answering(list(answers))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
    service.url = f"http://127.0.0.1:{server.server_address[1]}/devstoreaccount1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(service: Answering) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            service.requests.append(f"{self.command} {self.path}")
            service.authorizations.append(self.headers.get("Authorization", ""))
            answer = service.next()
            body = answer.text if not answer.code else _error(answer)
            self.send_response(answer.status)
            if answer.code:
                self.send_header("x-ms-error-code", answer.code)
                self.send_header("Content-Type", "application/xml")
            else:
                self.send_header("x-ms-blob-type", "BlockBlob")
                self.send_header("Content-Range", f"bytes 0-{len(body) - 1}/{len(body)}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_PUT = do_HEAD = do_DELETE = _answer  # noqa: N815 - names of the base class

    return Handler


def _error(answer: Answer) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><Error>'
        f"<Code>{answer.code}</Code><Message>{answer.text}</Message></Error>"
    )
