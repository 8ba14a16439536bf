"""Every exception of the network library has its place, and none shows a secret."""

from __future__ import annotations

import inspect

import pytest
import requests
import urllib3.exceptions
from requests import exceptions
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from connector.dataverse.errors import Ambiguous, DataverseError, NotSent
from connector.dataverse.message import Method, Request, RetrySafety
from connector.dataverse.network_failures import DECIDED, SENDING_FAILURES, network_failure

READ = Request(method=Method.GET, path="a", retry=RetrySafety.SAFE)
WRITE = Request(method=Method.POST, path="a", retry=RetrySafety.UNSAFE)
LIBRARY = [
    value
    for _, value in inspect.getmembers(exceptions, inspect.isclass)
    if issubclass(value, requests.RequestException)
]
BELOW = [
    value
    for _, value in inspect.getmembers(urllib3.exceptions, inspect.isclass)
    if issubclass(value, Exception) and not issubclass(value, Warning)
]


def test_the_lists_of_the_libraries_exceptions_are_not_empty() -> None:
    assert len(LIBRARY) > 20
    assert len(BELOW) > 25


@pytest.mark.parametrize("kind", LIBRARY, ids=lambda kind: kind.__name__)
def test_every_exception_of_the_library_has_a_decided_place(kind: type[Exception]) -> None:
    """A class that a new version brings fails here, whatever it is derived from."""
    assert kind in DECIDED


@pytest.mark.parametrize("kind", [*LIBRARY, *BELOW], ids=lambda kind: kind.__name__)
def test_no_exception_of_either_library_passes_the_transport_untyped(
    kind: type[Exception],
) -> None:
    assert issubclass(kind, SENDING_FAILURES)


@pytest.mark.parametrize("kind", BELOW, ids=lambda kind: kind.__name__)
def test_every_exception_of_the_library_below_becomes_a_leaf(kind: type[Exception]) -> None:
    failure = network_failure(kind.__new__(kind), WRITE)

    assert isinstance(failure, NotSent | Ambiguous)
    assert failure.may_have_acted is isinstance(failure, Ambiguous)


@pytest.mark.parametrize("kind", LIBRARY, ids=lambda kind: kind.__name__)
def test_every_exception_of_the_library_becomes_a_leaf(kind: type[Exception]) -> None:
    error = (
        kind("m", "doc", 0) if issubclass(kind, ValueError) and "JSON" in kind.__name__ else kind()
    )

    leaves: set[type[DataverseError]] = {NotSent, Ambiguous}
    assert type(network_failure(error, WRITE)) in leaves


@pytest.mark.parametrize(
    ("error", "leaf", "permanent"),
    [
        (exceptions.InvalidURL(), NotSent, True),
        (exceptions.InvalidHeader(), NotSent, True),
        (exceptions.ConnectTimeout(), NotSent, False),
        (exceptions.ProxyError(), NotSent, False),
        (exceptions.ReadTimeout(), Ambiguous, None),
        (exceptions.SSLError(), Ambiguous, None),
        (exceptions.ChunkedEncodingError(), Ambiguous, None),
        (exceptions.ContentDecodingError(), Ambiguous, None),
        (
            exceptions.ConnectionError(ProtocolError("reset", ConnectionResetError())),
            Ambiguous,
            None,
        ),
        (OSError("no such certificate bundle"), Ambiguous, None),
        (UnicodeError(), Ambiguous, None),
    ],
)
def test_what_never_left_is_told_from_what_may_have_arrived(
    error: Exception,
    leaf: type,
    permanent: bool | None,  # noqa: FBT001
) -> None:
    failure = network_failure(error, WRITE)

    assert type(failure) is leaf
    assert getattr(failure, "permanent", None) is permanent
    assert failure.may_have_acted is (leaf is Ambiguous)


def test_a_refused_connection_is_found_however_deep_it_is_wrapped() -> None:
    refused = NewConnectionError(None, "refused")  # type: ignore[arg-type]
    error = exceptions.ConnectionError(MaxRetryError(None, "/", refused))  # type: ignore[arg-type]

    assert type(network_failure(error, WRITE)) is NotSent


def test_a_read_never_acts() -> None:
    assert not network_failure(exceptions.ReadTimeout(), READ).may_have_acted


def test_the_librarys_own_words_are_not_shown_because_they_quote_headers() -> None:
    failure = network_failure(exceptions.InvalidHeader("value 'Bearer s3cret'"), WRITE)

    assert "s3cret" not in str(failure)
    assert "InvalidHeader" in str(failure)
