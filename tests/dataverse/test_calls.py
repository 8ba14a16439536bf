"""Calls as values: what each sends, what it reads from an answer, and that it sends nothing."""

from __future__ import annotations

import pytest

from connector.dataverse.batch import ChangeSet
from connector.dataverse.calls import LONG_URL, Batch, One, Several
from connector.dataverse.errors import (
    BadRequest,
    DataverseError,
    Forbidden,
    MalformedAnswer,
    NotSent,
    Throttled,
)
from connector.dataverse.message import Method, Request, Response, RetrySafety
from tests.dataverse.far_side import ROOT, answer, error, multipart

THROTTLED = error(429, "0x80072321", headers=(("Retry-After", "5"),))


def read(path: str = "accounts") -> Request:
    return Request(method=Method.GET, path=path, retry=RetrySafety.SAFE)


def write(path: str, retry: RetrySafety = RetrySafety.IDEMPOTENT) -> Request:
    return Request(method=Method.PATCH, path=path, body=b"{}", retry=retry)


def status(response: Response) -> int:
    return response.status


@pytest.mark.parametrize(("length", "path"), [(LONG_URL, "x"), (LONG_URL + 1, "$batch")])
def test_a_read_with_a_long_address_is_sent_in_a_batch(length: int, path: str) -> None:
    single = read("x" * (length - len(ROOT)))

    sent = One(single, status).request(ROOT)

    assert sent.path[: len(path)] == path
    assert (sent is single) is (path == "x")


def test_a_write_is_sent_as_it_is_however_long_its_address() -> None:
    single = write("x" * 5_000)

    assert One(single, status).request(ROOT) is single


def test_one_answer_is_read_alike_alone_and_out_of_a_batch() -> None:
    call = One(read(), status)
    around = Several((call,)).request(ROOT)

    assert call.answer(call.single, answer(200)) == 200
    assert call.answer(around, multipart(answer(200))) == 200
    for request, response in (
        (call.single, error(403)),
        (around, multipart(error(403), status=403)),
    ):
        with pytest.raises(Forbidden):
            call.answer(request, response)


def test_a_call_is_tagged_by_making_another_one() -> None:
    call = One(write("accounts(1)"), status)

    assert call.tagged("t").single.path == "accounts(1)?tag=t"
    assert call.single.path == "accounts(1)"
    assert One(read(), status).tagged("t").single.path == "accounts"
    assert Several((One(read(), status),)).tagged("t").reads[0].single.path == "accounts"


def test_several_reads_have_their_answers_in_order_each_read_in_its_own_way() -> None:
    call = Several((One(read("a"), status), One(read("b"), lambda found: len(found.body))))

    found = call.answer(call.request(ROOT), multipart(answer(200), answer(200, b"four")))

    assert found == (200, 4)


@pytest.mark.parametrize(
    ("items", "safety"),
    [
        ((read(), read()), RetrySafety.SAFE),
        ((read(), write("a")), RetrySafety.IDEMPOTENT),
        (
            (read(), ChangeSet((write("a"), write("b", RetrySafety.UNSAFE)))),
            RetrySafety.UNSAFE,
        ),
    ],
)
def test_a_batch_is_as_safe_as_the_least_safe_request_in_it(
    items: tuple[Request | ChangeSet, ...], safety: RetrySafety
) -> None:
    call = Batch(items, continue_on_error=False)

    assert call.safety is call.request(ROOT).retry is safety


def test_a_batch_asks_again_only_for_what_has_no_answer_yet() -> None:
    call = Batch([write("a"), write("b"), write("c")], continue_on_error=True)
    first = call.request(ROOT)

    with pytest.raises(Throttled):
        call.answer(first, multipart(answer(204), THROTTLED, error(400)))
    again = call.request(ROOT)
    answers = call.answer(again, multipart(answer(204)))

    assert (again.body or b"").count(b"HTTP/1.1") == 1
    assert b"/b " in (again.body or b"")
    assert [type(found) for found in answers] == [Response, Response, BadRequest]


def test_a_batch_that_is_given_up_keeps_the_answers_that_it_has() -> None:
    call = Batch([write("a"), write("b")], continue_on_error=True)
    lost = NotSent("no way")

    with pytest.raises(NotSent):
        call.given_up(lost)
    with pytest.raises(Throttled):
        call.answer(call.request(ROOT), multipart(answer(204), THROTTLED))

    done, rest = call.given_up(lost)
    assert isinstance(done, Response)
    assert rest is lost


def test_any_other_call_that_is_given_up_raises_what_ended_it() -> None:
    failure = MalformedAnswer("half a page")

    for call in (One(read(), status), Several((One(read(), status),))):
        with pytest.raises(MalformedAnswer) as raised:
            call.given_up(failure)
        assert raised.value is failure


@pytest.mark.parametrize(
    "call", [One(read("x" * 70_000), status), Batch([read("x" * 70_000)], continue_on_error=False)]
)
def test_an_address_that_nobody_reads_is_refused_before_it_is_sent(
    call: One[int] | Batch,
) -> None:
    with pytest.raises(DataverseError, match="65,536") as raised:
        call.request(ROOT)

    assert isinstance(raised.value, NotSent)
    assert raised.value.permanent
