"""
One request and one answer of the emulated Web API, whatever carried them.

A socket, an in-process WSGI call and a part of a `$batch` body all become the
same `Request`, so that every operation behaves alike over all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from werkzeug.http import parse_options_header

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.faults import DataverseFault

Headers = tuple[tuple[str, str], ...]

JSON: Final = "application/json; odata.metadata=minimal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    A request of one operation, addressed relative to the service root.

    *path* is percent-decoded and has no leading slash; *query* stays as sent.
    Header names are lower case. *service_root* ends with a slash.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    service_root: str = "http://localhost/api/data/v9.2/"
    content_id: str | None = None

    @property
    def preferences(self) -> Preferences:
        """The wishes of the `Prefer` header."""
        return parse_prefer(self.headers.get("prefer", ""))

    def header(self, name: str) -> str | None:
        """Return the value of a header by its lower-case name."""
        return self.headers.get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer; *body* is the complete entity."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the first header of that name, compared without case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def with_headers(self, *extra: tuple[str, str]) -> Response:
        """Return this answer with more headers."""
        return Response(status=self.status, headers=self.headers + extra, body=self.body)

    @property
    def reason(self) -> str:
        """The reason phrase of the status line."""
        return reason_of(self.status)


def reason_of(status: int) -> str:
    """Return the usual words of an HTTP status, or its number when it has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return str(status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a client asked for by `Prefer`, joined from one or several headers."""

    representation: bool = False
    page_size: int | None = None
    annotations: str | None = None
    continue_on_error: bool = False
    track_changes: bool = False


def parse_prefer(text: str) -> Preferences:
    """
    Read a `Prefer` header; several headers are joined by commas beforehand.

    Unknown preferences are ignored, as RFC 7240 demands. A page size that is no
    positive number is ignored too.
    """
    if not text:
        return _NO_PREFERENCES
    items = dict(_preference(item) for item in _split_outside_quotes(text, ","))
    size = items.get("odata.maxpagesize", items.get("maxpagesize", ""))
    return Preferences(
        representation=items.get("return") == "representation",
        page_size=int(size) if size.isdecimal() and int(size) > 0 else None,
        annotations=items.get("odata.include-annotations", items.get("include-annotations")),
        continue_on_error=_is_on(items, "continue-on-error"),
        track_changes=_is_on(items, "track-changes"),
    )


def applied(preferences: Preferences) -> Headers:
    """Return the `Preference-Applied` header of an answer that honoured *preferences*."""
    words = []
    if preferences.representation:
        words.append("return=representation")
    if preferences.page_size is not None:
        words.append(f"odata.maxpagesize={preferences.page_size}")
    if preferences.annotations is not None:
        words.append(f'odata.include-annotations="{preferences.annotations}"')
    if preferences.track_changes:
        words.append("odata.track-changes")
    return tuple(("Preference-Applied", word) for word in words)


def failure(fault: DataverseFault) -> Response:
    """Write a fault as the documented error document."""
    from connector.emulator.protocol.json_text import dumps  # noqa: PLC0415  the codec raises faults

    body = dumps({"error": {"code": fault.code, "message": fault.message}})
    headers = (("Content-Type", JSON), ("OData-Version", "4.0"), *fault.headers)
    return Response(status=fault.status, headers=headers, body=body)


def media_type(content_type: str) -> tuple[str, Mapping[str, str]]:
    """Split a Content-Type into its lower-case type and its parameters."""
    kind, options = parse_options_header(content_type)
    return kind.lower(), options


def _is_on(items: Mapping[str, str], name: str) -> bool:
    value = items.get(f"odata.{name}", items.get(name))
    return value is not None and value.lower() != "false"


def _preference(item: str) -> tuple[str, str]:
    name, _, value = item.partition("=")
    return name.strip().lower(), value.strip().strip('"')


def _split_outside_quotes(text: str, separator: str) -> list[str]:
    parts, start, quoted = [], 0, False
    for index, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character == separator and not quoted:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    return parts


_NO_PREFERENCES: Final = Preferences()
