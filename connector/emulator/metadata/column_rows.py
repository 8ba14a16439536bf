"""Definitions of columns: every documented property of AttributeMetadata and its types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator.metadata.rows import INTRODUCED, MADE, MetadataRow, label, managed
from connector.emulator.schema.identity import (
    ATTRIBUTE_TYPES,
    attribute_class,
    metadata_id,
    schema_name,
)
from connector.emulator.schema.languages import Languages
from connector.emulator.schema.model import CHOICE_KINDS, LOOKUP_KINDS, Column, ColumnKind, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_REQUIRED: Final = {
    "none": "None",
    "recommended": "Recommended",
    "required": "ApplicationRequired",
    "system": "SystemRequired",
}
_TYPE_NAMES: Final = {
    ColumnKind.MULTIPICKLIST: "MultiSelectPicklistType",
    ColumnKind.FILE: "FileType",
    ColumnKind.IMAGE: "ImageType",
}
_DEFAULT_KILOBYTES: Final = {ColumnKind.FILE: 32_768, ColumnKind.IMAGE: 10_240}
_THUMBNAIL: Final = 144
_LABELLED: Final = CHOICE_KINDS | {ColumnKind.BOOLEAN, ColumnKind.MULTIPICKLIST}
_INT32: Final = 2**31
_INT64: Final = 2**63
_EARLIEST: Final = "1753-01-01T00:00:00Z"
_LATEST: Final = "9999-12-30T23:59:59Z"


def attribute_rows(table: Table, languages: Languages) -> Iterator[MetadataRow]:
    """
    The attributes of a table in the order of their column numbers.

    Beside lookups, choices and yes/no stand those that hold what a person reads; OData has none
    of them (`IsValidODataAttribute`).
    """
    number = 0
    for column in table.columns.values():
        number += 1
        yield attribute_row(table, column, number, languages)
        for shown in _behind(table, column):
            number += 1
            row = attribute_row(table, shown, number, languages)
            yield {**row, **_of(column, shown)}


def _behind(table: Table, column: Column) -> Iterator[Column]:
    """The columns that hold what a person reads of another column."""
    name = column.logical_name
    has_label = column.kind in _LABELLED
    if (column.is_lookup or has_label) and f"{name}name" not in table.columns:
        kind = ColumnKind.GUID if has_label else ColumnKind.STRING
        yield _shown(f"{name}name", column, kind)
    if column.is_polymorphic and f"{name}type" not in table.columns:
        yield _shown(f"{name}type", column, ColumnKind.GUID)


def _shown(name: str, owner: Column, kind: ColumnKind) -> Column:
    return Column(
        logical_name=name,
        kind=kind,
        property_name=name,
        label=name,
        custom=owner.custom,
        read_only=True,
    )


def _of(owner: Column, shown: Column) -> MetadataRow:
    """In what a column that shows another differs from a column of text."""
    changed: MetadataRow = {
        "AttributeOf": owner.logical_name,
        "IsLogical": True,
        "IsValidODataAttribute": False,
        "IsCustomAttribute": owner.custom or owner.logical_name.startswith("msdyn_"),
    }
    if shown.logical_name.endswith("type"):
        changed |= {
            "@odata.type": "#Microsoft.Dynamics.CRM.EntityNameAttributeMetadata",
            "AttributeType": "EntityName",
            "AttributeTypeName": {"Value": "EntityNameType"},
            "DefaultFormValue": None,
            "IsEntityReferenceStored": False,
        }
    elif not owner.is_lookup:
        changed |= {
            "@odata.type": "#Microsoft.Dynamics.CRM.AttributeMetadata",
            "AttributeType": "Virtual",
            "AttributeTypeName": {"Value": "VirtualType"},
        }
    return changed


def attribute_row(table: Table, column: Column, number: int, languages: Languages) -> MetadataRow:
    """The metadata of one column with the properties of its own type."""
    specific = _SPECIFIC.get(column.kind)
    return {
        "@odata.type": f"#Microsoft.Dynamics.CRM.{attribute_class(column)}",
        **_names(table, column, number, languages),
        **_use(table, column),
        **_managed_settings(table, column),
        **_unset(),
        **(specific(column) if specific else {}),
        **(_image(table, column) if column.kind is ColumnKind.IMAGE else {}),
    }


def common_properties() -> frozenset[str]:
    """The properties that attributes of every type have."""
    column = Column(logical_name="x", property_name="x", kind=ColumnKind.GUID)
    table = Table(
        logical_name="x", entity_set="x", primary_id="x", primary_name=None, columns={"x": column}
    )
    row = attribute_row(table, column, 1, Languages())
    return frozenset(row) - {"@odata.type"}


def _names(table: Table, column: Column, number: int, languages: Languages) -> MetadataRow:
    name, attribute_type = column.logical_name, ATTRIBUTE_TYPES[column.kind]
    return {
        "MetadataId": metadata_id(table.logical_name, name),
        "HasChanged": None,
        "LogicalName": name,
        "SchemaName": schema_name(column),
        "EntityLogicalName": table.logical_name,
        "AttributeType": attribute_type,
        "AttributeTypeName": {"Value": _TYPE_NAMES.get(column.kind, f"{attribute_type}Type")},
        "AttributeOf": None,
        "ColumnNumber": number,
        "DisplayName": label(languages, column.label, table.logical_name, name, own=column.labels),
        "Description": label(
            languages,
            column.description,
            table.logical_name,
            name,
            "Description",
            own=column.descriptions,
        ),
    }


def _use(table: Table, column: Column) -> MetadataRow:
    name = column.logical_name
    is_key = name == table.primary_id
    can_be_secured = not is_key and not column.read_only
    return {
        "CanBeSecuredForCreate": can_be_secured,
        "CanBeSecuredForRead": not is_key,
        "CanBeSecuredForUpdate": can_be_secured,
        "IsCustomAttribute": column.custom or name.startswith("msdyn_"),
        "IsDataSourceSecret": False,
        "IsFilterable": False,
        "IsLogical": False,
        "IsManaged": not column.custom,
        "IsPrimaryId": is_key,
        "IsPrimaryName": name == table.primary_name,
        "IsRequiredForForm": False,
        "IsRetrievable": True,
        "IsSearchable": False,
        "IsSecured": False,
        "IsValidForCreate": not column.read_only,
        "IsValidForForm": not is_key,
        "IsValidForGrid": not is_key,
        "IsValidForRead": True,
        "IsValidForUpdate": not column.read_only and not is_key,
        "IsValidODataAttribute": True,
    }


def _managed_settings(table: Table, column: Column) -> MetadataRow:
    is_key = column.logical_name == table.primary_id
    can = not is_key
    return {
        "CanModifyAdditionalSettings": managed("canmodifyadditionalsettings", value=can),
        "IsAuditEnabled": managed("canmodifyauditsettings", value=can),
        "IsCustomizable": managed("iscustomizable", value=True),
        "IsGlobalFilterEnabled": managed("canmodifyglobalfiltersettings", value=False),
        "IsRenameable": managed("isrenameable", value=True),
        "IsSortableEnabled": managed("canmodifyissortablesettings", value=False),
        "IsValidForAdvancedFind": managed("canmodifysearchsettings", value=can),
        "RequiredLevel": {
            "Value": "SystemRequired" if is_key else _REQUIRED[column.required],
            "CanBeChanged": can and column.required != "system",
            "ManagedPropertyLogicalName": "canmodifyrequirementlevelsettings",
        },
    }


def _unset() -> MetadataRow:
    """What only few columns of a tenant have, and the emulator's none."""
    return {
        "AutoNumberFormat": "",
        "CreatedOn": MADE,
        "DeprecatedVersion": None,
        "ExternalName": None,
        "InheritsFrom": None,
        "IntroducedVersion": INTRODUCED,
        "LinkedAttributeId": None,
        "ModifiedOn": MADE,
        "Settings": [],
        "SourceType": None,
    }


