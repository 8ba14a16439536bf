"""Key predicates as column values."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.emulator.faults import DataverseFault
from connector.emulator.rows.keys import missing, typed_key
from connector.emulator.schema.file import read_schema
from connector.emulator.schema.model import Reference

if TYPE_CHECKING:
    from connector.emulator.protocol.addressing import KeyValue
    from connector.emulator.schema.model import Table

ID = UUID("11111111-2222-3333-4444-555555555555")


@pytest.fixture
def table() -> Table:
    """A table with keys of a text, of a date, and of a lookup with a number."""
    lookup = {"kind": "lookup", "targets": ["thing"], "navigation": {"parent": "thing"}}
    columns = {
        "thingid": {"kind": "guid"},
        "code": {"kind": "string"},
        "day": {"kind": "date"},
        "parent": lookup,
        "number": {"kind": "integer"},
    }
    keys = {"by_code": ["code"], "by_day": ["day"], "by_place": ["parent", "number"]}
    things = {"columns": columns, "keys": keys}
    document = {"format": "proforma-emulator-schema/1", "tables": {"thing": things}}
    return read_schema(document).table("thing")


@pytest.mark.parametrize(
    ("key", "values"),
    [
        (ID, {"thingid": ID}),
        ({"thingid": ID}, {"thingid": ID}),
        ({"code": "A"}, {"code": "A"}),
        ({"day": date(2020, 1, 2)}, {"day": date(2020, 1, 2)}),
        (
            {"_parent_value": ID, "number": 3},
            {"parent": Reference(table="thing", id=ID), "number": 3},
        ),
    ],
)
def test_a_declared_key_becomes_values_of_its_columns(
    table: Table, key: UUID | dict[str, KeyValue], values: dict[str, object]
) -> None:
    assert typed_key(table, key) == values


@pytest.mark.parametrize(
    "key",
    [{"number": 3}, {"nothing": 1}, {"code": "A", "number": 3}, {"day": "2020-01-02"}, {}],
)
def test_what_is_no_key_is_refused(table: Table, key: dict[str, KeyValue]) -> None:
    with pytest.raises(DataverseFault) as refused:
        typed_key(table, key)
    assert (refused.value.status, refused.value.code) == (400, "0x80060888")


def test_a_row_that_is_not_there_is_named_by_its_key(table: Table) -> None:
    by_id, by_key = missing(table, ID), missing(table, {"code": "A"})

    assert (by_id.status, by_id.code) == (404, "0x80040217")
    assert (by_key.status, by_key.code) == (404, "0x80060891")
    assert str(ID) in by_id.message
    assert "code=A" in by_key.message
