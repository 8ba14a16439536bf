"""Columns from attribute definitions: created, changed and deleted."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.schema.companions import companions
from connector.emulator.schema.editing import refusals
from connector.emulator.schema.editing.choices import apply_choices
from connector.emulator.schema.editing.naming import schema_name
from connector.emulator.schema.editing.standard import money_columns
from connector.emulator.schema.identity import attribute_class, metadata_id
from connector.emulator.schema.identity import schema_name as shown_name
from connector.emulator.schema.model import (
    CHOICE_KINDS,
    LOOKUP_KINDS,
    TEXT_KINDS,
    Column,
    ColumnKind,
    DateBehaviour,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.schema.editing.body import Body
    from connector.emulator.schema.model import Schema, Table

_SUFFIX: Final = "AttributeMetadata"
_KINDS: Final = {
    "String": ColumnKind.STRING,
    "Memo": ColumnKind.MEMO,
    "Integer": ColumnKind.INTEGER,
    "BigInt": ColumnKind.BIGINT,
    "Decimal": ColumnKind.DECIMAL,
    "Double": ColumnKind.DOUBLE,
    "Money": ColumnKind.MONEY,
    "Boolean": ColumnKind.BOOLEAN,
    "DateTime": ColumnKind.DATETIME,
    "Picklist": ColumnKind.PICKLIST,
    "MultiSelectPicklist": ColumnKind.MULTIPICKLIST,
    "File": ColumnKind.FILE,
    "Image": ColumnKind.IMAGE,
}
_REQUIRED: Final = {
    "None": "none",
    "Recommended": "recommended",
    "ApplicationRequired": "required",
    "SystemRequired": "system",
}
_LENGTHS: Final = {ColumnKind.STRING: 100, ColumnKind.MEMO: 2000}
_LONGEST: Final = {ColumnKind.STRING: 4000, ColumnKind.MEMO: 1_048_576}
_LARGEST: Final = {ColumnKind.FILE: 10_485_760, ColumnKind.IMAGE: 30_720}
_PLACES: Final = {ColumnKind.DECIMAL: 2, ColumnKind.DOUBLE: 2, ColumnKind.MONEY: 2}
_MOST_PLACES: Final = {ColumnKind.DECIMAL: 10, ColumnKind.DOUBLE: 5, ColumnKind.MONEY: 4}
_INT32: Final = Decimal(2_147_483_648)
_HUNDRED_BILLIONS: Final = Decimal(100_000_000_000)
_MONEY: Final = Decimal(922_337_203_685_477)
_LIMITS: Final = {
    ColumnKind.INTEGER: (-_INT32, _INT32 - 1),
    ColumnKind.DECIMAL: (-_HUNDRED_BILLIONS, _HUNDRED_BILLIONS),
    ColumnKind.DOUBLE: (-_HUNDRED_BILLIONS, _HUNDRED_BILLIONS),
    ColumnKind.MONEY: (-_MONEY, _MONEY),
}
_NOT_SUPPORTED: Final = ("AutoNumberFormat", "FormulaDefinition", "SourceTypeMask")
_WITHOUT_OPTIONS: Final = CHOICE_KINDS | {ColumnKind.BOOLEAN, ColumnKind.MULTIPICKLIST}


def kind_of(body: Body) -> ColumnKind:
    """The kind that `@odata.type` names; 501 for those that the emulator does not hold."""
    name = body.type_name().removeprefix("Complex").removesuffix(_SUFFIX)
    kind = _KINDS.get(name)
    if kind is None and name == "Lookup":
        message = "A lookup is created together with its relationship, in RelationshipDefinitions."
        raise refusals.invalid(message)
    if kind is None and not name:
        raise faults.wrong_type(
            name="@odata.type", value=body.members.get("@odata.type"), expected=f"a type{_SUFFIX}"
        )
    if kind is None:
        raise faults.unsupported(feature=f"creating a column by {body.type_name()}")
    behaviour = body.value_of("DateTimeBehavior")
    return ColumnKind.DATE if behaviour == DateBehaviour.DATE_ONLY.value else kind


def new_column(schema: Schema, body: Body) -> Column:
    """The column that an attribute definition describes."""
    kind, name = kind_of(body), schema_name(body, "attribute")
    minimum, maximum = _LIMITS.get(kind, (None, None))
    base = Column(
        logical_name=name.lower(),
        kind=kind,
        property_name=name.lower(),
        label=name,
        schema_name=name,
        max_length=_LENGTHS.get(kind),
        precision=_PLACES.get(kind),
        minimum=minimum,
        maximum=maximum,
        custom=True,
        behaviour=DateBehaviour.DATE_ONLY if kind is ColumnKind.DATE else DateBehaviour.USER_LOCAL,
    )
    return apply_choices(schema, checked(described(base, body), body), body)


def described(base: Column, body: Body) -> Column:
    """*base* with what a definition says; its members that are missing change nothing."""
    has_places = base.kind in _MOST_PLACES
    return replace(
        base,
        label=body.label("DisplayName") or base.label,
        labels=body.translations("DisplayName", base.labels),
        description=body.label("Description") or base.description,
        descriptions=body.translations("Description", base.descriptions),
        required=_required(base, body),
        format=_format(base, body),
        max_length=_most(base, body),
        full_image=body.flag("CanStoreFullImage", default=base.full_image),
        precision=body.integer("Precision", base.precision) if has_places else None,
        minimum=body.number("MinValue", base.minimum),
        maximum=body.number("MaxValue", base.maximum),
        behaviour=_behaviour(base, body),
    )


def checked(column: Column, body: Body) -> Column:
    """*column*, unless its definition asks for what no column can have, or ours cannot."""
    for name in _NOT_SUPPORTED:
        if body.members.get(name) not in (None, "", 0):
            raise faults.unsupported(feature=f"the member '{name}' of a column")
    _check_range(column, "MaxLength", column.max_length, 1, _LONGEST)
    _check_range(column, "MaxSizeInKB", column.max_length, 1, _LARGEST)
    _check_range(column, "Precision", column.precision, 0, _MOST_PLACES)
    low, high = column.minimum, column.maximum
    if low is not None and high is not None and low > high:
        message = f"The minimum of {column.logical_name} is greater than its maximum."
        raise refusals.invalid(message)
    return column


def with_column(schema: Schema, table: Table, column: Column) -> Schema:
    """*schema* with a new column, and for money those that it brings with it."""
    if column.logical_name in table.columns or column.property_name in table.navigations:
        raise refusals.duplicate_column(table.logical_name, column.logical_name)
    added = {column.logical_name: column, **companions(column)}
    if column.kind is ColumnKind.MONEY:
        added = {**money_columns(column), **added}
    changed = replace(table, columns={**table.columns, **_missing(table, added)})
    if column.kind is ColumnKind.IMAGE and changed.primary_image is None:
        changed = replace(changed, primary_image=column.logical_name)
    return schema.with_table(changed)


def changed_column(schema: Schema, table: Table, column: Column, body: Body) -> Schema:
    """*schema* with a column as a PUT describes it; type and name cannot change."""
    type_name = body.type_name()
    if type_name not in ("", attribute_class(column)):
        message = f"The type of {column.logical_name} cannot be changed to {type_name}."
        raise refusals.invalid(message)
    if body.text("SchemaName", "").lower() not in ("", shown_name(column).lower()):
        message = f"The schema name of {column.logical_name} cannot be changed."
        raise refusals.invalid(message)
    if column.kind in _WITHOUT_OPTIONS and body.has("OptionSet"):
        raise faults.unsupported(feature="changing options through a column's definition")
    found = checked(described(column, body), body)
    return schema.with_table(replace(table, columns={**table.columns, column.logical_name: found}))


def without_column(schema: Schema, table: Table, column: Column) -> Schema:
    """*schema* without a custom column and the relationships that it carries."""
    name = column.logical_name
    if name in (table.primary_id, table.primary_name):
        raise refusals.primary_column(name)
    if not is_custom(table, column):
        raise refusals.not_deletable(name, metadata_id(table.logical_name, name))
    users = sum(name in key.columns for key in table.keys)
    if users:
        raise refusals.in_use(kind="Attribute", name=name, users=users)
    gone = {name, _base_of(column), *companions(column)}
    kept = {key: one for key, one in table.columns.items() if key not in gone}
    image = None if table.primary_image == name else table.primary_image
    changed = replace(table, columns=kept, primary_image=image)
    return without_collections(schema.with_table(changed), table.logical_name, name)


def without_collections(schema: Schema, table: str, column: str) -> Schema:
    """*schema* without the collections that a lookup fills."""
    for other in schema.tables.values():
        kept = {
            name: one
            for name, one in other.collections.items()
            if (one.table, one.column) != (table, column)
        }
        if len(kept) < len(other.collections):
            schema = schema.with_table(replace(other, collections=kept))
    return schema


def is_custom(table: Table, column: Column) -> bool:
    """Whether a column was made by customers; those of schema files go by their prefix."""
    return column.custom or (table.custom and "_" in column.logical_name)


def _missing(table: Table, columns: dict[str, Column]) -> dict[str, Column]:
    return {name: column for name, column in columns.items() if name not in table.columns}


def _base_of(column: Column) -> str | None:
    return f"{column.logical_name}_base" if column.kind is ColumnKind.MONEY else None


def _most(base: Column, body: Body) -> int | None:
    """The longest text of a column, or its largest file in kilobytes."""
    if base.kind in _LARGEST:
        return body.integer("MaxSizeInKB", base.max_length)
    return body.integer("MaxLength", base.max_length) if base.kind in _LONGEST else None


def _required(base: Column, body: Body) -> str:
    level = body.value_of("RequiredLevel")
    if level is None:
        return base.required
    if level not in _REQUIRED:
        raise faults.wrong_type(
            name="RequiredLevel", value=level, expected="AttributeRequiredLevel"
        )
    return _REQUIRED[level]


def _format(base: Column, body: Body) -> str:
    if base.kind in LOOKUP_KINDS:
        return base.format
    if base.kind in TEXT_KINDS:
        return body.value_of("FormatName") or base.format
    return body.text("Format", base.format)


def _check_range(
    column: Column, member: str, value: int | None, low: int, high: Mapping[ColumnKind, int]
) -> None:
    limit = high.get(column.kind)
    if limit is not None and value is not None and not low <= value <= limit:
        message = f"{member} of {column.logical_name} must be between {low} and {limit}."
        raise refusals.invalid(message)


def _behaviour(base: Column, body: Body) -> DateBehaviour:
    name = body.value_of("DateTimeBehavior")
    if name is None or base.kind not in (ColumnKind.DATETIME, ColumnKind.DATE):
        return base.behaviour
    try:
        found = DateBehaviour(name)
    except ValueError as error:
        raise faults.wrong_type(
            name="DateTimeBehavior", value=name, expected="a behavior of dates"
        ) from error
    if (found is DateBehaviour.DATE_ONLY) != (base.kind is ColumnKind.DATE):
        raise faults.unsupported(feature="changing the behaviour of a date column")
    return found
