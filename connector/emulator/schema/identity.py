"""The names and ids by which definitions are known: the same in every store."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from connector.emulator.schema.model import Column, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_SEED: Final = UUID("0a6e0000-0000-4000-8000-0000000000fe")
ATTRIBUTE_TYPES: Final[Mapping[ColumnKind, str]] = {
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
    ColumnKind.FILE: "Virtual",
    ColumnKind.IMAGE: "Virtual",
}
# Metadata types that are not named as the type of the attribute.
_CLASSES: Final[Mapping[ColumnKind, str]] = {
    ColumnKind.GUID: "UniqueIdentifier",
    ColumnKind.CUSTOMER: "Lookup",
    ColumnKind.OWNER: "Lookup",
    ColumnKind.MULTIPICKLIST: "MultiSelectPicklist",
    ColumnKind.FILE: "File",
    ColumnKind.IMAGE: "Image",
}
_FIRST_CUSTOM_CODE: Final = 10_000


@lru_cache(maxsize=32_768)  # a tenant has about as many columns, and asks for them anew
def metadata_id(*names: str) -> str:
    """The MetadataId of what *names* lead to."""
    return str(uuid5(_SEED, "/".join(names)))


def object_type_code(name: str) -> int:
    """A number for a table whose own no source shows, not that of a real environment."""
    return _FIRST_CUSTOM_CODE + uuid5(_SEED, name).int % 40_000


def attribute_class(column: Column) -> str:
    """The name of the metadata type of a column, for example ``MoneyAttributeMetadata``."""
    return f"{_CLASSES.get(column.kind, ATTRIBUTE_TYPES[column.kind])}AttributeMetadata"


def schema_name(column: Column) -> str:
    """The name in its case, else that of the navigation property, else as on the wire."""
    if column.schema_name:
        return column.schema_name
    for name in column.navigations:
        if name.lower() == column.logical_name:
            return name
    return column.logical_name if column.is_lookup else column.property_name
