"""Many-to-many relationships in schema files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator.schema.file import read_schema
from connector.emulator.schema.malformed import SchemaError

if TYPE_CHECKING:
    from connector.emulator.schema.model import Schema

ENDS = [["account", "accountid", "liked_projects"], ["msdyn_project", "msdyn_projectid", "fans"]]


def likes(**more: Any) -> Schema:
    relationship = {"intersect": "likes", "set": "likesset", "ends": ENDS, **more}
    return read_schema(
        {
            "format": "proforma-emulator-schema/1",
            "extends": "project-operations",
            "many_to_many": {"new_likes": relationship},
        }
    )


def test_both_tables_lead_to_each_other_through_the_table_between() -> None:
    schema = likes()
    there = schema.table("account").links["liked_projects"]
    back = schema.table("msdyn_project").links["fans"]
    assert (there.table, there.own_column, there.other_column) == (
        "msdyn_project",
        "accountid",
        "msdyn_projectid",
    )
    assert (back.table, back.own_column, back.other_column) == (
        "account",
        "msdyn_projectid",
        "accountid",
    )
    between = schema.table("likes")
    assert between.is_intersect
    assert list(between.columns) == ["likesid", "accountid", "msdyn_projectid", "versionnumber"]
    assert schema.by_entity_set("likesset") is between


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"ends": [["account", "a", "x"], ["nothing", "b", "y"]]}, "no table 'nothing'"),
        ({"ends": [["account", "a", "x"]]}, "two ends"),
        ({"ends": [["account", "a", "x"], ["contact", "a", "y"]]}, "two ends"),
        ({"ends": [["account", "a"]]}, "relationship 'new_likes'"),
        ({"end": []}, "unknown key 'end'"),
    ],
)
def test_what_is_wrong_with_a_relationship_is_named(more: dict[str, Any], reason: str) -> None:
    with pytest.raises(SchemaError, match=reason):
        likes(**more)


def test_an_extension_can_drop_a_relationship() -> None:
    schema = read_schema(
        {
            "format": "proforma-emulator-schema/1",
            "extends": "project-operations",
            "dropped_many_to_many": ["teammembership_association"],
        }
    )
    assert "teammembership" not in schema.tables
    assert "teammembership_association" not in schema.table("team").links
