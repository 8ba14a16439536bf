"""Definitions of tables: every property that EntityMetadata is documented to have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator.metadata.privilege_rows import PRIVILEGES, privilege_rows
from connector.emulator.metadata.rows import INTRODUCED, MADE, MetadataRow, label, managed
from connector.emulator.schema.identity import metadata_id
from connector.emulator.schema.table_facts import facts_of, type_code_of

if TYPE_CHECKING:
    from connector.emulator.schema.languages import Languages
    from connector.emulator.schema.model import Table
    from connector.emulator.schema.table_facts import TableFacts

_OWNERSHIP: Final = {
    "user": "UserOwned",
    "organization": "OrganizationOwned",
    "business": "BusinessOwned",
}
_TEAM_OWNER: Final = 8  # OwnerIdType of every definition in published answers


def entity_row(table: Table, languages: Languages) -> MetadataRow:
    """The EntityMetadata of a table, without its navigation properties."""
    facts = facts_of(table.logical_name)
    row = {
        **_names(table, facts, languages),
        **_kind(table, facts),
        **_settings(table, facts),
        **_managed_settings(table, facts),
        **_unset(facts),
        PRIVILEGES: privilege_rows(table),
        "Settings": [],
    }
    for name, value in table.settings.items():
        known = row[name]
        row[name] = {**known, "Value": value} if isinstance(known, dict) else value
    return row


def table_schema_name(table: Table) -> str:
    """The schema name of a table: its own, that of its reference page, else the logical name."""
    return table.schema_name or facts_of(table.logical_name).schema_name or table.logical_name


def _names(table: Table, facts: TableFacts, languages: Languages) -> MetadataRow:
    name, schema_name = table.logical_name, table_schema_name(table)
    collection = table.collection_label or table.label
    collection_labels = table.collection_labels if table.collection_label else table.labels
    return {
        "MetadataId": metadata_id(name),
        "HasChanged": None,
        "LogicalName": name,
        "SchemaName": schema_name,
        "EntitySetName": table.entity_set,
        "LogicalCollectionName": facts.logical_collection or table.entity_set,
        "CollectionSchemaName": facts.collection or table.entity_set,
        "PrimaryIdAttribute": table.primary_id,
        "PrimaryNameAttribute": table.primary_name,
        "PrimaryImageAttribute": table.primary_image,
        "DisplayName": label(languages, table.label, name, "DisplayName", own=table.labels),
        "DisplayCollectionName": label(
            languages, collection, name, "DisplayCollectionName", own=collection_labels
        ),
        "Description": label(
            languages, table.description, name, "Description", own=table.descriptions
        ),
        "ReportViewName": None if table.is_intersect else f"Filtered{schema_name}",
        "ObjectTypeCode": type_code_of(name),
    }


def _kind(table: Table, facts: TableFacts) -> MetadataRow:
    return {
        "OwnershipType": _OWNERSHIP.get(table.ownership, "None"),
        "TableType": "Standard",
        "IsCustomEntity": table.custom or table.logical_name.startswith("msdyn_"),
        "IsManaged": not table.custom,
        "IsActivity": facts.activity,
        "IsActivityParty": facts.party,
        "IsPrivate": facts.private,
        "IsIntersect": table.is_intersect,
        "IsChildEntity": False,
        "IsLogicalEntity": False,
        "IsBPFEntity": False,
        "IsSolutionAware": False,
        "HasNotes": facts.notes,
        "HasActivities": facts.activities,
        "HasEmailAddresses": facts.email,
        "HasFeedback": False,
    }


def _settings(table: Table, facts: TableFacts) -> MetadataRow:
    is_shown = not table.is_intersect and not facts.private
    return {
        "ActivityTypeMask": 1 if facts.activity else 0,
        "AutoCreateAccessTeams": False,
        "AutoReplicateClusterRecords": False,
        "AutoRouteToOwnerQueue": False,
        "CanChangeClusterMode": False,
        "CanTriggerWorkflow": is_shown,
        "ChangeTrackingEnabled": table.change_tracking,
        "ClusterMode": None,
        "DaysSinceRecordLastModified": 0,
        "DefaultToLocalPartition": False,
        "EnforceStateTransitions": False,
        "EntityHelpUrlEnabled": False,
        "IsAIRUpdated": is_shown,
        "IsArchivalEnabled": False,
        "IsAvailableOffline": is_shown,
        "IsBusinessProcessEnabled": is_shown,
        "IsDocumentManagementEnabled": False,
        "IsDocumentRecommendationsEnabled": False,
        "IsEnabledForCharts": is_shown,
        "IsEnabledForExternalChannels": False,
        "IsEnabledForTrace": False,
        "IsImportable": is_shown,
        "IsInteractionCentricEnabled": is_shown,
        "IsKnowledgeManagementEnabled": False,
        "IsMSTeamsIntegrationEnabled": False,
        "IsOneNoteIntegrationEnabled": False,
        "IsOptimisticConcurrencyEnabled": True,
        "IsQuickCreateEnabled": False,
        "IsReadingPaneEnabled": is_shown,
        "IsRetentionEnabled": False,
        "IsRetrieveAuditEnabled": False,
        "IsRetrieveMultipleAuditEnabled": False,
        "IsSLAEnabled": False,
        "IsStateModelAware": "statecode" in table.columns,
        "IsValidForAdvancedFind": is_shown,
        "SyncToExternalSearchIndex": False,
        "UsesBusinessDataLabelTable": False,
    }


def _managed_settings(table: Table, facts: TableFacts) -> MetadataRow:
    can = not table.is_intersect and not facts.private
    return {
        "CanBeInCustomEntityAssociation": managed("canbeincustomentityassociation", value=can),
        "CanBeInManyToMany": managed("canbeinmanytomany", value=can),
        "CanBePrimaryEntityInRelationship": managed("canbeprimaryentityinrelationship", value=can),
        "CanBeRelatedEntityInRelationship": managed("canberelatedentityinrelationship", value=can),
        "CanChangeHierarchicalRelationship": managed(
            "canchangehierarchicalrelationship", value=can
        ),
        "CanChangeTrackingBeEnabled": managed("canchangetrackingbeenabled", value=True),
        "CanCreateAttributes": managed("cancreateattributes", value=can),
        "CanCreateCharts": managed("cancreatecharts", value=can),
        "CanCreateForms": managed("cancreateforms", value=can),
        "CanCreateViews": managed("cancreateviews", value=can),
        "CanEnableSyncToExternalSearchIndex": managed(
            "canenablesynctoexternalsearchindex", value=can
        ),
        "CanModifyAdditionalSettings": managed("canmodifyadditionalsettings", value=can),
        "IsAuditEnabled": managed("canmodifyauditsettings", value=False),
        "IsConnectionsEnabled": managed("canmodifyconnectionsettings", value=facts.activities),
        "IsCustomizable": managed("iscustomizable", value=can),
        "IsDuplicateDetectionEnabled": managed("canmodifyduplicatedetectionsettings", value=False),
        "IsMailMergeEnabled": managed("canmodifymailmergesettings", value=False),
        "IsMappable": managed("ismappable", value=can),
        "IsOfflineInMobileClient": managed("canmodifymobileclientoffline", value=False),
        "IsReadOnlyInMobileClient": managed("canmodifymobileclientreadonly", value=False),
        "IsRenameable": managed("isrenameable", value=can),
        "IsValidForQueue": managed("canmodifyqueuesettings", value=False),
        "IsVisibleInMobile": managed("canmodifymobilevisibility", value=False),
        "IsVisibleInMobileClient": managed("canmodifymobileclientvisibility", value=can),
    }


def _unset(facts: TableFacts) -> MetadataRow:
    """What only few tables of a tenant have, and the emulator none."""
    return {
        "CreatedOn": MADE,
        "DataProviderId": None,
        "DataSourceId": None,
        "EntityColor": facts.color,
        "EntityHelpUrl": None,
        "ExternalCollectionName": None,
        "ExternalName": None,
        "IconLargeName": None,
        "IconMediumName": None,
        "IconSmallName": None,
        "IconVectorName": None,
        "IntroducedVersion": INTRODUCED,
        "MobileOfflineFilters": None,
        "ModifiedOn": MADE,
        "OwnerId": None,
        "OwnerIdType": _TEAM_OWNER,
        "OwningBusinessUnit": None,
        "PrimaryKey": None,
        "RecurrenceBaseEntityLogicalName": None,
        "SettingOf": None,
    }
