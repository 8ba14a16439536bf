"""How the tests of the protocol talk to an emulator: in process or over a socket, same answers."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.emulator.service.app import DataverseApp

ROOT = "/api/data/v9.2/"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body, parse_float=Decimal)

    @property
    def code(self) -> str:
        return str(self.json()["error"]["code"])

    @property
    def message(self) -> str:
        return str(self.json()["error"]["message"])

    @property
    def row_address(self) -> str:
        """The address of a written row, relative to the service root."""
        return self.headers["odata-entityid"].partition(ROOT)[2]

    @property
    def row_id(self) -> str:
        return self.row_address.partition("(")[2].removesuffix(")")


class Carrier(Protocol):
    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer: ...


@dataclass(slots=True)
class InProcess:
    app: DataverseApp
    host: str = "org.crm.dynamics.com"
    scheme: str = "https"

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        path, _, query = target.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": self.host,
            "SERVER_PORT": "443",
            "HTTP_HOST": self.host,
            "wsgi.url_scheme": self.scheme,
            "wsgi.input": BytesIO(body),
            "CONTENT_LENGTH": str(len(body)),
        }
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        seen: list[Any] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], _error: object = None, /
        ) -> Callable[[bytes], object]:
            seen.extend([status, headers])
            return seen.append

        chunks = self.app(environ, start_response)
        fields = {name.lower(): value for name, value in seen[1]}
        return Answer(int(seen[0].split()[0]), fields, b"".join(chunks))


@dataclass(slots=True)
class OverSocket:
    port: int
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            self.connection.request(method, target, body or None, dict(headers))
            response = self.connection.getresponse()
            fields = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, fields, response.read())
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise


@dataclass(slots=True)
class Web:
    """A client with no rules of its own."""

    carrier: Carrier

    def __call__(
        self,
        method: str,
        address: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        **named: str,
    ) -> Answer:
        """Send a request; *named* are headers with underscores for hyphens."""
        fields = {"Accept": "application/json", "Content-Type": "application/json"}
        fields |= {name.replace("_", "-"): value for name, value in named.items()}
        fields |= headers or {}
        content = body if isinstance(body, bytes) else b""
        if body is not None and not isinstance(body, bytes):
            content = json.dumps(body).encode()
        if not address.startswith("/"):
            path, mark, query = address.partition("?")
            address = ROOT + path + mark + quote(query, safe="$=&'(),:@/%;\"+")
        return self.carrier.send(method, address.replace(" ", "%20"), fields, content)

    def create(self, entity_set: str, **columns: object) -> str:
        """Create a row and return its id."""
        answer = self("POST", entity_set, columns)
        assert answer.status == 204, answer.body
        return answer.row_id

    def row(self, entity_set: str, row_id: str) -> Any:
        answer = self("GET", f"{entity_set}({row_id})")
        assert answer.status == 200, answer.body
        return answer.json()

    def rows(self, address: str) -> list[Any]:
        answer = self("GET", address)
        assert answer.status == 200, answer.body
        return list(answer.json()["value"])
