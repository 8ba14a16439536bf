"""
Text of a tenant and of errors, made fit for a terminal.

A name may hold control characters, which a terminal would obey, and it may be megabytes long.
"""

from __future__ import annotations

import unicodedata
from typing import Final

#: Characters of a name that tables show; the rest is told by `…`.
NAME: Final = 60
#: Characters of one line of a message: the beginning and the end of a longer one are kept.
LINE: Final = 1_000
#: Lines of one message.
LINES: Final = 300

_CUT: Final = "…"
#: Characters of the end of a line that is too long.
_TAIL: Final = 200
#: Controls, lone halves of characters, and the ends of lines and paragraphs.
_UNFIT: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
#: What turns the direction of the text that follows it.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def escaped(text: str) -> str:
    """*text* with every character that a terminal would obey shown as an escape."""
    if text.isprintable() and text.isascii():
        return text
    return "".join(_shown(character) for character in text)


def name_text(text: str, limit: int = NAME) -> str:
    """A name on one line, at most *limit* characters long."""
    shown = escaped(text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + _CUT


def message_text(text: str) -> str:
    """A message of several lines; of a line that is too long the beginning and the end are kept."""
    lines = text.split("\n")
    told = [_line(line) for line in lines[:LINES]]
    more = len(lines) - LINES
    return "\n".join([*told, f"{_CUT} and {more:,} more lines"] if more > 0 else told)


def _line(line: str) -> str:
    if len(line) <= LINE:
        return escaped(line)
    head, tail = line[: LINE - _TAIL], line[-_TAIL:]
    return f"{escaped(head)} {_CUT} {len(line) - LINE:,} more characters {_CUT} {escaped(tail)}"


def _shown(character: str) -> str:
    if character not in _TURNING and unicodedata.category(character) not in _UNFIT:
        return character
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
