"""Sending a batch: its request, its typed answers, and again what was throttled inside it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Protocol, TypeAlias
from urllib.parse import urlsplit

from connector.dataverse.answers import failure_of
from connector.dataverse.batch import ChangeSet, decode, encode, requests_of
from connector.dataverse.errors import DataverseError, MalformedAnswer, NotSent, Throttled
from connector.dataverse.message import Method, Request, Response, RetrySafety

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connector.dataverse.batch import BatchItem

BATCH_PATH = "$batch"

BatchAnswer: TypeAlias = Response | DataverseError
"""What became of one request of a batch."""

Exchange: TypeAlias = "Callable[[Request], Response]"

_NOT_RUN = "not run, because the batch stopped at an earlier failure"


class Persist(Protocol):
    """Calls until there is an answer, within the bounds of the retry policy."""

    def __call__(self, send: Callable[[], None], safety: RetrySafety, /) -> None:
        """Raises the last failure."""


def batch_request(items: Sequence[BatchItem], root: str, *, continue_on_error: bool) -> Request:
    """The one request that carries all of *items*; as safe to repeat as the least safe of them."""
    content_type, body = encode(items, _boundary(items), urlsplit(root).path)
    prefer = (("Prefer", "odata.continue-on-error"),) if continue_on_error else ()
    return Request(
        method=Method.POST,
        path=BATCH_PATH,
        headers=(("Content-Type", content_type), *prefer),
        body=body,
        retry=_safety(items),
    )


def read_batch(reads: Sequence[Request], exchange: Exchange, root: str) -> tuple[Response, ...]:
    """The answers of several reads; raises the first failure among them."""
    answers = _send_once(reads, exchange, root, continue_on_error=False)
    for answer in answers:
        if isinstance(answer, DataverseError):
            raise answer
    return tuple(answer for answer in answers if isinstance(answer, Response))


class BatchRun:
    """One batch on its way, with the requests that are still to be answered."""

    def __init__(self, items: Sequence[BatchItem], *, continue_on_error: bool) -> None:
        self._items = tuple(items)
        self._continue_on_error = continue_on_error
        self._answers: dict[int, tuple[BatchAnswer, ...]] = {}

    def answers(self, persist: Persist, exchange: Exchange, root: str) -> tuple[BatchAnswer, ...]:
        """An answer for each single request, in order."""
        try:
            persist(lambda: self._send(exchange, root), _safety(self._items))
        except DataverseError as failure:
            if not self._answers:
                raise
            self._settle_rest(failure)
        return tuple(answer for at in range(len(self._items)) for answer in self._answers[at])

    def _send(self, exchange: Exchange, root: str) -> None:
        pending = self._pending()
        items = [self._items[at] for at in pending]
        found = iter(_send_once(items, exchange, root, continue_on_error=self._continue_on_error))
        throttled: Throttled | None = None
        for at in pending:
            answers = tuple(next(found) for _ in requests_of([self._items[at]]))
            first = next((answer for answer in answers if isinstance(answer, Throttled)), None)
            throttled = throttled or first
            if throttled is None or not _untouched(answers):
                self._answers[at] = answers
        if throttled is not None:
            raise throttled

    def _pending(self) -> list[int]:
        return [at for at in range(len(self._items)) if at not in self._answers]

    def _settle_rest(self, failure: DataverseError) -> None:
        for at in self._pending():
            self._answers[at] = tuple(failure for _ in requests_of([self._items[at]]))


def _send_once(
    items: Sequence[BatchItem], exchange: Exchange, root: str, *, continue_on_error: bool
) -> tuple[BatchAnswer, ...]:
    request = batch_request(items, root, continue_on_error=continue_on_error)
    responses = _decoded(request, exchange(request), items)
    pairs = zip(requests_of(items), responses, strict=True)
    return tuple(_answer(single, response) for single, response in pairs)


def _decoded(
    request: Request, response: Response, items: Sequence[BatchItem]
) -> tuple[Response | None, ...]:
    """The parts of an answer; its own status is then that of the failure that stopped it."""
    kind = response.headers.get("content-type", "")
    failure = failure_of(request, response)
    if failure is not None and not kind.lower().startswith("multipart/"):
        raise failure
    try:
        answers = decode(kind, response.body, items)
    except MalformedAnswer as error:
        raise _unclear(request, str(error)) from error
    if failure is None and None in answers:
        raise _unclear(request, "the batch as a whole succeeded, but answers are missing")
    return answers


def _unclear(request: Request, text: str) -> MalformedAnswer:
    writes = request.retry is not RetrySafety.SAFE
    return MalformedAnswer(text, request=request.line, may_have_acted=writes)


def _answer(request: Request, response: Response | None) -> BatchAnswer:
    if response is None:
        return NotSent(_NOT_RUN, request=request.line)
    return failure_of(request, response) or response


def _untouched(answers: tuple[BatchAnswer, ...]) -> bool:
    """Whether an item was throttled, or not run because one before it was."""
    return all(isinstance(answer, Throttled | NotSent) for answer in answers)


def _safety(items: Sequence[BatchItem]) -> RetrySafety:
    found = {request.retry for request in requests_of(items)}
    order = (RetrySafety.UNSAFE, RetrySafety.IDEMPOTENT, RetrySafety.SAFE)
    return next(safety for safety in order if safety in found or safety is RetrySafety.SAFE)


def _boundary(items: Sequence[BatchItem]) -> str:
    """A mark that occurs in no request, because it is a digest of all of them."""
    digest = sha256()
    for request in requests_of(items):
        digest.update(request.path.encode())
        digest.update(request.body or b"")
    return f"batch_{digest.hexdigest()[:32]}"


__all__ = ["BatchAnswer", "BatchRun", "ChangeSet", "batch_request", "read_batch"]
