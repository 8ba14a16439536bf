"""
The tables of a tenant as a schema file of the emulator, on top of the shipped ones.

For a case that leaves the tenant it holds no text of it: choices are labelled by the mapping's
words. For a rehearsal inside, everything that the tenant's metadata tells of the mapped tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.dataverse.values import DateBehaviour
from connector.mapping import load_mapping
from connector.projectops.kept_columns import named_columns
from connector.projectops.mapped_names import mapped_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.dataverse.message import JsonValue
    from connector.dataverse.metadata import AttributeInfo, TableInfo, Tables
    from connector.projectops.contract_world import ContractWorld
    from connector.projectops.kept_columns import KeptColumn, KeptTable
    from connector.projectops.tenant import Tenant

FORMAT: Final = "proforma-emulator-schema/1"
_EXTENDED: Final = "project-operations"
#: Kinds of the emulator by AttributeType; columns of other types are left out.
_KINDS: Final = {
    "String": "string",
    "Memo": "memo",
    "Integer": "integer",
    "BigInt": "bigint",
    "Decimal": "decimal",
    "Double": "double",
    "Money": "money",
    "Boolean": "boolean",
    "Picklist": "picklist",
    "DateTime": "datetime",
    "Uniqueidentifier": "guid",
    "Lookup": "lookup",
    "Customer": "customer",
}
#: Types whose columns are told anew even where the emulator has them: tenants differ in these.
_ALWAYS: Final = frozenset({"Picklist", "DateTime"})
#: Choices whose numbers are found by their labels: where each of them stands in the mapping.
_LABELLED: Final = {
    ("actual", "transaction_class"): "transaction_class",
    ("milestone", "transaction_class"): "transaction_class",
    ("actual", "not_to_exceed_status"): "not_to_exceed_status",
    ("milestone", "not_to_exceed_status"): "not_to_exceed_status",
    ("retainer", "status"): "retainer_status",
    ("retainer", "refund_status"): "refund_status",
}


def schema_of_case(
    tenant: Tenant,
    tables: Tables,
    kept: Mapping[str, KeptTable],
    world: ContractWorld,
) -> dict[str, JsonValue]:
    """What a captured case needs of the metadata: numbers of choices, dates, names of its own."""
    case = _Case(tenant, world)
    standard = _standard_columns()
    bodies: dict[str, JsonValue] = {}
    for word, table in kept.items():
        info = tables[table.names.table]
        known = standard.get(table.names.table, frozenset())
        columns = {
            column.column: case.body(word, column, info)
            for column in table.columns
            if column.info.type in _ALWAYS or column.column not in known
        }
        bodies[table.names.table] = _table(info, columns, known)
    return _schema("captured", bodies)


def schema_of_tenant(tables: Tables, shipped: Mapping[str, frozenset[str]]) -> dict[str, JsonValue]:
    """Everything that is known of *tables*; *shipped* names the columns that need no words."""
    standard = _standard_columns()
    bodies: dict[str, JsonValue] = {}
    for name, info in tables.items():
        columns = {
            column: _body(info, column, attribute, _options_of_tenant(attribute))
            for column, attribute in info.attributes.items()
            if attribute.type in _ALWAYS or column not in shipped.get(name, frozenset())
        }
        bodies[name] = _table(info, columns, standard.get(name, frozenset()))
    return _schema("rehearsed", bodies)


def _schema(name: str, tables: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {"format": FORMAT, "name": name, "extends": _EXTENDED, "tables": tables}


def _standard_columns() -> Mapping[str, frozenset[str]]:
    """The columns that the shipped mapping names, which the emulator's own tables have."""
    return {
        names.table: frozenset(column for _, column in named_columns(names))
        for _, names in mapped_tables(load_mapping())
    }


def _table(
    info: TableInfo, columns: Mapping[str, Mapping[str, JsonValue] | None], standard: frozenset[str]
) -> dict[str, JsonValue]:
    """A table of the schema file; columns that only newer tenants have are taken away."""
    return {
        "set": info.entity_set,
        "id": info.primary_id,
        "columns": {name: body for name, body in columns.items() if body is not None},
        "dropped": sorted(standard - info.attributes.keys()),
    }


def _body(
    info: TableInfo, column: str, attribute: AttributeInfo, options: Mapping[int, str]
) -> dict[str, JsonValue] | None:
    """One column of the schema file; None for a type that the emulator has no columns of."""
    kind = _KINDS.get(attribute.type)
    if kind is None or column == info.primary_id:
        return None
    body: dict[str, JsonValue] = {"kind": kind}
    if attribute.date_behaviour is DateBehaviour.DATE_ONLY:
        body["kind"] = "date"
    elif attribute.date_behaviour is not None:
        body["behaviour"] = attribute.date_behaviour.value
    if kind == "picklist":
        body["options"] = {str(number): label for number, label in options.items()}
    if targets := info.lookups.get(column):
        body["targets"] = sorted(targets)
        body["navigation"] = {navigation: target for target, navigation in targets.items()}
    if attribute.max_length is not None:
        body["length"] = attribute.max_length
    if attribute.precision is not None:
        body["precision"] = attribute.precision
    if not attribute.is_written:
        body["read_only"] = True
    return body


def _options_of_tenant(attribute: AttributeInfo) -> Mapping[int, str]:
    return attribute.options or {}


class _Case:
    """The columns of a captured case, with labels that are none of the tenant's own."""

    def __init__(self, tenant: Tenant, world: ContractWorld) -> None:
        self._choices = tenant.choices
        self._labels = load_mapping().labels
        self._world = world

    def body(self, word: str, column: KeptColumn, info: TableInfo) -> dict[str, JsonValue] | None:
        """One column; every number that its rows hold is a choice."""
        used = (row.get(column.column) for row in self._world.get(word, ()))
        there = {number for number in used if isinstance(number, int)}
        numbers = sorted({*(column.info.options or {}), *there})
        labels = self._words((word, column.field))
        options = {number: labels.get(number, f"Choice {number}") for number in numbers}
        return _body(info, column.column, column.info, options)

    def _words(self, place: tuple[str, str]) -> Mapping[int, str]:
        """The first documented label of each number that is found by its label."""
        choice = _LABELLED.get(place)
        if choice is None:
            return {}
        labels: Mapping[str, tuple[str, ...]] = getattr(self._labels, choice)
        numbers: Mapping[str, int] = getattr(self._choices, choice).number_of
        return {number: labels.get(word, (word,))[0] for word, number in numbers.items()}
