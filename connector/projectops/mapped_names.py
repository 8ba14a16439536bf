"""
The names that a mapping uses, held against what a tenant's metadata shows.

What a tenant lacks is neither read nor written: an optional name that is not there is taken out of
the mapping before anything is asked with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel

from connector.mapping import DateColumn
from connector.mapping.model import CopyRules
from connector.mapping.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.dataverse.metadata import TableInfo, Tables
    from connector.mapping import TenantMapping
    from connector.mapping.model import CopyRule

#: The copy tables of a mapping: where values come from and where they go to.
COPIES = {
    "contract_to_invoice": ("contract", "invoice"),
    "contract_line_to_line": ("contract_line", "invoice_line"),
    "product_line_to_line": ("contract_line", "invoice_line"),
    "milestone_to_detail": ("milestone", "invoice_detail"),
    "actual_to_detail": ("actual", "invoice_detail"),
}


#: Tables that older tenants lack, by our word: such a tenant has no row of them.
OPTIONAL_TABLES = frozenset({"contract_customer", "contract_line_customer", "retainer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingName:
    """
    A name of the mapping that the tenant's *table* does not have.

    *key* is where it stands, *entry* the same without numbers: `invoice.name` for a column,
    `copy.actual_to_detail` for a copied value.
    """

    key: str
    entry: str
    name: str
    table: str
    required: bool

    def __str__(self) -> str:
        """The fault in words."""
        return f"{self.key} = {self.name!r}: {self.table} has no such column or property"


def mapped_tables(mapping: TenantMapping) -> Iterator[tuple[str, Table]]:
    """Each table of the mapping with our word for it."""
    for name in type(mapping).model_fields:
        value = getattr(mapping, name)
        if isinstance(value, Table):
            yield name, value


def missing_names(mapping: TenantMapping, tables: Tables) -> Iterator[MissingName]:
    """
    Every mapped name that is not there, of the tables in *tables*.

    A copied value whose source the tenant lacks is not required: it travels where it exists.
    """
    for word, table in mapped_tables(mapping):
        if table.table in tables:
            yield from _missing_columns(word, table, tables[table.table])
    for name, (source, target) in COPIES.items():
        infos = (
            tables.get(getattr(mapping, source).table),
            tables.get(getattr(mapping, target).table),
        )
        rules: tuple[CopyRule, ...] = getattr(mapping.copy_rules, name)
        for number, rule in enumerate(rules, start=1):
            yield from _missing_copies(name, number, rule, *infos)


def available_mapping(mapping: TenantMapping, tables: Tables) -> TenantMapping:
    """*mapping* without the optional names that the tables in *tables* lack."""
    lacking: dict[str, dict[str, None]] = {}
    for word, table in mapped_tables(mapping):
        if table.table in tables:
            missing = _missing_columns(word, table, tables[table.table])
            fields = {item.entry.removeprefix(f"{word}."): None for item in missing}
            lacking[word] = {
                field: None
                for field in fields
                if field in type(table).model_fields
                and not type(table).model_fields[field].is_required()
            }
    changed = {
        word: getattr(mapping, word).model_copy(update=fields)
        for word, fields in lacking.items()
        if fields
    }
    return mapping.model_copy(update=changed)


def _missing_columns(word: str, entry: BaseModel, info: TableInfo) -> Iterator[MissingName]:
    for field, definition in type(entry).model_fields.items():
        value = getattr(entry, field)
        if isinstance(value, BaseModel) and not isinstance(value, DateColumn):
            yield from _missing_columns(f"{word}.{field}", value, info)
            continue
        column = value.column if isinstance(value, DateColumn) else value
        if not isinstance(column, str) or field in {"table", "set"} or field.startswith("role_of"):
            continue
        known = info.navigations if field.endswith("_navigation") else info.attributes.keys()
        if column not in known:
            yield MissingName(
                key=f"[{word}] {field}",
                entry=f"{word}.{field}",
                name=column,
                table=info.logical_name,
                required=definition.is_required(),
            )


def _missing_copies(
    copies: str, number: int, rule: CopyRule, source: TableInfo | None, target: TableInfo | None
) -> Iterator[MissingName]:
    if source is None or target is None:
        return
    at_source = rule.source not in source.attributes
    if not at_source and _takes(target, rule):
        return
    end = "from" if at_source else "to"
    yield MissingName(
        key=f"[[copy.{copies}]] number {number} {end}",
        entry=f"copy.{copies}",
        name=rule.source if at_source else rule.target,
        table=(source if at_source else target).logical_name,
        required=not at_source and not rule.optional,
    )


def available_copies(mapping: TenantMapping, tables: Tables) -> CopyRules:
    """The copy rules of which the tenant has both ends."""
    found = {}
    for name, (source, target) in COPIES.items():
        rules: tuple[CopyRule, ...] = getattr(mapping.copy_rules, name)
        columns = tables[getattr(mapping, source).table].attributes
        info = tables[getattr(mapping, target).table]
        found[name] = tuple(r for r in rules if r.source in columns and _takes(info, r))
    return CopyRules(**found)


def _takes(target: TableInfo, rule: CopyRule) -> bool:
    known = target.navigations if rule.set else target.attributes.keys()
    return rule.target in known
