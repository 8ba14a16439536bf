"""
Columns without which the service creates no row.

Metadata calls many columns required; for most of them that binds forms alone (page "Column
requirement levels"). The service itself insists on what it cannot fill in: parents and names of
the level SystemRequired, and the customer of sales documents and cases.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.schema.model import LOOKUP_KINDS, TEXT_KINDS, ColumnKind

if TYPE_CHECKING:
    from connector.emulator.schema.model import Column, Table
    from connector.emulator.schema.values import RowValues

_SYSTEM: Final = "system"
_CUSTOMER: Final = "customerid"
_OF_A_CUSTOMER: Final = frozenset({"incident", "invoice", "quote", "salesorder"})
# Names and numbers that the platform makes up when they are missing.
_MADE_UP: Final = frozenset({"ordernumber", "invoicenumber", "quotenumber"})
_NAMED_BY_THE_PLATFORM: Final = frozenset({"bookableresource"})
_KINDS: Final = (LOOKUP_KINDS | TEXT_KINDS) - {ColumnKind.OWNER}


def check_created(table: Table, values: RowValues) -> None:
    """Raise 400 when a new row lacks a required column; *values* are by logical name."""
    for column in required_columns(table):
        if values.get(column.logical_name) is None:
            raise faults.missing_required(table.logical_name, column.logical_name)


def check_changed(table: Table, values: RowValues) -> None:
    """Raise 400 when a change takes a required column away."""
    for column in required_columns(table):
        name = column.logical_name
        if name in values and values[name] is None:
            raise faults.missing_required(table.logical_name, name)


@lru_cache(maxsize=4096)
def required_columns(table: Table) -> tuple[Column, ...]:
    """The columns of a table that a client must give."""
    return tuple(column for column in table.columns.values() if _is_required(table, column))


def _is_required(table: Table, column: Column) -> bool:
    name = column.logical_name
    if name == _CUSTOMER and table.logical_name in _OF_A_CUSTOMER:
        return True
    if column.required != _SYSTEM or column.read_only or column.kind not in _KINDS:
        return False
    is_made_up = name in _MADE_UP or table.logical_name in _NAMED_BY_THE_PLATFORM
    return name != table.primary_id and not is_made_up
