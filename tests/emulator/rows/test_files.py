"""Files of rows: what a column takes, and what becomes of the file with its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.emulator.faults import DataverseFault
from connector.emulator.rows.files import (
    ATTACHMENTS,
    FileContent,
    check_size,
    clear_file,
    decoded,
    file_column,
    forget_files,
    kind_by_name,
    most_kilobytes,
    read_file,
    store_file,
)
from connector.emulator.rows.hooks import Behaviour
from connector.emulator.rows.writer import Writer
from connector.emulator.schema.file import read_schema
from connector.emulator.schema.model import Column, ColumnKind
from connector.emulator.storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from connector.emulator.storage.store import StoredRow, Transaction

SCHEMA = read_schema(
    {
        "format": "proforma-emulator-schema/1",
        "extends": "project-operations",
        "tables": {
            "thing": {
                "set": "things",
                "name": "name",
                "columns": {
                    "thingid": {"kind": "guid"},
                    "name": {"kind": "string"},
                    "paper": {"kind": "file"},
                },
            }
        },
    }
)
THING, PAPER = SCHEMA.table("thing"), SCHEMA.table("thing").columns["paper"]
DRAFT = FileContent(name="draft.pdf", kind="application/pdf", content=b"one")
FINAL = FileContent(name="final.pdf", kind="application/pdf", content=b"two")


@pytest.fixture
def tx() -> Iterator[Transaction]:
    """A transaction over an empty store with a table that has files."""
    store = Store(SCHEMA)
    with store.transaction() as transaction:
        yield transaction
    store.close()


def thing(tx: Transaction, row_id: UUID | None = None) -> StoredRow:
    """A row as it is now, made when it is not named."""
    found = tx.get(THING, row_id or tx.insert(THING, {"name": "T"}))
    assert found is not None
    return found


def writer(tx: Transaction) -> Writer:
    return Writer(tx=tx, schema=SCHEMA, behaviour=Behaviour())


def count(tx: Transaction) -> int:
    return len(tx.rows(SCHEMA.table(ATTACHMENTS)))


def test_a_file_takes_the_place_of_the_one_before(tx: Transaction) -> None:
    row = thing(tx)
    assert read_file(tx, row, PAPER) is None
    first = store_file(writer(tx), row, PAPER, DRAFT)
    row = thing(tx, row.id)
    assert read_file(tx, row, PAPER) == DRAFT
    second = store_file(writer(tx), row, PAPER, FINAL)
    row = thing(tx, row.id)
    assert (row.values["paper"], row.values["paper_name"]) == (second, "final.pdf")
    assert read_file(tx, row, PAPER) == FINAL
    assert (tx.files.content(first), count(tx)) == (None, 1)


def test_a_cleared_column_leaves_nothing_behind(tx: Transaction) -> None:
    row = thing(tx)
    file_id = store_file(writer(tx), row, PAPER, DRAFT)
    clear_file(writer(tx), thing(tx, row.id), PAPER)
    cleared = thing(tx, row.id)
    assert (cleared.values["paper"], cleared.values["paper_name"]) == (None, None)
    assert (tx.files.content(file_id), count(tx)) == (None, 0)
    clear_file(writer(tx), cleared, PAPER)


def test_files_go_with_their_row(tx: Transaction) -> None:
    row = thing(tx)
    file_id = store_file(writer(tx), row, PAPER, DRAFT)
    forget_files(tx, thing(tx, row.id))
    assert (tx.files.content(file_id), count(tx)) == (None, 0)


def test_a_column_takes_as_much_as_it_says_or_as_is_usual() -> None:
    def column(kind: ColumnKind, most: int | None = None) -> Column:
        return Column(logical_name="x", property_name="x", kind=kind, max_length=most)

    assert most_kilobytes(column(ColumnKind.FILE)) == 32_768
    assert most_kilobytes(column(ColumnKind.IMAGE)) == 10_240
    small = column(ColumnKind.FILE, 2)
    check_size(small, 2048)
    with pytest.raises(DataverseFault) as caught:
        check_size(small, 2049)
    assert (caught.value.status, caught.value.code) == (400, "0x80044a02")


@pytest.mark.parametrize("name", ["name", "nothing"])
def test_a_column_of_another_kind_holds_no_file(name: str) -> None:
    assert file_column(THING, "paper") is PAPER
    with pytest.raises(DataverseFault, match="no file or image column"):
        file_column(THING, name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.pdf", "application/pdf"),
        ("A.PNG", "image/png"),
        ("a", "application/octet-stream"),
        ("a.unheard", "application/octet-stream"),
    ],
)
def test_a_name_suggests_a_kind(name: str, expected: str) -> None:
    assert kind_by_name(name) == expected


def test_base64_is_read_strictly() -> None:
    assert decoded("x", "b25l") == b"one"
    for text in ("b25", "b2 5l", "b25l!", "Ö"):
        with pytest.raises(DataverseFault, match=r"Edm\.Binary"):
            decoded("x", text)
