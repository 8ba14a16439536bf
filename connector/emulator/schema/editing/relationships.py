"""One-to-many relationships with their lookups: created, changed and deleted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.schema.editing import refusals
from connector.emulator.schema.editing.columns import (
    checked,
    described,
    with_column,
    without_column,
)
from connector.emulator.schema.editing.many_to_many import with_new_many_to_many
from connector.emulator.schema.editing.naming import plain_name, schema_name
from connector.emulator.schema.model import (
    Collection,
    Column,
    ColumnKind,
    DeleteRule,
    Schema,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.schema.editing.body import Body

_ONE_TO_MANY: Final = "OneToManyRelationshipMetadata"
_MANY_TO_MANY: Final = "ManyToManyRelationshipMetadata"
_NO_RULE: Final = "NoCascade"
_CASCADING: Final = "Cascade"
_ACTIONS: Final = ("Archive", "Assign", "Merge", "Reparent", "RollupView", "Share", "Unshare")
_LOOKUP: Final = "LookupAttributeMetadata"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """A relationship: the referenced table, its collection, and the lookup's navigation."""

    referenced: Table
    collection: Collection
    navigation: str


def with_new_relationship(schema: Schema, body: Body) -> tuple[Schema, str]:
    """*schema* with the relationship and the lookup that a definition describes; and its name."""
    if is_many_to_many(body):
        if _is_taken(schema, body.text("SchemaName", "")):
            raise refusals.duplicate_relationship(body.text("SchemaName"))
        return with_new_many_to_many(schema, body)
    _check_kind(body)
    if not body.text("SchemaName", ""):
        raise refusals.nameless_relationship()
    name = plain_name(body, "SchemaName")
    if _is_taken(schema, name):
        raise refusals.duplicate_relationship(name)
    referenced = _table(schema, body, "ReferencedEntity")
    referencing = _table(schema, body, "ReferencingEntity")
    if body.text("ReferencedAttribute", referenced.primary_id) != referenced.primary_id:
        message = f"The ReferencedAttribute of {name} is not the key of {referenced.logical_name}."
        raise refusals.invalid(message)
    column = _lookup(body, referenced)
    _check_navigation(referencing, next(iter(column.navigations)))
    schema = with_column(schema, referencing, column)
    collection = Collection(
        name=name,
        table=referencing.logical_name,
        column=column.logical_name,
        on_delete=_delete_rule(body, DeleteRule.REMOVE_LINK),
        cascades=_cascades(body, {}),
    )
    return _with_collection(schema, referenced.logical_name, collection), name


def changed_relationship(schema: Schema, found: Relationship, body: Body) -> Schema:
    """*schema* with the delete rule that a PUT gives a relationship."""
    if body.text("SchemaName", found.collection.name) != found.collection.name:
        message = f"The schema name of {found.collection.name} cannot be changed."
        raise refusals.invalid(message)
    if not body.flag("IsValidForAdvancedFind", default=True):
        raise faults.unsupported(feature="changing 'IsValidForAdvancedFind' of a relationship")
    rule = _delete_rule(body, found.collection.on_delete)
    cascades = _cascades(body, found.collection.cascades)
    collection = replace(found.collection, on_delete=rule, cascades=cascades)
    kept = {**found.referenced.collections, collection.name: collection}
    return schema.with_table(replace(found.referenced, collections=kept))


def without_relationship(schema: Schema, found: Relationship) -> Schema:
    """*schema* without a relationship; its lookup goes too unless it has further targets."""
    table = schema.tables[found.collection.table]
    column = table.columns[found.collection.column]
    if len(column.targets) == 1:
        return without_column(schema, table, column)
    message = "removing one target of a lookup to several tables"
    raise faults.unsupported(feature=message)


def find_relationship(schema: Schema, name: str) -> Relationship | None:
    """The relationship of a schema name, compared without case; None when there is none."""
    wanted = name.lower()
    for table in schema.tables.values():
        for collection in table.collections.values():
            if collection.name.lower() == wanted and collection.table in schema.tables:
                column = schema.tables[collection.table].columns[collection.column]
                return Relationship(
                    referenced=table,
                    collection=collection,
                    navigation=_navigation_to(column, table.logical_name),
                )
    return None


def _navigation_to(column: Column, target: str) -> str:
    found = (name for name, table in column.navigations.items() if table == target)
    return next(found, column.logical_name)


def is_many_to_many(body: Body) -> bool:
    """Whether a definition describes a many-to-many relationship."""
    return body.type_name() == _MANY_TO_MANY or body.has("IntersectEntityName")


def _is_taken(schema: Schema, name: str) -> bool:
    known = (one.lower() for one in schema.many_to_many)
    return name.lower() in known or find_relationship(schema, name) is not None


def _check_kind(body: Body) -> None:
    kind = body.type_name()
    if kind not in ("", _ONE_TO_MANY):
        raise faults.wrong_type(name="@odata.type", value=kind, expected=_ONE_TO_MANY)


def _table(schema: Schema, body: Body, member: str) -> Table:
    found = schema.tables.get(body.text(member))
    if found is None:
        message = f"The {member} '{body.text(member)[:200]}' does not exist."
        raise refusals.invalid(message)
    return found


def _lookup(body: Body, referenced: Table) -> Column:
    lookup = body.inner("Lookup")
    if lookup is None:
        message = f"The relationship {body.text('SchemaName')} has no Lookup."
        raise refusals.invalid(message)
    if lookup.type_name() not in ("", _LOOKUP, f"Complex{_LOOKUP}"):
        raise faults.unsupported(feature=f"a relationship by {lookup.type_name()}")
    name = schema_name(lookup, "attribute")
    logical = name.lower()
    if body.text("ReferencingAttribute", logical).lower() != logical:
        message = f"The ReferencingAttribute is not the Lookup {name}."
        raise refusals.invalid(message)
    navigation = plain_name(body, "ReferencingEntityNavigationPropertyName", name)
    column = Column(
        logical_name=logical,
        kind=ColumnKind.LOOKUP,
        property_name=f"_{logical}_value",
        label=name,
        schema_name=name,
        targets=(referenced.logical_name,),
        navigations={navigation: referenced.logical_name},
        custom=True,
    )
    return checked(described(column, lookup), lookup)


def _check_navigation(table: Table, name: str) -> None:
    taken = (table.properties, table.navigations, table.collections, table.links)
    if any(name in names for names in taken):
        raise refusals.duplicate_navigation(table.logical_name, name)


def _with_collection(schema: Schema, name: str, collection: Collection) -> Schema:
    table = schema.tables[name]
    _check_navigation(table, collection.name)
    return schema.with_table(
        replace(table, collections={**table.collections, collection.name: collection})
    )


def _delete_rule(body: Body, default: DeleteRule) -> DeleteRule:
    cascade = body.inner("CascadeConfiguration")
    if cascade is None:
        return default
    name = cascade.text("Delete", default.value)
    try:
        return DeleteRule(name)
    except ValueError as error:
        raise faults.unsupported(feature=f"the cascade rule '{name}' for Delete") from error


def _cascades(body: Body, kept: Mapping[str, str]) -> Mapping[str, str]:
    """The actions beside deleting that reach the referencing rows, with their rule."""
    cascade = body.inner("CascadeConfiguration")
    if cascade is None:
        return kept
    rules = {name: cascade.text(name, kept.get(name, _NO_RULE)) for name in _ACTIONS}
    for name, rule in rules.items():
        if rule not in (_NO_RULE, _CASCADING):
            raise faults.unsupported(feature=f"the cascade rule '{rule}' for {name}")
    return {name: rule for name, rule in rules.items() if rule != _NO_RULE}
