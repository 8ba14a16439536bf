"""Tables as a schema file writes them: what `schema_file` reads back as the same tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from connector.emulator.schema.labels import written_options, written_texts
from connector.emulator.schema.model import (
    LOOKUP_KINDS,
    Column,
    ColumnKind,
    DateBehaviour,
    DeleteRule,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from connector.emulator.schema.model import Collection, Schema, Table

Document = dict[str, object]
Item = TypeVar("Item")


def differences(base: Schema, schema: Schema) -> Mapping[str, Document | None]:
    """The tables in which *schema* differs from *base*, by name; None for one that is gone."""
    found: dict[str, Document | None] = {
        name: table_document(table, base.tables.get(name))
        for name, table in schema.tables.items()
        if base.tables.get(name) is not table
    }
    return found | {name: None for name in base.tables if name not in schema.tables}


def option_set_document(schema: Schema) -> Document:
    """The global option sets by name, their numbers as text."""
    labels = schema.option_set_labels
    return {
        name: written_options(options, labels.get(name, {}))
        for name, options in schema.option_sets.items()
    }


def table_document(table: Table, base: Table | None = None) -> Document:
    """What a schema file says of a table, or only in what it differs from *base*."""
    columns = base.columns if base else {}
    collections = base.collections if base else {}
    keys = {key.name: key for key in base.keys} if base else {}
    own_keys = {key.name: key for key in table.keys}
    document: Document = {
        "set": table.entity_set,
        "id": table.primary_id,
        "name": table.primary_name,
        "label": table.label,
        "labels": written_texts(table.labels),
        "schema_name": table.schema_name,
        "collection_label": table.collection_label,
        "collection_labels": written_texts(table.collection_labels),
        "description": table.description,
        "descriptions": written_texts(table.descriptions),
        "ownership": table.ownership,
        "change_tracking": table.change_tracking,
        "settings": dict(table.settings),
        "custom": table.custom,
        "intersect": table.is_intersect or None,
        "image": table.primary_image,
        "columns": {n: column_document(c) for n, c in _new(table.columns, columns).items()},
        "collections": {n: _sides(c) for n, c in _new(table.collections, collections).items()},
        "keys": {name: list(key.columns) for name, key in _new(own_keys, keys).items()},
        "dropped": [name for name in columns if name not in table.columns],
        "dropped_collections": [name for name in collections if name not in table.collections],
        "dropped_keys": [name for name in keys if own_keys.get(name) != keys[name]],
    }
    return {**_filled(document), "custom": table.custom}


def column_document(column: Column) -> Document:
    """What a schema file says of a column."""
    wire = column.property_name
    if column.kind in LOOKUP_KINDS:
        wire = wire.removeprefix("_").removesuffix("_value")
    is_date = column.kind is ColumnKind.DATE
    usual = DateBehaviour.DATE_ONLY if is_date else DateBehaviour.USER_LOCAL
    document: Document = {
        "kind": column.kind.value,
        "label": column.label,
        "labels": written_texts(column.labels),
        "property": wire if wire != column.logical_name else None,
        "schema_name": column.schema_name,
        "description": column.description,
        "descriptions": written_texts(column.descriptions),
        "default": column.default,
        "behaviour": column.behaviour.value if column.behaviour is not usual else None,
        "format": column.format,
        "length": column.max_length,
        "precision": column.precision,
        "min": _plain(column.minimum),
        "max": _plain(column.maximum),
        "options": f"@{column.option_set}"
        if column.option_set
        else written_options(column.options, column.option_labels),
        "states": {str(status): state for status, state in column.states.items()},
        "required": column.required if column.required != "none" else None,
        "read_only": column.read_only or None,
        "targets": list(column.targets),
        "navigation": dict(column.navigations),
        "assumed": column.assumed or None,
        "custom": column.custom or None,
        "full_image": column.full_image or None,
    }
    return {**_filled(document), "label": column.label}


def _filled(document: Document) -> Document:
    return {name: value for name, value in document.items() if value not in (None, "", {}, [])}


def _new(items: Mapping[str, Item], base: Mapping[str, Item]) -> dict[str, Item]:
    return {name: item for name, item in items.items() if base.get(name) != item}


def _sides(collection: Collection) -> list[object]:
    sides: list[object] = [collection.table, collection.column]
    if collection.cascades:
        return [*sides, collection.on_delete.value, dict(collection.cascades)]
    is_usual = collection.on_delete is DeleteRule.REMOVE_LINK
    return sides if is_usual else [*sides, collection.on_delete.value]


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
