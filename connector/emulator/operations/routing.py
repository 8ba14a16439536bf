"""From an address to the operation that it asks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.operations import (
    actions,
    bound_functions,
    metadata_routes,
    multiple,
    reads,
    references,
    role_actions,
    sharing,
    writes,
)
from connector.emulator.operations.bulk_delete import bulk_delete
from connector.emulator.operations.definition_routes import ACTIONS as DEFINITION_ACTIONS
from connector.emulator.operations.functions import FUNCTIONS
from connector.emulator.protocol.addressing import Segment, split_path
from connector.emulator.protocol.batch_faults import no_resource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.exchange import Response
    from connector.emulator.schema.model import Table
    from connector.emulator.storage.store import StoredRow

PREFIX: Final = "Microsoft.Dynamics.CRM."
_UNBOUND: Final[Mapping[str, Callable[[Scope], Response]]] = {
    "BulkDelete": bulk_delete,
    **DEFINITION_ACTIONS,
    **sharing.ACTIONS,
}
# Entity sets are lower case: a capital makes a message, whether it exists or not.
_FUNCTION_NAME: Final = re.compile(r"(?:[A-Z]|msdyn_[A-Z])\w*")


def carry_out(scope: Scope) -> Response:
    """
    Carry out the request of *scope*.

    Raises a fault for everything that is refused or not supported; whoever holds
    the transaction rolls it back then.
    """
    segments = split_path(scope.request.path)
    if not segments:
        return _only(scope, "GET", metadata_routes.service_document)
    first, rest = segments[0], segments[1:]
    if first.name in metadata_routes.ROUTES:
        return metadata_routes.handle(scope, segments)
    if first.name in FUNCTIONS and not rest:
        return _function(scope, first)
    action = _action(scope, first, rest)
    if action is not None:
        return _only(scope, "POST", action)
    table = _table(scope, first, rest)
    if first.arguments is None:
        return _set(scope, table, rest)
    return _row(scope, table, first.arguments, rest)


def _action(
    scope: Scope, first: Segment, rest: tuple[Segment, ...]
) -> Callable[[Scope], Response] | None:
    if rest or first.arguments is not None:
        return None
    if first.name in scope.actions:
        return lambda one: actions.call(one, first.name, None)
    return _UNBOUND.get(first.name)


def _table(scope: Scope, first: Segment, rest: tuple[Segment, ...]) -> Table:
    if first.name[0].islower() and not _FUNCTION_NAME.fullmatch(first.name):
        return scope.schema.by_entity_set(first.name)
    sets = {table.entity_set for table in scope.schema.tables.values()}
    is_message = _FUNCTION_NAME.fullmatch(first.name) and first.name.lower() not in sets
    if is_message and not rest:
        raise faults.unsupported(feature=f"the function or action '{first.name}'")
    raise faults.unknown_segment(first.name)


def _set(scope: Scope, table: Table, rest: tuple[Segment, ...]) -> Response:
    if not rest:
        return _by_method(scope, {"GET": reads.read_set, "POST": writes.create_row}, table)
    name = rest[0].name
    if len(rest) == 1 and name == "$count":
        return _only(scope, "GET", lambda one: reads.count_set(one, table))
    if len(rest) == 1 and name.startswith(PREFIX):
        return _set_action(scope, table, name.removeprefix(PREFIX))
    raise faults.unknown_segment(name)


def _set_action(scope: Scope, table: Table, name: str) -> Response:
    handler = multiple.HANDLERS.get(name)
    if handler is None and name == "DeleteMultiple":
        raise faults.bad_request(message="DeleteMultiple has not yet been implemented.")
    if handler is None:
        raise faults.unsupported(feature=f"the action '{name}' of {table.entity_set}")
    return _only(scope, "POST", lambda one: handler(one, table))


def _row(scope: Scope, table: Table, arguments: str, rest: tuple[Segment, ...]) -> Response:
    if not rest:
        handlers = {"GET": reads.read_one, "PATCH": writes.upsert_row, "DELETE": writes.delete_row}
        handler = handlers.get(scope.request.method)
        if handler is None:
            raise wrong_method(scope)
        return handler(scope, table, arguments)
    row = reads.row_of(scope, table, arguments)
    name = rest[0].name
    if name.startswith(PREFIX) and len(rest) == 1:
        return _message_of(scope, row, rest[0])
    if len(rest) == 2 and rest[1].name == "$ref":  # noqa: PLR2004  row, navigation, $ref
        return references.handle_reference(scope, row, rest[0])
    if name in table.properties:
        return _property(scope, row, rest)
    collection = table.collections.get(name)
    if collection is not None and len(rest) == 1 and scope.request.method == "POST":
        return writes.create_in_collection(scope, row, collection)
    return _only(scope, "GET", lambda one: reads.follow(one, row, rest))


def _message_of(scope: Scope, row: StoredRow, segment: Segment) -> Response:
    """Call a function of a row by GET, an action by POST."""
    if scope.request.method == "GET":
        return bound_functions.call(scope, row, segment)
    name = segment.name.removeprefix(PREFIX)
    handler = role_actions.BOUND.get((row.table.logical_name, name))
    if handler is not None:
        return _only(scope, "POST", lambda one: handler(one, row))
    if (row.table.logical_name, name) in bound_functions.FUNCTIONS:
        raise no_resource(path=f"{scope.root}{scope.request.path}")
    return _posted(scope, name, row)


def _property(scope: Scope, row: StoredRow, rest: tuple[Segment, ...]) -> Response:
    name = rest[0].name
    if [segment.name for segment in rest[1:]] == ["$value"]:
        return _only(scope, "GET", lambda one: reads.raw_property(one, row, name))
    if len(rest) > 1:
        raise faults.unknown_segment(rest[1].name)
    handlers = {
        "GET": reads.read_property,
        "PUT": writes.set_property,
        "DELETE": writes.clear_property,
    }
    handler = handlers.get(scope.request.method)
    if handler is None:
        raise wrong_method(scope)
    return handler(scope, row, name)


def _function(scope: Scope, segment: Segment) -> Response:
    if scope.request.method != "GET":
        raise no_resource(path=f"{scope.root}{scope.request.path}")
    return FUNCTIONS[segment.name](scope, segment)


def _posted(scope: Scope, name: str, row: StoredRow | None) -> Response:
    return _only(scope, "POST", lambda one: actions.call(one, name, row))


def _by_method(
    scope: Scope, handlers: Mapping[str, Callable[[Scope, Table], Response]], table: Table
) -> Response:
    handler = handlers.get(scope.request.method)
    if handler is None:
        raise wrong_method(scope)
    return handler(scope, table)


def _only(scope: Scope, method: str, handler: Callable[[Scope], Response]) -> Response:
    if scope.request.method != method:
        raise wrong_method(scope)
    return handler(scope)


def wrong_method(scope: Scope) -> faults.DataverseFault:
    """Return the refusal of a method that an address does not take."""
    message = f"The requested resource does not support http method '{scope.request.method}'."
    return faults.DataverseFault(status=405, code="0x80060888", message=message)
