"""Definitions of tables, columns and relationships as the Web API shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from connector.emulator.schema.model import TEXT_KINDS, Column, ColumnKind, DeleteRule, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.emulator.schema.model import AlternateKey, Collection, Schema

MetadataRow = dict[str, object]
_SEED: Final = UUID("0a6e0000-0000-4000-8000-0000000000fe")
_ENGLISH: Final = 1033
_NO_LABEL: Final[dict[str, object]] = {"LocalizedLabels": [], "UserLocalizedLabel": None}
_OWNERSHIP: Final = {
    "user": "UserOwned",
    "organization": "OrganizationOwned",
    "business": "BusinessOwned",
}
_REQUIRED: Final = {
    "none": "None",
    "recommended": "Recommended",
    "required": "ApplicationRequired",
    "system": "SystemRequired",
}
ATTRIBUTE_TYPES: Final = {
    ColumnKind.STRING: "String",
    ColumnKind.MEMO: "Memo",
    ColumnKind.INTEGER: "Integer",
    ColumnKind.BIGINT: "BigInt",
    ColumnKind.DECIMAL: "Decimal",
    ColumnKind.DOUBLE: "Double",
    ColumnKind.MONEY: "Money",
    ColumnKind.BOOLEAN: "Boolean",
    ColumnKind.DATETIME: "DateTime",
    ColumnKind.DATE: "DateTime",
    ColumnKind.GUID: "Uniqueidentifier",
    ColumnKind.LOOKUP: "Lookup",
    ColumnKind.CUSTOMER: "Customer",
    ColumnKind.OWNER: "Owner",
    ColumnKind.PICKLIST: "Picklist",
    ColumnKind.STATE: "State",
    ColumnKind.STATUS: "Status",
    ColumnKind.MULTIPICKLIST: "Virtual",
}
_CLASSES: Final = {
    "Uniqueidentifier": "UniqueIdentifier",
    "Customer": "Lookup",
    "Owner": "Lookup",
    "Virtual": "MultiSelectPicklist",
}
_DEFAULT_PLACES: Final = {ColumnKind.MONEY: 4, ColumnKind.DECIMAL: 10, ColumnKind.DOUBLE: 5}


def metadata_id(*names: str) -> str:
    """The MetadataId of what *names* lead to; the same in every store."""
    return str(uuid5(_SEED, "/".join(names)))


def label(text: str | None, *names: str) -> MetadataRow:
    """A Label in English; *names* identify it."""
    if text is None:
        return dict(_NO_LABEL)
    localized = {
        "Label": text,
        "LanguageCode": _ENGLISH,
        "IsManaged": True,
        "MetadataId": metadata_id("label", *names),
        "HasChanged": None,
    }
    return {"LocalizedLabels": [localized], "UserLocalizedLabel": dict(localized)}


def entity_row(table: Table) -> MetadataRow:
    """The EntityMetadata of a table, without its navigation properties."""
    name = table.logical_name
    return {
        "MetadataId": metadata_id(name),
        "HasChanged": None,
        "LogicalName": name,
        "SchemaName": table.schema_name or name,
        "EntitySetName": table.entity_set,
        "LogicalCollectionName": table.entity_set,
        "CollectionSchemaName": table.entity_set,
        "PrimaryIdAttribute": table.primary_id,
        "PrimaryNameAttribute": table.primary_name,
        "DisplayName": label(table.label, name, "DisplayName"),
        "DisplayCollectionName": label(
            table.collection_label or table.label, name, "DisplayCollectionName"
        ),
        "Description": label(table.description, name, "Description"),
        "OwnershipType": _OWNERSHIP.get(table.ownership, "None"),
        "TableType": "Standard",
        "ObjectTypeCode": object_type_code(name),
        "IsCustomEntity": table.custom or name.startswith("msdyn_"),
        "IsManaged": not table.custom,
        "IsActivity": False,
        "IsPrivate": False,
        "IsIntersect": False,
        "IsChildEntity": False,
        "IsLogicalEntity": False,
        "IsValidForAdvancedFind": True,
        "IsOptimisticConcurrencyEnabled": True,
        "ChangeTrackingEnabled": table.change_tracking,
        "IsKnowledgeManagementEnabled": False,
        "CanCreateAttributes": _managed("cancreateattributes", value=True),
        "IsCustomizable": _managed("iscustomizable", value=True),
        "IsAuditEnabled": _managed("canmodifyauditsettings", value=False),
    }


def object_type_code(name: str) -> int:
    """A number for a table, the same in every store but not that of a real environment."""
    return 10_000 + uuid5(_SEED, name).int % 40_000


def attribute_class(column: Column) -> str:
    """The name of the metadata type of a column, for example ``MoneyAttributeMetadata``."""
    attribute_type = ATTRIBUTE_TYPES[column.kind]
    return f"{_CLASSES.get(attribute_type, attribute_type)}AttributeMetadata"


def attribute_rows(table: Table) -> Iterator[MetadataRow]:
    """The attributes of a table in the order of their column numbers."""
    for number, column in enumerate(table.columns.values(), start=1):
        yield attribute_row(table, column, number)


def attribute_row(table: Table, column: Column, number: int) -> MetadataRow:
    """The metadata of one column with the properties of its own type."""
    return {
        "@odata.type": f"#Microsoft.Dynamics.CRM.{attribute_class(column)}",
        **_common(table, column, number),
        **_specific(column),
    }


def common_properties() -> frozenset[str]:
    """The properties that attributes of every type have."""
    column = Column(logical_name="x", property_name="x", kind=ColumnKind.STRING)
    table = Table(
        logical_name="x", entity_set="x", primary_id="x", primary_name=None, columns={"x": column}
    )
    return frozenset(_common(table, column, 1))


def _common(table: Table, column: Column, number: int) -> MetadataRow:
    name = column.logical_name
    attribute_type = ATTRIBUTE_TYPES[column.kind]
    class_name = attribute_class(column).removesuffix("AttributeMetadata")
    is_key = name == table.primary_id
    return {
        "MetadataId": metadata_id(table.logical_name, name),
        "HasChanged": None,
        "LogicalName": name,
        "SchemaName": schema_name(column),
        "EntityLogicalName": table.logical_name,
        "AttributeType": attribute_type,
        "AttributeTypeName": {"Value": f"{class_name}Type"},
        "AttributeOf": None,
        "ColumnNumber": number,
        "DisplayName": label(column.label, table.logical_name, name),
        "Description": label(column.description, table.logical_name, name, "Description"),
        "RequiredLevel": {
            "Value": "SystemRequired" if is_key else _REQUIRED[column.required],
            "CanBeChanged": not is_key and column.required != "system",
            "ManagedPropertyLogicalName": "canmodifyrequirementlevelsettings",
        },
        "IsPrimaryId": is_key,
        "IsPrimaryName": name == table.primary_name,
        "IsValidForRead": True,
        "IsValidForCreate": not column.read_only,
        "IsValidForUpdate": not column.read_only and not is_key,
        "IsCustomAttribute": column.custom or name.startswith("msdyn_"),
        "IsManaged": not column.custom,
        "IsLogical": False,
        "IsSecured": False,
        "IsValidODataAttribute": True,
        "SourceType": None,
        "IsCustomizable": _managed("iscustomizable", value=True),
    }


def schema_name(column: Column) -> str:
    """The name in its case, else that of the navigation property, else as on the wire."""
    if column.schema_name:
        return column.schema_name
    for name in column.navigations:
        if name.lower() == column.logical_name:
            return name
    return column.logical_name if column.is_lookup else column.property_name


def _specific(column: Column) -> MetadataRow:
    kind = column.kind
    if kind in TEXT_KINDS:
        return {
            "MaxLength": column.max_length or (100 if kind is ColumnKind.STRING else 2000),
            "Format": "Text" if kind is ColumnKind.STRING else "TextArea",
            "FormatName": {"Value": column.format or "Text"},
        }
    if kind in (ColumnKind.DATETIME, ColumnKind.DATE):
        shown = column.format or ("DateOnly" if kind is ColumnKind.DATE else "DateAndTime")
        return {"Format": shown, "DateTimeBehavior": {"Value": column.behaviour.value}}
    if kind in _DEFAULT_PLACES:
        places = _DEFAULT_PLACES[kind] if column.precision is None else column.precision
        source = {"PrecisionSource": 2} if kind is ColumnKind.MONEY else {}
        return {"Precision": places, **source, **_range(column)}
    if kind in (ColumnKind.INTEGER, ColumnKind.BIGINT):
        return {"Format": column.format or "None", **_range(column)}
    return {"Targets": list(column.targets)} if column.is_lookup else _default(column)


def _default(column: Column) -> MetadataRow:
    if column.kind is ColumnKind.BOOLEAN:
        return {"DefaultValue": bool(column.default)}
    if column.kind in (ColumnKind.PICKLIST, ColumnKind.MULTIPICKLIST):
        return {"DefaultFormValue": -1 if column.default is None else column.default}
    return {}


def _range(column: Column) -> MetadataRow:
    return {"MinValue": column.minimum, "MaxValue": column.maximum}


def option_set_row(table: Table, column: Column) -> MetadataRow:
    """The OptionSet of a choice, state, status or yes/no column."""
    name = column.option_set or f"{table.logical_name}_{column.logical_name}"
    is_global = column.option_set is not None
    if column.kind is ColumnKind.BOOLEAN:
        labels = column.options or {0: "No", 1: "Yes"}
        body: MetadataRow = {
            "TrueOption": _option(1, labels.get(1, "Yes"), name),
            "FalseOption": _option(0, labels.get(0, "No"), name),
        }
        return {**body, **_set_properties(name, "Boolean", is_global=is_global)}
    options = [_option(value, text, name) for value, text in column.options.items()]
    if column.kind is ColumnKind.STATUS:
        for option in options:
            option["State"] = column.states.get(option["Value"])  # type: ignore[call-overload]
    elif column.kind is ColumnKind.STATE:
        for option in options:
            option["DefaultStatus"] = _default_status(table, option["Value"])
            option["InvariantName"] = str(option["Value"])
    set_type = {ColumnKind.STATE: "State", ColumnKind.STATUS: "Status"}.get(column.kind, "Picklist")
    return {"Options": options, **_set_properties(name, set_type, is_global=is_global)}


def global_option_set_row(name: str, options: Mapping[int, str]) -> MetadataRow:
    """A global option set."""
    rows = [_option(value, text, name) for value, text in options.items()]
    return {
        "@odata.type": "#Microsoft.Dynamics.CRM.OptionSetMetadata",
        "Options": rows,
        **_set_properties(name, "Picklist", is_global=True),
    }


def _set_properties(name: str, set_type: str, *, is_global: bool) -> MetadataRow:
    return {
        "MetadataId": metadata_id("optionset", name),
        "HasChanged": None,
        "Name": name,
        "IsGlobal": is_global,
        "IsCustomOptionSet": False,
        "IsManaged": True,
        "OptionSetType": set_type,
        "DisplayName": label(name, "optionset", name),
        "Description": label(None),
    }


def _option(value: int, text: str, set_name: str) -> MetadataRow:
    return {
        "Value": value,
        "Label": label(text, "option", set_name, str(value)),
        "Description": label(None),
        "Color": None,
        "IsManaged": True,
        "MetadataId": None,
        "HasChanged": None,
    }


def _default_status(table: Table, state: object) -> int | None:
    statuses = table.columns.get("statuscode")
    found = statuses.states.items() if statuses else ()
    return next((status for status, belongs_to in found if belongs_to == state), None)


def key_row(table: Table, key: AlternateKey) -> MetadataRow:
    """The metadata of an alternate key, its index always active."""
    return {
        "MetadataId": metadata_id(table.logical_name, "key", key.name),
        "HasChanged": None,
        "LogicalName": key.name.lower(),
        "SchemaName": key.name,
        "EntityLogicalName": table.logical_name,
        "DisplayName": label(key.name, table.logical_name, "key", key.name),
        "KeyAttributes": list(key.columns),
        "EntityKeyIndexStatus": "Active",
        "IsManaged": not table.custom,
    }


def many_to_one_rows(schema: Schema, table: Table) -> Iterator[MetadataRow]:
    """The relationships in which *table* refers to another."""
    for column in table.columns.values():
        for navigation, target in column.navigations.items():
            yield _relationship(schema, table, column, navigation, target)


def one_to_many_rows(schema: Schema, table: Table) -> Iterator[MetadataRow]:
    """The relationships in which other tables refer to *table*."""
    for other in schema.tables.values():
        for row in many_to_one_rows(schema, other):
            if row["ReferencedEntity"] == table.logical_name:
                yield row


def _relationship(
    schema: Schema, table: Table, column: Column, navigation: str, target: str
) -> MetadataRow:
    referenced = "owner" if target == "principal" else target
    found = _collection(schema, table, column, target)
    collection = found.name if found else None
    rule = found.on_delete if found else DeleteRule.REMOVE_LINK
    name = collection or f"{referenced}_{table.logical_name}_{column.logical_name}"
    other = schema.tables.get(target)
    return {
        "@odata.type": "#Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata",
        "MetadataId": metadata_id("relationship", name),
        "HasChanged": None,
        "SchemaName": name,
        "RelationshipType": "OneToManyRelationship",
        "ReferencedEntity": referenced,
        "ReferencedAttribute": other.primary_id if other else f"{referenced}id",
        "ReferencedEntityNavigationPropertyName": collection or name,
        "ReferencingEntity": table.logical_name,
        "ReferencingAttribute": column.logical_name,
        "ReferencingEntityNavigationPropertyName": navigation,
        "IsCustomRelationship": table.custom or column.custom,
        "IsManaged": not column.custom,
        "IsHierarchical": False,
        "CascadeConfiguration": {
            "Assign": "NoCascade",
            "Delete": rule.value,
            "Merge": "NoCascade",
            "Reparent": "NoCascade",
            "Share": "NoCascade",
            "Unshare": "NoCascade",
            "RollupView": "NoCascade",
        },
    }


def _collection(schema: Schema, table: Table, column: Column, target: str) -> Collection | None:
    other = schema.tables.get(target)
    collections = other.collections.values() if other else ()
    wanted = (table.logical_name, column.logical_name)
    return next((one for one in collections if (one.table, one.column) == wanted), None)


def _managed(name: str, *, value: bool) -> MetadataRow:
    return {"Value": value, "CanBeChanged": True, "ManagedPropertyLogicalName": name}
