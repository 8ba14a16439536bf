"""Names and ids of definitions."""

from __future__ import annotations

from uuid import UUID

import pytest

from connector.emulator.schema.identity import (
    ATTRIBUTE_TYPES,
    attribute_class,
    metadata_id,
    object_type_code,
    schema_name,
)
from connector.emulator.schema.model import Column, ColumnKind


def column(kind: ColumnKind, name: str = "x", **more: object) -> Column:
    return Column(logical_name=name, property_name=name, kind=kind, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "attribute_type", "metadata"),
    [
        (ColumnKind.MONEY, "Money", "MoneyAttributeMetadata"),
        (ColumnKind.DATE, "DateTime", "DateTimeAttributeMetadata"),
        (ColumnKind.GUID, "Uniqueidentifier", "UniqueIdentifierAttributeMetadata"),
        (ColumnKind.CUSTOMER, "Customer", "LookupAttributeMetadata"),
        (ColumnKind.OWNER, "Owner", "LookupAttributeMetadata"),
        (ColumnKind.MULTIPICKLIST, "Virtual", "MultiSelectPicklistAttributeMetadata"),
        (ColumnKind.FILE, "Virtual", "FileAttributeMetadata"),
        (ColumnKind.IMAGE, "Virtual", "ImageAttributeMetadata"),
    ],
)
def test_a_kind_has_a_type_and_a_type_of_metadata(
    kind: ColumnKind, attribute_type: str, metadata: str
) -> None:
    assert (ATTRIBUTE_TYPES[kind], attribute_class(column(kind))) == (attribute_type, metadata)


def test_every_kind_has_a_type() -> None:
    assert set(ATTRIBUTE_TYPES) == set(ColumnKind)


def test_ids_are_the_same_everywhere_and_differ_by_every_name() -> None:
    ids = {metadata_id("account"), metadata_id("account", "name"), metadata_id("account", "key")}
    assert len(ids) == 3
    assert metadata_id("account", "name") == metadata_id("account", "name")
    assert UUID(metadata_id("account")).version == 5


def test_an_unknown_object_type_code_is_that_of_a_custom_table() -> None:
    assert 10_000 <= object_type_code("contoso_thing") < 50_000
    assert object_type_code("contoso_thing") != object_type_code("contoso_other")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (column(ColumnKind.STRING, schema_name="Name"), "Name"),
        (
            column(ColumnKind.LOOKUP, "new_owner", targets=("a",), navigations={"new_Owner": "a"}),
            "new_Owner",
        ),
        (
            column(ColumnKind.LOOKUP, "parentid", targets=("a",), navigations={"parent_a": "a"}),
            "parentid",
        ),
        (column(ColumnKind.STRING, "name"), "name"),
    ],
)
def test_a_schema_name_is_given_or_that_of_the_navigation_or_the_name_on_the_wire(
    found: Column, expected: str
) -> None:
    assert schema_name(found) == expected
