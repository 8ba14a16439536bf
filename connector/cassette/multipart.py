"""The requests and answers within a batch, as far as comparing and matching need them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

_BLANK: Final = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One request or answer; *line* is its first line, headers are by lower-case name."""

    line: str
    headers: dict[str, str]
    body: bytes


def is_multipart(content_type: str | None) -> bool:
    """Whether a Content-Type is that of a batch."""
    return (content_type or "").lower().lstrip().startswith("multipart/")


def parts_of(content_type: str, body: bytes) -> tuple[Part, ...]:
    """The parts of a batch in their order, those of change sets among them."""
    head = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    message = BytesParser(policy=policy.compat32).parsebytes(head + body)
    return tuple(_part(leaf) for leaf in _leaves(message))


def _leaves(message: Message) -> Iterator[Message]:
    return (part for part in message.walk() if not part.is_multipart())


def _part(leaf: Message) -> Part:
    payload = leaf.get_payload(decode=True)
    content = payload.lstrip(b"\r\n") if isinstance(payload, bytes) else b""
    pieces = _BLANK.split(content, maxsplit=1)
    lines = pieces[0].decode("utf-8", "replace").splitlines() or [""]
    pairs = (line.partition(":") for line in lines[1:])
    return Part(
        line=lines[0],
        headers={name.strip().lower(): value.strip() for name, _, value in pairs},
        body=pieces[1].strip() if len(pieces) > 1 else b"",
    )
