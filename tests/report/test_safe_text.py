"""Names of a tenant cannot act on whoever reads a report."""

from __future__ import annotations

import pytest

from connector.report.safe_text import safe_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\x00b\x1b[2J", "a\\u0000b\\u001b[2J"),
        ("invoice\u202etxt.exe", "invoice\\u202etxt.exe"),
        ("\u2066left\u2069", "\\u2066left\\u2069"),
        ("line\r\nbreak\u2028end", "line break\\u2028end"),
        ("half \ud83d", "half \\ud83d"),
        ("ค่าบริการ 你好 שלום", "ค่าบริการ 你好 שלום"),
        ("<b>&amp;", "<b>&amp;"),
    ],
)
def test_unseen_characters_are_spelled_and_all_others_stay(text: str, shown: str) -> None:
    assert safe_text(text) == shown


def test_a_text_of_any_length_is_cut_and_says_how_much_is_missing() -> None:
    assert safe_text("x" * 10_000_000, most=10) == "x" * 10 + "… (+9999990)"
    assert safe_text("x" * 10, most=10) == "x" * 10
