"""Text that strict readers refuse although every value in it is sound."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.dataverse.json_text import with_whole_characters, without_mark


def test_a_byte_order_mark_is_taken_off_and_nothing_else() -> None:
    assert without_mark(b"\xef\xbb\xbf{}") == b"{}"
    assert without_mark(memoryview(b"\xef\xbb\xbf{}")) == b"{}"
    assert without_mark(b"{}") == b"{}"


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        (rb'"\ud83d"', rb'"\ufffd"'),  # the first half of a party popper, alone
        (rb'"\udf89"', rb'"\ufffd"'),
        (rb'"a\uD83Cb"', rb'"a\ufffdb"'),
        (rb'"\udf89\ud83c"', rb'"\ufffd\ufffd"'),  # both halves, the wrong way round
        (rb'"\ud83c\ud83c\udf89"', rb'"\ufffd\ud83c\udf89"'),
        (rb'"\ud83c\udf89"', rb'"\ud83c\udf89"'),
        (rb'"\\ud83c"', rb'"\\ud83c"'),  # an escaped backslash, then letters
        (rb'"\\\ud83c"', rb'"\\\ufffd"'),
        (rb'"\u00e4\n"', rb'"\u00e4\n"'),
    ],
)
def test_half_a_pair_becomes_the_replacement_character(cut: bytes, whole: bytes) -> None:
    assert with_whole_characters(cut) == whole


@given(st.text(st.characters()))
def test_any_text_can_be_encoded_afterwards_and_whole_text_is_left_as_it_is(text: str) -> None:
    escaped = json.dumps(text).encode()

    mended = json.loads(with_whole_characters(escaped))

    paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    mended.encode()
    assert len(mended) == len(paired)
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert mended == text
