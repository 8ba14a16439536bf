"""Associating rows by `$ref`: collections by POST and DELETE, lookups by PUT and DELETE."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from connector.emulator import faults
from connector.emulator.operations.scope import NO_CONTENT, Scope
from connector.emulator.protocol.addressing import parse_key
from connector.emulator.protocol.json_text import load_object
from connector.emulator.rows.ownership import check_one_owner, settable, settle_unit
from connector.emulator.rows.role_links import link_of, tie, untie
from connector.emulator.rows.writer import missing, reference_to

if TYPE_CHECKING:
    from connector.emulator.protocol.addressing import Segment
    from connector.emulator.protocol.exchange import Response
    from connector.emulator.rows.role_links import RoleLink
    from connector.emulator.schema.model import Collection
    from connector.emulator.schema.values import Value
    from connector.emulator.storage.store import StoredRow


def handle_reference(scope: Scope, row: StoredRow, segment: Segment) -> Response:
    """Carry out a request for `row/segment/$ref`."""
    method = scope.request.method
    link = link_of(row.table, segment.name)
    if link is not None and method in {"POST", "DELETE"}:
        return _tie(scope, row, segment, link)
    collection = row.table.collections.get(segment.name)
    if collection is not None and method == "POST":
        scope.writer.attach(reference_to(row), collection, scope.writer.resolve(_address(scope)))
        return NO_CONTENT
    if collection is not None and method == "DELETE":
        _detach(scope, row, collection, segment)
        return NO_CONTENT
    if segment.name in row.table.navigations and method in {"PUT", "DELETE"}:
        _set_lookup(scope, row, segment.name)
        return NO_CONTENT
    if collection is None and segment.name not in row.table.navigations:
        raise faults.unknown_segment(segment.name)
    if method == "GET":
        raise faults.unsupported(feature="reading '$ref'")
    raise faults.bad_request(message=f"'{segment.name}/$ref' does not take the method {method}.")


def _tie(scope: Scope, row: StoredRow, segment: Segment, link: RoleLink) -> Response:
    """Tie a role, user or team to *row*, or untie it."""
    if scope.request.method == "POST":
        tie(scope.tx, link, row, scope.writer.resolve(_address(scope)))
    else:
        untie(scope.tx, link, row, _named_row(scope, link.other, segment))
    return NO_CONTENT


def _address(scope: Scope) -> str:
    address = load_object(scope.request.body).get("@odata.id")
    if not isinstance(address, str):
        message = "The body of a reference must be an object with the member '@odata.id'."
        raise faults.payload_error(message)
    return address


def _set_lookup(scope: Scope, row: StoredRow, name: str) -> None:
    navigation = settable(row.table, row.table.navigations[name])
    if navigation is None:
        raise faults.bad_request(message=f"The navigation property '{name}' is read-only.")
    column = navigation.column.logical_name
    address = None if scope.request.method == "DELETE" else _address(scope)
    target = scope.writer.bound(navigation, address)
    check_one_owner(column, {}, target)
    values: dict[str, Value] = {column: target}
    settle_unit(scope.tx, values, row)
    scope.writer.change(row, values)


def _detach(scope: Scope, row: StoredRow, collection: Collection, segment: Segment) -> None:
    child = _named_row(scope, collection.table, segment)
    if child.values[collection.column] != reference_to(row):
        raise faults.bad_request(message=f"The row is not part of '{collection.name}'.")
    scope.writer.change(child, {collection.column: None})


def _named_row(scope: Scope, table_name: str, segment: Segment) -> StoredRow:
    """The row of a table that `$id` or the key behind a navigation property names."""
    if segment.arguments is None:
        address = dict(parse_qsl(scope.request.query)).get("$id")
        if address is None:
            raise faults.bad_request(
                message=f"'{segment.name}/$ref' needs the row in $id or a key."
            )
        return scope.writer.resolve(address)
    table = scope.schema.table(table_name)
    key = parse_key(table.logical_name, segment.arguments)
    child = scope.writer.find(table, key)
    if child is None:
        raise missing(table, key)
    return child
