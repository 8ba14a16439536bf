"""
The properties that the reference pages of the Web API list for the types of metadata.

A property is followed by what it holds where that is not a text: ``b`` yes or no, ``n`` a
number, ``m`` a managed property, ``l`` a label, ``o`` an object, ``c`` a list. A question mark
says that it may be null.
"""

from __future__ import annotations

ENTITY = """
    ActivityTypeMask:n AutoCreateAccessTeams:b AutoReplicateClusterRecords:b
    AutoRouteToOwnerQueue:b CanBeInCustomEntityAssociation:m CanBeInManyToMany:m
    CanBePrimaryEntityInRelationship:m CanBeRelatedEntityInRelationship:m CanChangeClusterMode:b
    CanChangeHierarchicalRelationship:m CanChangeTrackingBeEnabled:m CanCreateAttributes:m
    CanCreateCharts:m CanCreateForms:m CanCreateViews:m CanEnableSyncToExternalSearchIndex:m
    CanModifyAdditionalSettings:m CanTriggerWorkflow:b ChangeTrackingEnabled:b ClusterMode:?
    CollectionSchemaName CreatedOn DataProviderId:? DataSourceId:? DaysSinceRecordLastModified:n
    DefaultToLocalPartition:b Description:l DisplayCollectionName:l DisplayName:l
    EnforceStateTransitions:b EntityColor:? EntityHelpUrl:? EntityHelpUrlEnabled:b EntitySetName
    ExternalCollectionName:? ExternalName:? HasActivities:b HasChanged:? HasEmailAddresses:b
    HasFeedback:b HasNotes:b IconLargeName:? IconMediumName:? IconSmallName:? IconVectorName:?
    IntroducedVersion IsAIRUpdated:b IsActivity:b IsActivityParty:b IsArchivalEnabled:b
    IsAuditEnabled:m IsAvailableOffline:b IsBPFEntity:b IsBusinessProcessEnabled:b IsChildEntity:b
    IsConnectionsEnabled:m IsCustomEntity:b IsCustomizable:m IsDocumentManagementEnabled:b
    IsDocumentRecommendationsEnabled:b IsDuplicateDetectionEnabled:m IsEnabledForCharts:b
    IsEnabledForExternalChannels:b IsEnabledForTrace:b IsImportable:b IsInteractionCentricEnabled:b
    IsIntersect:b IsKnowledgeManagementEnabled:b IsLogicalEntity:b IsMSTeamsIntegrationEnabled:b
    IsMailMergeEnabled:m IsManaged:b IsMappable:m IsOfflineInMobileClient:m
    IsOneNoteIntegrationEnabled:b IsOptimisticConcurrencyEnabled:b IsPrivate:b
    IsQuickCreateEnabled:b IsReadOnlyInMobileClient:m IsReadingPaneEnabled:b IsRenameable:m
    IsRetentionEnabled:b IsRetrieveAuditEnabled:b IsRetrieveMultipleAuditEnabled:b IsSLAEnabled:b
    IsSolutionAware:b IsStateModelAware:b IsValidForAdvancedFind:b IsValidForQueue:m
    IsVisibleInMobile:m IsVisibleInMobileClient:m LogicalCollectionName LogicalName MetadataId
    MobileOfflineFilters:? ModifiedOn ObjectTypeCode:n OwnerId:? OwnerIdType:n
    OwningBusinessUnit:? OwnershipType PrimaryIdAttribute PrimaryImageAttribute:? PrimaryKey:?
    PrimaryNameAttribute:? Privileges:c RecurrenceBaseEntityLogicalName:? ReportViewName:?
    SchemaName SettingOf:? Settings:c SyncToExternalSearchIndex:b TableType
    UsesBusinessDataLabelTable:b
"""
ATTRIBUTE = """
    AttributeOf:? AttributeType AttributeTypeName:o AutoNumberFormat CanBeSecuredForCreate:b
    CanBeSecuredForRead:b CanBeSecuredForUpdate:b CanModifyAdditionalSettings:m ColumnNumber:n
    CreatedOn DeprecatedVersion:? Description:l DisplayName:l EntityLogicalName ExternalName:?
    HasChanged:? InheritsFrom:? IntroducedVersion IsAuditEnabled:m IsCustomAttribute:b
    IsCustomizable:m IsDataSourceSecret:b IsFilterable:b IsGlobalFilterEnabled:m IsLogical:b
    IsManaged:b IsPrimaryId:b IsPrimaryName:b IsRenameable:m IsRequiredForForm:b IsRetrievable:b
    IsSearchable:b IsSecured:b IsSortableEnabled:m IsValidForAdvancedFind:m IsValidForCreate:b
    IsValidForForm:b IsValidForGrid:b IsValidForRead:b IsValidForUpdate:b IsValidODataAttribute:b
    LinkedAttributeId:? LogicalName MetadataId ModifiedOn RequiredLevel:o SchemaName Settings:c
    SourceType:?
"""
ATTRIBUTE_TYPES = {
    "BigIntAttributeMetadata": "MaxValue:n MinValue:n",
    "BooleanAttributeMetadata": "DefaultValue:b FormulaDefinition SourceTypeMask:n",
    "DateTimeAttributeMetadata": """CanChangeDateTimeBehavior:m DateTimeBehavior:o Format
        FormulaDefinition ImeMode MaxSupportedValue MinSupportedValue SourceTypeMask:n""",
    "DecimalAttributeMetadata": """FormulaDefinition ImeMode MaxValue:n? MinValue:n? Precision:n
        SourceTypeMask:n""",
    "DoubleAttributeMetadata": "ImeMode MaxValue:n? MinValue:n? Precision:n",
    "EntityNameAttributeMetadata": "DefaultFormValue:? IsEntityReferenceStored:b",
    "FileAttributeMetadata": "MaxSizeInKB:n",
    "ImageAttributeMetadata": """CanStoreFullImage:b IsPrimaryImage:b MaxHeight:n MaxSizeInKB:n
        MaxWidth:n""",
    "IntegerAttributeMetadata": "Format FormulaDefinition MaxValue:n MinValue:n SourceTypeMask:n",
    "LookupAttributeMetadata": "Format Targets:c",
    "MemoAttributeMetadata": "Format FormatName:o ImeMode IsLocalizable:b MaxLength:n",
    "MoneyAttributeMetadata": """CalculationOf:? FormulaDefinition ImeMode IsBaseCurrency:b
        MaxValue:n? MinValue:n? Precision:n PrecisionSource:n SourceTypeMask:n""",
    "MultiSelectPicklistAttributeMetadata": """ChildPicklistLogicalNames:c DefaultFormValue:n
        FormulaDefinition ParentPicklistLogicalName SourceTypeMask:n""",
    "PicklistAttributeMetadata": """ChildPicklistLogicalNames:c DefaultFormValue:n
        FormulaDefinition ParentPicklistLogicalName SourceTypeMask:n""",
    "StateAttributeMetadata": """ChildPicklistLogicalNames:c DefaultFormValue:?
        ParentPicklistLogicalName""",
    "StatusAttributeMetadata": """ChildPicklistLogicalNames:c DefaultFormValue:?
        ParentPicklistLogicalName""",
    "StringAttributeMetadata": """DatabaseLength:n Format FormatName:o FormulaDefinition ImeMode
        IsLocalizable:b MaxLength:n SourceTypeMask:n YomiOf:?""",
    "UniqueIdentifierAttributeMetadata": "",
}
OPTION_SET = """
    Description:l DisplayName:l ExternalTypeName:? HasChanged:? IntroducedVersion
    IsCustomOptionSet:b IsCustomizable:m IsGlobal:b IsManaged:b MetadataId Name OptionSetType
    Options:c ParentOptionSetName:?
"""
OPTION = """
    Color:? Description:l ExternalValue:? HasChanged:? IsManaged:b Label:l MetadataId:?
    ParentValues:c Tag:? Value:n
"""
STATUS_OPTION = "State:n TransitionData:?"
STATE_OPTION = "DefaultStatus:n InvariantName"
RELATIONSHIP = """
    HasChanged:? IntroducedVersion IsCustomRelationship:b IsCustomizable:m IsManaged:b
    IsValidForAdvancedFind:b MetadataId RelationshipType SchemaName SecurityTypes
"""
ONE_TO_MANY = """
    AssociatedMenuConfiguration:o CascadeConfiguration:o DenormalizedAttributeName:? EntityKey:?
    IsDenormalizedLookup:b IsHierarchical:b IsRelationshipAttributeDenormalized:b
    ReferencedAttribute ReferencedEntity ReferencedEntityNavigationPropertyName
    ReferencingAttribute ReferencingEntity ReferencingEntityNavigationPropertyName
    RelationshipAttributes:c RelationshipBehavior:n
"""
MANY_TO_MANY = """
    Entity1AssociatedMenuConfiguration:o Entity1IntersectAttribute Entity1LogicalName
    Entity1NavigationPropertyName Entity2AssociatedMenuConfiguration:o Entity2IntersectAttribute
    Entity2LogicalName Entity2NavigationPropertyName IntersectEntityName
"""
CASCADE = "Archive Assign Delete Merge Reparent RollupView Share Unshare"
MENU = """
    AvailableOffline:b Behavior Group Icon:? IsCustomizable:b Label:l MenuId:? Order:? QueryApi:?
    ViewId
"""
KEY = """
    DisplayName:l EntityKeyIndexStatus EntityLogicalName HasChanged:? IntroducedVersion
    IsCustomizable:m IsExportKey:b IsManaged:b IsSecondaryKey:b IsSynchronous:b KeyAttributes:c
    LogicalName MetadataId SchemaName
"""
PRIVILEGE = """
    CanBeBasic:b CanBeDeep:b CanBeEntityReference:b CanBeGlobal:b CanBeLocal:b
    CanBeParentEntityReference:b CanBeRecordFilter:b Name PrivilegeId PrivilegeType
"""


def properties(*lists: str) -> dict[str, str]:
    """Properties by name, with what they hold."""
    words = [word.partition(":") for text in lists for word in text.split()]
    return {name: kind for name, _, kind in words}
