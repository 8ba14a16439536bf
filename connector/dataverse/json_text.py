"""JSON text as servers send it, made fit for strict readers without a change of any value."""

from __future__ import annotations

import re

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ESCAPES = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair: one character
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"  # half a pair: no character
    rb"|\\."  # any other escape, so that its second half is not taken for the first of another
)
_REPLACEMENT = rb"\ufffd"


def without_mark(body: bytes | memoryview) -> bytes | memoryview:
    """The text without the byte order mark that some servers put before it."""
    return body[3:] if body[:3] == _BYTE_ORDER_MARK else body


def with_whole_characters(body: bytes | memoryview) -> bytes:
    """
    The text with U+FFFD for every half of a surrogate pair that stands alone.

    Databases that count in halves cut long texts within a character, and servers escape what is
    left of it; such a text can neither be encoded nor shown, and one of them must not make a page
    of rows unreadable.
    """
    return _ESCAPES.sub(lambda found: _REPLACEMENT if found.group(1) else found.group(), body)
