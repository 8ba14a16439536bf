from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.emulator.faults import DataverseFault
from connector.emulator.protocol import batch_codec
from connector.emulator.protocol.batch_codec import Answer, ChangeSet, ChangeSetAnswer, Operation
from connector.emulator.protocol.exchange import Response, failure

WIRE = Path(__file__).parents[2] / "wire" / "batch"


def read_wire(name: str) -> tuple[str, bytes]:
    """Split a wire file into its Content-Type and its body."""
    head, _, body = (WIRE / name).read_bytes().partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    return fields["Content-Type"], body


def part(text: str) -> bytes:
    head = "--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    return (head + text + "\r\n--b--\r\n").encode()


def test_the_documented_batch_is_read_in_order() -> None:
    change_set, read = batch_codec.decode(*read_wire("change-set-and-get.request"))
    assert isinstance(change_set, ChangeSet)
    assert isinstance(read, Operation)
    assert [operation.content_id for operation in change_set.operations] == ["1", "2"]
    assert change_set.operations[0].body == b'{"subject":"Task 1 in batch"}'
    assert (read.method, read.path, read.query) == ("GET", "accounts", "$select=name")


def test_a_request_line_keeps_raw_spaces_in_its_query() -> None:
    text = "GET /api/data/v9.2/accounts?$filter=name eq 'A b' HTTP/1.1\r\nAccept: */*\r\n\r\n"
    (operation,) = batch_codec.decode("multipart/mixed; boundary=b", part(text))
    assert isinstance(operation, Operation)
    assert operation.query == "$filter=name eq 'A b'"


@pytest.mark.parametrize(
    "target",
    ["https://org.crm.dynamics.com/api/data/v9.2/accounts", "/api/data/v9.0/accounts", "accounts"],
)
def test_a_target_may_be_absolute_or_relative(target: str) -> None:
    (operation,) = batch_codec.decode(
        'multipart/mixed;boundary="b"', part(f"GET {target} HTTP/1.1\r\n\r\n")
    )
    assert isinstance(operation, Operation)
    assert operation.path == "accounts"


def test_line_feeds_alone_and_a_leading_break_are_accepted() -> None:
    body = b"\r\n" + part('POST /api/data/v9.2/tasks HTTP/1.1\r\nA: b\r\n\r\n{"a":1}')
    (operation,) = batch_codec.decode("multipart/mixed; boundary=b", body.replace(b"\r\n", b"\n"))
    assert isinstance(operation, Operation)
    assert operation.body == b'{"a":1}'
    assert operation.headers == {"a": "b"}


def test_strict_line_ends_refuse_line_feeds_as_the_service_does() -> None:
    body = part("GET /api/data/v9.2/tasks HTTP/1.1\r\n\r\n").replace(b"\r\n", b"\n")
    with pytest.raises(DataverseFault, match="Stream was not readable") as caught:
        batch_codec.decode("multipart/mixed; boundary=b", body, strict_line_ends=True)
    assert (caught.value.status, caught.value.code) == (400, "0x80048d19")


def test_strict_line_ends_demand_the_last_line_break() -> None:
    body = part("GET /api/data/v9.2/tasks HTTP/1.1\r\n\r\n")
    assert batch_codec.decode("multipart/mixed; boundary=b", body, strict_line_ends=True)
    with pytest.raises(DataverseFault, match="Stream was not readable"):
        batch_codec.decode("multipart/mixed; boundary=b", body[:-2], strict_line_ends=True)


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("multipart/mixed", b"", 400),
        ("multipart/mixed; boundary=b", b"", 400),
        ("multipart/mixed; boundary=b", b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--", 400),
        ("multipart/mixed; boundary=b", part("nonsense"), 400),
        ("multipart/mixed; boundary=b", part("GET /elsewhere HTTP/1.1"), 404),
        ("multipart/mixed; boundary=b", part("GET accounts HTTP/1.1")[:-6], 400),
    ],
)
def test_a_malformed_batch_is_refused(content_type: str, body: bytes, status: int) -> None:
    with pytest.raises(DataverseFault) as caught:
        batch_codec.decode(content_type, body)
    assert caught.value.status == status


def test_a_change_set_part_needs_a_content_id_and_no_get() -> None:
    content_type, body = read_wire("change-set-and-get.request")
    with pytest.raises(DataverseFault, match="Content-ID header not present"):
        batch_codec.decode(content_type, body.replace(b"Content-ID: 2\r\n", b""))
    with pytest.raises(DataverseFault, match="GET"):
        batch_codec.decode(content_type, body.replace(b"POST", b"GET"))


def test_an_answer_is_written_as_documented() -> None:
    created = Response(
        status=204,
        headers=(
            ("OData-Version", "4.0"),
            ("Location", "https://org.crm.dynamics.com/api/data/v9.2/tasks(id)"),
            ("OData-EntityId", "https://org.crm.dynamics.com/api/data/v9.2/tasks(id)"),
        ),
    )
    read = Response(status=200, headers=(("OData-Version", "4.0"),), body=b'{"value":[]}')
    items: list[Answer | ChangeSetAnswer] = [
        ChangeSetAnswer(answers=(Answer(response=created, content_id="1"),)),
        Answer(response=read),
    ]
    content_type, body = batch_codec.encode(items, ["outer", "inner"])
    assert (content_type, body) == read_wire("change-set-and-get.response")


@pytest.mark.parametrize("shape", ["nested", "bare"])
def test_a_failed_change_set_is_written_in_either_shape(shape: str) -> None:
    message = "The length of the attribute is too long."
    refusal = failure(DataverseFault(status=400, code="0x80044331", message=message))
    request_id = ("REQ_ID", "5fe339e5-c75e-4dad-9597-b257ebce666b")
    answer = Answer(response=refusal.with_headers(request_id), content_id="2")
    item = ChangeSetAnswer(answers=(answer,)) if shape == "nested" else answer
    written = batch_codec.encode([item], ["outer", "inner"])
    assert written == read_wire(f"change-set-failure-{shape}.response")


@given(st.binary(max_size=400))
def test_random_bytes_are_only_ever_refused_as_a_client_fault(noise: bytes) -> None:
    refuse_or_read(b"--b\r\n" + noise + b"\r\n--b--\r\n")


@given(st.data())
def test_a_damaged_batch_is_only_ever_refused_as_a_client_fault(data: st.DataObject) -> None:
    _, body = read_wire("change-set-and-get.request")
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 40)))
    refuse_or_read(body[:start] + data.draw(st.binary(max_size=20)) + body[end:], "batch_1")


def refuse_or_read(body: bytes, boundary: str = "b") -> None:
    status = 400
    try:
        batch_codec.decode(f"multipart/mixed; boundary={boundary}", body)
    except DataverseFault as fault:
        status = fault.status
    assert 400 <= status < 500
