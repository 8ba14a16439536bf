"""A mark leaves its message alone."""

from __future__ import annotations

from connector.report.texts.marks import marked


def test_a_marked_message_is_the_message() -> None:
    assert marked("Left behind") == "Left behind"
