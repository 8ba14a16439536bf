"""From an address to the operation that it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.known_names import is_known_message
from connector.emulator.operations import (
    actions,
    bound_functions,
    files,
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
from connector.emulator.schema.model import FILE_KINDS, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.exchange import Response
    from connector.emulator.schema.model import Column, Table
    from connector.emulator.storage.store import StoredRow

PREFIX: Final = "Microsoft.Dynamics.CRM."
_UNBOUND: Final[Mapping[str, Callable[[Scope], Response]]] = {
    "BulkDelete": bulk_delete,
    **DEFINITION_ACTIONS,
    **files.FILE_ACTIONS,
    **sharing.ACTIONS,
}


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
    is_message = not rest and is_known_message(first.name)
    if is_message and not scope.schema.has_entity_set(first.name):
        raise faults.unsupported(feature=f"the function or action '{first.name}'")
    if first.name == "calendarrules":
        raise faults.unsupported(feature="reading and writing calendarrules by themselves")
    return scope.schema.by_entity_set(first.name)


def _set(scope: Scope, table: Table, rest: tuple[Segment, ...]) -> Response:
    if not rest:
        return _by_method(scope, {"GET": reads.read_set, "POST": writes.create_row}, table)
    name = rest[0].name
    if len(rest) == 1 and name == "$count":
        return _only(scope, "GET", lambda one: reads.count_set(one, table))
    if len(rest) == 1 and name.startswith(PREFIX):
        return _message_of_set(scope, table, rest[0])
    raise faults.unknown_segment(name)


def _message_of_set(scope: Scope, table: Table, segment: Segment) -> Response:
    name = segment.name.removeprefix(PREFIX)
    is_action = name in multiple.HANDLERS or name == "DeleteMultiple"
    if scope.request.method == "GET" and not is_action:
        return bound_functions.call_of_table(scope, table, segment)
    return _set_action(scope, table, name)


def _message_of_row(scope: Scope, row: StoredRow, segment: Segment) -> Response:
    """Call an action by POST or a function by GET; an action of the pack takes POST alone."""
    name = segment.name.removeprefix(PREFIX)
    if scope.request.method == "GET" and name not in scope.actions:
        return bound_functions.call_of_row(scope, row, segment)
    of_table = (row.table.logical_name, name)
    if of_table in bound_functions.OF_ROWS:
        raise no_resource(path=f"{scope.root}{scope.request.path}")
    handler = role_actions.BOUND.get(of_table)
    if handler is not None:
        return _only(scope, "POST", lambda one: handler(one, row))
    return _posted(scope, name, row)


def _set_action(scope: Scope, table: Table, name: str) -> Response:
    handler = multiple.HANDLERS.get(name)
    if handler is None and name == "DeleteMultiple":
        raise faults.bad_request(message="DeleteMultiple has not yet been implemented.")
    if handler is None and is_known_message(name):
        raise faults.unsupported(feature=f"the action '{name}' of {table.entity_set}")
    if handler is None:
        raise faults.unknown_segment(name)
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
        return _message_of_row(scope, row, rest[0])
    if len(rest) == 2 and rest[1].name == "$ref":  # noqa: PLR2004  row, navigation, $ref
        return references.handle_reference(scope, row, rest[0])
    if name in table.properties:
        return _property(scope, row, rest)
    collection = reads.collection_of(table, name)
    if collection is not None and len(rest) == 1 and scope.request.method == "POST":
        return writes.create_in_collection(scope, row, collection)
    return _only(scope, "GET", lambda one: reads.follow(one, row, rest))


def _property(scope: Scope, row: StoredRow, rest: tuple[Segment, ...]) -> Response:
    name = rest[0].name
    column = row.table.properties[name]
    is_value = [segment.name for segment in rest[1:]] == ["$value"]
    if column.kind in FILE_KINDS and (is_value or len(rest) == 1):
        found = _file_handler(scope.request.method, column, is_value=is_value)
        if found is not None:
            return found(scope, row, column)
    if is_value:
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


def _file_handler(
    method: str, column: Column, *, is_value: bool
) -> Callable[[Scope, StoredRow, Column], Response] | None:
    """What is done to the file of a column; None where it is treated as any other column."""
    if is_value:
        return files.download if method == "GET" else None
    handlers = {"GET": files.content, "PATCH": files.upload, "DELETE": files.delete}
    if column.kind is ColumnKind.FILE:
        handlers["PUT"] = files.upload
    return handlers.get(method)


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
