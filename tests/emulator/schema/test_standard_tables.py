"""The tables that come with every environment, against what public sources list of them."""

from __future__ import annotations

import pytest

from connector.emulator import Emulator
from connector.emulator.schema.load import load_schema
from connector.emulator.schema.model import ColumnKind
from tests.emulator.schema.published_columns import COLUMNS

SCHEMA = load_schema()
STANDARD = frozenset(
    {"createdon", "modifiedon", "_createdby_value", "_createdonbehalfby_value"}
    | {"_modifiedby_value", "_modifiedonbehalfby_value", "versionnumber"}
    | {"importsequencenumber", "overriddencreatedon"}
    | {"timezoneruleversionnumber", "utcconversiontimezonecode"}
)
OWNED = frozenset(
    {"_ownerid_value", "_owningbusinessunit_value", "_owningteam_value", "_owninguser_value"}
)
# Tables whose published definitions lack some: the platform's own, and those without import.
WITHOUT_ZONE = frozenset(
    {"role", "solution", "publisher", "workflow", "queue", "subject", "annotation", "team"}
    | {"businessunit", "transactioncurrency", "organization", "stringmap", "activityparty"}
    | {"savedquery", "userquery", "usersettings", "timezonedefinition", "sdkmessage"}
    | {"sdkmessagefilter", "calendar", "calendarrule"}
)
WITHOUT_IMPORT = frozenset(
    {"solution", "publisher", "workflow", "activitypointer", "organization", "stringmap"}
    | {"activityparty", "savedquery", "userquery", "usersettings", "timezonedefinition"}
    | {"sdkmessage", "sdkmessagefilter", "calendar", "calendarrule"}
)
BARE = frozenset(
    {"stringmap", "activityparty", "fileattachment", "privilege", "roletemplate"}
    | {"principalobjectaccess"}
) | {name for name, table in SCHEMA.tables.items() if table.is_intersect}


@pytest.mark.parametrize("table", sorted(COLUMNS))
def test_every_published_column_of_a_standard_table_is_there(table: str) -> None:
    missing = set(COLUMNS[table].split()) - set(SCHEMA.tables[table].properties)
    assert missing == set()


@pytest.mark.parametrize("name", sorted(SCHEMA.tables))
def test_every_table_has_the_columns_that_the_platform_gives_it(name: str) -> None:
    table = SCHEMA.tables[name]
    expected = set(STANDARD | (OWNED if table.ownership == "user" else set()))
    if name in WITHOUT_ZONE:
        expected -= {
            "calendar",
            "calendarrule",
            "timezoneruleversionnumber",
            "utcconversiontimezonecode",
        }
    if name in WITHOUT_IMPORT:
        expected -= {"calendar", "calendarrule", "importsequencenumber", "overriddencreatedon"}
    if name in BARE:
        expected = {"versionnumber"}
    assert expected - set(table.properties) == set()


@pytest.mark.parametrize(
    ("table", "entity_set", "primary_name"),
    [
        ("opportunity", "opportunities", "name"),
        ("quote", "quotes", "name"),
        ("quotedetail", "quotedetails", "quotedetailname"),
        ("lead", "leads", "fullname"),
        ("task", "tasks", "subject"),
        ("annotation", "annotations", "subject"),
        ("email", "emails", "subject"),
        ("phonecall", "phonecalls", "subject"),
        ("appointment", "appointments", "subject"),
        ("activitypointer", "activitypointers", "subject"),
        ("activityparty", "activityparties", None),
        ("stringmap", "stringmaps", None),
        ("role", "roles", "name"),
        ("workflow", "workflows", "name"),
        ("solution", "solutions", "friendlyname"),
        ("publisher", "publishers", "friendlyname"),
        ("queue", "queues", "name"),
        ("territory", "territories", "name"),
        ("campaign", "campaigns", "name"),
        ("opportunityproduct", "opportunityproducts", "opportunityproductname"),
    ],
)
def test_standard_tables_have_the_services_names(
    table: str, entity_set: str, primary_name: str | None
) -> None:
    found = SCHEMA.tables[table]
    assert (found.entity_set, found.primary_name) == (entity_set, primary_name)


@pytest.mark.parametrize(
    ("table", "navigation", "target"),
    [
        ("task", "regardingobjectid_account_task", "account"),
        ("task", "createdby_task", "systemuser"),
        ("email", "regardingobjectid_opportunity_email", "opportunity"),
        ("annotation", "objectid_msdyn_project", "msdyn_project"),
        ("lead", "sla_lead_sla", "sla"),
        ("quotedetail", "parentbundleidref_quotedetail", "quotedetail"),
        ("product", "msdyn_TransactionCategory", "msdyn_transactioncategory"),
        ("activityparty", "partyid_systemuser", "systemuser"),
    ],
)
def test_lookups_of_standard_tables_have_the_services_navigation_properties(
    table: str, navigation: str, target: str
) -> None:
    assert SCHEMA.tables[table].navigations[navigation].target == target


def test_a_new_row_has_the_default_of_each_two_option_column() -> None:
    emulator = Emulator(behaviour="plain")
    emulator.seed({"accounts": [{"name": "A"}], "systemusers": [{"lastname": "B"}]})
    [account] = emulator.rows("accounts")
    flags = {"creditonhold", "donotemail", "merged", "followemail"}
    assert {name: account[name] for name in flags} == {
        "creditonhold": False,
        "donotemail": False,
        "merged": False,
        "followemail": True,
    }
    assert {user["isdisabled"] for user in emulator.rows("systemusers")} == {False}


def test_a_default_is_among_the_options_of_its_column() -> None:
    for table in SCHEMA.tables.values():
        for column in table.columns.values():
            if column.default is not None and column.options:
                assert column.default in column.options, f"{table.logical_name}: {column}"


def test_two_option_columns_have_a_default_unless_no_source_shows_it() -> None:
    undecided = {
        (table.logical_name, column.logical_name)
        for table in SCHEMA.tables.values()
        for column in table.columns.values()
        if column.kind is ColumnKind.BOOLEAN and column.default is None
    }
    classes = ("time", "expense", "fee", "material")
    assert undecided == {
        (table, f"msdyn_include{one}")
        for table in ("salesorderdetail", "quotedetail")
        for one in classes
    }


def test_every_collection_leads_to_a_lookup_that_may_point_back() -> None:
    for table in SCHEMA.tables.values():
        for collection in table.collections.values():
            column = SCHEMA.tables[collection.table].columns[collection.column]
            assert table.logical_name in column.targets, collection
