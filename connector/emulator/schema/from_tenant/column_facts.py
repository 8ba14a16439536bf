"""One column of a tenant: its property in the model, and what is known about it besides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from connector.emulator.faults import DataverseFault
from connector.emulator.schema.editing.choices import options_of, yes_and_no
from connector.emulator.schema.editing.columns import described
from connector.emulator.schema.identity import ATTRIBUTE_TYPES
from connector.emulator.schema.malformed import malformed
from connector.emulator.schema.model import Column, ColumnKind, DateBehaviour
from connector.emulator.schema.values import EDM_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.schema.editing.body import Body
    from connector.emulator.schema.from_tenant.model import EntityType, Property
    from connector.emulator.schema.labels import SharedOptions

_KINDS: Final = {
    "Edm.String": ColumnKind.STRING,
    "Edm.Int32": ColumnKind.INTEGER,
    "Edm.Int64": ColumnKind.BIGINT,
    "Edm.Decimal": ColumnKind.DECIMAL,
    "Edm.Double": ColumnKind.DOUBLE,
    "Edm.Boolean": ColumnKind.BOOLEAN,
    "Edm.DateTimeOffset": ColumnKind.DATETIME,
    "Edm.Date": ColumnKind.DATE,
    "Edm.Guid": ColumnKind.GUID,
    "Edm.Binary": ColumnKind.IMAGE,
}
# Kinds whose AttributeType is only "Virtual": the type of the definition tells, or its type name.
_VIRTUAL: Final = "Virtual"
_BY_TYPE_NAME: Final = {
    "FileType": ColumnKind.FILE,
    "ImageType": ColumnKind.IMAGE,
    "MultiSelectPicklistType": ColumnKind.MULTIPICKLIST,
}
_BY_CLASS: Final = {
    f"{name.removesuffix('Type')}AttributeMetadata": kind for name, kind in _BY_TYPE_NAME.items()
}
_STATES: Final = {"statecode": ColumnKind.STATE, "statuscode": ColumnKind.STATUS}
_CURRENCY: Final = "_transactioncurrencyid_value"
_BASE: Final = "_base"
# What the platform fills in by itself on every table, whether the model is annotated or not.
_PLATFORMS_OWN: Final = frozenset(
    {"createdby", "createdon", "createdonbehalfby", "modifiedby", "modifiedon"}
    | {"modifiedonbehalfby", "owningbusinessunit", "owningteam", "owninguser", "organizationid"}
    | {"versionnumber"}
)
_CUSTOMER: Final = frozenset({"account", "contact"})
_NOWHERE: Final = "crmbaseentity"
_BY_ATTRIBUTE_TYPE: Final = {
    **{
        text: kind
        for kind, text in ATTRIBUTE_TYPES.items()
        if kind is not ColumnKind.DATE and text != _VIRTUAL
    },
    "MultiSelectPicklist": ColumnKind.MULTIPICKLIST,
}


def is_held(one: Property) -> bool:
    """Whether the emulator has columns of the property's type; complex ones it has not."""
    return one.type in _KINDS


def column_of(entity: EntityType, one: Property) -> Column:
    """The column that the model alone tells of."""
    if is_lookup(one):
        return _lookup(entity, one)
    kind = _kind(entity, one)
    return Column(
        logical_name=one.name.lower(),
        kind=kind,
        property_name=one.name,
        label=one.name.lower(),
        read_only=one.computed or _is_the_platforms(entity, one),
        required="system" if one.name == entity.key else "none",
        behaviour=DateBehaviour.DATE_ONLY if kind is ColumnKind.DATE else DateBehaviour.USER_LOCAL,
    )


def is_lookup(one: Property) -> bool:
    """Whether a property holds the id of a row of another table."""
    wrapped = one.name.startswith("_") and one.name.endswith("_value")
    return wrapped and one.type == "Edm.Guid"


def known_before(column: Column, known: Column | None) -> Column:
    """
    *column* with the shipped facts about it, where the two are of the same type.

    Navigation properties of the tenant come before shipped ones to the same table.
    """
    if known is None or EDM_TYPES[known.kind] != EDM_TYPES[column.kind]:
        return column
    if known.is_lookup != column.is_lookup:
        return column
    facts = replace(known, property_name=column.property_name)
    if not column.navigations:
        return facts
    reached = set(column.navigations.values())
    further = {name: one for name, one in known.navigations.items() if one not in reached}
    targets = (*known.targets, *(one for one in column.targets if one not in known.targets))
    return replace(facts, targets=targets, navigations={**further, **column.navigations})


