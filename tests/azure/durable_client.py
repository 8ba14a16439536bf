"""The local address at which a Durable client asks for instances and starts them."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

AT = "2026-11-28T05:00:00.0000000Z"


class DurableEndpoint:
    """Answers as the extension does, for as long as the context lasts."""

    def __init__(
        self, status: Callable[[str], str | None], start: Callable[[str, str, str], None]
    ) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Nothing: the tests look at states."""

            def do_GET(self) -> None:
                instance_id = unquote(urlsplit(self.path).path.split("/")[-1])
                found = status(instance_id)
                document = {"instanceId": instance_id, "createdTime": AT, "lastUpdatedTime": AT}
                is_open = found in {"Pending", "Running"}
                code = 404 if found is None else 202 if is_open else 200
                self.answer(code, {**document, "runtimeStatus": found, "name": "run_order"})

            def do_POST(self) -> None:
                *_, name, instance_id = urlsplit(self.path).path.split("/")
                body = self.rfile.read(int(self.headers["Content-Length"]))
                start(name, unquote(instance_id), json.loads(body))  # a text that is JSON itself
                self.answer(202, {"id": unquote(instance_id)})

            def answer(self, code: int, document: object) -> None:
                text = json.dumps(document).encode()
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def binding(self) -> str:
        """What a function gets as its Durable client."""
        base = f"http://127.0.0.1:{self.server.server_port}/durabletask/"
        return json.dumps(
            {
                "taskHubName": "proforma",
                "creationUrls": {},
                "managementUrls": {"id": "INSTANCEID"},
                "baseUrl": base,
                "requiredQueryStringParameters": "",
                "rpcBaseUrl": base,
            }
        )
