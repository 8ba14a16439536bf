"""Provenance of tables, values, queries and definitions."""

from __future__ import annotations

from typing import Final

from connector.emulator.provenance.feature import Evidence, Feature, refused, supported

_SCHEMA: Final = "Tables and values"
_FILTER: Final = "$filter"
_QUERY: Final = "Queries"
_EXPAND: Final = "$expand"
_APPLY: Final = "$apply"
_FETCH: Final = "FetchXML"
_METADATA: Final = "Definitions"
_DOCUMENTED: Final = Evidence.DOCUMENTED
_OBSERVED: Final = Evidence.OBSERVED
_ASSUMED: Final = Evidence.ASSUMED

STORE_FEATURES: Final[tuple[Feature, ...]] = (
    supported(_SCHEMA, "Project Operations tables, version 4 columns", _OBSERVED),
    supported(
        _SCHEMA,
        "choices without a public number",
        _ASSUMED,
        "192350000 upwards in the order of the documented labels; without labels any number",
    ),
    supported(
        _SCHEMA, "money, 4 decimal places", _DOCUMENTED, "exact; columns named _base stay null"
    ),
    supported(
        _SCHEMA, "decimals, 10 decimal places", _ASSUMED, "precision per column is not known"
    ),
    supported(_SCHEMA, "further decimal places", _ASSUMED, "rounded half away from zero"),
    supported(_SCHEMA, "dates by behaviour, whole seconds, from 1753", _DOCUMENTED),
    supported(
        _SCHEMA, "offset of a time-zone-independent value", _ASSUMED, "converted to UTC like others"
    ),
    supported(_SCHEMA, "read-only columns in a body", _ASSUMED, "ignored in silence"),
    supported(_SCHEMA, "text too long, 0x80044331", _DOCUMENTED),
    supported(_SCHEMA, "number or date out of range, 0x80044330", _ASSUMED),
    supported(_SCHEMA, "unknown choice, 0x8004431a", _ASSUMED),
    supported(_SCHEMA, "setting _x_value, 0x80060888", _OBSERVED),
    supported(
        _SCHEMA,
        "status reason of another state, 0x80048408",
        _ASSUMED,
        "refused on update and create",
    ),
    supported(_SCHEMA, "row versions and deletions for change tracking", _DOCUMENTED),
)

QUERY_FEATURES: Final[tuple[Feature, ...]] = (
    supported(_FILTER, "eq ne gt ge lt le, and or not, parentheses", _DOCUMENTED),
    supported(_FILTER, "null", _ASSUMED, "as OData has it: null ne 5 is true, null gt 5 is false"),
    supported(_FILTER, "contains, startswith, endswith", _DOCUMENTED, "wildcards % _ [] [^] live"),
    supported(_FILTER, "eq on text", _ASSUMED, "without case; wildcards are plain characters"),
    supported(_FILTER, "guids in quotes", _DOCUMENTED),
    supported(_FILTER, "columns of one row compared", _DOCUMENTED),
    supported(_FILTER, "lookup paths of any depth", _DOCUMENTED),
    supported(_FILTER, "any and all over collections, nested", _DOCUMENTED),
    supported(_FILTER, "parameter aliases", _DOCUMENTED),
    supported(_FILTER, "In, NotIn, Between, NotBetween", _DOCUMENTED, "negations are true of null"),
    supported(_FILTER, "On, OnOrBefore, OnOrAfter, Today and its like", _DOCUMENTED, "days of UTC"),
    supported(
        _FILTER,
        "LastX, NextX, OlderThanX of hours, days, weeks, months, years",
        _ASSUMED,
        "from the border of the far day to the instant; weeks begin on Sunday",
    ),
    supported(_FILTER, "EqualUserId, EqualBusinessId and negations", _DOCUMENTED),
    supported(_FILTER, "ContainValues, DoesNotContainValues", _DOCUMENTED),
    supported(_FILTER, "nesting", _ASSUMED, "60 levels, else 400"),
    refused(_FILTER, "fiscal periods, hierarchies, teams, language", _DOCUMENTED),
    refused(_FILTER, "arithmetic, in, has, other functions", _DOCUMENTED),
    refused(_FILTER, "a lambda below a lookup path", _DOCUMENTED, "400"),
    supported(_QUERY, "$select, primary key always returned", _DOCUMENTED),
    supported(_QUERY, "currency beside money", _DOCUMENTED),
    supported(_QUERY, "$orderby, lookups by the related name, null first", _DOCUMENTED),
    supported(_QUERY, "primary key as last order term", _ASSUMED, "so that no page loses a row"),
    supported(_QUERY, "pages with a cookie as skiptoken", _DOCUMENTED),
    supported(
        _QUERY,
        "$top with odata.maxpagesize",
        _ASSUMED,
        "the documentation contradicts itself: the page size is ignored here",
    ),
    supported(_QUERY, "$count and /$count, at most 5,000", _DOCUMENTED),
    supported(
        _QUERY,
        "formatted values",
        _DOCUMENTED,
        "labels in the user's language, instants in the user's time zone",
    ),
    supported(
        _QUERY, "the form of formatted dates and numbers", _ASSUMED, "English, for all users"
    ),
    supported(_QUERY, "annotations of lookups, wildcards", _DOCUMENTED),
    supported(_QUERY, "tag, partitionId", _DOCUMENTED, "ignored"),
    refused(_QUERY, "$skip, $search, $format", _DOCUMENTED),
    supported(_QUERY, "savedQuery, userQuery, also on a collection of a row", _DOCUMENTED),
    supported(_QUERY, "a view that does not exist", _ASSUMED, "404"),
    refused(_QUERY, "sql, FetchXML with other query options", _DOCUMENTED),
    refused(_QUERY, "a navigation property in $select", _ASSUMED),
    supported(_EXPAND, "lookups and collections, nested, with their options", _DOCUMENTED),
    supported(_EXPAND, "at most 15, $ref on lookups, 0x80060888", _DOCUMENTED),
    supported(_EXPAND, "links of children, paged only when nested", _DOCUMENTED),
    refused(_EXPAND, "$skip, $count, $search, $levels", _DOCUMENTED),
    supported(_EXPAND, "many-to-many relationships", _DOCUMENTED, "neither nested nor with others"),
    supported(_APPLY, "groupby, aggregate, filter before them", _DOCUMENTED),
    supported(_APPLY, "50,000 rows, 0x8004E023", _DOCUMENTED),
    supported(_APPLY, "average", _ASSUMED, "10 places, nulls do not count"),
    refused(_APPLY, "countdistinct, other transformations and options", _DOCUMENTED),
)

