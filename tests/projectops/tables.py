"""Tables of a tenant as its metadata shows them: everything that the mapping names, or less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from connector.dataverse.metadata import AttributeInfo, TableInfo
from connector.mapping import DateColumn, TenantMapping
from connector.projectops.mapped_names import COPIES, mapped_tables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


def described(
    mapping: TenantMapping, *, lacks: Collection[str] = (), **attributes: AttributeInfo
) -> Mapping[str, TableInfo]:
    """
    Every table of *mapping* with all its names but those of *lacks*.

    *attributes* are columns that are more than a text, by name, whatever their table.
    """
    columns: dict[str, set[str]] = {}
    navigations: dict[str, set[str]] = {}
    for _, table in mapped_tables(mapping):
        for field, name in _names(table):
            kind = navigations if field.endswith("_navigation") else columns
            kind.setdefault(table.table, set()).add(name)
    for copies, (source, target) in COPIES.items():
        for rule in getattr(mapping.copy_rules, copies):
            columns.setdefault(getattr(mapping, source).table, set()).add(rule.source)
            kind = navigations if rule.set else columns
            kind.setdefault(getattr(mapping, target).table, set()).add(rule.target)
    return {
        table.table: TableInfo(
            logical_name=table.table,
            entity_set=table.set,
            primary_id=table.id,
            attributes={
                name: attributes.get(name, AttributeInfo(type="String"))
                for name in columns[table.table]
                if name not in lacks
            },
            lookups={
                name.lower(): {"any": name}
                for name in navigations.get(table.table, ())
                if name not in lacks
            },
        )
        for _, table in mapped_tables(mapping)
        if table.table not in lacks
    }


def _names(entry: BaseModel) -> Iterator[tuple[str, str]]:
    for field in type(entry).model_fields:
        value = getattr(entry, field)
        if isinstance(value, DateColumn):
            yield field, value.column
        elif isinstance(value, BaseModel):
            yield from _names(value)
        elif isinstance(value, str) and not _is_no_column(field):
            yield field, value


def _is_no_column(field: str) -> bool:
    return field in {"table", "set"} or field.startswith("role_of")