def with_answers(column: Column, body: Body, sets: SharedOptions, place: str) -> Column:
    """*column* with what a saved definition says; *place* appears in faults."""
    if not body.members:
        return column
    try:
        typed = replace(column, kind=_told_kind(column, body))
        if typed.is_lookup and body.has("Targets"):
            typed = _targeted(typed, body.texts("Targets"))
        found = described(typed, body)
        writable = [body.flag(f"IsValidFor{verb}", default=True) for verb in ("Create", "Update")]
        if body.has("IsValidForCreate") or body.has("IsValidForUpdate"):
            found = replace(found, read_only=not any(writable))
        custom = not body.flag("IsManaged", default=not found.custom)
        found = replace(found, custom=custom, schema_name=_schema_name(found, body))
        return _with_options(found, body, sets)
    except DataverseFault as fault:
        raise malformed(place=place, reason=fault.message) from fault


def _is_the_platforms(entity: EntityType, one: Property) -> bool:
    """The rate is the platform's on rows with a currency, and not on the currency itself."""
    if one.name == "exchangerate":
        return _CURRENCY in entity.properties
    return one.name in _PLATFORMS_OWN and one.name != entity.key


def _kind(entity: EntityType, one: Property) -> ColumnKind:
    if one.type == "Edm.Int32" and one.name in _STATES:
        return _STATES[one.name]
    names = entity.properties
    # Money is the only kind of number that has a counterpart in the base currency.
    is_base = one.name.endswith(_BASE) and one.name.removesuffix(_BASE) in names
    has_base = is_base or f"{one.name}{_BASE}" in names
    if one.type == "Edm.Decimal" and _CURRENCY in names and has_base:
        return ColumnKind.MONEY
    return _KINDS[one.type]


def _lookup(entity: EntityType, one: Property) -> Column:
    name = one.name.removeprefix("_").removesuffix("_value").lower()
    navigations = {
        link.name: link.target
        for link in entity.links.values()
        if link.property == one.name and not link.is_collection
    }
    targets = tuple(dict.fromkeys(navigations.values()))
    kind = ColumnKind.CUSTOMER if set(targets) == _CUSTOMER else ColumnKind.LOOKUP
    if name == "ownerid":
        kind, targets = ColumnKind.OWNER, ("systemuser", "team")
        navigations = dict.fromkeys(navigations, "principal")
    return Column(
        logical_name=name,
        kind=kind,
        property_name=one.name,
        label=name,
        read_only=name in _PLATFORMS_OWN or (one.computed and not navigations),
        targets=targets or (_NOWHERE,),
        navigations=navigations,
    )


def _told_kind(column: Column, body: Body) -> ColumnKind:
    told = body.text("AttributeType", "")
    kind = _virtual_kind(column, body) if told == _VIRTUAL else _BY_ATTRIBUTE_TYPE.get(told)
    behaviour = body.value_of("DateTimeBehavior")
    if kind is ColumnKind.DATETIME and (column.kind is ColumnKind.DATE or behaviour == "DateOnly"):
        kind = ColumnKind.DATE
    if kind is None and told == "" and body.type_name().startswith("Picklist"):
        kind = ColumnKind.PICKLIST
    if kind is None or kind is column.kind:
        return column.kind
    if EDM_TYPES[kind] != EDM_TYPES[column.kind]:
        message = f"AttributeType {told}, but {EDM_TYPES[column.kind]} in the model"
        raise DataverseFault(400, "", message)
    return kind


def _virtual_kind(column: Column, body: Body) -> ColumnKind | None:
    """The kind of a "Virtual" column; a text of which no more is said has several choices."""
    name, shown = body.type_name(), str(body.value_of("AttributeTypeName") or "")
    is_untold = not name and not shown and EDM_TYPES[column.kind] == "Edm.String"
    usual = ColumnKind.MULTIPICKLIST if is_untold else None
    return _BY_CLASS.get(name) or _BY_TYPE_NAME.get(shown) or usual


def _targeted(column: Column, targets: tuple[str, ...]) -> Column:
    """Targets without a navigation property stay targets: rows may still refer to them."""
    return replace(column, targets=targets) if targets else column


def _schema_name(column: Column, body: Body) -> str:
    name = body.text("SchemaName", column.schema_name)
    is_plain = name in (column.logical_name, column.property_name)
    return "" if is_plain or name in column.navigations else name


def _with_options(column: Column, body: Body, sets: SharedOptions) -> Column:
    shared = body.inner("GlobalOptionSet")
    inner = shared or body.inner("OptionSet")
    if inner is None:
        return column
    if column.kind is ColumnKind.BOOLEAN:
        options, labels = yes_and_no(inner)
        return replace(column, options=options, option_labels=labels) if options else column
    bodies = inner.objects("Options")
    options, labels = options_of(bodies)
    name = inner.text("Name", "") if inner.flag("IsGlobal", default=shared is not None) else ""
    if name:
        sets.options[name] = options
        sets.labels[name] = labels
    return replace(
        column,
        options=options,
        option_labels=labels,
        option_set=name or None,
        states=_states(column, bodies),
    )


def _states(column: Column, bodies: tuple[Body, ...]) -> Mapping[int, int]:
    if column.kind is not ColumnKind.STATUS:
        return column.states
    pairs = [(one.integer("Value", None), one.integer("State", None)) for one in bodies]
    return {value: state for value, state in pairs if value is not None and state is not None}
