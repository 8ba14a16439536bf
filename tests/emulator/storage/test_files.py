"""The contents of files, and uploads under way."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.emulator.storage.files import FILE_TABLES, FileStore, Upload

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST, SECOND = UUID(int=1), UUID(int=2)


@pytest.fixture
def files() -> Iterator[FileStore]:
    """A store of no files."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(FILE_TABLES)
    yield FileStore(connection)
    connection.close()


def upload(content: bytes = b"") -> Upload:
    return Upload(
        token="t", table="thing", row_id=FIRST, column="paper", name="a.pdf", content=content
    )


def test_a_content_is_kept_replaced_and_forgotten(files: FileStore) -> None:
    files.put(FIRST, b"one")
    files.put(FIRST, b"")
    files.put(SECOND, b"two")
    assert (files.content(FIRST), files.content(SECOND)) == (b"", b"two")
    files.remove(FIRST)
    assert (files.content(FIRST), files.content(SECOND)) == (None, b"two")


def test_an_upload_grows_by_what_comes_next(files: FileStore) -> None:
    files.begin(upload())
    first = files.upload("t")
    assert first == upload()
    assert first is not None
    files.extend(first, b"ab")
    second = files.upload("t")
    assert second is not None
    files.extend(second, b"c")
    assert files.upload("t") == upload(content=b"abc")
    assert files.upload("u") is None


def test_blocks_come_in_the_order_that_is_asked_for(files: FileStore) -> None:
    files.put_block("t", "2", b"b")
    files.put_block("t", "1", b"x")
    files.put_block("t", "1", b"a")
    files.put_block("u", "3", b"other")
    assert files.blocks("t", ["1", "2", "1"]) == [b"a", b"b", b"a"]
    assert files.blocks("t", ["3"]) == [None]


def test_an_ended_upload_leaves_no_block_behind(files: FileStore) -> None:
    files.begin(upload())
    files.put_block("t", "1", b"a")
    files.put_block("u", "1", b"a")
    files.end("t")
    assert files.upload("t") is None
    assert (files.blocks("t", ["1"]), files.blocks("u", ["1"])) == ([None], [b"a"])


def test_everything_can_be_forgotten(files: FileStore) -> None:
    files.put(FIRST, b"one")
    files.begin(upload())
    files.put_block("t", "1", b"a")
    files.clear()
    assert (files.content(FIRST), files.upload("t"), files.blocks("t", ["1"])) == (
        None,
        None,
        [None],
    )
