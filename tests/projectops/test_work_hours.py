"""Blocks of a calendar as work hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from connector.projectops.work_hours import Block, work_hours

MONDAY = datetime(2020, 10, 5, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


def block(start: float, end: float, code: int) -> Block:
    return Block(
        start=MONDAY + timedelta(hours=start), end=MONDAY + timedelta(hours=end), code=code
    )


@pytest.mark.parametrize(
    ("blocks", "hours"),
    [
        ([], "0"),
        ([block(9, 17, 0)], "8"),
        ([block(9, 12, 0), block(12, 13, 2), block(13, 17, 0)], "7"),
        ([block(9, 17, 0), block(12, 12.5, 2)], "7.5"),
        ([block(9, 17, 0), block(10, 12, 1)], "8"),
        ([block(9, 17, 0), block(0, 24, 2)], "0"),
        ([block(9, 17, 0), block(9, 17, 0)], "8"),
        ([block(9, 13, 0), block(11, 17, 0)], "8"),
        ([block(-4, 2, 0), block(20, 30, 0)], "6"),
        ([block(9, 17, 3)], "0"),
        ([block(30, 40, 0)], "0"),
    ],
)
def test_work_hours_are_what_is_available_and_not_unavailable(
    blocks: list[Block], hours: str
) -> None:
    assert work_hours(blocks, MONDAY, TUESDAY) == Decimal(hours)
