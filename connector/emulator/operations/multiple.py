"""CreateMultiple, UpdateMultiple and UpsertMultiple: many rows of one table in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.emulator import faults
from connector.emulator.operations.scope import NO_CONTENT, Scope
from connector.emulator.protocol.addressing import parse_key, relative_reference, split_path
from connector.emulator.protocol.json_text import load_object
from connector.emulator.rows.keys import missing, typed_key
from connector.emulator.schema.values import parse_guid
from connector.emulator.storage.sdk_messages import takes_multiple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from connector.emulator.protocol.addressing import KeyValue
    from connector.emulator.protocol.exchange import Response
    from connector.emulator.schema.model import Table

PREFIX = "Microsoft.Dynamics.CRM."


def create_multiple(scope: Scope, table: Table) -> Response:
    """Create rows; the answer lists their ids in the order of the targets."""
    rows = [scope.writer.create(table, body) for body in _targets(scope, table, "CreateMultiple")]
    context = f"{scope.root}$metadata#{PREFIX}CreateMultipleResponse"
    return scope.json({"@odata.context": context, "Ids": [str(row.id) for row in rows]})


def update_multiple(scope: Scope, table: Table) -> Response:
    """Update rows, each named by its primary key or by `@odata.id`; a missing one fails all."""
    for body in _targets(scope, table, "UpdateMultiple"):
        key = _key(table, body)
        row = scope.writer.find(table, key) if key is not None else None
        if key is None:
            raise faults.bad_request(message="A target of UpdateMultiple names no row.")
        if row is None:
            raise missing(table, key)
        scope.writer.update(row, body, typed_key(table, key))
    return NO_CONTENT


def upsert_multiple(scope: Scope, table: Table) -> Response:
    """Update the rows that exist and create the others; the answer says nothing about which."""
    for body in _targets(scope, table, "UpsertMultiple"):
        key = _key(table, body)
        row = scope.writer.find(table, key) if key is not None else None
        if row is not None and key is not None:
            scope.writer.update(row, body, typed_key(table, key))
            continue
        given = {} if key is None else typed_key(table, key)
        _refuse_repeated_key(table, body, given if "@odata.id" in body else {})
        scope.writer.create(table, body, given)
    return NO_CONTENT


HANDLERS = {
    "CreateMultiple": create_multiple,
    "UpdateMultiple": update_multiple,
    "UpsertMultiple": upsert_multiple,
}


def _targets(scope: Scope, table: Table, message: str) -> list[dict[str, Any]]:
    if not takes_multiple(table):
        raise faults.not_supported_message(message, table.logical_name)
    targets = load_object(scope.request.body).get("Targets")
    if not isinstance(targets, list) or not all(isinstance(one, dict) for one in targets):
        raise faults.payload_error(message="the parameter 'Targets' must be a list of entities")
    expected = f"{PREFIX}{table.logical_name}"
    for target in targets:
        if str(target.get("@odata.type", "")).removeprefix("#") != expected:
            raise faults.payload_error(message=f"each target needs '@odata.type' with '{expected}'")
    return targets


def _key(table: Table, body: Mapping[str, Any]) -> UUID | Mapping[str, KeyValue] | None:
    """Return what names the row of a target: `@odata.id`, else the primary key."""
    address = body.get("@odata.id")
    if isinstance(address, str):
        segments = split_path(relative_reference(address))
        if len(segments) != 1 or segments[0].name != table.entity_set or not segments[0].arguments:
            raise faults.bad_request(
                message=f"'{address[:200]}' addresses no row of {table.entity_set}."
            )
        return parse_key(table.logical_name, segments[0].arguments)
    return parse_guid(str(body.get(table.primary_id, "")))


def _refuse_repeated_key(table: Table, body: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    repeated = [
        n for n in given if n != table.primary_id and table.columns[n].property_name in body
    ]
    if repeated:
        message = f"the key column '{repeated[0]}' stands in '@odata.id' already"
        raise faults.payload_error(message)
