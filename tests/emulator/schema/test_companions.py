"""Columns that come with files and images."""

from __future__ import annotations

import pytest

from connector.emulator.schema.companions import companions
from connector.emulator.schema.model import Column, ColumnKind


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (ColumnKind.FILE, {"new_x_name": ColumnKind.STRING}),
        (
            ColumnKind.IMAGE,
            {
                "new_xid": ColumnKind.GUID,
                "new_x_timestamp": ColumnKind.BIGINT,
                "new_x_url": ColumnKind.STRING,
            },
        ),
        (ColumnKind.MEMO, {}),
    ],
)
def test_a_column_brings_the_columns_of_its_kind(
    kind: ColumnKind, expected: dict[str, ColumnKind]
) -> None:
    owner = Column(logical_name="new_x", property_name="new_x", kind=kind, custom=True)
    found = companions(owner)
    assert {name: one.kind for name, one in found.items()} == expected
    assert all(one.read_only and one.custom for one in found.values())
