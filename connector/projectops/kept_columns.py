"""
What of a tenant's columns may leave it, by rule: an allow-list, by the mapping's own fields.

A column that the mapping does not name is dropped, whatever it holds. Of those that it names,
numbers, dates, choices and states are kept, ids are exchanged, and texts are dropped, save the
few that a rule needs, which are replaced.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from connector.mapping import DateColumn
from connector.projectops.mapped_names import mapped_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.dataverse.metadata import AttributeInfo, TableInfo, Tables
    from connector.mapping import TenantMapping
    from connector.mapping.tables import Table


class Treatment(StrEnum):
    """What becomes of the values of one column."""

    KEEP = "kept"
    SCALE = "scaled"
    ID = "id"
    LOOKUP = "lookup"
    NAME = "named anew"
    TEXT_ID = "id as text"
    WORD = "known words only"
    CURRENCY = "currency code"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptColumn:
    """A column that is kept in some form; *field* is the mapping's word for it."""

    field: str
    column: str
    treatment: Treatment
    info: AttributeInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTable:
    """A table of the mapping with the columns of it that are kept; *dropped* counts the others."""

    word: str
    names: Table
    columns: tuple[KeptColumn, ...]
    dropped: int


#: Types of columns whose values say nothing but what they are.
_VALUES: Final = frozenset(
    {"Integer", "BigInt", "Decimal", "Double", "Boolean", "Picklist", "State", "Status", "DateTime"}
)
_LOOKUPS: Final = frozenset({"Lookup", "Customer", "Owner"})
#: Texts that a rule needs, by table and field of the mapping.
_TEXTS: Final[Mapping[tuple[str, str], Treatment]] = {
    ("contract", "name"): Treatment.NAME,
    ("contract_line", "name"): Treatment.NAME,
    ("contract_line", "fallback_name"): Treatment.NAME,
    ("schedule_row", "name"): Treatment.NAME,
    ("milestone", "name"): Treatment.NAME,
    ("retainer", "name"): Treatment.NAME,
    ("invoice", "name"): Treatment.NAME,
    ("invoice_line", "name"): Treatment.NAME,
    ("invoice_frequency", "name"): Treatment.NAME,
    ("currency", "code"): Treatment.CURRENCY,
    ("connection", "first"): Treatment.TEXT_ID,
    ("connection", "second"): Treatment.TEXT_ID,
    ("connection", "first_type"): Treatment.WORD,
    ("connection", "second_type"): Treatment.WORD,
    ("connection", "first_role"): Treatment.WORD,
    ("connection", "second_role"): Treatment.WORD,
}
#: Fields of a mapped table that name no column of it.
_NO_COLUMNS: Final = frozenset({"table", "set"})


def kept_tables(mapping: TenantMapping, tables: Tables) -> Mapping[str, KeptTable]:
    """What is kept of each mapped table that the tenant has, by the mapping's word for it."""
    return {
        word: _kept_table(word, names, tables[names.table])
        for word, names in mapped_tables(mapping)
        if names.table in tables
    }


def known_words(mapping: TenantMapping) -> frozenset[str]:
    """The texts of connections that are no tenant's own: tables and roles of the mapping."""
    roles = mapping.connection
    tables = {names.table for _, names in mapped_tables(mapping)}
    return frozenset({*tables, roles.role_of_detail, roles.role_of_source, roles.role_of_milestone})


def named_columns(names: Table) -> Iterator[tuple[str, str]]:
    """Field and column of everything that *names* says of its table, the primary key first."""
    for field in type(names).model_fields:
        value = getattr(names, field)
        if isinstance(value, DateColumn):
            yield field, value.column
        elif isinstance(value, str) and field not in _NO_COLUMNS and _names_a_column(field):
            yield field, value


def _names_a_column(field: str) -> bool:
    return not field.endswith("_navigation") and not field.startswith("role_of_")


def _kept_table(word: str, names: Table, info: TableInfo) -> KeptTable:
    found: dict[str, KeptColumn] = {}
    for field, column in named_columns(names):
        attribute = info.attributes.get(column)
        if attribute is None or column in found:
            continue
        is_key = column == info.primary_id
        treatment = Treatment.ID if is_key else _treatment(word, field, attribute.type)
        if treatment is not None:
            found[column] = KeptColumn(
                field=field, column=column, treatment=treatment, info=attribute
            )
    return KeptTable(
        word=word,
        names=names,
        columns=tuple(found.values()),
        dropped=len(info.attributes) - len(found),
    )


def _treatment(word: str, field: str, kind: str) -> Treatment | None:
    """None where nothing of the column is kept."""
    if kind == "Uniqueidentifier":
        return Treatment.ID
    if kind in _LOOKUPS:
        return Treatment.LOOKUP
    if kind == "Money":
        return Treatment.SCALE
    return Treatment.KEEP if kind in _VALUES else _TEXTS.get((word, field))
