"""Functions that are bound to a row, as ``systemusers(id)/Microsoft.Dynamics.CRM.Name(...)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.operations import privilege_functions, sharing
from connector.emulator.operations.function_parameters import parameters_of
from connector.emulator.operations.reads import aliases_of
from connector.emulator.rows.writer import reference_to
from connector.emulator.schema.rights import Right

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.emulator.operations.function_parameters import Parameters
    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.addressing import Segment
    from connector.emulator.protocol.exchange import Response
    from connector.emulator.storage.store import StoredRow

_PREFIX: Final = "Microsoft.Dynamics.CRM."
FUNCTIONS: Final[Mapping[tuple[str, str], Callable[[Scope, StoredRow, Parameters], Response]]] = {
    **privilege_functions.BOUND,
    **sharing.BOUND,
}


def call(scope: Scope, row: StoredRow, segment: Segment) -> Response:
    """
    Answer a function of *row*; one that belongs to another table is not found.

    Everybody may ask about the own user, others need read access to the row. Raises 501 for a
    function that the emulator does not have, by its name.
    """
    name = segment.name.removeprefix(_PREFIX)
    handler = FUNCTIONS.get((row.table.logical_name, name))
    if handler is not None:
        if reference_to(row) != scope.tx.user:
            scope.tx.check(row, Right.READ)
        return handler(scope, row, parameters_of(segment, name, aliases_of(scope)))
    if any(known == name for _, known in FUNCTIONS):
        raise faults.unknown_segment(segment.name)
    raise faults.unsupported(feature=f"the function '{name}'")
