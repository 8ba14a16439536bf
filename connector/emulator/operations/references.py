"""Links between rows by `$ref`: read by GET, lookups set by PUT, collections added to by POST."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from connector.emulator import faults
from connector.emulator.operations import reads
from connector.emulator.operations.scope import NO_CONTENT, Scope
from connector.emulator.protocol.addressing import parse_key
from connector.emulator.protocol.json_text import load_object
from connector.emulator.rows.keys import missing
from connector.emulator.rows.ownership import (
    PRINCIPAL,
    check_one_owner,
    settable,
    settle_unit,
)
from connector.emulator.rows.required import check_changed
from connector.emulator.rows.writer import reference_to, refers_to
from connector.emulator.schema.model import Link

if TYPE_CHECKING:
    from connector.emulator.protocol.addressing import Segment
    from connector.emulator.protocol.exchange import Response
    from connector.emulator.schema.model import Collection
    from connector.emulator.schema.values import NewValues
    from connector.emulator.storage.store import StoredRow


def handle_reference(scope: Scope, row: StoredRow, segment: Segment) -> Response:
    """Carry out a request for `row/segment/$ref`."""
    method, name = scope.request.method, segment.name
    collection = reads.collection_of(row.table, name)
    if collection is not None and method == "POST":
        scope.writer.attach(reference_to(row), collection, scope.writer.resolve(_address(scope)))
        return NO_CONTENT
    if collection is not None and method == "DELETE":
        _detach(scope, row, collection, segment)
        return NO_CONTENT
    if collection is not None and method == "GET" and segment.arguments is None:
        return reads.collection_references(scope, row, collection)
    if collection is None and name not in row.table.navigations:
        raise faults.unknown_segment(name)
    if collection is None and method in {"PUT", "DELETE"}:
        _set_lookup(scope, row, name)
        return NO_CONTENT
    if collection is None and method == "GET":
        return reads.single_reference(scope, row, name)
    message = f"'{name}/$ref' does not take the method {method}."
    raise faults.DataverseFault(status=405, code="0x80060888", message=message)


def _address(scope: Scope) -> str:
    address = load_object(scope.request.body).get("@odata.id")
    if not isinstance(address, str):
        message = "The body of a reference must be an object with the member '@odata.id'."
        raise faults.payload_error(message)
    return address


def _set_lookup(scope: Scope, row: StoredRow, name: str) -> None:
    navigation = settable(row.table, row.table.navigations[name])
    if navigation is None:
        raise faults.bad_request(message=f"'{name}' is kept by the service and cannot be set.")
    column = navigation.column.logical_name
    is_owner = navigation.target == PRINCIPAL
    if scope.request.method == "PUT":
        found = scope.writer.bound(navigation, _address(scope))
    elif is_owner or refers_to(row.values.get(column), navigation.target):
        found = None
    else:
        return
    values: NewValues = {column: found}
    check_one_owner(column, {}, found)
    check_changed(row.table, values)
    settle_unit(scope.tx, values, row)
    scope.writer.change(row, values)


def _detach(scope: Scope, row: StoredRow, collection: Collection | Link, segment: Segment) -> None:
    child = _child(scope, collection, segment)
    if isinstance(collection, Link):
        scope.writer.detach(reference_to(row), collection, child.id)
        return
    if child.values[collection.column] != reference_to(row):
        raise faults.bad_request(message=f"The row is not part of '{collection.name}'.")
    scope.writer.change(child, {collection.column: None})


def _child(scope: Scope, collection: Collection | Link, segment: Segment) -> StoredRow:
    if segment.arguments is None:
        address = dict(parse_qsl(scope.request.query)).get("$id")
        if address is None:
            raise faults.bad_request(
                message=f"'{collection.name}/$ref' needs the row in $id or a key."
            )
        return scope.writer.resolve(address)
    table = scope.schema.table(collection.table)
    key = parse_key(table.logical_name, segment.arguments)
    child = scope.writer.find(table, key)
    if child is None:
        raise missing(table, key)
    return child
