"""What a batch tells about each of its requests, whatever happens on the way."""

from __future__ import annotations

import pytest

from connector.dataverse.batch import ChangeSet
from connector.dataverse.errors import (
    Ambiguous,
    BadRequest,
    DataverseError,
    MalformedAnswer,
    NotFound,
    NotSent,
    Throttled,
)
from connector.dataverse.message import Method, Request, Response, RetrySafety
from connector.dataverse.retry import RetryPolicy
from tests.dataverse.far_side import answer, client_of, error, multipart, scripted

THROTTLED = error(429, "0x80072321", headers=(("Retry-After", "5"),))
DONE = answer(204)


def write(name: str, retry: RetrySafety = RetrySafety.UNSAFE) -> Request:
    return Request(method=Method.POST, path=name, body=b"{}", retry=retry)


def kinds(answers: tuple[Response | DataverseError, ...]) -> list[object]:
    return [part.status if isinstance(part, Response) else type(part) for part in answers]


def test_each_request_has_its_answer_or_its_error() -> None:
    client, _ = client_of(scripted(multipart(DONE, error(404, "0x80040217"), DONE)))

    answers = client.batch([write("a"), write("b"), write("c")], continue_on_error=True)

    assert kinds(answers) == [204, NotFound, 204]
    assert isinstance(answers[1], NotFound)
    assert str(answers[1].request) == "POST b"


def test_continue_on_error_is_asked_for_only_when_wanted() -> None:
    client, far = client_of(scripted(multipart(DONE)))
    client.batch([write("a")], continue_on_error=True)
    client.batch([write("a")])

    assert [sent.header("Prefer") for sent in far.requests] == ["odata.continue-on-error", None]


def test_what_comes_after_the_first_failure_was_not_run() -> None:
    client, far = client_of(scripted(multipart(DONE, error(400), status=400)))

    answers = client.batch([write("a"), write("b"), ChangeSet((write("c"), write("d")))])

    assert kinds(answers) == [204, BadRequest, NotSent, NotSent]
    assert len(far.requests) == 1


def test_only_what_was_throttled_is_sent_again() -> None:
    client, far = client_of(scripted(multipart(DONE, THROTTLED, status=429), multipart(DONE, DONE)))

    answers = client.batch([write("first"), write("second"), write("third")])

    assert kinds(answers) == [204, 204, 204]
    assert far.slept == [5]
    again = far.requests[1].body or b""
    assert b"/first " not in again
    assert b"/second " in again
    assert b"/third " in again


def test_with_continue_on_error_only_the_throttled_ones_are_sent_again() -> None:
    client, far = client_of(scripted(multipart(DONE, THROTTLED, error(400)), multipart(DONE)))

    answers = client.batch([write("a"), write("b"), write("c")], continue_on_error=True)

    assert kinds(answers) == [204, 204, BadRequest]
    assert (far.requests[1].body or b"").count(b"HTTP/1.1") == 1


def test_throttling_without_end_is_the_answer_of_those_it_met() -> None:
    client, far = client_of(
        scripted(multipart(DONE, THROTTLED, status=429), multipart(THROTTLED, status=429)),
        RetryPolicy(budget=12),
    )

    answers = client.batch([write("a"), write("b"), write("c")])

    assert kinds(answers) == [204, Throttled, Throttled]
    assert far.slept == [5, 5]


def test_an_answer_lost_later_leaves_what_was_settled() -> None:
    lost = Ambiguous("reset", may_have_acted=True)
    client, _ = client_of(scripted(multipart(DONE, THROTTLED, status=429), lost))

    answers = client.batch([write("a"), write("b")])

    assert kinds(answers) == [204, Ambiguous]
    assert isinstance(answers[1], Ambiguous)
    assert answers[1].may_have_acted


@pytest.mark.parametrize(
    ("retry", "sent"),
    [(RetrySafety.UNSAFE, 1), (RetrySafety.IDEMPOTENT, 3), (RetrySafety.SAFE, 3)],
)
def test_a_lost_answer_is_repeated_only_when_every_request_may_be(
    retry: RetrySafety, sent: int
) -> None:
    client, far = client_of(scripted(Ambiguous("reset")), RetryPolicy(attempts=3))

    with pytest.raises(Ambiguous):
        client.batch([write("a", RetrySafety.SAFE), write("b", retry)])
    assert len(far.requests) == sent


@pytest.mark.parametrize(
    "outcome", [answer(200, b"<html>"), answer(200, {"value": []}), multipart(), answer(202)]
)
def test_an_answer_that_is_no_batch_may_hide_what_was_done(outcome: Response) -> None:
    client, far = client_of(scripted(outcome))

    with pytest.raises(MalformedAnswer) as raised:
        client.batch([write("a")])
    assert raised.value.may_have_acted
    assert len(far.requests) == 1


def test_a_refused_batch_raises_its_refusal() -> None:
    client, _ = client_of(scripted(error(400, "0x80048d19", "Stream was not readable.")))

    with pytest.raises(BadRequest, match="Stream was not readable"):
        client.batch([write("a")])


def test_a_batch_with_a_byte_that_is_a_boundary_elsewhere_gets_another_boundary() -> None:
    client, far = client_of(scripted(multipart(DONE)))
    client.batch([write("a")])
    kind = far.requests[0].header("Content-Type") or ""
    boundary = kind.partition('"')[2].rstrip('"')

    hostile = Request(
        method=Method.POST, path="a", body=f"--{boundary}".encode(), retry=RetrySafety.UNSAFE
    )

    assert kinds(client.batch([hostile])) == [204]


def test_answers_missing_from_a_batch_that_succeeded_raise_instead_of_not_run() -> None:
    client, _ = client_of(scripted(multipart(DONE, error(400))))

    with pytest.raises(MalformedAnswer, match="missing") as raised:
        client.batch([write("a"), write("b"), write("c")], continue_on_error=True)
    assert raised.value.may_have_acted
