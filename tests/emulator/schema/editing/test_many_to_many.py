"""Many-to-many relationships that a client defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.emulator.faults import DataverseFault
from connector.emulator.schema.editing.body import Body
from connector.emulator.schema.editing.many_to_many import (
    unchanged,
    with_new_many_to_many,
    without_many_to_many,
)

if TYPE_CHECKING:
    from connector.emulator.schema.model import Schema


def body(**more: object) -> Body:
    return Body(
        {
            "SchemaName": "new_Account_Project",
            "Entity1LogicalName": "account",
            "Entity2LogicalName": "msdyn_project",
            **more,
        }
    )


def test_a_definition_makes_the_table_between_and_both_collections(schema: Schema) -> None:
    changed, name = with_new_many_to_many(schema, body())
    assert name == "new_Account_Project"
    made = changed.many_to_many[name]
    assert (made.intersect, made.custom) == ("new_account_project", True)
    assert [(end.table, end.column, end.navigation) for end in made.ends] == [
        ("account", "accountid", "new_Account_Project"),
        ("msdyn_project", "msdyn_projectid", "new_Account_Project"),
    ]
    assert changed.table("new_account_project").is_intersect
    assert changed.table("account").links[name].table == "msdyn_project"
    assert name not in schema.many_to_many


def test_a_table_with_itself_has_two_columns_and_two_names(schema: Schema) -> None:
    names = {"Entity1NavigationPropertyName": "new_a", "Entity2NavigationPropertyName": "new_b"}
    changed, name = with_new_many_to_many(schema, body(Entity2LogicalName="account", **names))
    ends = changed.many_to_many[name].ends
    assert [(end.column, end.navigation) for end in ends] == [
        ("accountidone", "new_a"),
        ("accountidtwo", "new_b"),
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"Entity1LogicalName": "nothing"}, "'nothing' does not exist"),
        ({"Entity2LogicalName": "teammembership"}, "'teammembership' does not exist"),
        ({"IntersectEntityName": "account"}, "account"),
        ({"Entity1NavigationPropertyName": "primarycontactid"}, "primarycontactid"),
        ({"Entity2LogicalName": "account"}, "new_Account_Project"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(
    schema: Schema, more: dict[str, object], said: str
) -> None:
    with pytest.raises(DataverseFault, match=said) as caught:
        with_new_many_to_many(schema, body(**more))
    assert caught.value.status == 400


def test_a_relationship_keeps_its_name(schema: Schema) -> None:
    changed, name = with_new_many_to_many(schema, body())
    made = changed.many_to_many[name]
    assert unchanged(changed, made, body()) is changed
    with pytest.raises(DataverseFault, match="cannot be changed"):
        unchanged(changed, made, body(SchemaName="new_other"))


def test_a_customers_relationship_goes_with_its_table_and_a_shipped_one_stays(
    schema: Schema,
) -> None:
    changed, name = with_new_many_to_many(schema, body())
    gone = without_many_to_many(changed, changed.many_to_many[name])
    assert "new_account_project" not in gone.tables
    assert (gone.table("account").links, gone.many_to_many) == (
        schema.table("account").links,
        schema.many_to_many,
    )
    with pytest.raises(DataverseFault):
        without_many_to_many(schema, schema.many_to_many["teammembership_association"])
