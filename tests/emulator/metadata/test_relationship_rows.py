"""Definitions of relationships and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.emulator.metadata.relationship_rows import (
    key_row,
    many_to_many_rows,
    many_to_one_rows,
    menu,
    one_to_many_rows,
)
from connector.emulator.schema.languages import Languages
from connector.emulator.schema.model import AlternateKey

if TYPE_CHECKING:
    from connector.emulator.schema.model import Schema

ENGLISH = Languages()


def test_a_lookup_is_a_relationship_to_each_of_its_tables(schema: Schema) -> None:
    table = schema.table("salesorder")
    rows: list[dict[str, Any]] = list(many_to_one_rows(schema, table, ENGLISH))
    customers = [row for row in rows if row["ReferencingAttribute"] == "customerid"]
    told = {
        row["ReferencingEntityNavigationPropertyName"]: (
            row["ReferencedEntity"],
            row["ReferencedAttribute"],
        )
        for row in customers
    }
    assert told == {
        "customerid_account": ("account", "accountid"),
        "customerid_contact": ("contact", "contactid"),
    }


def test_both_ends_tell_of_the_same_relationship(schema: Schema) -> None:
    ours = {
        row["SchemaName"]: row for row in many_to_one_rows(schema, schema.table("task"), ENGLISH)
    }
    theirs = list(one_to_many_rows(schema, schema.table("account"), ENGLISH))
    tasks = ours["Account_Tasks"]
    assert tasks in theirs
    assert tasks["ReferencingAttribute"] == "regardingobjectid"
    cascade = tasks["CascadeConfiguration"]
    assert isinstance(cascade, dict)
    assert (cascade["Delete"], cascade["Assign"]) == ("Cascade", "NoCascade")


def test_an_owner_is_a_relationship_to_owners(schema: Schema) -> None:
    rows = many_to_one_rows(schema, schema.table("account"), ENGLISH)
    (owner,) = [row for row in rows if row["ReferencingAttribute"] == "ownerid"]
    assert (owner["ReferencedEntity"], owner["ReferencedAttribute"]) == ("owner", "ownerid")


def test_a_relationship_of_many_names_both_sides_and_the_table_between(schema: Schema) -> None:
    rows = {row["SchemaName"]: row for row in many_to_many_rows(schema, ENGLISH)}
    roles = rows["systemuserroles_association"]
    assert (roles["IntersectEntityName"], roles["IsManaged"]) == ("systemuserroles", True)
    sides = [
        (roles[f"Entity{n}LogicalName"], roles[f"Entity{n}IntersectAttribute"]) for n in (1, 2)
    ]
    assert sides == [("systemuser", "systemuserid"), ("role", "roleid")]


def test_a_table_has_the_relationships_of_many_that_it_takes_part_in(schema: Schema) -> None:
    rows = many_to_many_rows(schema, ENGLISH, schema.table("role"))
    assert {row["SchemaName"] for row in rows} == {
        "roleprivileges_association",
        "systemuserroles_association",
        "teamroles_association",
    }


def test_a_key_is_active_and_lists_its_columns(schema: Schema) -> None:
    key = AlternateKey(name="ByNumber", columns=("accountnumber", "name"))
    row = key_row(schema.table("account"), key, ENGLISH)
    assert (row["LogicalName"], row["SchemaName"]) == ("bynumber", "ByNumber")
    assert row["KeyAttributes"] == ["accountnumber", "name"]
    assert row["EntityKeyIndexStatus"] == "Active"


def test_no_form_shows_a_relationship() -> None:
    assert menu(ENGLISH)["Behavior"] == "DoNotDisplay"
