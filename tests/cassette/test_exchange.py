"""The text of a cassette: what is written comes back, and what is none is told with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.cassette.exchange import (
    CassetteError,
    Exchange,
    RecordedRequest,
    RecordedResponse,
    exchange_line,
    head_line,
    read_cassette,
)

if TYPE_CHECKING:
    from pathlib import Path

ONE = Exchange(
    number=1,
    request=RecordedRequest(
        method="GET", target="/api/data/v9.2/accounts", headers={"prefer": "x"}
    ),
    response=RecordedResponse(status=200, headers={}, base64="AAEC"),
)


def kept(folder: Path, content: bytes) -> Path:
    path = folder / "c.jsonl"
    path.write_bytes(content)
    return path


def test_an_exchange_is_a_line_that_people_can_read(tmp_path: Path) -> None:
    path = kept(tmp_path, head_line() + exchange_line(ONE))

    assert path.read_text("utf-8").splitlines()[0] == '{"format":"proforma-cassette/1"}'
    assert read_cassette(path).exchanges == (ONE,)
    assert ONE.response.content == bytes([0, 1, 2])
    assert ONE.request.content == b""


def test_a_last_line_that_was_cut_is_left_out(tmp_path: Path) -> None:
    line = exchange_line(ONE)

    path = kept(tmp_path, head_line() + line + line[:50])

    assert read_cassette(path).exchanges == (ONE,)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no cassette: expected"),
        (b"{}", "is no cassette: expected"),
        (b'{"format":"proforma-cassette/2"}\n', "is no cassette: expected"),
        (b"\xff\xfe\n", "is no cassette: expected"),
        (head_line() + b"{}\n", "line 2: expected an exchange"),
        (head_line() + exchange_line(ONE) + b"[]\n", "line 3: expected an exchange"),
        (head_line() + exchange_line(ONE)[:50], "line 2: the only exchange was cut"),
    ],
)
def test_what_is_no_cassette_is_told_with_its_line(
    tmp_path: Path, content: bytes, said: str
) -> None:
    with pytest.raises(CassetteError) as caught:
        read_cassette(kept(tmp_path, content))

    assert said in str(caught.value)
    assert "c.jsonl" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match=r"cannot read the cassette .*absent"):
        read_cassette(tmp_path / "absent")
