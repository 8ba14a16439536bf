"""Tables from entity definitions: created, changed and deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.schema.editing import refusals
from connector.emulator.schema.editing.columns import new_column, with_column
from connector.emulator.schema.editing.naming import plain_name, plural, schema_name
from connector.emulator.schema.editing.standard import standard_columns
from connector.emulator.schema.identity import metadata_id
from connector.emulator.schema.many_to_many import without_relationships
from connector.emulator.schema.model import Column, ColumnKind, Schema, Table

if TYPE_CHECKING:
    from connector.emulator.schema.editing.body import Body

_OWNERSHIPS: Final = {"UserOwned": "user", "OrganizationOwned": "organization"}
_TYPES: Final = frozenset({"EntityMetadata", "ComplexEntityMetadata"})
#: Switches of EntityMetadata that nothing in the emulator hangs on: kept as they are set.
SWITCHES: Final = (
    "AutoCreateAccessTeams",
    "AutoRouteToOwnerQueue",
    "EntityHelpUrlEnabled",
    "HasActivities",
    "HasEmailAddresses",
    "HasFeedback",
    "HasNotes",
    "IsAuditEnabled",
    "IsAvailableOffline",
    "IsBusinessProcessEnabled",
    "IsConnectionsEnabled",
    "IsDocumentManagementEnabled",
    "IsDuplicateDetectionEnabled",
    "IsInteractionCentricEnabled",
    "IsKnowledgeManagementEnabled",
    "IsMailMergeEnabled",
    "IsOfflineInMobileClient",
    "IsQuickCreateEnabled",
    "IsReadOnlyInMobileClient",
    "IsReadingPaneEnabled",
    "IsRetrieveAuditEnabled",
    "IsRetrieveMultipleAuditEnabled",
    "IsSLAEnabled",
    "IsValidForAdvancedFind",
    "IsValidForQueue",
    "IsVisibleInMobile",
    "IsVisibleInMobileClient",
)
_NOT_SUPPORTED: Final = (
    "Keys",
    "ManyToManyRelationships",
    "ManyToOneRelationships",
    "OneToManyRelationships",
)


def with_new_table(schema: Schema, body: Body) -> tuple[Schema, str]:
    """
    *schema* with the table that an entity definition describes, and its logical name.

    It gets a primary key, the columns that every table has and those of the definition, one of
    which must be its primary name.
    """
    _check_supported(body)
    name = schema_name(body, "entity")
    logical = name.lower()
    if logical in schema.tables:
        raise refusals.duplicate_table(logical)
    ownership = _ownership(body)
    key = _primary_key(name, body.label("DisplayName") or name)
    columns = {key.logical_name: key, **standard_columns(ownership)}
    table = Table(
        logical_name=logical,
        entity_set=_entity_set(schema, body, logical),
        primary_id=key.logical_name,
        primary_name=None,
        label=name,
        schema_name=name,
        ownership=ownership,
        columns=columns,
        custom=True,
    )
    return _with_columns(schema, described(table, body), body), logical


def described(base: Table, body: Body) -> Table:
    """*base* with the labels and settings that a definition gives."""
    return replace(
        base,
        label=body.label("DisplayName") or base.label,
        labels=body.translations("DisplayName", base.labels),
        collection_label=body.label("DisplayCollectionName") or base.collection_label,
        collection_labels=body.translations("DisplayCollectionName", base.collection_labels),
        description=body.label("Description") or base.description,
        descriptions=body.translations("Description", base.descriptions),
        change_tracking=body.flag("ChangeTrackingEnabled", default=base.change_tracking),
        settings={
            **base.settings,
            **{name: body.flag(name, default=False) for name in SWITCHES if body.has(name)},
        },
    )


def changed_table(schema: Schema, table: Table, body: Body) -> Schema:
    """*schema* with a table as a PUT describes it; names and ownership cannot change."""
    fixed = {
        "LogicalName": table.logical_name,
        "SchemaName": table.schema_name or table.logical_name,
        "EntitySetName": table.entity_set,
    }
    for member, value in fixed.items():
        if body.text(member, value) != value:
            message = f"The {member} of {table.logical_name} cannot be changed."
            raise refusals.invalid(message)
    if body.has("OwnershipType") and _OWNERSHIPS.get(body.text("OwnershipType")) not in (
        None,
        table.ownership,
    ):
        message = f"The ownership of {table.logical_name} cannot be changed."
        raise refusals.invalid(message)
    return schema.with_table(described(table, body))


def without_table(schema: Schema, table: Table) -> Schema:
    """*schema* without a custom table to which no other table has a lookup."""
    name = table.logical_name
    if not table.custom:
        raise refusals.not_deletable(name, metadata_id(name))
    users = [
        f"{other.logical_name}.{column.logical_name}"
        for other in schema.tables.values()
        for column in other.columns.values()
        if name in column.targets and other is not table
    ]
    if users:
        raise refusals.in_use(kind="Entity", name=name, users=len(users))
    if table.is_intersect:
        raise refusals.in_use(kind="Entity", name=name, users=1)
    schema = without_relationships(schema, _relationships_of(schema, name)).without_table(name)
    for other in schema.tables.values():
        kept = {key: one for key, one in other.collections.items() if one.table != name}
        if len(kept) < len(other.collections):
            schema = schema.with_table(replace(other, collections=kept))
    return schema


def _relationships_of(schema: Schema, table: str) -> list[str]:
    return [
        name
        for name, one in schema.many_to_many.items()
        if any(end.table == table for end in one.ends)
    ]


def _check_supported(body: Body) -> None:
    if body.type_name() not in ("", *_TYPES):
        raise faults.wrong_type(
            name="@odata.type", value=body.type_name(), expected="EntityMetadata"
        )
    if body.flag("IsActivity", default=False):
        raise faults.unsupported(feature="creating a table of activities")
    table_type = body.text("TableType", "Standard")
    if table_type != "Standard":
        raise faults.unsupported(feature=f"creating a table of the type '{table_type}'")
    for member in _NOT_SUPPORTED:
        if body.members.get(member):
            raise faults.unsupported(feature=f"'{member}' in the definition of a new table")


def _ownership(body: Body) -> str:
    name = body.text("OwnershipType", "UserOwned")
    if name not in _OWNERSHIPS:
        raise faults.unsupported(feature=f"creating a table of the ownership '{name}'")
    return _OWNERSHIPS[name]


def _primary_key(name: str, label: str) -> Column:
    logical = f"{name.lower()}id"
    return Column(
        logical_name=logical,
        kind=ColumnKind.GUID,
        property_name=logical,
        label=label,
        schema_name=f"{name}Id",
        required="system",
    )


def _entity_set(schema: Schema, body: Body, logical: str) -> str:
    found = plain_name(body, "EntitySetName", plural(logical))
    if any(table.entity_set == found for table in schema.tables.values()):
        raise refusals.duplicate_table(found)
    return found


def _with_columns(schema: Schema, table: Table, body: Body) -> Schema:
    for one in body.objects("Attributes"):
        column = new_column(schema, one)
        if one.flag("IsPrimaryName", default=False):
            table = _named(table, column)
        schema = with_column(schema, table, column)
        table = schema.tables[table.logical_name]
    if table.primary_name is None:
        message = f"The entity {table.logical_name} needs a primary name among its Attributes."
        raise refusals.invalid(message)
    return schema


def _named(table: Table, column: Column) -> Table:
    if table.primary_name is not None:
        raise refusals.second_primary_name(
            table.logical_name, table.primary_name, column.logical_name
        )
    if column.kind is not ColumnKind.STRING:
        message = f"The primary name {column.logical_name} must be a text column."
        raise refusals.invalid(message)
    return replace(table, primary_name=column.logical_name)