def _string(column: Column) -> MetadataRow:
    length = column.max_length or 100
    return {
        "DatabaseLength": length * 2,
        "Format": column.format or "Text",
        "FormatName": {"Value": column.format or "Text"},
        "FormulaDefinition": "",
        "ImeMode": "Auto",
        "IsLocalizable": False,
        "MaxLength": length,
        "SourceTypeMask": 0,
        "YomiOf": None,
    }


def _memo(column: Column) -> MetadataRow:
    return {
        "Format": column.format or "TextArea",
        "FormatName": {"Value": column.format or "TextArea"},
        "ImeMode": "Auto",
        "IsLocalizable": False,
        "MaxLength": column.max_length or 2000,
    }


def _date(column: Column) -> MetadataRow:
    shown = "DateOnly" if column.kind is ColumnKind.DATE else "DateAndTime"
    return {
        "CanChangeDateTimeBehavior": managed(
            "canchangedatetimebehavior", value=column.custom, changeable=column.custom
        ),
        "DateTimeBehavior": {"Value": column.behaviour.value},
        "Format": column.format or shown,
        "FormulaDefinition": "",
        "ImeMode": "Auto",
        "MaxSupportedValue": _LATEST,
        "MinSupportedValue": _EARLIEST,
        "SourceTypeMask": 0,
    }


