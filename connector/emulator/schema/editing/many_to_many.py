"""Many-to-many relationships: created with the table between, and deleted with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.emulator.schema.editing import refusals
from connector.emulator.schema.editing.naming import plain_name
from connector.emulator.schema.identity import metadata_id
from connector.emulator.schema.many_to_many import with_relationship, without_relationships
from connector.emulator.schema.model import ManyToMany, RelationshipEnd

if TYPE_CHECKING:
    from connector.emulator.schema.editing.body import Body
    from connector.emulator.schema.model import Schema, Table


def with_new_many_to_many(schema: Schema, body: Body) -> tuple[Schema, str]:
    """*schema* with the relationship that a definition describes; and its name."""
    if not body.text("SchemaName", ""):
        raise refusals.nameless_relationship()
    name = plain_name(body, "SchemaName")
    intersect = plain_name(body, "IntersectEntityName", name).lower()
    if intersect in schema.tables:
        raise refusals.duplicate_table(intersect)
    first, second = _side(schema, body, "Entity1"), _side(schema, body, "Entity2")
    columns = (first.primary_id, second.primary_id)
    if first is second:
        columns = (f"{first.primary_id}one", f"{first.primary_id}two")
    ends = (
        _end(first, columns[0], plain_name(body, "Entity1NavigationPropertyName", name)),
        _end(second, columns[1], plain_name(body, "Entity2NavigationPropertyName", name)),
    )
    if first is second and ends[0].navigation == ends[1].navigation:
        raise refusals.duplicate_navigation(first.logical_name, ends[0].navigation)
    relationship = ManyToMany(name=name, intersect=intersect, ends=ends, custom=True)
    return with_relationship(schema, relationship), name


def unchanged(schema: Schema, relationship: ManyToMany, body: Body) -> Schema:
    """*schema* as it is, when a PUT keeps what cannot change: it sets menus alone."""
    if body.text("SchemaName", relationship.name) != relationship.name:
        message = f"The schema name of {relationship.name} cannot be changed."
        raise refusals.invalid(message)
    return schema


def without_many_to_many(schema: Schema, relationship: ManyToMany) -> Schema:
    """*schema* without a relationship that a customer made, and without its rows."""
    name = relationship.name
    if not relationship.custom:
        raise refusals.not_deletable(name, metadata_id("relationship", name))
    return without_relationships(schema, (name,))


def _side(schema: Schema, body: Body, side: str) -> Table:
    member = f"{side}LogicalName"
    table = schema.tables.get(body.text(member))
    if table is None or table.is_intersect:
        message = f"The {member} '{body.text(member)[:200]}' does not exist."
        raise refusals.invalid(message)
    return table


def _end(table: Table, column: str, navigation: str) -> RelationshipEnd:
    taken = (table.properties, table.navigations, table.collections, table.links)
    if any(navigation in names for names in taken):
        raise refusals.duplicate_navigation(table.logical_name, navigation)
    return RelationshipEnd(table=table.logical_name, column=column, navigation=navigation)
