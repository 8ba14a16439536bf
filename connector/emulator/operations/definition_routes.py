"""Requests that write definitions, from their address to the changed schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.metadata.naming import (
    column_named,
    key_named,
    name_of_kind,
    table_named,
)
from connector.emulator.operations.scope import NO_CONTENT
from connector.emulator.protocol.exchange import Response
from connector.emulator.protocol.json_text import load_object
from connector.emulator.schema.editing import (
    columns,
    keys,
    many_to_many,
    relationships,
    tables,
)
from connector.emulator.schema.editing.body import Body
from connector.emulator.schema.editing.choices import with_option_set, without_option_set
from connector.emulator.schema.identity import metadata_id
from connector.emulator.schema.model import ManyToMany
from connector.emulator.schema.privileges import PUBLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.addressing import Segment
    from connector.emulator.schema.model import Schema

_CRM: Final = "Microsoft.Dynamics.CRM."
_ENTITIES: Final = "EntityDefinitions"

_VERBS: Final = {"POST": "Create", "PUT": "Write", "PATCH": "Write", "DELETE": "Delete"}
_DEFINED: Final = {
    "Attributes": "Attribute",
    "RelationshipDefinitions": "Relationship",
    "GlobalOptionSetDefinitions": "OptionSet",
}

Step = tuple["Schema", str | None]
"""A changed schema, and the id of what was created in it."""


def write(scope: Scope, segments: tuple[Segment, ...]) -> Response:
    """Create, change or delete a definition: 204, with its address when it is new."""
    path = tuple(one for one in segments if not one.name.startswith(_CRM))
    last = path[-1].arguments
    kind = (*(one.name for one in path), "one" if last is not None else "all")
    handler = _HANDLERS.get((scope.request.method, *kind))
    if handler is None or any(one.arguments is None for one in path[:-1]):
        feature = f"{scope.request.method} of '{'/'.join(one.name for one in segments)}'"
        raise faults.unsupported(feature=feature)
    _demand(scope, path[-1].name)
    arguments = tuple(one.arguments or "" for one in path)
    schema, new_id = handler(scope.schema, arguments, _body(scope))
    scope.tx.define(schema)
    return NO_CONTENT if new_id is None else _created(scope, new_id)


def create_entities(scope: Scope) -> Response:
    """Create several tables, all or none, as Microsoft's SDK asks for."""
    _demand(scope, _ENTITIES)
    schema = scope.schema
    bodies = Body(load_object(scope.request.body)).objects("Entities")
    if not bodies:
        raise faults.wrong_type(name="Entities", value=None, expected="a list of entities")
    for body in bodies:
        schema, _ = tables.with_new_table(schema, body)
    scope.tx.define(schema)
    return NO_CONTENT


def publish(scope: Scope) -> Response:
    """Publish customizations: here they take effect when they are made."""
    scope.tx.demand_named(PUBLISH)
    if scope.request.body.strip():
        load_object(scope.request.body)
    return NO_CONTENT


ACTIONS: Final[Mapping[str, Callable[[Scope], Response]]] = {
    "CreateEntities": create_entities,
    "PublishXml": publish,
    "PublishAllXml": publish,
}


def _demand(scope: Scope, kind: str) -> None:
    """Raise 403 unless the caller may write definitions of that kind, as the method asks."""
    verb = "Write" if kind == "Keys" else _VERBS[scope.request.method]
    scope.tx.demand_named(f"prv{verb}{_DEFINED.get(kind, 'Entity')}")


def _created(scope: Scope, new_id: str) -> Response:
    """Name what was created by its id below the address that was posted to, as sent."""
    url = f"{scope.root}{scope.request.path.rstrip('/')}({new_id})"
    headers = (("OData-Version", "4.0"), ("Location", url), ("OData-EntityId", url))
    return Response(status=204, headers=headers)


def _body(scope: Scope) -> Body:
    is_bare = scope.request.method == "DELETE"
    merges = scope.request.headers.get("mscrm.mergelabels", "").lower() == "true"
    return Body({} if is_bare else load_object(scope.request.body), merges_labels=merges)


def _create_table(schema: Schema, _arguments: tuple[str, ...], body: Body) -> Step:
    changed, name = tables.with_new_table(schema, body)
    return changed, metadata_id(name)


