"""Requests and answers as inert values: a request is either sent or written into a batch."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NoReturn, TypeAlias

from connector.dataverse.errors import MalformedAnswer
from connector.dataverse.json_text import with_whole_characters
from connector.dataverse.request_line import Method, RequestLine

__all__ = [
    "Headers",
    "JsonValue",
    "Method",
    "Request",
    "RequestLine",
    "Response",
    "RetrySafety",
    "Row",
]

JsonValue: TypeAlias = (
    "bool | int | Decimal | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)
"""A JSON value as it stands on the wire: never a float, so no amount is ever rounded."""

Row: TypeAlias = Mapping[str, JsonValue]
"""One table row as the Web API writes it, annotations included."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class RetrySafety(StrEnum):
    """What a second sending of the same request can do, when the first may have acted."""

    SAFE = "safe"
    """It only reads."""
    IDEMPOTENT = "idempotent"
    """It ends in the same state, though its answer may differ (a duplicate, a missing row)."""
    UNSAFE = "unsafe"
    """It may act twice, or hide that the first one acted: only sent again when that is excluded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    One call, not yet sent.

    The path is percent-encoded and relative to the service root, or an absolute link that the
    server gave. Raises ValueError when a path or header holds a control character, which would
    let a value end its own line.
    """

    method: Method
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    retry: RetrySafety

    def __post_init__(self) -> None:
        texts = (self.path, *(part for header in self.headers for part in header))
        if any(_CONTROL.search(text) for text in texts):
            message = f"control character in the path or a header of {self.line}"
            raise ValueError(message)

    @property
    def line(self) -> RequestLine:
        """What may be shown of this request."""
        return RequestLine(method=self.method, path=self.path)

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever the case of its name."""
        return Headers(self.headers).get(name)


class Headers(Mapping[str, str]):
    """Answer headers; names are found in any case, and the first of several values counts."""

    __slots__ = ("_by_lower_name",)

    def __init__(self, pairs: Sequence[tuple[str, str]] = ()) -> None:
        self._by_lower_name: dict[str, str] = {}
        for name, value in pairs:
            self._by_lower_name.setdefault(name.lower(), value)

    def __getitem__(self, name: str) -> str:
        return self._by_lower_name[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_lower_name)

    def __len__(self) -> int:
        return len(self._by_lower_name)

    def __repr__(self) -> str:
        return f"Headers({sorted(self._by_lower_name)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """
    One whole answer: no part of it is still to be read.

    The *body* of an answer that came inside a batch is a view of the batch's own bytes: it keeps
    all of them alive, and `bytes` makes a copy of it. *on_the_way* is how many seconds of its time
    it was at least under way between here and the server, as far as is known.
    """

    status: int
    headers: Headers
    body: bytes | memoryview
    request: RequestLine | None = None
    on_the_way: float = 0.0

    def json(self) -> JsonValue:
        """The body as JSON with exact numbers; raises MalformedAnswer when it is anything else."""
        try:
            value: JsonValue = json.loads(
                self._text(), parse_float=Decimal, parse_constant=_refuse_constant
            )
        except (ValueError, RecursionError) as error:
            message = f"{self._described()} is not JSON"
            raise MalformedAnswer(message, request=self.request) from error
        return value

    def json_object(self) -> Row:
        """The body as a JSON object; raises MalformedAnswer when it is anything else."""
        value = self.json()
        if not isinstance(value, Mapping):
            message = f"{self._described()} is no JSON object"
            raise MalformedAnswer(message, request=self.request)
        return value

    def _text(self) -> str:
        text = str(self.body, "utf-8-sig")
        if "\\ud" in text or "\\uD" in text:
            return with_whole_characters(self.body).decode("utf-8-sig")
        return text

    def _described(self) -> str:
        kind = self.headers.get("content-type", "no content type")
        return f"the answer {self.status} ({kind}, {len(self.body)} bytes)"


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is no JSON number"
    raise ValueError(message)
