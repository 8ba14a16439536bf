"""The batch codec, against documented texts and against nonsense."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.dataverse.batch import BatchItem, ChangeSet, decode, encode
from connector.dataverse.errors import MalformedAnswer
from connector.dataverse.message import Method, Request, RetrySafety

if TYPE_CHECKING:
    from collections.abc import Callable

WIRE = Path(__file__).parents[1] / "wire"
OUTER = "multipart/mixed; boundary=batchresponse_1"


def read(path: str = "accounts?$select=name") -> Request:
    return Request(method=Method.GET, path=path, retry=RetrySafety.SAFE)


def write(subject: str = "x") -> Request:
    body = f'{{"subject":"{subject}"}}'.encode()
    return Request(method=Method.POST, path="tasks", body=body, retry=RetrySafety.UNSAFE)


def response_text(name: str) -> tuple[str, bytes]:
    """Content type and body of a recorded batch answer."""
    head, _, body = (WIRE / "client" / name).read_bytes().partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    kind = next(line for line in lines if line.lower().startswith("content-type:"))
    return kind.partition(":")[2].strip(), body


def test_a_batch_is_written_as_the_documentation_shows_it() -> None:
    typed = (("Content-Type", "application/json; type=entry"),)
    first, second = (
        Request(
            method=Method.POST,
            path="tasks",
            headers=typed,
            body=f'{{"subject":"Task {number} in batch"}}'.encode(),
            retry=RetrySafety.UNSAFE,
        )
        for number in (1, 2)
    )

    _, body = encode((ChangeSet((first, second)), read()), "batch_1", "/api/data/v9.2/")

    documented = (WIRE / "batch" / "change-set-and-get.request").read_bytes()
    expected = documented.partition(b"\r\n\r\n")[2].replace(b"changeset_1", b"changeset_batch_1")
    # Our reads ask for JSON, and no empty line stands between the two boundaries at the end.
    body = body.replace(b"HTTP/1.1\r\nAccept: application/json", b"HTTP/1.1")
    assert body == expected.replace(b"--\r\n\r\n--", b"--\r\n--")


def test_every_line_ends_with_carriage_return_and_line_feed() -> None:
    _, body = encode((ChangeSet((write(), write("y"))), read()), "batch_1")

    assert body.endswith(b"--batch_1--\r\n")
    assert body.count(b"\n") == body.count(b"\r\n")


def test_content_ids_are_unique_in_the_whole_batch() -> None:
    _, body = encode((ChangeSet((write(), write())), read(), ChangeSet((write(),))), "batch_1")

    ids = [line for line in body.split(b"\r\n") if line.startswith(b"Content-ID")]
    assert ids == [b"Content-ID: 1", b"Content-ID: 2", b"Content-ID: 3"]


def test_an_absolute_link_stays_as_it_is() -> None:
    _, body = encode((read("https://h/api/data/v9.2/a?x=%253c"),), "b", "/api/data/v9.2/")

    assert b"\r\nGET https://h/api/data/v9.2/a?x=%253c HTTP/1.1\r\n" in body


def test_the_limit_counts_the_requests_inside_change_sets() -> None:
    encode((ChangeSet((write(),) * 999), read()), "b")
    with pytest.raises(ValueError, match="1001"):
        encode((ChangeSet((write(),) * 1000), read()), "b")
    with pytest.raises(ValueError, match="not 0"):
        encode((), "b")


def test_a_boundary_that_occurs_in_a_request_is_refused() -> None:
    with pytest.raises(ValueError, match="boundary"):
        encode((write("--batch_1"),), "batch_1")


def test_a_change_set_holds_at_least_one_write_and_no_read() -> None:
    with pytest.raises(ValueError, match="at least one"):
        ChangeSet(())
    with pytest.raises(ValueError, match="writes only"):
        ChangeSet((read(),))


def test_answers_come_in_order_and_know_their_requests() -> None:
    items: tuple[BatchItem, ...] = (ChangeSet((write("a"), write("b"))), read())

    first, second, third = decode(*response_text("change-set-and-get.response"), items)

    assert first is not None
    assert second is not None
    assert third is not None
    assert [part.status for part in (first, second, third)] == [204, 204, 200]
    assert first.headers["OData-EntityId"].endswith("(00000000-0000-0000-0000-000000000001)")
    assert third.json() == {"value": []}
    assert third.request == read().line


@pytest.mark.parametrize(
    "name", ["failed-change-set-nested.response", "failed-change-set-flat.response"]
)
def test_one_error_of_a_change_set_is_the_error_of_each_of_its_requests(name: str) -> None:
    items = (ChangeSet((write("a"), write("b"), write("c"))), read())

    answers = decode(*response_text(name), items)

    assert [answer.status for answer in answers[:3] if answer] == [400, 400, 400]
    assert answers[0] is not None
    assert answers[0].json() == {"error": {"code": "0x80044331", "message": "too long"}}
    assert answers[3] is None


def test_with_continue_on_error_what_follows_a_failure_is_answered() -> None:
    items = (read("a"), ChangeSet((write(), write())), read("b"))

    answers = decode(*response_text("continued-after-failures.response"), items)

    assert [answer.status for answer in answers if answer] == [404, 412, 412, 200]


def test_line_feeds_alone_are_read_too() -> None:
    kind, body = response_text("change-set-and-get.response")

    answers = decode(kind, body.replace(b"\r\n", b"\n"), (ChangeSet((write(), write())), read()))

    assert [answer.status for answer in answers if answer] == [204, 204, 200]


@pytest.mark.parametrize("cut", [1, 10, 60, 200, 400])
def test_half_a_body_never_looks_like_a_whole_answer(cut: int) -> None:
    kind, body = response_text("change-set-and-get.response")

    with pytest.raises(MalformedAnswer):
        decode(kind, body.rstrip(b"\r\n-")[:-cut], (ChangeSet((write(), write())), read()))


def test_half_a_body_after_a_failure_does_not_make_the_rest_look_as_if_it_was_not_run() -> None:
    kind, body = response_text("continued-after-failures.response")
    cut = body[: body.rindex(b"HTTP/1.1 200 OK")]

    with pytest.raises(MalformedAnswer, match="closing boundary"):
        decode(kind, cut, (read("a"), ChangeSet((write(), write())), read("b")))


def test_too_few_answers_without_a_failure_raise() -> None:
    kind, body = response_text("change-set-and-get.response")

    with pytest.raises(MalformedAnswer, match="no failure explains"):
        decode(kind, body, (ChangeSet((write(), write())), read(), read()))


def test_too_many_answers_raise() -> None:
    with pytest.raises(MalformedAnswer, match="more than was asked"):
        decode(*response_text("change-set-and-get.response"), (ChangeSet((write(), write())),))


def test_a_change_set_with_an_answer_missing_raises() -> None:
    items = (ChangeSet((write(), write(), write())), read())

    with pytest.raises(MalformedAnswer, match="2 answers came for 3"):
        decode(*response_text("change-set-and-get.response"), items)


def test_a_change_set_answer_to_a_single_request_raises() -> None:
    with pytest.raises(MalformedAnswer, match="single request"):
        decode(*response_text("change-set-and-get.response"), (read(), read()))


@pytest.mark.parametrize("kind", ["", "text/html", "multipart/mixed", "application/json"])
def test_an_answer_of_another_type_raises(kind: str) -> None:
    with pytest.raises(MalformedAnswer, match="cannot be of type"):
        decode(kind, b"<html>", (read(),))


@given(st.binary(max_size=300), st.lists(st.sampled_from(["read", "set"]), max_size=3))
def test_nonsense_never_raises_anything_but_a_malformed_answer(
    noise: bytes, kinds: list[str]
) -> None:
    items = tuple(read() if kind == "read" else ChangeSet((write(), write())) for kind in kinds)
    body = b"--batchresponse_1\r\n" + noise + b"\r\n--batchresponse_1--"
    try:
        answers = decode(OUTER, body, items)
    except MalformedAnswer:
        return
    assert len(answers) == sum(1 if kind == "read" else 2 for kind in kinds)


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=3))
def test_a_damaged_answer_is_either_refused_or_complete(place: int, damage: bytes) -> None:
    kind, body = response_text("change-set-and-get.response")
    at = place % len(body)
    items = (ChangeSet((write(), write())), read())
    try:
        answers = decode(kind, body[:at] + damage + body[at + len(damage) :], items)
    except MalformedAnswer:
        return
    assert len(answers) == 3


def large_answer(pages: int, rows: int) -> tuple[list[bytes], bytes]:
    """So many pages of rows such as a tenant sends, alone and as the parts of a batch."""
    row = {
        "@odata.etag": 'W/"1234567"',
        "msdyn_actualid": "a0000000-0000-4000-8000-000000000001",
        "msdyn_amount": 1234.56,
        "msdyn_documentdate": "2020-10-05T00:00:00Z",
        "_msdyn_contractline_value": "b0000000-0000-4000-8000-000000000001",
        "msdyn_description": 'Implementation work "phase 2"',
    }
    page = json.dumps({"value": [row] * rows}).encode()
    head = (
        b"--batchresponse_1\r\nContent-Type: application/http\r\n"
        b"Content-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 200 OK\r\n"
        b"Content-Type: application/json\r\n\r\n"
    )
    return [page] * pages, (head + page + b"\r\n") * pages + b"--batchresponse_1--\r\n"


def test_the_parts_of_an_answer_are_views_and_nothing_is_copied() -> None:
    pages, body = large_answer(pages=3, rows=2)

    answers = decode(OUTER, body, (read(),) * 3)

    assert [answer.body for answer in answers if answer] == pages
    for answer in answers:
        assert answer is not None
        assert isinstance(answer.body, memoryview)
        assert answer.body.obj is body


def test_an_answer_without_a_body_keeps_nothing_of_the_batch_alive() -> None:
    first, *_ = decode(
        *response_text("change-set-and-get.response"), (ChangeSet((write(), write())), read())
    )

    assert first is not None
    assert type(first.body) is bytes
    assert first.body == b""


def processor_seconds(work: Callable[[], object]) -> float:
    """The least of several trials, for other programs can only add to it."""
    trials = []
    for _ in range(5):
        began = time.process_time()
        work()
        trials.append(time.process_time() - began)
    return min(trials)


def test_parting_a_long_answer_costs_little_beside_reading_its_json() -> None:
    """Measured 0.055 on 50 MB; a pattern searched for, or a copy, costs many times as much."""
    pages, body = large_answer(pages=20, rows=1_500)
    assert len(body) > 8_000_000

    parting = processor_seconds(lambda: decode(OUTER, body, (read(),) * 20))
    reading = processor_seconds(lambda: [json.loads(page) for page in pages])

    assert parting < 0.25 * reading
