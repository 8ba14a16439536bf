"""Lines in one order, whatever the order and the number of the runs that they came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from connector.report import sorted_lines
from connector.report.sorted_lines import SortedLines

if TYPE_CHECKING:
    import pytest

LINES = st.binary(max_size=12).filter(lambda line: b"\n" not in line)


@given(runs=st.lists(st.lists(LINES, max_size=6), max_size=8))
def test_every_line_comes_once_and_in_order(runs: list[list[bytes]]) -> None:
    with SortedLines() as found:
        for run in runs:
            found.add(run)
        assert list(found.merged()) == sorted({line for run in runs for line in run})


def test_runs_longer_than_what_is_looked_at_together_are_merged_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sorted_lines, "IN_MEMORY", 10)
    monkeypatch.setattr(sorted_lines, "_CHUNK", 7)
    lines = [f"line {number:04}".encode() for number in range(100)]

    with SortedLines() as found:
        for start in range(5):
            found.add(lines[start::5])
        assert list(found.merged()) == lines


def test_they_can_be_read_twice_and_added_to_in_between() -> None:
    with SortedLines() as found:
        found.add([b"b"])
        assert list(found.merged()) == [b"b"]
        found.add([b"a"])
        assert list(found.merged()) == [b"a", b"b"]
