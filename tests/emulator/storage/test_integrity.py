"""What SQLite says about keys, as the service says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.emulator.schema.file import read_schema
from connector.emulator.storage.integrity import broken_key, integrity_fault

if TYPE_CHECKING:
    from connector.emulator.schema.model import Schema


@pytest.fixture
def things() -> Schema:
    table = {
        "columns": {"thingid": {"kind": "guid"}, "code": {"kind": "string"}},
        "keys": {"by_code": ["code"]},
    }
    return read_schema({"format": "proforma-emulator-schema/1", "tables": {"thing": table}})


@pytest.mark.parametrize(
    ("message", "status", "code"),
    [
        ("UNIQUE constraint failed: thing.thingid", 412, "0x80040237"),
        ("UNIQUE constraint failed: thing.code", 412, "0x80060892"),
        ("database or disk is full", 400, "0x80060888"),
    ],
)
def test_a_taken_key_is_told_by_its_kind(
    things: Schema, message: str, status: int, code: str
) -> None:
    fault = integrity_fault(things.table("thing"), message)

    assert (fault.status, fault.code) == (status, code)


def test_a_new_key_that_rows_break_names_the_key(things: Schema) -> None:
    fault = broken_key(things, "UNIQUE constraint failed: thing.code")
    other = broken_key(things, "UNIQUE constraint failed: nothing.code")

    assert fault.code == "0x80060892"
    assert "by_code" in fault.message
    assert other.code == "0x80060888"
