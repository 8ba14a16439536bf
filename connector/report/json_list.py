"""JSON written piece by piece, in the layout of a document that was written at once."""

from __future__ import annotations

import codecs
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Final, Self, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | int | bool | None"
JsonObject: TypeAlias = "dict[str, JsonValue]"

#: Characters of indentation at each level.
INDENT: Final = 2

#: Bytes of a list that are held in memory before it moves to a temporary file.
IN_MEMORY: Final = 1 << 20
_CHUNK: Final = 1 << 16


def json_text(value: JsonValue, level: int) -> str:
    """*value* as it stands *level* levels deep; its first line is not indented."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=INDENT).decode()
    return text.replace("\n", "\n" + " " * INDENT * level)


class JsonList:
    """
    The items of a list that stands *level* levels deep, kept aside until it is their turn.

    A context manager: leaving it gives up the temporary file, if the items needed one.
    """

    def __init__(self, level: int) -> None:
        self._level = level
        self._count = 0
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY, mode="w+b")  # noqa: SIM115

    def __enter__(self) -> Self:
        """The list, empty."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give up what is held."""
        self._file.close()

    def add(self, item: JsonValue) -> None:
        """One more item; raises `OSError` when there is no room for temporary files."""
        self._file.write(item_text(item, self._level, is_first=not self._count).encode())
        self._count += 1

    def chunks(self) -> Iterator[str]:
        """The whole list."""
        if not self._count:
            yield "[]"
            return
        yield "["
        self._file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        while chunk := self._file.read(_CHUNK):
            yield decoder.decode(chunk)
        yield list_end(self._level)


def item_text(item: JsonValue, level: int, *, is_first: bool) -> str:
    """An item of a list that stands *level* levels deep, with what parts it from the one before."""
    comma = "" if is_first else ","
    return f"{comma}\n{' ' * INDENT * (level + 1)}{json_text(item, level + 1)}"


def list_end(level: int) -> str:
    """What ends a list with items that stands *level* levels deep."""
    return f"\n{' ' * INDENT * level}]"
