"""Constants of the mapping, held against the columns that are to take them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from connector.mapping import DateColumn
from connector.mapping.tables import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.dataverse.message import Row
    from connector.dataverse.metadata import AttributeInfo, TableInfo, Tables
    from connector.mapping import TenantMapping
    from connector.mapping.model import Constant
    from connector.mapping.tables import Table

#: What a column of each type takes; bool comes first, for it is an int as well.
_KINDS: Final[Mapping[str, tuple[str, tuple[type, ...]]]] = {
    "Boolean": ("true or false", (bool,)),
    "Integer": ("a whole number", (int,)),
    "BigInt": ("a whole number", (int,)),
    "Picklist": ("the number of a choice", (int,)),
    "Decimal": ("a number", (int, float)),
    "Double": ("a number", (int, float)),
    "Money": ("a number", (int, float)),
    "String": ("a text", (str,)),
    "Memo": ("a text", (str,)),
    "DateTime": ("a date as a text", (str,)),
}
#: The copy tables that write to each table.
_COPIED_TO: Final[Mapping[str, tuple[str, ...]]] = {
    "invoice": ("contract_to_invoice",),
    "invoice_line": ("contract_line_to_line", "product_line_to_line"),
    "invoice_detail": ("milestone_to_detail", "actual_to_detail"),
}


def constant_faults(mapping: TenantMapping, tables: Tables) -> Iterator[str]:
    """Each constant that its column cannot take, with key, value and what was expected."""
    for word, copies in _COPIED_TO.items():
        table: Table = getattr(mapping, word)
        info = tables.get(table.table)
        constants: Mapping[str, Constant] = getattr(mapping.constants, word)
        copied = {rule.target for name in copies for rule in getattr(mapping.copy_rules, name)}
        for column, value in constants.items() if info else ():
            fault = (
                "the connector writes this column itself"
                if column in {*_mapped(table), *copied}
                else _fault(column, value, info)
            )
            if fault is not None:
                yield f"[set.{word}] {column} = {_shown(value)}: {fault}"


def constant_columns(constants: Mapping[str, Constant]) -> Row:
    """*constants* as they are written: fractions as exact decimals, digit by digit."""
    return {
        column: Decimal(repr(value)) if isinstance(value, float) else value
        for column, value in constants.items()
    }


def _fault(column: str, value: Constant, info: TableInfo | None) -> str | None:
    attribute = info.attributes.get(column) if info else None
    if info is None or attribute is None:
        return f"{info.logical_name if info else 'the table'} has no such column"
    expected = _KINDS.get(attribute.type)
    if expected is None or not attribute.is_written:
        return f"a column of type {attribute.type} that cannot be set"
    words, kinds = expected
    is_flag = isinstance(value, bool)
    if is_flag is not (kinds == (bool,)) or not isinstance(value, kinds):
        return f"expected {words}"
    return _limit(value, attribute)


def _limit(value: Constant, attribute: AttributeInfo) -> str | None:
    """What the definition of the column says against *value*."""
    if attribute.type == "Picklist" and attribute.options and value not in attribute.options:
        known = ", ".join(f"{number} {label!r}" for number, label in attribute.options.items())
        return f"the choice has no such value; it has {known}"
    longest = attribute.max_length
    if isinstance(value, str) and longest is not None and len(value) > longest:
        return f"{len(value)} characters; the column holds {longest}"
    return None


def _mapped(entry: Entry) -> Iterator[str]:
    """The columns that the mapping names in *entry*."""
    for field in type(entry).model_fields:
        yield from _names(getattr(entry, field))


def _names(value: object) -> Iterator[str]:
    """The columns that one value of an entry names."""
    if isinstance(value, DateColumn):
        yield value.column
    elif isinstance(value, Entry):
        yield from _mapped(value)
    elif isinstance(value, str):
        yield value


def _shown(value: Constant) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, str) else str(value)
