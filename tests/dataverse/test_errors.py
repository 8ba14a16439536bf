"""What each error carries: the request, and whether the server may have acted."""

from __future__ import annotations

import pytest

from connector.dataverse.errors import (
    Ambiguous,
    BadRequest,
    DataverseError,
    Duplicate,
    Forbidden,
    MalformedAnswer,
    MalformedValue,
    NotFound,
    NotSent,
    PagingError,
    PreconditionFailed,
    Refused,
    ServerFault,
    SignInFailed,
    Throttled,
    Unauthorized,
    UnusableSettings,
)
from connector.dataverse.request_line import Method, RequestLine

LINE = RequestLine(method=Method.POST, path="accounts")


def leaves(kind: type[DataverseError] = DataverseError) -> set[type[DataverseError]]:
    below = kind.__subclasses__()
    return {kind} if not below else set().union(*map(leaves, below))


def made(kind: type[DataverseError]) -> DataverseError:
    """An error as the client makes it, where nothing was said about acting."""
    if issubclass(kind, Refused | ServerFault):
        return kind("no", request=LINE, status=400)
    if issubclass(kind, PagingError):
        return kind("no", request=LINE, continuation="https://h/next")
    return kind("no", request=LINE)


NEVER_ACTED: set[type[DataverseError]] = {
    NotSent,
    Throttled,
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    PreconditionFailed,
    Duplicate,
    PagingError,
    MalformedValue,
    SignInFailed,
    UnusableSettings,
}
MAY_HAVE_ACTED: set[type[DataverseError]] = {Ambiguous, ServerFault, MalformedAnswer}
"""Those of whom only the request tells: a read has never acted, a write may have."""


def test_of_every_leaf_it_is_decided_whether_the_server_may_have_acted() -> None:
    assert leaves() == NEVER_ACTED | MAY_HAVE_ACTED


@pytest.mark.parametrize("kind", sorted(leaves(), key=str))
def test_an_error_names_its_request_and_claims_no_act_of_its_own(
    kind: type[DataverseError],
) -> None:
    error = made(kind)

    assert str(error).startswith("POST accounts: ")
    assert error.request == LINE
    assert error.may_have_acted is False


@pytest.mark.parametrize("kind", sorted(MAY_HAVE_ACTED, key=str))
def test_those_that_may_follow_an_act_say_so_when_told(kind: type[DataverseError]) -> None:
    status = {"status": 503} if kind is ServerFault else {}

    assert kind("no", request=LINE, may_have_acted=True, **status).may_have_acted


def test_without_a_request_the_text_stands_alone() -> None:
    assert str(SignInFailed("no token")) == "no token"


@pytest.mark.parametrize(
    ("code", "message", "proven"),
    [
        ("0x80040217", "gone", True),
        ("0x80060891", "gone", True),
        ("", "account With Id = 1 Does Not Exist", True),
        ("0x8006088a", "Resource not found for the segment 'acounts'.", False),
        ("", "<html>", False),
    ],
)
def test_only_the_servers_own_words_prove_that_a_row_is_missing(
    code: str, message: str, *, proven: bool
) -> None:
    missing = NotFound(message, request=LINE, status=404, code=code)

    assert missing.proven is proven


def test_an_answer_shows_status_code_words_and_request_id() -> None:
    error = BadRequest("no such column", request=LINE, status=400, code="0x0", request_id="r-1")

    assert str(error) == "POST accounts: 400 0x0 no such column [request id r-1]"
