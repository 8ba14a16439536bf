"""
Reading a large JSON object member by member, and the items of an array one by one.

Nothing but the item under way is held, so that a file of any size can be read.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import IO, TYPE_CHECKING, Any, Final

from connector.emulator.protocol.json_text import DECODER, check_surrogates

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_PORTION: Final = 1 << 18
_LOOK_AHEAD: Final = 3  # a number may go on behind `e+`


def members(file: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """
    The members of the object that *file* holds, in order; an array as an iterator of its items.

    What is left of an array is skipped when the next member is asked for. Raises `ValueError`
    for what is no JSON object in UTF-8, with the place in characters.
    """
    text = _Text(file)
    text.expect("{", what="an object was expected")
    is_first = True
    while not text.ends_with("}", is_first=is_first):
        is_first = False
        name = text.value()
        if not isinstance(name, str):
            raise text.fault(reason="a name was expected")
        text.expect(":", what="':' was expected")
        if text.peek() != "[":
            yield name, text.value()
            continue
        items = _items(text)
        yield name, items
        for _ in items:
            pass
    if text.peek():
        raise text.fault(reason="there is text behind the object")


def _items(text: _Text) -> Iterator[Any]:
    text.expect("[", what="an array was expected")
    is_first = True
    while not text.ends_with("]", is_first=is_first):
        is_first = False
        yield text.value()


class _Text:
    """The text of a file, as far as it was read, and the place in it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._buffer = ""
        self._place = 0
        self._before = 0
        self._has_escapes = False
        self._is_whole = False

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            match = _SPACE.match(self._buffer, self._place)
            self._place = match.end() if match else self._place
            if self._place < len(self._buffer) or not self._read():
                return self._buffer[self._place : self._place + 1]

    def expect(self, character: str, what: str) -> None:
        """Step over a character that must come next."""
        if self.peek() != character:
            raise self.fault(what)
        self._place += 1

    def ends_with(self, closing: str, *, is_first: bool) -> bool:
        """Whether object or array end here; steps over the bracket, or the comma between items."""
        if self.peek() == closing:
            self._place += 1
            return True
        if not is_first:
            self.expect(",", what=f"',' or '{closing}' was expected")
        return False

    def value(self) -> Any:  # noqa: ANN401  any JSON value
        """The value that comes next."""
        self.peek()
        portion = _PORTION
        while True:
            found = self._attempt()
            is_cut = isinstance(found, ValueError) or found[1] + _LOOK_AHEAD > len(self._buffer)
            if not is_cut or not self._read(portion):
                return self._taken(found)
            portion *= 2  # so that a value of any length is read in linear time

    def fault(self, reason: str, place: int | None = None) -> ValueError:
        """What is wrong, and where."""
        where = self._before + (self._place if place is None else place)
        return ValueError(f"{reason} (character {where})")

    def _attempt(self) -> tuple[Any, int] | json.JSONDecodeError:
        """The value at the place and where it ends, or why there is none in what was read."""
        try:
            return DECODER.raw_decode(self._buffer, self._place)
        except json.JSONDecodeError as error:
            return error

    def _taken(self, found: tuple[Any, int] | json.JSONDecodeError) -> Any:  # noqa: ANN401  any JSON value
        if isinstance(found, json.JSONDecodeError):
            raise self.fault(found.msg, found.pos) from found
        value, end = found
        if self._has_escapes:
            check_surrogates(value, self._buffer[self._place : end])
        self._place = end
        return value

    def _read(self, portion: int = _PORTION) -> bool:
        """Read on, forgetting what was used; False at the end of the file."""
        if self._is_whole:
            return False
        data = self._file.read(portion)
        self._is_whole = not data
        rest = self._buffer[self._place :]
        self._before += self._place
        self._buffer, self._place = rest + self._decoder.decode(data, final=not data), 0
        self._has_escapes = "\\u" in self._buffer
        return True
