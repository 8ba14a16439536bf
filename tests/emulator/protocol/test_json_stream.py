"""A large JSON object read member by member, in portions that cut it anywhere."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.emulator.protocol.json_stream import members

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    # no surrogates: text in UTF-8 has none
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text('aé"\\', max_size=3), inner)
    ),
    max_leaves=12,
)


class Dripping(io.BytesIO):
    """A file that gives a few bytes at a time, whatever is asked for."""

    def __init__(self, content: bytes, portion: int) -> None:
        super().__init__(content)
        self.portion = portion

    def read(self, _size: int | None = -1) -> bytes:
        return super().read(self.portion)


def read(content: bytes, portion: int = 1 << 20) -> list[tuple[str, Any]]:
    return [
        (name, list(value) if isinstance(value, Iterator) else value)
        for name, value in members(Dripping(content, portion))
    ]


def written(value: object) -> str:
    """JSON with exact numbers."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list):
        return "[" + " ,".join(map(written, value)) + "\n]"
    if isinstance(value, dict):
        inside = (f"{json.dumps(k)} : {written(v)}" for k, v in value.items())
        return "{ " + ",\t".join(inside) + "}"
    return json.dumps(value, ensure_ascii=isinstance(value, str) and len(value) % 2 == 0)


@given(st.dictionaries(st.text("abc€", max_size=3), VALUES, max_size=5), st.integers(1, 9))
def test_a_document_is_the_same_in_any_portions(document: dict[str, Any], portion: int) -> None:
    content = written(document).encode()
    whole = json.loads(content, parse_float=Decimal)
    assert read(content, portion) == list(whole.items())


def test_what_is_left_of_an_array_is_skipped() -> None:
    found = {name: next(value, None) for name, value in members(io.BytesIO(b'{"a":[1,2],"b":[3]}'))}
    assert found == {"a": 1, "b": 3}


@pytest.mark.parametrize("portion", [1, 3, 1000])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "an object was expected (character 0)"),
        (b"[]", "an object was expected (character 0)"),
        (b"{", "Expecting value (character 1)"),
        (b'{"a" 1}', "':' was expected (character 5)"),
        (b'{"a":[1 2]}', "',' or ']' was expected (character 8)"),
        (b'{"a":[1,]}', "Expecting value (character 8)"),
        (b'{"a":1,}', "Expecting value (character 7)"),
        (b'{"a":1 "b":2}', "',' or '}' was expected (character 7)"),
        (b"{1:2}", "a name was expected"),
        (b'{"a":[NaN]}', "NaN is not a JSON number"),
        (b'{"a":[1]} x', "there is text behind the object (character 10)"),
        (b'{"a":["\\ud83d"]}', "half of a surrogate pair"),
        (b'{"a":["\xff"]}', "can't decode byte 0xff"),
        (b'{"a":["x', "Unterminated string starting at (character 6)"),
    ],
)
def test_what_is_no_object_is_refused_with_its_place(
    content: bytes, reason: str, portion: int
) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        read(content, portion)


def test_a_byte_order_mark_and_escapes_are_read() -> None:
    assert read(b'\xef\xbb\xbf {"a":"\\u00e9\\ud83d\\ude00"} ', 2) == [("a", "é😀")]