FETCH_FEATURES: Final[tuple[Feature, ...]] = (
    supported(_FETCH, "attributes, filters, orders, inner and outer links", _DOCUMENTED),
    supported(_FETCH, "count, page, paging cookie, morerecords, simple paging", _DOCUMENTED),
    supported(_FETCH, "choices ordered by label, nulls left out", _DOCUMENTED),
    supported(_FETCH, "aggregates, groups, distinct, top, total count", _DOCUMENTED),
    supported(
        _FETCH,
        "names behind lookups, choices and yes/no in conditions and orders",
        _OBSERVED,
        "primarycontactidname, statecodename",
    ),
    supported(_FETCH, "such a name as an attribute", _ASSUMED, "a text of its own"),
    supported(
        _FETCH, "entityname that is a link's table", _DOCUMENTED, "when only one link has it"
    ),
    supported(_FETCH, "filter of an outer link", _ASSUMED, "part of the join"),
    supported(_FETCH, "names of linked columns", _ASSUMED, "alias, dot, logical name"),
    supported(_FETCH, "no attributes at all", _ASSUMED, "every column of the table"),
    supported(
        _FETCH,
        "links that only filter: exists, in; within filters any, not any, all, not all",
        _DOCUMENTED,
        "all: there are partners, and none meets the filters",
    ),
    supported(_FETCH, "valueof: a column in the place of a value", _DOCUMENTED),
    supported(_FETCH, "valueof and columns without a value", _ASSUMED, "equal to nothing"),
    refused(
        _FETCH,
        "matchfirstrowusingcrossapply, dategrouping by week and fiscal periods, row aggregates",
        _DOCUMENTED,
    ),
    supported(
        _FETCH,
        "dategrouping by year, quarter, month and day, in the user's time zone",
        _DOCUMENTED,
        'usertimezone="false": in UTC',
    ),
    refused(_FETCH, "hierarchy, fiscal and team operators", _DOCUMENTED),
)

METADATA_FEATURES: Final[tuple[Feature, ...]] = (
    supported(_METADATA, "EntityDefinitions by name and id", _DOCUMENTED),
    supported(_METADATA, "Attributes, typed casts, OptionSet, GlobalOptionSet", _DOCUMENTED),
    supported(_METADATA, "Keys and one-to-many relationships", _DOCUMENTED),
    supported(_METADATA, "names of relationships that no source shows", _ASSUMED),
    supported(_METADATA, "schema names", _ASSUMED, "as the navigation property or on the wire"),
    supported(_METADATA, "object type codes, metadata ids", _ASSUMED, "the emulator's own, stable"),
    supported(_METADATA, "$select, $filter, $expand", _DOCUMENTED),
    supported(_METADATA, "labels in every installed language and in the user's", _DOCUMENTED),
    supported(
        _METADATA, "a label that the user's language lacks", _ASSUMED, "in the base language"
    ),
    supported(_METADATA, "every property of EntityMetadata and AttributeMetadata", _DOCUMENTED),
    supported(_METADATA, "settings of tables and columns", _ASSUMED, "those of an ordinary table"),
    supported(_METADATA, "names and types beside look-ups and choices (AttributeOf)", _DOCUMENTED),
    supported(_METADATA, "RetrieveMetadataChanges", _OBSERVED, "as Microsoft's SDK 1.1.0 calls it"),
    refused(
        _METADATA, "version stamps, relationships and keys in RetrieveMetadataChanges", _ASSUMED
    ),
    supported(_METADATA, "$metadata", _DOCUMENTED, "entity types, sets and navigation properties"),
    supported(
        _METADATA, "$metadata?annotations=true", _DOCUMENTED, "or by Prefer; Computed, Permissions"
    ),
    refused(_METADATA, "$orderby, $top, $apply on definitions", _ASSUMED),
)

FEATURES: Final = STORE_FEATURES + QUERY_FEATURES + FETCH_FEATURES + METADATA_FEATURES
