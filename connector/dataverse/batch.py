"""The multipart text of $batch: many requests in one body, many answers out of one."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from itertools import count, pairwise
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from connector.dataverse.errors import MalformedAnswer
from connector.dataverse.message import Headers, Method, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_OPERATIONS = 1_000
"""Requests of one batch, those inside change sets included (Execute batch operations, limits)."""

_CRLF = b"\r\n"
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"\s*HTTP/\d(?:\.\d)? (\d{3})[^\n]*(?:\n|\Z)")
_REST_OF_DELIMITER = re.compile(rb"(--)?[ \t]*(?=\r?\n|\Z)")
_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
_FIRST_FAILURE = 400


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Writes that happen all or not at all; raises ValueError when it is empty or holds a read."""

    requests: tuple[Request, ...]

    def __post_init__(self) -> None:
        if not self.requests:
            message = "a change set needs at least one request"
            raise ValueError(message)
        if any(request.method is Method.GET for request in self.requests):
            message = "a change set holds writes only"
            raise ValueError(message)


BatchItem: TypeAlias = Request | ChangeSet


def requests_of(items: Iterable[BatchItem]) -> tuple[Request, ...]:
    """The single requests of a batch in the order in which their answers come."""
    return tuple(
        request
        for item in items
        for request in (item.requests if isinstance(item, ChangeSet) else (item,))
    )


def encode(items: Sequence[BatchItem], boundary: str, root: str = "") -> tuple[str, bytes]:
    """
    Content type and body of a batch.

    *root* is the path of the service root, put before relative addresses. Each request of a
    change set gets a Content-ID that is unique in the whole batch. Raises ValueError when there
    are too many requests, or when the boundary occurs in one of them.
    """
    _check(items, boundary)
    numbers = count(1)
    body = bytearray()
    for item in items:
        body += b"--" + boundary.encode() + _CRLF
        if isinstance(item, ChangeSet):
            body += _encoded_change_set(item, f"changeset_{boundary}", numbers, root)
        else:
            body += _encoded_part(item, root, content_id=None)
    body += b"--" + boundary.encode() + b"--" + _CRLF
    return f'multipart/mixed; boundary="{boundary}"', bytes(body)


def decode(
    content_type: str, body: bytes | memoryview, expected: Sequence[BatchItem]
) -> tuple[Response | None, ...]:
    """
    One answer for each request of *expected*, in order; None for those that were not run.

    A batch stops at its first failure unless told otherwise, so only what comes after a failure
    may be missing. A failed change set has one answer, nested or not, which counts for each of
    its requests. Raises MalformedAnswer for anything else: half a body, too few or too many.
    The bodies of the answers are views of *body*; the time taken grows with its length only.
    """
    text = bytes(body)  # the same object, unless a transport of somebody's own gave a view
    parts = deque(_parts(content_type, _Span(text, 0, len(text))))
    answers: list[Response | None] = []
    failed = False
    for item in expected:
        requests = item.requests if isinstance(item, ChangeSet) else (item,)
        if not parts:
            if not failed:
                _malformed(f"the batch has {len(answers)} answers and no failure explains the rest")
            answers.extend(None for _ in requests)
            continue
        found = _answers(parts.popleft(), item, requests)
        failed = failed or any(answer.status >= _FIRST_FAILURE for answer in found)
        answers.extend(found)
    if parts:
        _malformed("the batch answers more than was asked")
    return tuple(answers)


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of the answer's bytes, looked at where it lies."""

    text: bytes
    begin: int
    end: int

    def split_at_blank_line(self, begin: int) -> tuple[_Span, _Span]:
        """What stands from *begin* to the first blank line, and what after it."""
        blank = _BLANK_LINE.search(self.text, begin, self.end)
        if blank is None:
            return _Span(self.text, begin, self.end), _Span(self.text, self.end, self.end)
        head = _Span(self.text, begin, blank.start())
        return head, _Span(self.text, blank.end(), self.end)

    def content(self) -> bytes | memoryview:
        """The bytes: a view, which for nothing would only keep the whole answer alive."""
        return memoryview(self.text)[self.begin : self.end] if self.begin < self.end else b""


@dataclass(frozen=True, slots=True)
class _Delimiter:
    """A line that parts a multipart text, its line break before it included."""

    begin: int
    end: int
    closes: bool


@dataclass(frozen=True, slots=True)
class _Part:
    headers: Headers
    content: _Span


def _check(items: Sequence[BatchItem], boundary: str) -> None:
    requests = requests_of(items)
    if not 0 < len(requests) <= MOST_OPERATIONS:
        message = f"a batch holds 1 to {MOST_OPERATIONS} requests, not {len(requests)}"
        raise ValueError(message)
    mark = b"--" + boundary.encode()
    if any(mark in request.body for request in requests if request.body):
        message = "the boundary occurs in a request"
        raise ValueError(message)


