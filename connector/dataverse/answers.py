"""Reading an answer's status, headers and error body into a leaf of the error tree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.dataverse.errors import (
    Ambiguous,
    BadRequest,
    DataverseError,
    Duplicate,
    Forbidden,
    MalformedAnswer,
    NotFound,
    PreconditionFailed,
    Refused,
    ServerFault,
    Throttled,
    Unauthorized,
)
from connector.dataverse.message import JsonValue, Request, Response, RetrySafety

if TYPE_CHECKING:
    from connector.dataverse.message import Headers

_DUPLICATE_CODES = frozenset({"0x80040237", "0x80060892", "0x80040333"})
_VERSION_CODES = frozenset({"0x80060882", "0x80060883"})
_PRECONDITION_FAILED = 412
_LEAVES: Mapping[int, type[Refused]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    _PRECONDITION_FAILED: PreconditionFailed,
}
_TOO_MANY = 429
_REQUEST_TIMEOUT = 408
_NOT_IMPLEMENTED = 501
_SHOWN_BODY = 160
_SECONDS = re.compile(r"\d{1,6}(\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBody:
    """What an error answer says about itself; no code when it is no error of the Web API."""

    code: str
    message: str


def failure_of(request: Request, response: Response) -> DataverseError | None:
    """The error that an answer means for its request, or None when the request succeeded."""
    status = response.status
    if 200 <= status < 300:  # noqa: PLR2004
        return None
    if status < 400:  # noqa: PLR2004
        return _unexpected(request, response)
    if status == _TOO_MANY:
        body = read_error(response)
        wait = retry_after(response.headers)
        return Throttled(body.message, request=request.line, retry_after=wait, code=body.code)
    if status == _REQUEST_TIMEOUT:
        text = "408: the server gave up waiting for the request"
        return Ambiguous(text, request=request.line, may_have_acted=_writes(request))
    return _refusal_or_fault(request, response)


def retry_after(headers: Headers) -> float | None:
    """The wait that the server asks for, in seconds; None when it names none."""
    text = headers.get("retry-after", "").strip()
    return float(text) if _SECONDS.fullmatch(text) else None


def read_error(response: Response) -> ErrorBody:
    """The code and message of an error answer, or the beginning of whatever else it holds."""
    try:
        body = response.json()
    except MalformedAnswer:
        return ErrorBody(code="", message=_excerpt(response))
    error = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(error, Mapping):
        return ErrorBody(code="", message=_excerpt(response))
    return ErrorBody(code=_text(error.get("code")).lower(), message=_text(error.get("message")))


def _refusal_or_fault(request: Request, response: Response) -> DataverseError:
    status, body = response.status, read_error(response)
    request_id = _request_id(response.headers)
    if status >= 500 and status != _NOT_IMPLEMENTED and body.code not in _DUPLICATE_CODES:  # noqa: PLR2004
        return ServerFault(
            body.message,
            request=request.line,
            status=status,
            code=body.code,
            request_id=request_id,
            may_have_acted=_writes(request),
        )
    leaf = _leaf(request, status, body)
    return leaf(
        body.message, request=request.line, status=status, code=body.code, request_id=request_id
    )


def _leaf(request: Request, status: int, body: ErrorBody) -> type[Refused]:
    """
    The kind of refusal, by status first and code second.

    Older documentation prints an empty code for the 412 of a conditional create; the condition
    that was sent tells the two meanings of 412 apart.
    """
    if body.code in _DUPLICATE_CODES:
        return Duplicate
    asked_for_new = request.header("If-None-Match") == "*"
    if status == _PRECONDITION_FAILED and asked_for_new and body.code not in _VERSION_CODES:
        return Duplicate
    return _LEAVES.get(status, Refused)


def _unexpected(request: Request, response: Response) -> MalformedAnswer:
    where = " and points elsewhere; redirects are not followed"
    pointed = where if response.headers.get("location") else ""
    text = f"the server answered {response.status}{pointed}"
    return MalformedAnswer(text, request=request.line, may_have_acted=_writes(request))


def _request_id(headers: Headers) -> str:
    return headers.get("req_id") or headers.get("x-ms-service-request-id", "")


def _writes(request: Request) -> bool:
    return request.retry is not RetrySafety.SAFE


def _excerpt(response: Response) -> str:
    text = " ".join(str(response.body[: 4 * _SHOWN_BODY], "utf-8", "replace").split())
    return text[:_SHOWN_BODY] or "(empty body)"


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
