"""The schema file and what is read from it."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from connector.emulator.faults import DataverseFault
from connector.emulator.schema.file import read_schema
from connector.emulator.schema.load import load_schema
from connector.emulator.schema.malformed import SchemaError
from connector.emulator.schema.model import ColumnKind, DateBehaviour, Schema

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = "proforma-emulator-schema/1"


# Entity sets and keys of the tables behind users and roles, from their pages in the reference.
_SECURITY = {
    "privilege": ("privileges", "privilegeid"),
    "roletemplate": ("roletemplates", "roletemplateid"),
    "roleprivileges": ("roleprivilegescollection", "roleprivilegeid"),
    "systemuserroles": ("systemuserrolescollection", "systemuserroleid"),
    "teamroles": ("teamrolescollection", "teamroleid"),
    "teammembership": ("teammemberships", "teammembershipid"),
    "principalobjectaccess": ("principalobjectaccessset", "principalobjectaccessid"),
}


def test_the_shipped_schema_has_the_recorded_tables_and_those_that_whoami_names(
    schema: Schema,
) -> None:
    file = resources.files("connector.emulator").joinpath("schemas", "platform.json")
    platform = set(json.loads(file.read_text("utf-8"))["tables"])
    between = {name for name, table in schema.tables.items() if table.is_intersect}
    assert len(set(schema.tables) - platform - between - set(_SECURITY)) == 81
    assert {"organization", "businessunit", "systemuser", "team"} <= set(schema.tables)


@pytest.mark.parametrize(("table", "names"), _SECURITY.items())
def test_the_shipped_schema_has_the_tables_of_users_and_roles(
    schema: Schema, table: str, names: tuple[str, str]
) -> None:
    found = schema.table(table)

    assert (found.entity_set, found.primary_id) == names


def test_every_table_of_users_shows_who_owns_its_rows(schema: Schema) -> None:
    owned = [table for table in schema.tables.values() if table.ownership == "user"]
    wanted = {"ownerid", "owninguser", "owningteam", "owningbusinessunit"}
    without = [table.logical_name for table in owned if not wanted <= set(table.columns)]

    assert len(owned) > 30
    assert without == ["activityparty"]  # its page lists the owner alone


@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [
        ("msdyn_actual", "msdyn_amount", ColumnKind.MONEY),
        ("msdyn_actual", "msdyn_quantity", ColumnKind.DECIMAL),
        ("msdyn_actual", "msdyn_transactiondate", ColumnKind.DATE),
        ("msdyn_actual", "msdyn_documentdate", ColumnKind.DATETIME),
        ("msdyn_projectcontractsplitbillingrule", "msdyn_billingsplitpercent", ColumnKind.DOUBLE),
        ("invoicedetail", "msdyn_invoicedtilldate", ColumnKind.MONEY),
        ("salesorder", "customerid", ColumnKind.CUSTOMER),
        ("salesorder", "ownerid", ColumnKind.OWNER),
        ("invoice", "statuscode", ColumnKind.STATUS),
        ("invoice", "versionnumber", ColumnKind.BIGINT),
    ],
)
def test_columns_have_the_recorded_type(
    schema: Schema, table: str, column: str, kind: ColumnKind
) -> None:
    assert schema.table(table).column(column).kind is kind


@pytest.mark.parametrize(
    ("table", "navigation", "column", "target"),
    [
        (
            "msdyn_actual",
            "msdyn_SalesContractLineId",
            "msdyn_salescontractlineid",
            "salesorderdetail",
        ),
        ("msdyn_actual", "msdyn_bookableresource", "msdyn_bookableresource", "bookableresource"),
        ("salesorder", "customerid_contact", "customerid", "contact"),
        (
            "msdyn_transactionconnection",
            "msdyn_Transaction1Lookup_msdyn_invoicelinetransaction",
            "msdyn_transaction1lookup",
            "msdyn_invoicelinetransaction",
        ),
    ],
)
def test_navigation_properties_keep_their_case(
    schema: Schema, table: str, navigation: str, column: str, target: str
) -> None:
    found = schema.table(table).navigations[navigation]
    assert (found.column.logical_name, found.target) == (column, target)


@pytest.mark.parametrize(
    ("table", "name", "other", "column"),
    [
        ("salesorder", "order_details", "salesorderdetail", "salesorderid"),
        ("invoice", "invoice_details", "invoicedetail", "invoiceid"),
        (
            "msdyn_actual",
            "msdyn_transactionconnection_msdyn_actual_Transaction2",
            "msdyn_transactionconnection",
            "msdyn_transaction2lookup",
        ),
    ],
)
def test_collections_name_the_column_that_refers_back(
    schema: Schema, table: str, name: str, other: str, column: str
) -> None:
    found = schema.table(table).collections[name]
    assert (found.table, found.column) == (other, column)


def test_every_collection_refers_back_to_its_own_table(schema: Schema) -> None:
    for table in schema.tables.values():
        for collection in table.collections.values():
            column = schema.table(collection.table).column(collection.column)
            assert table.logical_name in column.targets, (table.logical_name, collection)


def test_a_name_whose_case_differs_is_kept_for_the_wire(schema: Schema) -> None:
    actual = schema.table("msdyn_actual")
    assert actual.by_property("msdyn_Revise").logical_name == "msdyn_revise"
    with pytest.raises(DataverseFault) as caught:
        actual.by_property("msdyn_revise")
    assert (caught.value.status, caught.value.code) == (400, "0x0")


def test_choices_without_a_public_number_are_marked_assumed(schema: Schema) -> None:
    column = schema.table("msdyn_actual").column("msdyn_nottoexceedstatus")
    assert column.assumed
    assert list(column.options.values()) == [
        "Committed",
        "Failed",
        "Not Applicable",
        "Not Evaluated",
    ]
    assert min(column.options) == 192350000


def test_date_behaviour_is_that_of_the_reference(schema: Schema) -> None:
    milestone = schema.table("msdyn_contractlinescheduleofvalue")
    assert milestone.column("msdyn_milestonedate").behaviour is DateBehaviour.TIME_ZONE_INDEPENDENT
    assert milestone.column("msdyn_invoicedate").behaviour is DateBehaviour.USER_LOCAL
    assert schema.table("invoice").column("duedate").behaviour is DateBehaviour.DATE_ONLY


def test_columns_that_version_4_dropped_are_gone(schema: Schema) -> None:
    assert "msdyn_contractline" not in schema.table("msdyn_contractlineinvoiceschedule").columns


def test_an_entity_set_is_found_by_its_exact_name_only(schema: Schema) -> None:
    assert schema.by_entity_set("msdyn_actuals").logical_name == "msdyn_actual"
    with pytest.raises(DataverseFault) as caught:
        schema.by_entity_set("Accounts")
    assert (caught.value.status, caught.value.code) == (404, "0x8006088a")


def test_a_file_can_add_columns_keys_and_tables_to_the_shipped_schema(tmp_path: Path) -> None:
    document = {
        "format": FORMAT,
        "extends": "project-operations",
        "tables": {
            "account": {
                "columns": {"new_code": {"kind": "string", "length": 20, "custom": True}},
                "keys": {"new_codekey": ["new_code"]},
            },
            "new_thing": {"columns": {"new_thingid": {"kind": "guid"}}},
        },
    }
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    loaded = load_schema(path)
    account = loaded.table("account")
    assert account.column("new_code").max_length == 20
    assert (
        account.column("name").max_length
        == load_schema().table("account").column("name").max_length
    )
    assert account.keys[0].columns == ("new_code",)
    assert loaded.by_entity_set("new_things").primary_id == "new_thingid"


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"t": {"columns": {"tid": {"kind": "guid"}, "x": {"kind": "wrong"}}}}, "t.x"),
        ({"t": {"columns": {"tid": {"kind": "guid"}, "x": {}}}}, "t.x"),
        ({"t": {"columns": {"tid": {"kind": "guid", "len": 3}}}}, "unknown key 'len'"),
        ({"t": {"columns": {"x": {"kind": "string"}}}}, "no column 'tid'"),
        ({"t": {"columns": {"tid": {"kind": "guid"}, "X y": {"kind": "string"}}}}, "'X y'"),
        ({"t": {"columns": {"tid": {"kind": "guid"}}, "keys": {"k": ["no"]}}}, "no column 'no'"),
        (
            {
                "t": {
                    "columns": {"tid": {"kind": "guid"}, "c": {"kind": "picklist", "options": "@z"}}
                }
            },
            "no option set 'z'",
        ),
        (
            {"t": {"columns": {"tid": {"kind": "guid"}, "c": {"kind": "money", "min": "few"}}}},
            "t.c",
        ),
    ],
)
def test_a_malformed_schema_is_refused_with_its_place(tables: object, said: str) -> None:
    with pytest.raises(SchemaError, match=said.replace("'", ".")):
        read_schema({"format": FORMAT, "tables": tables})


def test_a_file_that_is_not_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(SchemaError, match=r"broken\.json"):
        load_schema(path)


def test_a_document_of_another_format_is_refused() -> None:
    with pytest.raises(SchemaError, match="format"):
        read_schema({"format": "something-else"})