def _encoded_change_set(
    change_set: ChangeSet, boundary: str, numbers: Iterator[int], root: str
) -> bytes:
    mark = b"--" + boundary.encode()
    head = f'Content-Type: multipart/mixed; boundary="{boundary}"'.encode() + _CRLF + _CRLF
    parts = b"".join(
        mark + _CRLF + _encoded_part(request, root, content_id=next(numbers))
        for request in change_set.requests
    )
    return head + parts + mark + b"--" + _CRLF


def _encoded_part(request: Request, root: str, content_id: int | None) -> bytes:
    target = request.path if "://" in request.path else root + request.path
    lines = [
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        *([] if content_id is None else [f"Content-ID: {content_id}"]),
        "",
        f"{request.method} {target} HTTP/1.1",
        *(f"{name}: {value}" for name, value in _part_headers(request)),
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + (request.body or b"") + _CRLF


def _part_headers(request: Request) -> tuple[tuple[str, str], ...]:
    if request.body is None:
        return (("Accept", "application/json"), *request.headers)
    typed = () if request.header("Content-Type") else (("Content-Type", "application/json"),)
    return (*typed, *request.headers)


def _parts(content_type: str, span: _Span) -> tuple[_Part, ...]:
    found = _BOUNDARY.search(content_type)
    if found is None or not content_type.lower().startswith("multipart/"):
        _malformed(f"a batch answer cannot be of type {content_type or 'nothing'}")
    marks = list(_delimiters(span, b"--" + found.group(1).strip().encode()))
    if not marks or not marks[-1].closes:
        _malformed("the batch answer ends before its closing boundary")
    return tuple(_part(_Span(span.text, one.end, other.begin)) for one, other in pairwise(marks))


def _delimiters(span: _Span, mark: bytes) -> Iterator[_Delimiter]:
    """
    The lines that consist of *mark* alone, or with two dashes after it.

    The bytes between two marks are passed by `find`, which is faster than any pattern.
    """
    text, at = span.text, span.begin
    while (at := text.find(mark, at, span.end)) >= 0:
        rest = _REST_OF_DELIMITER.match(text, at + len(mark), span.end)
        begin = _line_break_before(span, at)
        at += len(mark)
        if rest is not None and begin is not None:
            yield _Delimiter(begin, rest.end(), closes=rest.group(1) is not None)


def _line_break_before(span: _Span, at: int) -> int | None:
    """Where the line break before *at* begins; None when there is none in between."""
    if at == span.begin:
        return at
    if span.text[at - 1 : at] != b"\n":
        return None
    return at - 2 if at - 2 >= span.begin and span.text[at - 2 : at] == _CRLF else at - 1


def _part(span: _Span) -> _Part:
    head, content = span.split_at_blank_line(span.begin)
    return _Part(headers=_headers(head), content=content)


def _answers(part: _Part, item: BatchItem, requests: tuple[Request, ...]) -> tuple[Response, ...]:
    kind = part.headers.get("content-type", "")
    if kind.lower().startswith("multipart/"):
        if not isinstance(item, ChangeSet):
            _malformed("a change set answers where a single request was sent")
        inner = tuple(_response(found) for found in _parts(kind, part.content))
    else:
        inner = (_response(part),)
    return _spread(inner, requests, nested=isinstance(item, ChangeSet))


def _spread(
    inner: tuple[Response, ...], requests: tuple[Request, ...], *, nested: bool
) -> tuple[Response, ...]:
    """The answers of one item, as many as it has requests: one error of a change set is all's."""
    failures = [answer for answer in inner if answer.status >= _FIRST_FAILURE]
    if nested and failures:
        inner = (failures[0],) * len(requests)
    if len(inner) != len(requests):
        _malformed(f"{len(inner)} answers came for {len(requests)} requests of a change set")
    pairs = zip(inner, requests, strict=True)
    return tuple(
        Response(
            status=answer.status, headers=answer.headers, body=answer.body, request=request.line
        )
        for answer, request in pairs
    )


def _response(part: _Part) -> Response:
    span = part.content
    found = _STATUS_LINE.match(span.text, span.begin, span.end)
    if found is None:
        _malformed("a part of the batch answer has no HTTP status")
    # From the end of the status line on, for an answer without headers has its blank line there.
    head, body = span.split_at_blank_line(found.end() - 1)
    content_id = part.headers.get("content-id")
    extra = (("Content-ID", content_id),) if content_id else ()
    headers = Headers((*_headers(head).items(), *extra))
    return Response(status=int(found.group(1)), headers=headers, body=body.content())


def _headers(span: _Span) -> Headers:
    text = span.text[span.begin : span.end].decode("latin-1")
    lines = (line.partition(":") for line in text.split("\n"))
    return Headers([(name.strip(), value.strip()) for name, colon, value in lines if colon])


def _malformed(text: str) -> NoReturn:
    raise MalformedAnswer(text)
