"""Many-to-many relationships with the tables between: read, written, added and taken away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from connector.emulator.schema.malformed import malformed
from connector.emulator.schema.model import (
    Column,
    ColumnKind,
    Link,
    ManyToMany,
    RelationshipEnd,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from connector.emulator.schema.model import Schema

_KEYS = frozenset({"intersect", "set", "ends", "custom"})
_SIDES = 2


def with_relationships(schema: Schema, document: Mapping[str, Any]) -> Schema:
    """
    *schema* with the section ``many_to_many`` of a document.

    ``{name: {"intersect": table, "ends": [[table, column, navigation], […]]}}``; ``set`` names
    the entity set of the table between.
    """
    for name, body in document.items():
        relationship = _relationship(name, body)
        missing = [one.table for one in relationship.ends if one.table not in schema.tables]
        if missing:
            raise malformed(place=f"relationship '{name}'", reason=f"no table '{missing[0]}'")
        schema = with_relationship(schema, relationship, body.get("set"))
    return schema


def with_relationship(
    schema: Schema, relationship: ManyToMany, entity_set: str | None = None
) -> Schema:
    """*schema* with a relationship, and the table between where it is not there."""
    table = schema.tables.get(relationship.intersect) or _intersect(relationship, entity_set)
    schema = schema.with_table(replace(table, is_intersect=True))
    for link, owner in _links(relationship):
        table = schema.tables[owner]
        schema = schema.with_table(replace(table, links={**table.links, link.name: link}))
    found = {**schema.many_to_many, relationship.name: relationship}
    return replace(schema, many_to_many=found)


def without_relationships(schema: Schema, names: Collection[str]) -> Schema:
    """*schema* without some relationships and the tables between."""
    for name in names:
        relationship = schema.many_to_many.get(name)
        if relationship is not None:
            schema = _without(schema, relationship)
    return schema


def relationship_document(relationship: ManyToMany, schema: Schema) -> dict[str, object]:
    """What a schema file says of a relationship."""
    ends = [[one.table, one.column, one.navigation] for one in relationship.ends]
    entity_set = schema.tables[relationship.intersect].entity_set
    return {
        "intersect": relationship.intersect,
        "set": entity_set,
        "ends": ends,
        "custom": relationship.custom,
    }


def _relationship(name: str, body: Mapping[str, Any]) -> ManyToMany:
    place = f"relationship '{name}'"
    unknown = sorted(set(body) - _KEYS)
    if unknown:
        raise malformed(place=place, reason=f"unknown key '{unknown[0]}'")
    try:
        ends = tuple(
            RelationshipEnd(table=table, column=column, navigation=navigation)
            for table, column, navigation in body["ends"]
        )
        intersect = body["intersect"]
    except (KeyError, TypeError, ValueError) as error:
        raise malformed(place=place, reason=error) from error
    if len(ends) != _SIDES or ends[0].column == ends[1].column:
        raise malformed(place=place, reason="two ends with columns of their own were expected")
    return ManyToMany(
        name=name, intersect=intersect, ends=(ends[0], ends[1]), custom=body.get("custom", False)
    )


def _intersect(relationship: ManyToMany, entity_set: str | None) -> Table:
    name = relationship.intersect
    key = f"{name}id"
    columns = {
        key: _guid(key),
        **{one.column: _guid(one.column) for one in relationship.ends},
        "versionnumber": Column(
            logical_name="versionnumber",
            kind=ColumnKind.BIGINT,
            property_name="versionnumber",
            label="Version Number",
            read_only=True,
        ),
    }
    return Table(
        logical_name=name,
        entity_set=entity_set or f"{name}set",
        primary_id=key,
        primary_name=None,
        label=name,
        ownership="none",
        columns=columns,
        change_tracking=False,
        custom=relationship.custom,
        is_intersect=True,
    )


def _guid(name: str) -> Column:
    return Column(
        logical_name=name, kind=ColumnKind.GUID, property_name=name, label=name, read_only=True
    )


def _links(relationship: ManyToMany) -> tuple[tuple[Link, str], ...]:
    """The navigation properties of both sides, each with the table that has it."""
    first, second = relationship.ends
    return tuple(
        (
            Link(
                name=own.navigation,
                relationship=relationship.name,
                intersect=relationship.intersect,
                own_column=own.column,
                other_column=other.column,
                table=other.table,
            ),
            own.table,
        )
        for own, other in ((first, second), (second, first))
    )


def _without(schema: Schema, relationship: ManyToMany) -> Schema:
    for link, owner in _links(relationship):
        table = schema.tables.get(owner)
        if table is not None:
            kept = {name: one for name, one in table.links.items() if name != link.name}
            schema = schema.with_table(replace(table, links=kept))
    kept_relationships = {
        name: one for name, one in schema.many_to_many.items() if name != relationship.name
    }
    return replace(schema.without_table(relationship.intersect), many_to_many=kept_relationships)
