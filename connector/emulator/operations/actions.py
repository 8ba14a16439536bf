"""Calls of the actions that the behaviour pack offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.emulator import faults
from connector.emulator.known_names import is_known_message
from connector.emulator.operations.scope import NO_CONTENT
from connector.emulator.protocol.json_text import load_object
from connector.emulator.rows.hooks import Call
from connector.emulator.schema.rights import Right

if TYPE_CHECKING:
    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.exchange import Response
    from connector.emulator.rows.hooks import Action
    from connector.emulator.storage.store import StoredRow


def call(scope: Scope, name: str, row: StoredRow | None) -> Response:
    """
    Carry out an action, bound to *row* or unbound.

    Raises 501 for an action that the pack does not have, and the documented 404
    for one that is bound to another table, 403 for a caller without the privileges that its
    work needs.
    """
    action = scope.actions.get(name)
    if action is None and is_known_message(name):
        raise faults.unsupported(feature=f"the action '{name}'")
    if action is None:
        raise faults.unknown_segment(name)
    if action.bound_to != (row.table.logical_name if row else None):
        raise faults.unknown_segment(name)
    _check_access(scope, action, row)
    parameters = load_object(scope.request.body) if scope.request.body.strip() else {}
    answer = action.handler(Call(writer=scope.writer, name=name, target=row, parameters=parameters))
    if answer is None:
        return NO_CONTENT
    context = f"{scope.root}$metadata#Microsoft.Dynamics.CRM.{name}Response"
    return scope.json({"@odata.context": context, **answer})


def _check_access(scope: Scope, action: Action, row: StoredRow | None) -> None:
    if scope.tx.caller.access is None:
        return
    for table, right in action.needs:
        scope.tx.demand(scope.schema.table(table), right)
    if row is not None:
        scope.tx.check(row, Right.READ)
