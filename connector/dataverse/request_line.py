"""What may be shown of a request: its method and its address, never headers or bodies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_SHOWN_PATH = 200


class Method(StrEnum):
    """The HTTP methods of the Web API."""

    GET = "GET"
    POST = "POST"
    PATCH = "PATCH"
    PUT = "PUT"
    DELETE = "DELETE"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """Method and path of a request: what errors and logs may show of it."""

    method: Method
    path: str

    def __str__(self) -> str:
        shown = self.path if len(self.path) <= _SHOWN_PATH else self.path[:_SHOWN_PATH] + "…"
        return f"{self.method} {shown}"
