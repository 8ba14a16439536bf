"""One request that carries many: how it is made, and what its answer says about each of them."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from connector.dataverse.answers import failure_of
from connector.dataverse.batch import decode, encode, requests_of
from connector.dataverse.errors import DataverseError, MalformedAnswer, NotSent
from connector.dataverse.message import Method, Request, Response, RetrySafety

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.dataverse.batch import BatchItem

BATCH_PATH = "$batch"
LONGEST_URL = 65_536
"""Characters of an address that Dataverse reads at most, which is inside a batch."""

BatchAnswer: TypeAlias = Response | DataverseError
"""What became of one request of a batch."""

_NOT_RUN = "not run, because the batch stopped at an earlier failure"


def batch_request(
    items: Sequence[BatchItem], root: str, *, continue_on_error: bool = False
) -> Request:
    """
    The one request that carries all of *items*; as safe to repeat as the least safe of them.

    Raises NotSent when an address in it is longer than Dataverse reads.
    """
    for single in requests_of(items):
        _check_length(single, root)
    content_type, body = encode(items, _boundary(items), urlsplit(root).path)
    prefer = (("Prefer", "odata.continue-on-error"),) if continue_on_error else ()
    return Request(
        method=Method.POST,
        path=BATCH_PATH,
        headers=(("Content-Type", content_type), *prefer),
        body=body,
        retry=least_safe(items),
    )


def batch_answers(
    request: Request, response: Response, items: Sequence[BatchItem]
) -> tuple[BatchAnswer, ...]:
    """
    An answer for each single request of *items*, which *request* carried, in their order.

    Raises when nothing is known about any of them.
    """
    pairs = zip(requests_of(items), _decoded(request, response, items), strict=True)
    return tuple(_answer(single, found) for single, found in pairs)


def least_safe(items: Sequence[BatchItem]) -> RetrySafety:
    """What a second sending of all of them can do."""
    found = {request.retry for request in requests_of(items)}
    order = (RetrySafety.UNSAFE, RetrySafety.IDEMPOTENT, RetrySafety.SAFE)
    return next(safety for safety in order if safety in found or safety is RetrySafety.SAFE)


def _check_length(single: Request, root: str) -> None:
    length = len(root) + len(single.path)
    if length > LONGEST_URL:
        text = f"an address of {length:,} characters; Dataverse reads {LONGEST_URL:,}"
        raise NotSent(text, request=single.line, permanent=True)


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


def _boundary(items: Sequence[BatchItem]) -> str:
    """A mark that occurs in no request, because it is a digest of all of them."""
    digest = sha256()
    for request in requests_of(items):
        digest.update(request.path.encode())
        digest.update(request.body or b"")
    return f"batch_{digest.hexdigest()[:32]}"