def _change_table(schema: Schema, arguments: tuple[str, ...], body: Body) -> Step:
    return tables.changed_table(schema, table_named(schema, arguments[0]), body), None


def _delete_table(schema: Schema, arguments: tuple[str, ...], _body: Body) -> Step:
    return tables.without_table(schema, table_named(schema, arguments[0])), None


def _create_column(schema: Schema, arguments: tuple[str, ...], body: Body) -> Step:
    table = table_named(schema, arguments[0])
    column = columns.new_column(schema, body)
    changed = columns.with_column(schema, table, column)
    return changed, metadata_id(table.logical_name, column.logical_name)


def _change_column(schema: Schema, arguments: tuple[str, ...], body: Body) -> Step:
    table = table_named(schema, arguments[0])
    column = column_named(table, arguments[1])
    return columns.changed_column(schema, table, column, body), None


def _delete_column(schema: Schema, arguments: tuple[str, ...], _body: Body) -> Step:
    table = table_named(schema, arguments[0])
    return columns.without_column(schema, table, column_named(table, arguments[1])), None


def _create_key(schema: Schema, arguments: tuple[str, ...], body: Body) -> Step:
    table = table_named(schema, arguments[0])
    changed, key = keys.with_new_key(schema, table, body)
    return changed, metadata_id(table.logical_name, "key", key.name)


def _delete_key(schema: Schema, arguments: tuple[str, ...], _body: Body) -> Step:
    table = table_named(schema, arguments[0])
    return keys.without_key(schema, table, key_named(table, arguments[1])), None


def _create_relationship(schema: Schema, _arguments: tuple[str, ...], body: Body) -> Step:
    changed, name = relationships.with_new_relationship(schema, body)
    return changed, metadata_id("relationship", name)


def _change_relationship(schema: Schema, arguments: tuple[str, ...], body: Body) -> Step:
    found = _relationship(schema, arguments[0])
    if isinstance(found, ManyToMany):
        return many_to_many.unchanged(schema, found, body), None
    return relationships.changed_relationship(schema, found, body), None


def _delete_relationship(schema: Schema, arguments: tuple[str, ...], _body: Body) -> Step:
    found = _relationship(schema, arguments[0])
    if isinstance(found, ManyToMany):
        return many_to_many.without_many_to_many(schema, found), None
    return relationships.without_relationship(schema, found), None


def _relationship(schema: Schema, arguments: str) -> relationships.Relationship | ManyToMany:
    names = [one for table in schema.tables.values() for one in table.collections]
    name = name_of_kind("relationship", [*names, *schema.many_to_many], arguments)
    if name in schema.many_to_many:
        return schema.many_to_many[name]
    found = relationships.find_relationship(schema, name)
    if found is None:
        raise faults.not_found(table="relationship", row_id=name)
    return found


def _create_option_set(schema: Schema, _arguments: tuple[str, ...], body: Body) -> Step:
    changed, name = with_option_set(schema, body)
    return changed, metadata_id("optionset", name)


def _delete_option_set(schema: Schema, arguments: tuple[str, ...], _body: Body) -> Step:
    return without_option_set(
        schema, name_of_kind("optionset", schema.option_sets, arguments[0])
    ), None


_HANDLERS: Final[Mapping[tuple[str, ...], Callable[[Schema, tuple[str, ...], Body], Step]]] = {
    ("POST", _ENTITIES, "all"): _create_table,
    ("PUT", _ENTITIES, "one"): _change_table,
    ("DELETE", _ENTITIES, "one"): _delete_table,
    ("POST", _ENTITIES, "Attributes", "all"): _create_column,
    ("PUT", _ENTITIES, "Attributes", "one"): _change_column,
    ("DELETE", _ENTITIES, "Attributes", "one"): _delete_column,
    ("POST", _ENTITIES, "Keys", "all"): _create_key,
    ("DELETE", _ENTITIES, "Keys", "one"): _delete_key,
    ("POST", "RelationshipDefinitions", "all"): _create_relationship,
    ("PUT", "RelationshipDefinitions", "one"): _change_relationship,
    ("DELETE", "RelationshipDefinitions", "one"): _delete_relationship,
    ("POST", "GlobalOptionSetDefinitions", "all"): _create_option_set,
    ("DELETE", "GlobalOptionSetDefinitions", "one"): _delete_option_set,
}
