"""Definitions of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator.metadata.privilege_rows import privilege_rows
from connector.emulator.metadata.table_rows import entity_row, table_schema_name
from connector.emulator.schema.identity import metadata_id
from connector.emulator.schema.languages import Languages

if TYPE_CHECKING:
    from connector.emulator.schema.model import Schema

ENGLISH = Languages()


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("account", {"PrimaryImageAttribute": "entityimage", "ObjectTypeCode": 1}),
        ("account", {"OwnershipType": "UserOwned", "IsCustomEntity": False, "HasNotes": True}),
        (
            "account",
            {"HasActivities": True, "IsActivity": False, "LogicalCollectionName": "accounts"},
        ),
        ("account", {"PrimaryIdAttribute": "accountid", "PrimaryNameAttribute": "name"}),
        ("account", {"ReportViewName": "FilteredAccount", "EntitySetName": "accounts"}),
        ("task", {"IsActivity": True, "ActivityTypeMask": 1, "PrimaryIdAttribute": "activityid"}),
        ("msdyn_actual", {"IsCustomEntity": True, "IsStateModelAware": True}),
        ("transactioncurrency", {"OwnershipType": "OrganizationOwned", "HasActivities": False}),
        ("businessunit", {"OwnershipType": "BusinessOwned", "ObjectTypeCode": 10}),
        ("teammembership", {"IsIntersect": True, "OwnershipType": "None", "ReportViewName": None}),
    ],
)
def test_a_definition_says_what_a_table_is(
    schema: Schema, table: str, expected: dict[str, object]
) -> None:
    row = entity_row(schema.table(table), ENGLISH)
    assert {member: row[member] for member in expected} == expected


def test_settings_that_cannot_be_changed_of_a_table_between_are_off(schema: Schema) -> None:
    def can(table: str, member: str) -> Any:
        found = entity_row(schema.table(table), ENGLISH)[member]
        assert isinstance(found, dict)
        return found["Value"]

    assert (can("account", "CanBeInManyToMany"), can("teammembership", "CanBeInManyToMany")) == (
        True,
        False,
    )
    assert can("account", "CanChangeTrackingBeEnabled")


def test_owned_rows_can_be_assigned_and_shared(schema: Schema) -> None:
    owned = {row["Name"]: row for row in privilege_rows(schema.table("account"))}
    verbs = ("Create", "Read", "Write", "Delete", "Assign", "Share", "Append", "AppendTo")
    assert set(owned) == {f"prv{verb}Account" for verb in verbs}
    assert owned["prvReadAccount"]["CanBeBasic"]
    assert owned["prvReadAccount"]["PrivilegeId"] == metadata_id("privilege", "prvReadAccount")
    others = {row["Name"]: row for row in privilege_rows(schema.table("transactioncurrency"))}
    assert "prvAssignTransactionCurrency" not in others
    assert not others["prvReadTransactionCurrency"]["CanBeBasic"]


def test_a_schema_name_is_the_tables_own_or_that_of_its_page(schema: Schema) -> None:
    names = {name: table_schema_name(schema.table(name)) for name in ("salesorder", "msdyn_actual")}
    assert names == {"salesorder": "SalesOrder", "msdyn_actual": "msdyn_actual"}
