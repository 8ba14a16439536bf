"""Names as they may stand in a report: nothing in them can act on the reader's screen."""

from __future__ import annotations

import re
from typing import Final

#: Control characters, line and paragraph separators, and what turns the direction of text around.
_UNSEEN: Final = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)

_ENDS: Final = re.compile("[\t\n\r]+")

#: Characters of one text that a report shows; a longer one ends with how much is missing.
MOST: Final = 2000


def safe_text(text: str, most: int = MOST) -> str:
    r"""
    *text* on one line, unseen characters spelled as in `\u202e`, and no longer than *most*.

    Line ends and tabs are spaces.
    """
    kept = text if len(text) <= most else f"{text[:most]}… (+{len(text) - most})"
    return _UNSEEN.sub(_spelled, _ENDS.sub(" ", kept))


def _spelled(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
