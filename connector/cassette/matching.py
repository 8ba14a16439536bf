"""
When a request is one that was recorded.

Method, path, query, body and the headers that change an answer are compared. It does not count
how an address is escaped, in which order the options of a query and the members of an object
come, which boundary a batch has, and which host was asked.
"""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from connector.cassette.multipart import is_multipart, parts_of
from connector.cassette.secrets import without_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.cassette.exchange import Exchange, RecordedRequest

_HEADERS: Final = ("prefer", "if-match", "if-none-match", "mscrmcallerid", "callerobjectid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What two requests have in common that get the same answer."""

    method: str
    path: str
    query: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    body: str

    def differences(self, other: Key) -> tuple[str, ...]:
        """In what they differ, in words."""
        names = ("method", "path", "query", "headers", "body")
        return tuple(name for name in names if getattr(self, name) != getattr(other, name))


def key_of(request: RecordedRequest) -> Key:
    """The key of a request whose secrets and addresses are already replaced."""
    path, _, query = request.target.partition("?")
    return Key(
        method=request.method,
        path=unquote(path).rstrip("/"),
        query=tuple(sorted(unquote(part) for part in query.split("&") if part)),
        headers=tuple(
            (name, _words(request.headers[name])) for name in _HEADERS if name in request.headers
        ),
        body=_body(request),
    )


def nearest(key: Key, exchanges: Sequence[Exchange]) -> tuple[Exchange, tuple[str, ...]] | None:
    """The recorded request that is most like *key*, and in what it differs; None without any."""
    if not exchanges:
        return None
    wanted = _shown(key)
    found = max(
        exchanges,
        key=lambda one: difflib.SequenceMatcher(
            None, wanted, _shown(key_of(one.request)), autojunk=False
        ).quick_ratio(),
    )
    return found, key_of(found.request).differences(key)


def _shown(key: Key) -> str:
    return f"{key.method} {key.path}?{'&'.join(key.query)} {key.body[:500]}"


def _words(value: str) -> str:
    return ",".join(sorted(word.strip().lower() for word in value.split(",")))


def _body(request: RecordedRequest) -> str:
    kind = request.headers.get("content-type", "")
    content = request.content
    if is_multipart(kind):
        parts = parts_of(kind, content)
        return "\n".join(f"{unquote(part.line)}\n{_plain(part.body)}" for part in parts)
    return _plain(content)


def _plain(content: bytes) -> str:
    text = content.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        return without_secrets(text)