def _decimal(column: Column) -> MetadataRow:
    return {
        "FormulaDefinition": "",
        "ImeMode": "Auto",
        **_range(column),
        "Precision": 10 if column.precision is None else column.precision,
        "SourceTypeMask": 0,
    }


def _double(column: Column) -> MetadataRow:
    precision = 5 if column.precision is None else column.precision
    return {"ImeMode": "Auto", **_range(column), "Precision": precision}


def _money(column: Column) -> MetadataRow:
    name = column.logical_name
    base_of = name.removesuffix("_base") if name.endswith("_base") else None
    return {
        "CalculationOf": base_of,
        "FormulaDefinition": "",
        "ImeMode": "Disabled",
        "IsBaseCurrency": base_of is not None,
        **_range(column),
        "Precision": 4 if column.precision is None else column.precision,
        "PrecisionSource": 2,
        "SourceTypeMask": 0,
    }


def _integer(column: Column) -> MetadataRow:
    return {
        "Format": column.format or "None",
        "FormulaDefinition": "",
        "MaxValue": _INT32 - 1 if column.maximum is None else column.maximum,
        "MinValue": -_INT32 if column.minimum is None else column.minimum,
        "SourceTypeMask": 0,
    }


def _bigint(column: Column) -> MetadataRow:
    return {
        "MaxValue": _INT64 - 1 if column.maximum is None else column.maximum,
        "MinValue": -_INT64 if column.minimum is None else column.minimum,
    }


def _range(column: Column) -> MetadataRow:
    return {"MaxValue": column.maximum, "MinValue": column.minimum}


def _lookup(column: Column) -> MetadataRow:
    return {"Format": "None", "Targets": list(column.targets)}


def _boolean(column: Column) -> MetadataRow:
    return {
        "DefaultValue": bool(column.default),
        "FormulaDefinition": "",
        "SourceTypeMask": 0,
    }


def _choice(column: Column) -> MetadataRow:
    return {
        "ChildPicklistLogicalNames": [],
        "DefaultFormValue": -1 if column.default is None else column.default,
        "FormulaDefinition": "",
        "ParentPicklistLogicalName": "",
        "SourceTypeMask": 0,
    }


def _state(column: Column) -> MetadataRow:
    return {
        "ChildPicklistLogicalNames": [],
        "DefaultFormValue": column.default,
        "ParentPicklistLogicalName": "",
    }


def _file(column: Column) -> MetadataRow:
    return {"MaxSizeInKB": column.max_length or _DEFAULT_KILOBYTES[column.kind]}


def _image(table: Table, column: Column) -> MetadataRow:
    return {
        **_file(column),
        "CanStoreFullImage": column.full_image,
        "IsPrimaryImage": column.logical_name == table.primary_image,
        "MaxHeight": _THUMBNAIL,
        "MaxWidth": _THUMBNAIL,
    }


_SPECIFIC: Final[Mapping[ColumnKind, Callable[[Column], MetadataRow]]] = {
    **dict.fromkeys(LOOKUP_KINDS, _lookup),
    ColumnKind.STRING: _string,
    ColumnKind.MEMO: _memo,
    ColumnKind.DATETIME: _date,
    ColumnKind.DATE: _date,
    ColumnKind.DECIMAL: _decimal,
    ColumnKind.DOUBLE: _double,
    ColumnKind.MONEY: _money,
    ColumnKind.INTEGER: _integer,
    ColumnKind.BIGINT: _bigint,
    ColumnKind.BOOLEAN: _boolean,
    ColumnKind.PICKLIST: _choice,
    ColumnKind.MULTIPICKLIST: _choice,
    ColumnKind.STATE: _state,
    ColumnKind.STATUS: _state,
    ColumnKind.FILE: _file,
}
