"""Names and messages are fit for a terminal, whatever a tenant holds."""

from __future__ import annotations

import pytest

from connector.report.terminal_text import LINE, LINES, escaped, message_text, name_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Åhléns & Söner 東京", "Åhléns & Söner 東京"),
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("\x9b31mred", "\\x9b31mred"),
        ("two\nlines\tand\rback", "two\\nlines\\tand\\rback"),
        ("bell\x07", "bell\\x07"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
        ("line\u2028end", "line\\u2028end"),
        ("half \ud800", "half \\ud800"),
    ],
)
def test_what_a_terminal_would_obey_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_a_long_name_is_shortened_and_says_so() -> None:
    assert name_text("x" * 60) == "x" * 60
    assert name_text("x" * 61) == "x" * 59 + "…"
    assert name_text("Adatum shop floor portal", 18) == "Adatum shop floor…"


def test_a_name_of_many_escapes_is_no_longer_than_any_other() -> None:
    assert len(name_text("\x1b" * 10_000_000)) == 60


def test_of_a_long_line_the_beginning_and_the_end_are_kept() -> None:
    shown = message_text(f"error: the contract {'x' * 10_000_000} has no customer\nsecond line")

    first, second = shown.split("\n")
    assert first.startswith("error: the contract xxx")
    assert first.endswith("xxx has no customer")
    assert "more characters" in first
    assert len(first) < LINE + 50
    assert second == "second line"


def test_a_message_keeps_its_lines_but_not_thousands_of_them() -> None:
    lines = message_text("\n".join(f"fault {n}" for n in range(10_000))).split("\n")

    assert lines[:2] == ["fault 0", "fault 1"]
    assert len(lines) == LINES + 1
    assert lines[-1] == "… and 9,700 more lines"


def test_a_message_obeys_no_control_characters() -> None:
    assert message_text("a\x1b[31mb\nc") == "a\\x1b[31mb\nc"
