"""
What can be asked of the server: a call knows what to send and what an answer means.

Calls never send. So whatever carries them may send again, wait, or give up, without knowing what
they ask.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

from connector.dataverse.answers import failure_of
from connector.dataverse.batch import requests_of
from connector.dataverse.batching import BatchAnswer, batch_answers, batch_request, least_safe
from connector.dataverse.errors import DataverseError, NotSent, Throttled
from connector.dataverse.message import Method, Request, Response, RetrySafety
from connector.dataverse.tagging import tagged, tagged_request

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connector.dataverse.batch import BatchItem

LONG_URL = 2_000
"""Characters above which a read travels inside a batch, where no gateway cuts its address."""

_Answer = TypeVar("_Answer")


class Call(ABC, Generic[_Answer]):
    """Something to ask, until its answer is read or the asking is given up."""

    __slots__ = ()

    @property
    @abstractmethod
    def safety(self) -> RetrySafety:
        """What sending it a second time can do."""

    @abstractmethod
    def tagged(self, tag: str) -> Call[_Answer]:
        """The same call, whose writes carry *tag*."""

    @abstractmethod
    def request(self, root: str) -> Request:
        """What is to be sent now, below the service *root*; raises NotSent for what cannot be."""

    @abstractmethod
    def answer(self, request: Request, response: Response) -> _Answer:
        """What the answer to *request* means; raises the error that it stands for."""

    def given_up(self, failure: DataverseError) -> _Answer:
        """What is known when the last sending ended in *failure*: that failure, as a rule."""
        return _raise(failure)


@dataclass(frozen=True, slots=True)
class One(Call[_Answer]):
    """A single request, whose answer *read* reads; as a read with a long address, in a batch."""

    single: Request
    read: Callable[[Response], _Answer]

    @property
    def safety(self) -> RetrySafety:
        """That of the request."""
        return self.single.retry

    def tagged(self, tag: str) -> One[_Answer]:
        """With the tag on the request, if it writes."""
        return replace(self, single=tagged_request(self.single, tag))

    def request(self, root: str) -> Request:
        """The request, or the batch around it."""
        is_long = len(root) + len(self.single.path) > LONG_URL
        if is_long and self.single.method is Method.GET:
            return batch_request((self.single,), root)
        return self.single

    def answer(self, request: Request, response: Response) -> _Answer:
        """The answer as it is read."""
        if request is not self.single:
            return self.read(_first_failure_raised(request, response, (self.single,))[0])
        failure = failure_of(request, response)
        if failure is not None:
            raise failure
        return self.read(response)


@dataclass(frozen=True, slots=True)
class Several(Call[tuple[_Answer, ...]]):
    """Reads that travel in one batch; the first failure among them is the failure of all."""

    reads: tuple[One[_Answer], ...]

    @property
    def safety(self) -> RetrySafety:
        """Reads may always be sent again."""
        return RetrySafety.SAFE

    def tagged(self, _tag: str) -> Several[_Answer]:
        """Nothing here writes."""
        return self

    def request(self, root: str) -> Request:
        """All of them, in one batch."""
        return batch_request(self._requests(), root)

    def answer(self, request: Request, response: Response) -> tuple[_Answer, ...]:
        """What each of them answers."""
        answers = _first_failure_raised(request, response, self._requests())
        pairs = zip(self.reads, answers, strict=True)
        return tuple(one.read(answer) for one, answer in pairs)

    def _requests(self) -> tuple[Request, ...]:
        return tuple(one.single for one in self.reads)


class Batch(Call[tuple[BatchAnswer, ...]]):
    """
    Any requests in one batch, each with its own answer or error.

    What was throttled inside it, and what was not run because of that, is all that is sent again.
    Once some requests have their answers, a failure of the whole is the error of the others.
    """

    def __init__(self, items: Sequence[BatchItem], *, continue_on_error: bool) -> None:
        self._items = tuple(items)
        self._continue_on_error = continue_on_error
        self._answers: dict[int, tuple[BatchAnswer, ...]] = {}

    @property
    def safety(self) -> RetrySafety:
        """That of the least safe request."""
        return least_safe(self._items)

    def tagged(self, tag: str) -> Batch:
        """With the tag on each request that writes."""
        items = [tagged(item, tag) for item in self._items]
        return Batch(items, continue_on_error=self._continue_on_error)

    def request(self, root: str) -> Request:
        """What has no answer yet, in one batch."""
        items = [self._items[at] for at in self._pending()]
        return batch_request(items, root, continue_on_error=self._continue_on_error)

    def answer(self, request: Request, response: Response) -> tuple[BatchAnswer, ...]:
        """All answers in order; raises Throttled when some of the requests were."""
        pending = self._pending()
        items = [self._items[at] for at in pending]
        found = iter(batch_answers(request, response, items))
        throttled: Throttled | None = None
        for at in pending:
            answers = tuple(next(found) for _ in requests_of([self._items[at]]))
            throttled = throttled or _throttled(answers)
            if throttled is None or not _untouched(answers):
                self._answers[at] = answers
        if throttled is not None:
            raise throttled
        return self._all()

    def given_up(self, failure: DataverseError) -> tuple[BatchAnswer, ...]:
        """The answers so far, *failure* for the rest; raises it when nothing else is known."""
        if not self._answers:
            raise failure
        for at in self._pending():
            self._answers[at] = tuple(failure for _ in requests_of([self._items[at]]))
        return self._all()

    def _pending(self) -> list[int]:
        return [at for at in range(len(self._items)) if at not in self._answers]

    def _all(self) -> tuple[BatchAnswer, ...]:
        return tuple(answer for at in range(len(self._items)) for answer in self._answers[at])


def _first_failure_raised(
    request: Request, response: Response, reads: Sequence[Request]
) -> tuple[Response, ...]:
    answers = batch_answers(request, response, reads)
    for answer in answers:
        if isinstance(answer, DataverseError):
            raise answer
    return tuple(answer for answer in answers if isinstance(answer, Response))


def _throttled(answers: tuple[BatchAnswer, ...]) -> Throttled | None:
    return next((answer for answer in answers if isinstance(answer, Throttled)), None)


def _untouched(answers: tuple[BatchAnswer, ...]) -> bool:
    """Whether an item was throttled, or not run because one before it was."""
    return all(isinstance(answer, Throttled | NotSent) for answer in answers)


def _raise(failure: DataverseError) -> NoReturn:
    raise failure
