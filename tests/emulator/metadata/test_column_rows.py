"""Attributes: what their definitions say of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connector.emulator.metadata.column_rows import attribute_rows, common_properties
from connector.emulator.schema.file import read_schema
from connector.emulator.schema.languages import Languages

COLUMNS = {
    "thingid": {"kind": "guid"},
    "name": {"kind": "string", "length": 160, "required": "required", "format": "Email"},
    "note": {"kind": "memo"},
    "price": {"kind": "money", "precision": 2, "min": "0", "max": "1000000"},
    "share": {"kind": "double", "precision": 3, "min": "0", "max": "100"},
    "count": {"kind": "integer", "min": "-5", "max": "5"},
    "day": {"kind": "date"},
    "moment": {"kind": "datetime", "behaviour": "TimeZoneIndependent"},
    "is_open": {"kind": "boolean", "default": 1},
    "grade": {"kind": "picklist", "options": {"1": "A", "2": "B"}, "default": 2},
    "tags": {"kind": "multipicklist", "options": {"1": "A"}},
    "who": {
        "kind": "customer",
        "targets": ["account", "contact"],
        "navigation": {"who_account": "account", "who_contact": "contact"},
    },
    "stamp": {"kind": "datetime", "read_only": True, "required": "system"},
}


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, Any]]:
    """The attributes of a table with a column of each kind, by name."""
    schema = read_schema(
        {
            "format": "proforma-emulator-schema/1",
            "extends": "project-operations",
            "tables": {"thing": {"set": "things", "name": "name", "columns": COLUMNS}},
        }
    )
    return {
        str(row["LogicalName"]): row for row in attribute_rows(schema.table("thing"), Languages())
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("name", {"MaxLength": 160, "DatabaseLength": 320, "Format": "Email"}),
        ("note", {"MaxLength": 2000, "Format": "TextArea"}),
        ("price", {"Precision": 2, "MinValue": Decimal(0), "MaxValue": Decimal(1_000_000)}),
        ("share", {"Precision": 3, "MinValue": Decimal(0), "MaxValue": Decimal(100)}),
        ("count", {"MinValue": Decimal(-5), "MaxValue": Decimal(5), "Format": "None"}),
        ("day", {"DateTimeBehavior": {"Value": "DateOnly"}, "Format": "DateOnly"}),
        ("moment", {"DateTimeBehavior": {"Value": "TimeZoneIndependent"}}),
        ("moment", {"Format": "DateAndTime", "AttributeType": "DateTime"}),
        ("is_open", {"DefaultValue": True, "AttributeType": "Boolean"}),
        ("grade", {"DefaultFormValue": 2, "AttributeType": "Picklist"}),
        ("tags", {"DefaultFormValue": -1, "AttributeType": "Virtual"}),
        ("tags", {"AttributeTypeName": {"Value": "MultiSelectPicklistType"}}),
        ("who", {"Targets": ["account", "contact"], "AttributeType": "Customer"}),
        ("thingid", {"IsPrimaryId": True, "AttributeType": "Uniqueidentifier"}),
        ("name", {"IsPrimaryName": True, "IsValidForUpdate": True}),
        ("stamp", {"IsValidForCreate": False, "IsValidForUpdate": False}),
    ],
)
def test_a_definition_says_what_its_column_takes(
    rows: dict[str, dict[str, Any]], name: str, expected: dict[str, object]
) -> None:
    assert {member: rows[name][member] for member in expected} == expected


@pytest.mark.parametrize(
    ("name", "level", "changeable"),
    [
        ("thingid", "SystemRequired", False),
        ("stamp", "SystemRequired", False),
        ("name", "ApplicationRequired", True),
        ("note", "None", True),
    ],
)
def test_a_requirement_level_can_change_but_for_the_systems_own(
    rows: dict[str, dict[str, Any]], name: str, level: str, *, changeable: bool
) -> None:
    told = rows[name]["RequiredLevel"]
    assert (told["Value"], told["CanBeChanged"]) == (level, changeable)


def test_beside_lookups_and_choices_stand_the_words_that_people_read(
    rows: dict[str, dict[str, Any]],
) -> None:
    shown = {name: row["AttributeOf"] for name, row in rows.items() if row["AttributeOf"]}
    assert shown == {
        "is_openname": "is_open",
        "gradename": "grade",
        "tagsname": "tags",
        "whoname": "who",
        "whotype": "who",
    }
    types = {name: rows[name]["AttributeType"] for name in shown}
    assert types["gradename"] == types["is_openname"] == types["tagsname"] == "Virtual"
    assert (types["whoname"], types["whotype"]) == ("String", "EntityName")
    assert not any(rows[name]["IsValidODataAttribute"] for name in shown)


def test_columns_are_numbered_in_the_order_in_which_they_come(
    rows: dict[str, dict[str, Any]],
) -> None:
    assert [row["ColumnNumber"] for row in rows.values()] == list(range(1, len(rows) + 1))


def test_attributes_of_every_type_have_the_properties_of_the_plainest() -> None:
    assert {"LogicalName", "RequiredLevel", "AttributeOf"} <= common_properties()
    assert not {"MaxLength", "Targets", "@odata.type"} & common_properties()
