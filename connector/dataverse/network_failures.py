"""Failures of the network library as leaves of the error tree: may the server have acted or not."""

from __future__ import annotations

import ssl
from http.client import HTTPException
from typing import TYPE_CHECKING

from requests import exceptions
from urllib3 import exceptions as below
from urllib3.exceptions import NameResolutionError, NewConnectionError

from connector.dataverse.errors import Ambiguous, DataverseError, NotSent
from connector.dataverse.message import RetrySafety

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.dataverse.message import Request

_NEVER_LEFT: tuple[type[Exception], ...] = (
    exceptions.InvalidHeader,
    exceptions.InvalidProxyURL,
    exceptions.InvalidSchema,
    exceptions.InvalidURL,
    exceptions.MissingSchema,
    exceptions.URLRequired,
    exceptions.UnrewindableBodyError,
)
_NEVER_ARRIVED: tuple[type[Exception], ...] = (exceptions.ConnectTimeout, exceptions.ProxyError)
_AFTER_SENDING: tuple[type[Exception], ...] = (
    exceptions.ChunkedEncodingError,
    exceptions.ConnectionError,
    exceptions.ContentDecodingError,
    exceptions.HTTPError,
    exceptions.InvalidJSONError,
    exceptions.JSONDecodeError,
    exceptions.ReadTimeout,
    exceptions.RequestException,
    exceptions.RetryError,
    exceptions.SSLError,
    exceptions.StreamConsumedError,
    exceptions.Timeout,
    exceptions.TooManyRedirects,
)
DECIDED = frozenset((*_NEVER_LEFT, *_NEVER_ARRIVED, *_AFTER_SENDING))
"""Classes whose place was decided; any other counts as sent, the careful reading."""

SENDING_FAILURES = (
    exceptions.RequestException,
    below.HTTPError,
    HTTPException,
    OSError,
    ValueError,
)
"""Everything that sending can raise: what `requests` lets through of the libraries below too."""

_NO_CONNECTION = (NewConnectionError, NameResolutionError, ssl.SSLCertVerificationError)


def network_failure(error: Exception, request: Request) -> DataverseError:
    """
    The leaf for an exception of the network library.

    Its text names the classes and the system's own words only: messages of the library may quote
    headers or a proxy's password.
    """
    if isinstance(error, _NEVER_LEFT):
        return NotSent(_described(error), request=request.line, permanent=True)
    if _untrusted(error):
        return NotSent(_described(error), request=request.line, permanent=True)
    if isinstance(error, _NEVER_ARRIVED) or any(
        isinstance(e, _NO_CONNECTION) for e in _chain(error)
    ):
        return NotSent(_described(error), request=request.line)
    writes = request.retry is not RetrySafety.SAFE
    return Ambiguous(_described(error), request=request.line, may_have_acted=writes)


def _untrusted(error: Exception) -> bool:
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _chain(error))


def _described(error: Exception) -> str:
    words = [_system_words(cause) for cause in _chain(error)]
    said = next((word for word in reversed(words) if word), "")
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _system_words(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not trusted ({error.verify_message})"
    if isinstance(error, exceptions.RequestException):
        return ""
    return (error.strerror or "") if isinstance(error, OSError) else ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and what it wraps, outermost first; the library nests in three ways."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = (*current.args, getattr(current, "reason", None), current.__cause__)
        waiting.extend(part for part in inner if isinstance(part, BaseException))
