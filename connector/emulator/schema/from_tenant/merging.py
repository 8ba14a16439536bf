"""The model of a tenant and the shipped tables become one schema."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from connector.emulator.faults import DataverseFault
from connector.emulator.schema.editing.body import Body
from connector.emulator.schema.editing.choices import options_of
from connector.emulator.schema.editing.tables import described
from connector.emulator.schema.from_tenant.column_facts import (
    column_of,
    is_held,
    known_before,
    with_answers,
)
from connector.emulator.schema.from_tenant.many_to_many import with_tenant_relationships
from connector.emulator.schema.labels import SharedOptions
from connector.emulator.schema.malformed import malformed
from connector.emulator.schema.model import (
    AlternateKey,
    Collection,
    ColumnKind,
    DeleteRule,
    Schema,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.emulator.schema.from_tenant.model import EntityType, Model
    from connector.emulator.schema.from_tenant.saved_answers import Answers
    from connector.emulator.schema.model import Column, Columns

_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,120}")
# Owners are users or teams; the type that stands for both has rows of neither.
_NO_TABLES: Final = frozenset({"principal", "crmbaseentity"})
_OWNERSHIPS: Final = {
    "UserOwned": "user",
    "TeamOwned": "user",
    "OrganizationOwned": "organization",
    "BusinessOwned": "business",
    "BusinessParented": "business",
    "None": "none",
}
_USUAL_IMAGE: Final = "entityimage"
_USUAL_NAMES: Final = ("name", "fullname", "subject", "title")


def tenant_schema(model: Model, answers: Answers, shipped: Schema | None) -> Schema:
    """
    The schema of a tenant.

    *shipped* gives tables and facts that the tenant's files lack; without it there are only the
    tenant's own. Properties of complex types are left out: the emulator has none.
    Raises SchemaError naming entity and property.
    """
    base = shipped or Schema(name="tenant", tables={})
    sets = _shared_options(base, answers)
    tables = dict(base.tables)
    for entity in model.values():
        if entity.entity_set and not entity.is_abstract and entity.name not in _NO_TABLES:
            tables[entity.name] = _table(entity, answers, sets, base.tables.get(entity.name))
    schema = replace(
        base,
        tables=tables,
        option_sets=sets.options,
        option_set_labels=sets.labels,
        languages=base.languages.with_installed(*_languages(tables.values(), sets)),
    )
    for entity in model.values():
        if entity.name in tables:
            schema = _with_collections(schema, model, entity)
    schema = with_tenant_relationships(schema, model, answers)
    _check_entity_sets(schema)
    return schema


def _shared_options(base: Schema, answers: Answers) -> SharedOptions:
    sets = SharedOptions(
        options={name: dict(values) for name, values in base.option_sets.items()},
        labels={name: dict(values) for name, values in base.option_set_labels.items()},
    )
    try:
        for name, row in answers.option_sets.items():
            sets.options[name], sets.labels[name] = options_of(Body(row).objects("Options"))
    except DataverseFault as fault:
        raise malformed(place="a global option set", reason=fault.message) from fault
    return sets


def _languages(tables: Iterable[Table], sets: SharedOptions) -> tuple[int, ...]:
    """The languages that any label of a tenant has: those that it has installed."""
    found: dict[int, None] = {}
    for table in tables:
        found |= dict.fromkeys(table.labels)
        for column in table.columns.values():
            found |= dict.fromkeys(column.labels)
            found |= dict.fromkeys(code for one in column.option_labels.values() for code in one)
    for labels in sets.labels.values():
        found |= dict.fromkeys(code for one in labels.values() for code in one)
    return tuple(found)


def _table(entity: EntityType, answers: Answers, sets: SharedOptions, known: Table | None) -> Table:
    given = _columns(entity, answers, sets, known)
    said = answers.table(entity.name)
    primary_id = _primary_id(entity, said, given)
    columns = {**given, primary_id: replace(given[primary_id], kind=ColumnKind.GUID)}
    base = known or Table(
        logical_name=entity.name,
        entity_set="",
        primary_id=primary_id,
        primary_name=None,
        label=entity.name,
        ownership=_ownership(columns),
        columns=columns,
    )
    table = replace(
        base,
        entity_set=entity.entity_set or base.entity_set,
        primary_id=primary_id,
        primary_name=_primary_name(entity, said, columns, base),
        primary_image=_primary_image(said, columns, base),
        columns={**base.columns, **columns} if known else columns,
        keys=_keys(entity, answers, columns, base),
    )
    return _told(table, said)


def _told(table: Table, said: Body) -> Table:
    try:
        name = said.text("SchemaName", table.schema_name)
        found = described(table, said)
        return replace(
            found,
            schema_name="" if name == table.logical_name else name,
            collection_label=""
            if found.collection_label == found.label
            else found.collection_label,
            ownership=_OWNERSHIPS.get(said.text("OwnershipType", ""), table.ownership),
            custom=not said.flag("IsManaged", default=not table.custom),
        )
    except DataverseFault as fault:
        raise malformed(place=f"entity '{table.logical_name}'", reason=fault.message) from fault


def _columns(
    entity: EntityType, answers: Answers, sets: SharedOptions, known: Table | None
) -> Columns:
    found: dict[str, Column] = {}
    for one in entity.properties.values():
        if not is_held(one):
            continue
        place = f"{entity.place}, property '{one.name}'"
        column = column_of(entity, one)
        name = column.logical_name
        if not _NAME.fullmatch(name):
            raise malformed(place=place, reason=f"'{name}' is no logical name")
        if name in found:
            raise malformed(place=place, reason=f"it comes twice as '{name}'")
        column = known_before(column, known.columns.get(name) if known else None)
        found[name] = with_answers(column, answers.column(entity.name, name), sets, place)
    return found


def _primary_id(entity: EntityType, said: Body, columns: Columns) -> str:
    usual = f"{entity.name}id"
    key = (entity.key or "").lower()
    # Users and teams inherit the key of owners and have one of their own name beside it.
    own = usual if key == "ownerid" and usual in columns else key
    found = said.text("PrimaryIdAttribute", own)
    if found not in columns:
        raise malformed(place=entity.place, reason=f"its key '{found}' is no property of it")
    return found


def _primary_name(entity: EntityType, said: Body, columns: Columns, base: Table) -> str | None:
    prefix = entity.name.partition("_")[0]
    usual = [name for name in (f"{prefix}_name", *_USUAL_NAMES) if name in columns]
    guess = base.primary_name or next(iter(usual), None)
    if "PrimaryNameAttribute" not in said.members:
        return guess
    told = said.members["PrimaryNameAttribute"]
    if told is not None and told not in columns:
        raise malformed(
            place=entity.place, reason=f"its primary name '{told}' is no property of it"
        )
    return None if told is None else str(told)


def _primary_image(said: Body, columns: Columns, base: Table) -> str | None:
    """The picture of a row: the one that is told, or the standard one."""
    usual = columns.get(_USUAL_IMAGE)
    is_there = usual is not None and usual.kind is ColumnKind.IMAGE
    guess = base.primary_image or (_USUAL_IMAGE if is_there else None)
    told = said.members.get("PrimaryImageAttribute", guess)
    return str(told) if told in columns else None


def _keys(
    entity: EntityType, answers: Answers, columns: Columns, base: Table
) -> tuple[AlternateKey, ...]:
    told = answers.keys.get(entity.name)
    if told is None:
        return base.keys
    for name, key in told.items():
        for column in key:
            if column not in columns:
                raise malformed(
                    place=entity.place, reason=f"key '{name}' has no property '{column}'"
                )
    return tuple(AlternateKey(name=name, columns=key) for name, key in told.items())


def _ownership(columns: Columns) -> str:
    for name, ownership in (
        ("ownerid", "user"),
        ("organizationid", "organization"),
        ("owningbusinessunit", "business"),
    ):
        if name in columns and columns[name].is_lookup:
            return ownership
    return "none"


def _with_collections(schema: Schema, model: Model, entity: EntityType) -> Schema:
    table = schema.tables[entity.name]
    found = dict(table.collections)
    for link in entity.links.values():
        column = _filling(model, entity, link.target, link.partner) if link.is_collection else None
        if column is None or link.target not in schema.tables:
            continue
        known = table.collections.get(link.name)
        found[link.name] = Collection(
            name=link.name,
            table=link.target,
            column=column,
            on_delete=known.on_delete if known else DeleteRule.REMOVE_LINK,
        )
    return schema.with_table(replace(table, collections=found)) if found else schema


def _filling(model: Model, entity: EntityType, target: str, partner: str | None) -> str | None:
    """The lookup of *target* that fills a collection: its partner, or the only candidate."""
    links = model[target].links
    named = links.get(partner or "")
    candidates = (
        [named]
        if named is not None
        else [one for one in links.values() if one.target == entity.name and not one.is_collection]
    )
    if len(candidates) != 1 or candidates[0].property is None:
        return None
    return candidates[0].property.removeprefix("_").removesuffix("_value").lower()


def _check_entity_sets(schema: Schema) -> None:
    seen: dict[str, str] = {}
    for table in schema.tables.values():
        other = seen.setdefault(table.entity_set, table.logical_name)
        if other != table.logical_name:
            reason = f"its entity set '{table.entity_set}' is that of '{other}' too"
            raise malformed(place=f"entity '{table.logical_name}'", reason=reason)
