"""Functions that are bound to a row or to the rows of a table, such as RetrieveUserPrivileges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.known_names import is_known_message
from connector.emulator.operations import privilege_functions, sharing
from connector.emulator.operations.calendar_expansion import expand_calendar
from connector.emulator.operations.organization_functions import all_time_zones
from connector.emulator.rows.writer import reference_to
from connector.emulator.schema.rights import Right

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.addressing import Segment
    from connector.emulator.protocol.exchange import Response
    from connector.emulator.schema.model import Table
    from connector.emulator.storage.store import StoredRow

#: Functions of a row by table and name.
OF_ROWS: Final[Mapping[tuple[str, str], Callable[[Scope, StoredRow, Segment], Response]]] = {
    **privilege_functions.BOUND,
    **sharing.BOUND,
    ("calendar", "ExpandCalendar"): expand_calendar,
}
#: Functions of all rows of a table by table and name.
OF_TABLES: Final[Mapping[tuple[str, str], Callable[[Scope, Table, Segment], Response]]] = {
    ("timezonedefinition", "GetAllTimeZonesWithDisplayName"): all_time_zones,
}


def call_of_row(scope: Scope, row: StoredRow, segment: Segment) -> Response:
    """
    Call a function that is bound to *row*; 501 for a known one, 404 for an unknown one.

    Everybody may ask about the own user, others need read access to the row.
    """
    name = segment.name.rpartition(".")[2]
    handler = OF_ROWS.get((row.table.logical_name, name))
    if handler is None:
        raise _absent(row.table, name)
    if reference_to(row) != scope.tx.user:
        scope.tx.check(row, Right.READ)
    return handler(scope, row, segment)


def call_of_table(scope: Scope, table: Table, segment: Segment) -> Response:
    """Call a function that is bound to the rows of *table*."""
    name = segment.name.rpartition(".")[2]
    handler = OF_TABLES.get((table.logical_name, name))
    if handler is None:
        raise _absent(table, name)
    return handler(scope, table, segment)


def _absent(table: Table, name: str) -> faults.DataverseFault:
    if any(known == name for _, known in OF_ROWS):
        return faults.unknown_segment(name)
    if is_known_message(name):
        return faults.unsupported(feature=f"the function '{name}' of {table.entity_set}")
    return faults.unknown_segment(name)
