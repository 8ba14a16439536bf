"""Ranges of bytes, as clients ask for them and as they announce them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.emulator.faults import DataverseFault
from connector.emulator.protocol.ranges import sent_range, wanted_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-4", (0, 5)),
        ("bytes=0-4/10", (0, 5)),
        ("bytes=5-9", (5, 10)),
        ("bytes=5-", (5, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-30", (0, 10)),
        ("bytes=8-99", (8, 10)),
        (" bytes=9-9 ", (9, 10)),
    ],
)
def test_a_wanted_range_is_cut_to_the_file(header: str, expected: tuple[int, int]) -> None:
    assert wanted_range(header, 10) == expected


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("bytes=10-12", 416),
        ("bytes=5-4", 416),
        ("bytes=-0", 416),
        ("bytes=-", 400),
        ("bytes=-/10", 400),
        ("bytes=0-4/", 400),
        ("bytes=a-b", 400),
        ("bytes=0-1,3-4", 400),
        ("lines=0-1", 400),
        ("", 400),
    ],
)
def test_a_range_without_a_byte_of_the_file_is_refused(header: str, status: int) -> None:
    with pytest.raises(DataverseFault) as caught:
        wanted_range(header, 10)
    assert caught.value.status == status


def test_an_announced_range_tells_whether_it_is_the_last() -> None:
    first, last = sent_range("bytes 0-3/10", 4), sent_range("bytes 4-9/10", 6)
    assert (first.start, first.stop, first.total, first.is_last) == (0, 4, 10, False)
    assert (last.start, last.stop, last.is_last) == (4, 10, True)


@pytest.mark.parametrize(
    ("header", "length"),
    [
        (None, 4),
        ("", 4),
        ("bytes 0-3/*", 4),
        ("bytes 0-3/10", 5),
        ("bytes 3-0/10", 4),
        ("bytes 8-11/10", 4),
        ("bytes=0-3/10", 4),
        ("bytes 0-3/3", 4),
    ],
)
def test_an_announced_range_must_fit_the_body_and_the_file(header: str | None, length: int) -> None:
    with pytest.raises(DataverseFault) as caught:
        sent_range(header, length)
    assert caught.value.status == 400


def refusal(call: object, *arguments: object) -> int | None:
    try:
        call(*arguments)  # type: ignore[operator]
    except DataverseFault as fault:
        return fault.status
    return None


@given(
    st.one_of(st.text(max_size=30), st.from_regex(r"bytes[= ]\d{0,20}-\d{0,20}(/\d{0,20})?")),
    st.integers(0, 50),
)
def test_no_header_breaks_the_reading_of_ranges(header: str, size: int) -> None:
    assert refusal(wanted_range, header, size) in {None, 400, 416}
    assert refusal(sent_range, header, size) in {None, 400}


@given(st.integers(1, 60), st.integers(0, 80), st.integers(0, 80))
def test_a_range_that_is_taken_lies_within_the_file(size: int, first: int, last: int) -> None:
    if refusal(wanted_range, f"bytes={first}-{last}", size) is None:
        start, stop = wanted_range(f"bytes={first}-{last}", size)
        assert 0 <= start < stop <= size
