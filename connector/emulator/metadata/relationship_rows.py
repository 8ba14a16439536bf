"""Definitions of relationships and alternate keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator.metadata.rows import INTRODUCED, MetadataRow, label, managed
from connector.emulator.schema.identity import metadata_id
from connector.emulator.schema.model import DeleteRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator.schema.languages import Languages
    from connector.emulator.schema.model import (
        AlternateKey,
        Collection,
        Column,
        ManyToMany,
        Schema,
        Table,
    )

_ACTIONS: Final = (
    *("Archive", "Assign", "Delete", "Merge", "Reparent", "RollupView", "Share", "Unshare"),
)
_NOWHERE: Final = "00000000-0000-0000-0000-000000000000"


def key_row(table: Table, key: AlternateKey, languages: Languages) -> MetadataRow:
    """The metadata of an alternate key, its index always active."""
    return {
        "MetadataId": metadata_id(table.logical_name, "key", key.name),
        "HasChanged": None,
        "LogicalName": key.name.lower(),
        "SchemaName": key.name,
        "EntityLogicalName": table.logical_name,
        "DisplayName": label(languages, key.name, table.logical_name, "key", key.name),
        "KeyAttributes": list(key.columns),
        "EntityKeyIndexStatus": "Active",
        "IntroducedVersion": INTRODUCED,
        "IsCustomizable": managed("iscustomizable", value=True),
        "IsExportKey": False,
        "IsManaged": not table.custom,
        "IsSecondaryKey": False,
        "IsSynchronous": False,
    }


def many_to_one_rows(schema: Schema, table: Table, languages: Languages) -> Iterator[MetadataRow]:
    """The relationships in which *table* refers to another."""
    for column in table.columns.values():
        for navigation, target in column.navigations.items():
            yield _relationship(schema, table, column, navigation, target, languages)


def many_to_many_rows(
    schema: Schema, languages: Languages, table: Table | None = None
) -> Iterator[MetadataRow]:
    """The many-to-many relationships of a schema, or only those of a table."""
    for one in schema.many_to_many.values():
        tables = {end.table for end in one.ends}
        if table is None or table.logical_name in tables:
            yield _many_to_many(one, languages)


def _many_to_many(one: ManyToMany, languages: Languages) -> MetadataRow:
    first, second = one.ends
    return {
        "@odata.type": "#Microsoft.Dynamics.CRM.ManyToManyRelationshipMetadata",
        **_shared(one.name, "ManyToManyRelationship", is_custom=one.custom),
        "SecurityTypes": "None",
        "IntersectEntityName": one.intersect,
        "Entity1LogicalName": first.table,
        "Entity1IntersectAttribute": first.column,
        "Entity1NavigationPropertyName": first.navigation,
        "Entity1AssociatedMenuConfiguration": menu(languages),
        "Entity2LogicalName": second.table,
        "Entity2IntersectAttribute": second.column,
        "Entity2NavigationPropertyName": second.navigation,
        "Entity2AssociatedMenuConfiguration": menu(languages),
    }


def one_to_many_rows(schema: Schema, table: Table, languages: Languages) -> Iterator[MetadataRow]:
    """The relationships in which other tables refer to *table*."""
    for other in schema.tables.values():
        for row in many_to_one_rows(schema, other, languages):
            if row["ReferencedEntity"] == table.logical_name:
                yield row


def _relationship(
    schema: Schema,
    table: Table,
    column: Column,
    navigation: str,
    target: str,
    languages: Languages,
) -> MetadataRow:
    referenced = "owner" if target == "principal" else target
    found = _collection(schema, table, column, target)
    rule = found.on_delete if found else DeleteRule.REMOVE_LINK
    name = found.name if found else f"{referenced}_{table.logical_name}_{column.logical_name}"
    other = schema.tables.get(target)
    return {
        "@odata.type": "#Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata",
        **_shared(name, "OneToManyRelationship", is_custom=table.custom or column.custom),
        "ReferencedEntity": referenced,
        "ReferencedAttribute": other.primary_id if other else f"{referenced}id",
        "ReferencedEntityNavigationPropertyName": name,
        "ReferencingEntity": table.logical_name,
        "ReferencingAttribute": column.logical_name,
        "ReferencingEntityNavigationPropertyName": navigation,
        "DenormalizedAttributeName": None,
        "EntityKey": None,
        "IsDenormalizedLookup": False,
        "IsHierarchical": False,
        "IsRelationshipAttributeDenormalized": False,
        "RelationshipAttributes": [],
        "RelationshipBehavior": 1,
        "AssociatedMenuConfiguration": menu(languages),
        "CascadeConfiguration": {
            **dict.fromkeys(_ACTIONS, "NoCascade"),
            **(found.cascades if found else {}),
            "Delete": rule.value,
        },
    }


def _shared(name: str, kind: str, *, is_custom: bool) -> MetadataRow:
    """What relationships of both kinds have."""
    return {
        "MetadataId": metadata_id("relationship", name),
        "HasChanged": None,
        "SchemaName": name,
        "RelationshipType": kind,
        "IntroducedVersion": INTRODUCED,
        "IsCustomizable": managed("iscustomizable", value=is_custom),
        "IsCustomRelationship": is_custom,
        "IsManaged": not is_custom,
        "IsValidForAdvancedFind": True,
        "SecurityTypes": "Append",
    }


def menu(languages: Languages) -> MetadataRow:
    """Where an application shows a relationship: nowhere of its own, as no form is known."""
    return {
        "AvailableOffline": True,
        "Behavior": "DoNotDisplay",
        "Group": "Details",
        "Icon": None,
        "IsCustomizable": False,
        "Label": label(languages, None),
        "MenuId": None,
        "Order": None,
        "QueryApi": None,
        "ViewId": _NOWHERE,
    }


def _collection(schema: Schema, table: Table, column: Column, target: str) -> Collection | None:
    other = schema.tables.get(target)
    collections = other.collections.values() if other else ()
    wanted = (table.logical_name, column.logical_name)
    return next((one for one in collections if (one.table, one.column) == wanted), None)
