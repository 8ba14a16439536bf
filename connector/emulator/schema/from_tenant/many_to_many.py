"""Many-to-many relationships of a tenant: pairs of collections in its model, or saved answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.emulator.faults import DataverseFault
from connector.emulator.schema.malformed import malformed
from connector.emulator.schema.many_to_many import with_relationship
from connector.emulator.schema.model import ManyToMany, RelationshipEnd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator.schema.editing.body import Body
    from connector.emulator.schema.from_tenant.model import EntityType, Link, Model
    from connector.emulator.schema.from_tenant.saved_answers import Answers
    from connector.emulator.schema.model import Schema

_SUFFIX = "_association"


def with_tenant_relationships(schema: Schema, model: Model, answers: Answers) -> Schema:
    """
    *schema* with the many-to-many relationships of a tenant.

    Saved answers name the table between and its columns. From the model alone it is the type
    that is named as the navigation properties, without their ending "_association", and has an
    id of both sides; where there is none, a table of that name is made up.
    """
    told = {one.name: one for one in map(_told, answers.many_to_many.values())}
    for relationship in (*told.values(), *_paired(model, told)):
        ends = relationship.ends
        if all(one.table in schema.tables for one in ends):
            schema = _with(schema, relationship)
    return schema


def _with(schema: Schema, relationship: ManyToMany) -> Schema:
    table = schema.tables.get(relationship.intersect)
    if table is not None:
        columns = [one.column for one in relationship.ends]
        missing = [name for name in columns if name not in table.columns]
        if missing:
            place = f"relationship '{relationship.name}'"
            reason = f"its table '{table.logical_name}' has no column '{missing[0]}'"
            raise malformed(place=place, reason=reason)
        schema = schema.with_table(replace(table, ownership="none"))
    return with_relationship(schema, relationship)


def _told(body: Body) -> ManyToMany:
    try:
        first, second = (
            RelationshipEnd(
                table=body.text(f"{side}LogicalName"),
                column=body.text(f"{side}IntersectAttribute"),
                navigation=body.text(f"{side}NavigationPropertyName", body.text("SchemaName")),
            )
            for side in ("Entity1", "Entity2")
        )
        return ManyToMany(
            name=body.text("SchemaName"),
            intersect=body.text("IntersectEntityName"),
            ends=(first, second),
            custom=body.flag("IsCustomRelationship", default=False),
        )
    except DataverseFault as fault:
        raise malformed(place="a many-to-many relationship", reason=fault.message) from fault


def _paired(model: Model, told: dict[str, ManyToMany]) -> Iterator[ManyToMany]:
    """Collections that are each other's partner, each pair once."""
    known = {(end.table, end.navigation) for one in told.values() for end in one.ends}
    for entity in model.values():
        for link in entity.links.values():
            back = _partner(model, link)
            if back is None or (entity.name, link.name) in known:
                continue
            known |= {(entity.name, link.name), (link.target, back.name)}
            yield _made(model, entity, link, back)


def _partner(model: Model, link: Link) -> Link | None:
    if not link.is_collection or link.partner is None:
        return None
    back = model[link.target].links.get(link.partner)
    return back if back is not None and back.is_collection and back.partner == link.name else None


def _made(model: Model, entity: EntityType, link: Link, back: Link) -> ManyToMany:
    name = link.name.removesuffix(_SUFFIX).lower()
    other = link.target
    columns = (f"{entity.name}id", f"{other}id")
    if entity.name == other:
        columns = (f"{other}idone", f"{other}idtwo")
    between = model.get(name)
    if between is not None and not all(one in between.properties for one in columns):
        name = link.name.lower()
    first = RelationshipEnd(table=entity.name, column=columns[0], navigation=link.name)
    second = RelationshipEnd(table=other, column=columns[1], navigation=back.name)
    return ManyToMany(name=link.name, intersect=name, ends=(first, second))
