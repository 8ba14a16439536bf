"""
The multipart text of `$batch`: request bodies in, answer bodies out.

Written for the emulator alone; the client has a codec of its own, so that a
fault of one cannot hide behind the same fault of the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from connector.emulator.protocol import batch_faults
from connector.emulator.protocol.exchange import media_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from connector.emulator.protocol.exchange import Response

CRLF: Final = b"\r\n"
_BLANK_LINE: Final = re.compile(rb"\r?\n[ \t]*\r?\n")
_LEADING_BREAK: Final = re.compile(rb"[ \t]*\r?\n")
_SERVICE_PATH: Final = re.compile(r"(?:https?://[^/?]*)?/api/data/v9\.[0-2]/", re.IGNORECASE)
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """
    One request inside a batch.

    *path* is percent-decoded and relative to the service root, or starts with
    `$n` when it refers to an earlier operation; *query* stays as sent.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    content_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """Operations that are carried out all or not at all."""

    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one operation, with the Content-ID that it is labelled by."""

    response: Response
    content_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSetAnswer:
    """The answers of one change set, or the single failure of it."""

    answers: tuple[Answer, ...]


def decode(
    content_type: str, body: bytes, *, strict_line_ends: bool = False
) -> tuple[Operation | ChangeSet, ...]:
    """
    Read a batch request body.

    Accepts a line break before the first boundary and bare line feeds; with
    *strict_line_ends* lines must end in CRLF, the last one included, as the
    service demands. Raises the documented 400 for anything else.
    """
    boundary = _boundary(content_type)
    if strict_line_ends and not _ends_in_crlf(body, boundary):
        raise batch_faults.unreadable_stream()
    return tuple(_item(part) for part in _parts(body, boundary))


def encode(
    items: Iterable[Answer | ChangeSetAnswer], boundary_ids: Iterable[str]
) -> tuple[str, bytes]:
    """Write a batch answer; returns its Content-Type and body, free of any preamble."""
    ids = iter(boundary_ids)
    boundary = f"batchresponse_{next(ids)}"
    chunks: list[bytes] = []
    for item in items:
        chunks += [b"--", boundary.encode(), CRLF]
        if isinstance(item, Answer):
            chunks += _answer_lines(item)
        else:
            chunks += _change_set_lines(item.answers, f"changesetresponse_{next(ids)}")
    chunks += [b"--", boundary.encode(), b"--", CRLF]
    return f"multipart/mixed; boundary={boundary}", b"".join(chunks)


def _boundary(content_type: str) -> bytes:
    kind, options = media_type(content_type)
    if kind != "multipart/mixed":
        raise batch_faults.not_multipart(content_type)
    boundary = options.get("boundary", "")
    if not boundary:
        raise batch_faults.malformed(what="the Content-Type of the batch names no boundary")
    return boundary.encode("latin-1", "replace")


def _delimiters(body: bytes, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where each delimiter starts, with the line break before it, and ends; whether it closes."""
    line = re.compile(rb"--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    for mark in line.finditer(body):  # begins with a literal, which makes the search fast
        start = mark.start()
        if start > 0:
            if body[start - 1 : start] != b"\n":
                continue
            start -= 2 if body[start - 2 : start] == CRLF else 1
        yield start, mark.end(), mark.group(1) is not None


def _parts(body: bytes, boundary: bytes) -> list[bytes]:
    """Return what stands between the delimiters; the closing one must be there."""
    edges: list[tuple[int, int]] = []
    for start, end, closes in _delimiters(body, boundary):
        edges.append((start, end))
        if closes:
            break
    else:
        raise batch_faults.unreadable_stream()
    if body[: edges[0][0]].strip():
        raise batch_faults.malformed(what="there is text before the first boundary")
    return [body[a[1] : b[0]] for a, b in pairwise(edges)]


def _item(part: bytes) -> Operation | ChangeSet:
    headers, content = _head_and_rest(part)
    content_type = headers.get("content-type", "")
    kind, _ = media_type(content_type)
    if kind == "multipart/mixed":
        nested = _parts(content, _boundary(content_type))
        return ChangeSet(operations=tuple(_change_set_operation(one) for one in nested))
    return _operation(headers, content)


def _change_set_operation(part: bytes) -> Operation:
    headers, content = _head_and_rest(part)
    operation = _operation(headers, content)
    if operation.content_id is None:
        raise batch_faults.content_id_missing()
    if operation.method == "GET":
        raise batch_faults.read_in_change_set()
    return operation


def _operation(headers: Mapping[str, str], content: bytes) -> Operation:
    if media_type(headers.get("content-type", ""))[0] != "application/http":
        raise batch_faults.malformed(what="a part of the batch is not of type application/http")
    line, inner, body = _message(content)
    method, path, query = _request_line(line)
    return Operation(
        method=method,
        path=path,
        query=query,
        headers=inner,
        body=body.strip(),
        content_id=headers.get("content-id") or inner.get("content-id"),
    )


def _message(content: bytes) -> tuple[str, Mapping[str, str], bytes]:
    """Split an HTTP message into request line, headers and body."""
    line, _, rest = content.lstrip(b"\r\n \t").partition(b"\n")
    if rest.startswith((b"\r\n", b"\n")) or not rest.strip():
        return _text(line), {}, rest
    headers, body = _head_and_rest(rest)
    return _text(line), headers, body


def _request_line(line: str) -> tuple[str, str, str]:
    """
    Split a request line on its first space and its last ` HTTP/`.

    Clients write raw spaces into the target, so it cannot be split on spaces.
    """
    method, _, rest = line.strip().partition(" ")
    target, protocol, _ = rest.rpartition(" HTTP/")
    if not method.isalpha() or not protocol or not target.strip():
        raise batch_faults.malformed(what=f"'{line.strip()[:80]}' is no request line")
    path, _, query = target.strip().partition("?")
    return method.upper(), _relative(path), query


def _relative(path: str) -> str:
    """Return a request target relative to the service root, percent-decoded."""
    match = _SERVICE_PATH.match(path)
    if match is not None:
        return unquote(path[match.end() :])
    if path.startswith("/") or "://" in path[:8]:
        raise batch_faults.no_resource(path)
    return unquote(path)


def _head_and_rest(part: bytes) -> tuple[Mapping[str, str], bytes]:
    """Split a MIME part into its headers, lower-cased by name, and its content."""
    first = _LEADING_BREAK.match(part)
    text = part[first.end() :] if first else part
    if _LEADING_BREAK.match(text):
        return {}, text
    blank = _BLANK_LINE.search(text)
    head, rest = (text[: blank.start()], text[blank.end() :]) if blank else (text, b"")
    return dict(_header(line) for line in head.split(b"\n") if line.strip()), rest


@lru_cache(maxsize=1024)  # the parts of a batch repeat most of their headers
def _header(line: bytes) -> tuple[str, str]:
    name, colon, value = _text(line).strip().partition(":")
    if not colon or _HEADER_NAME.fullmatch(name.strip()) is None:
        raise batch_faults.malformed(what=f"'{name[:80]}' is no header line")
    return name.strip().lower(), value.strip()


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _ends_in_crlf(body: bytes, boundary: bytes) -> bool:
    """Whether every delimiter line, and the text as a whole, ends in CRLF."""
    breaks = re.findall(rb"--" + re.escape(boundary) + rb"(?:--)?[ \t]*(\r?\n|\Z)", body)
    return body.endswith(CRLF) and all(found == CRLF for found in breaks)


def _answer_lines(answer: Answer) -> list[bytes]:
    response = answer.response
    head = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    if answer.content_id is not None:
        head.append(f"Content-ID: {answer.content_id}")
    status = f"HTTP/1.1 {response.status} {response.reason}"
    lines = [*head, "", status, *(f"{name}: {value}" for name, value in response.headers), "", ""]
    return ["\r\n".join(lines).encode(), response.body, CRLF]


def _change_set_lines(answers: Sequence[Answer], boundary: str) -> list[bytes]:
    chunks = [f"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n".encode()]
    for answer in answers:
        chunks.append(f"--{boundary}\r\n".encode())
        chunks += _answer_lines(answer)
    chunks.append(f"--{boundary}--\r\n".encode())
    return chunks
