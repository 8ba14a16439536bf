"""
What can go wrong between us and Dataverse, by what the caller has to do about it.

ConnectorError
└── DataverseError               request (method and path), may_have_acted
    ├── NotSent                  nothing reached the server: send again
    ├── Ambiguous                sent, but no whole answer: settle by reading the key
    ├── Throttled                429, retry_after: wait, send again
    ├── Refused                  the server said no: status, code, message, request_id
    │   ├── BadRequest           400: the request itself is wrong
    │   ├── Unauthorized         401: the token is not accepted
    │   ├── Forbidden            403: a privilege is missing
    │   ├── NotFound             404: proven says whether it is the row that is missing
    │   ├── PreconditionFailed   412: the row changed since it was read
    │   └── Duplicate            412: a row with this key (or a duplicate rule's match) exists
    ├── ServerFault              5xx: status, code, message, request_id
    ├── PagingError              a later page is missing; continuation is where to go on
    ├── MalformedAnswer          an answer that is not what the protocol promises
    ├── MalformedValue           a column's value that is not what its type promises
    ├── SignInFailed             no token to be had
    └── UnusableSettings         settings with which no request can be made safely
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connector.errors import ConnectorError, ExitCode

if TYPE_CHECKING:
    from connector.dataverse.request_line import RequestLine

_PROVEN_MISSING = frozenset({"0x80040217", "0x80060891"})
_SAYS_MISSING = re.compile(r"does not exist", re.IGNORECASE)


class DataverseError(ConnectorError):
    """A failed exchange; *may_have_acted* says whether the server may have changed something."""

    exit_code = ExitCode.CANNOT_READ

    def __init__(
        self, text: str, *, request: RequestLine | None = None, may_have_acted: bool = False
    ) -> None:
        super().__init__(text if request is None else f"{request}: {text}")
        self.request = request
        self.may_have_acted = may_have_acted


class NotSent(DataverseError):  # noqa: N818 - named by what happened, as all leaves here
    """The server did not act: the request never reached it, or it never came to its turn."""

    def __init__(
        self, text: str, *, request: RequestLine | None = None, permanent: bool = False
    ) -> None:
        super().__init__(text, request=request)
        self.permanent = permanent


class Ambiguous(DataverseError):  # noqa: N818
    """The request went out and no whole answer came back."""


class Throttled(DataverseError):  # noqa: N818
    """A service protection limit was met; *retry_after* is in seconds, None when not told."""

    def __init__(
        self,
        text: str,
        *,
        request: RequestLine | None = None,
        retry_after: float | None = None,
        code: str = "",
    ) -> None:
        super().__init__(text, request=request)
        self.retry_after = retry_after
        self.code = code


class _Answered(DataverseError):  # noqa: N818
    """An error answer with what Dataverse says about it."""

    def __init__(
        self,
        message: str,
        *,
        request: RequestLine | None,
        status: int,
        code: str = "",
        request_id: str = "",
        may_have_acted: bool = False,
    ) -> None:
        marks = " ".join(mark for mark in (str(status), code) if mark)
        tail = f" [request id {request_id}]" if request_id else ""
        super().__init__(f"{marks} {message}{tail}", request=request, may_have_acted=may_have_acted)
        self.status = status
        self.code = code
        self.message = message
        self.request_id = request_id


class Refused(_Answered):
    """The server understood enough to say no, and did not act."""


class BadRequest(Refused):
    """The request itself is wrong: a name, a value, or a rule of the tenant's own logic."""


class Unauthorized(Refused):
    """The token was not accepted."""


class Forbidden(Refused):
    """The signed-in user lacks a privilege, which the message names."""


class NotFound(Refused):
    """Something of the address does not exist."""

    @property
    def proven(self) -> bool:
        """Whether it is the row that is missing, and not a table name or a gateway's page."""
        return self.code in _PROVEN_MISSING or bool(_SAYS_MISSING.search(self.message))


class PreconditionFailed(Refused):
    """The row's version is not the one that the condition named."""


class Duplicate(Refused):
    """A row with the same key exists already."""


class ServerFault(_Answered):
    """The server or a gateway failed while it worked on the request."""


class PagingError(DataverseError):
    """A page after the first cannot be had; *continuation* is the link of that page."""

    def __init__(self, text: str, *, request: RequestLine | None, continuation: str) -> None:
        super().__init__(text, request=request)
        self.continuation = continuation


class MalformedAnswer(DataverseError):  # noqa: N818
    """The answer is not what the protocol promises: no JSON, no rows, a redirect, half a batch."""


class MalformedValue(DataverseError, ValueError):  # noqa: N818
    """A value is not what its column's type promises."""


class SignInFailed(DataverseError):  # noqa: N818
    """No token could be had; *transient* when the sign-in service itself was not reached."""

    def __init__(
        self, text: str, *, request: RequestLine | None = None, transient: bool = False
    ) -> None:
        super().__init__(text, request=request)
        self.transient = transient


class UnusableSettings(DataverseError):  # noqa: N818
    """The settings of url or sign-in do not allow a single safe request."""

    exit_code = ExitCode.USAGE
