"""Which leaf of the error tree an answer becomes."""

from __future__ import annotations

import inspect

import pytest

from connector.dataverse import errors
from connector.dataverse.answers import failure_of
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
from connector.dataverse.message import Headers, Method, Request, Response, RetrySafety
from tests.dataverse.far_side import answer, error

READ = Request(method=Method.GET, path="accounts", retry=RetrySafety.SAFE)
WRITE = Request(method=Method.POST, path="accounts", body=b"{}", retry=RetrySafety.UNSAFE)
NEW = Request(
    method=Method.PATCH,
    path="accounts(1)",
    headers=(("If-None-Match", "*"),),
    body=b"{}",
    retry=RetrySafety.IDEMPOTENT,
)


@pytest.mark.parametrize(
    ("status", "code", "leaf"),
    [
        (400, "0x80040265", BadRequest),
        (401, "0x80044302", Unauthorized),
        (403, "0x80040220", Forbidden),
        (404, "0x80040217", NotFound),
        (404, "0x80060891", NotFound),
        (405, "", Refused),
        (412, "0x80060882", PreconditionFailed),
        (412, "", PreconditionFailed),
        (412, "0x80040237", Duplicate),
        (412, "0x80060892", Duplicate),
        (412, "0x80040333", Duplicate),
        (500, "0x80040333", Duplicate),
        (413, "0x8004418a", Refused),
        (429, "0x80072322", Throttled),
        (408, "", Ambiguous),
        (500, "0x80044150", ServerFault),
        (502, "", ServerFault),
        (501, "", Refused),
        (302, "", MalformedAnswer),
        (304, "", MalformedAnswer),
        (100, "", MalformedAnswer),
    ],
)
def test_status_and_code_choose_the_leaf(
    status: int, code: str, leaf: type[DataverseError]
) -> None:
    assert type(failure_of(WRITE, error(status, code))) is leaf


@pytest.mark.parametrize("status", [200, 201, 204, 206])
def test_a_success_is_no_failure(status: int) -> None:
    assert failure_of(READ, answer(status)) is None


@pytest.mark.parametrize(("code", "leaf"), [("", Duplicate), ("0x80060882", PreconditionFailed)])
def test_a_412_means_a_duplicate_when_a_new_row_was_asked_for(
    code: str, leaf: type[DataverseError]
) -> None:
    assert type(failure_of(NEW, error(412, code))) is leaf


@pytest.mark.parametrize("status", [408, 500, 502, 302])
def test_a_lost_write_may_have_acted_and_a_lost_read_never_has(status: int) -> None:
    lost_write, lost_read = (failure_of(sent, error(status)) for sent in (WRITE, READ))

    assert lost_write is not None
    assert lost_read is not None
    assert lost_write.may_have_acted
    assert not lost_read.may_have_acted


@pytest.mark.parametrize("status", [400, 401, 404, 412, 429])
def test_a_refused_write_has_not_acted(status: int) -> None:
    refused = failure_of(WRITE, error(status))

    assert refused is not None
    assert not refused.may_have_acted


def test_an_error_says_what_was_asked_and_what_the_server_said() -> None:
    refused = failure_of(WRITE, error(400, "0x80040265", "Not allowed.", (("REQ_ID", "req-7"),)))

    assert isinstance(refused, Refused)
    assert str(refused) == "POST accounts: 400 0x80040265 Not allowed. [request id req-7]"
    assert (refused.code, refused.message, refused.request_id) == (
        "0x80040265",
        "Not allowed.",
        "req-7",
    )


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"<html><body>Bad\n Gateway</body></html>", "<html><body>Bad Gateway</body></html>"),
        (b"", "(empty body)"),
        (b"[]", "[]"),
        (b'{"error":"x"}', '{"error":"x"}'),
        (b"\xff" * 1000, "\ufffd" * 160),
    ],
)
def test_an_error_that_is_no_json_shows_its_beginning(body: bytes, shown: str) -> None:
    failure = failure_of(READ, Response(status=502, headers=Headers(), body=body))

    assert isinstance(failure, ServerFault)
    assert (failure.code, failure.message) == ("", shown)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2", 2.0), ("0.5", 0.5), ("", None), ("soon", None), ("-1", None), ("9" * 40, None)],
)
def test_the_wait_is_what_the_server_says_in_seconds(text: str, seconds: float | None) -> None:
    failure = failure_of(READ, error(429, headers=(("Retry-After", text),)))

    assert isinstance(failure, Throttled)
    assert failure.retry_after == seconds


@pytest.mark.parametrize(
    ("code", "message", "proven"),
    [
        ("0x80040217", "account With Id = 1 Does Not Exist", True),
        ("0x80060891", "no such key", True),
        ("", "account With Id = 1 Does Not Exist", True),
        ("0x8006088a", "Resource not found for the segment 'acounts'.", False),
        ("", "No HTTP resource was found that matches the request URI", False),
    ],
)
def test_only_a_missing_row_is_proof_of_a_missing_row(
    code: str,
    message: str,
    proven: bool,  # noqa: FBT001
) -> None:
    failure = failure_of(READ, error(404, code, message))

    assert isinstance(failure, NotFound)
    assert failure.proven is proven


def test_every_error_stands_in_the_tree_that_the_module_draws() -> None:
    drawn = inspect.getdoc(errors) or ""
    public = [
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, DataverseError) and name[0] != "_"
    ]

    assert [name for name in public if f" {name} " not in drawn.replace("\n", " \n")] == []
