"""Writing one row: create, upsert, update, delete, and its single properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.emulator import faults
from connector.emulator.operations.reads import aliases_of, answer_row, row_of
from connector.emulator.operations.scope import NO_CONTENT, Scope
from connector.emulator.protocol.addressing import parse_key
from connector.emulator.protocol.conditions import Conditions, check_update, read_conditions
from connector.emulator.protocol.exchange import Response
from connector.emulator.protocol.json_text import load_object
from connector.emulator.rows.files import complete_images
from connector.emulator.rows.keys import missing, typed_key
from connector.emulator.rows.required import check_changed
from connector.emulator.rows.writer import reference_to
from connector.emulator.schema.model import Link
from connector.emulator.schema.rights import Right
from connector.emulator.schema.values import decode_value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from connector.emulator.protocol.addressing import KeyValue
    from connector.emulator.schema.model import Collection, Table
    from connector.emulator.schema.values import NewValues, RowValues
    from connector.emulator.storage.store import StoredRow


def create_row(scope: Scope, table: Table) -> Response:
    """Create a row: 204 with its address, or 201 with the row itself when asked for."""
    row = scope.writer.create(table, load_object(scope.request.body))
    return _created(scope, table, row.id, f"{table.entity_set}({row.id})")


def create_in_collection(
    scope: Scope, parent: StoredRow, collection: Collection | Link
) -> Response:
    """Create a row that belongs to *parent* from its first moment on."""
    table = scope.schema.table(collection.table)
    if isinstance(collection, Link):
        row = scope.writer.create(table, load_object(scope.request.body))
        scope.writer.attach(reference_to(parent), collection, scope.writer.row(table, row.id))
        return _created(scope, table, row.id, f"{table.entity_set}({row.id})")
    given: RowValues = {collection.column: reference_to(parent)}
    row = scope.writer.create(table, load_object(scope.request.body), given)
    return _created(scope, table, row.id, f"{table.entity_set}({row.id})")


def upsert_row(scope: Scope, table: Table, arguments: str) -> Response:
    """
    Update the row of a key, or create it where no condition forbids that.

    Conditions are those of the page "Perform conditional operations": no
    condition upserts, `If-Match` never creates, `If-None-Match: *` never updates.
    """
    key = parse_key(table.logical_name, arguments, aliases_of(scope))
    conditions = read_conditions(scope.request.headers)
    row = scope.writer.find(table, key)
    address = f"{table.entity_set}({arguments})"
    if row is None:
        return _create_with_key(scope, table, key, conditions, address)
    check_update(conditions, row.version)
    scope.writer.update(row, load_object(scope.request.body), typed_key(table, key))
    if scope.request.preferences.representation:
        return answer_row(scope, table, row.id)
    return _no_content(scope, address)


def delete_row(scope: Scope, table: Table, arguments: str) -> Response:
    """Delete a row, under its conditions."""
    scope.tx.demand(table, Right.DELETE)
    row = row_of(scope, table, arguments)
    check_update(read_conditions(scope.request.headers), row.version)
    scope.writer.delete(row)
    return NO_CONTENT


def set_property(scope: Scope, row: StoredRow, name: str) -> Response:
    """Set one column from `{"value": ...}`."""
    document = load_object(scope.request.body)
    if "value" not in document:
        message = "The body of a property must be an object with the member 'value'."
        raise faults.payload_error(message)
    return _change_property(scope, row, name, document["value"])


def clear_property(scope: Scope, row: StoredRow, name: str) -> Response:
    """Set one column to null."""
    return _change_property(scope, row, name, None)


def _create_with_key(
    scope: Scope,
    table: Table,
    key: UUID | Mapping[str, KeyValue],
    conditions: Conditions,
    address: str,
) -> Response:
    if conditions.forbids_creation:
        raise missing(table, key)
    body = load_object(scope.request.body)
    row = scope.writer.create(table, body, typed_key(table, key))
    return _created(scope, table, row.id, address)


def _created(scope: Scope, table: Table, row_id: UUID, address: str) -> Response:
    if scope.request.preferences.representation:
        return answer_row(scope, table, row_id, status=201)
    return _no_content(scope, address)


def _no_content(scope: Scope, address: str) -> Response:
    url = f"{scope.root}{address}"
    headers = (("OData-Version", "4.0"), ("Location", url), ("OData-EntityId", url))
    return Response(status=204, headers=headers)


def _change_property(scope: Scope, row: StoredRow, name: str, raw: object) -> Response:
    column = row.table.by_property(name)
    if column.is_lookup or column.read_only or column.logical_name == row.table.primary_id:
        message = f"The property '{name}' cannot be set by itself."
        raise faults.bad_request(message)
    check_update(read_conditions(scope.request.headers), row.version)
    values: NewValues = {column.logical_name: decode_value(row.table.logical_name, column, raw)}
    check_changed(row.table, values)
    complete_images(scope.writer, row.table, values, row)
    scope.writer.change(row, values)
    return NO_CONTENT
