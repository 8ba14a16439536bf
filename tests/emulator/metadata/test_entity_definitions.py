"""Definitions and `$metadata`, as clients read them before they write."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from connector.emulator.faults import DataverseFault
from connector.emulator.metadata.csdl import csdl
from connector.emulator.metadata.entity_definitions import metadata_query
from connector.emulator.protocol.addressing import split_path
from connector.emulator.query.options import parse_options

if TYPE_CHECKING:
    from connector.emulator.schema.model import Schema

ROOT = "http://host/api/data/v9.2/"
CRM = "Microsoft.Dynamics.CRM"
ACTUAL = "EntityDefinitions(LogicalName='msdyn_actual')"
ACCOUNT = "EntityDefinitions(LogicalName='account')"
INVOICE = "EntityDefinitions(LogicalName='invoice')"
EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


def read(schema: Schema, path: str, options: str = "") -> Any:
    return metadata_query(schema, split_path(path), parse_options(options), ROOT)


def test_a_table_is_found_by_its_logical_name(schema: Schema) -> None:
    options = (
        "$select=LogicalName,EntitySetName,PrimaryIdAttribute&$filter=LogicalName eq 'invoice'"
    )
    document = read(schema, "EntityDefinitions", options)
    assert document["@odata.context"] == f"{ROOT}$metadata#EntityDefinitions"
    (row,) = document["value"]
    assert set(row) == {"LogicalName", "EntitySetName", "PrimaryIdAttribute", "MetadataId"}
    assert (row["EntitySetName"], row["PrimaryIdAttribute"]) == ("invoices", "invoiceid")


def test_a_table_is_the_same_by_name_and_by_id(schema: Schema) -> None:
    by_name = read(schema, "EntityDefinitions(LogicalName='account')", "$select=LogicalName")
    by_id = read(schema, f"EntityDefinitions({by_name['MetadataId']})", "$select=LogicalName")
    assert by_id["LogicalName"] == "account"


@pytest.mark.parametrize(
    ("condition", "has", "lacks"),
    [
        (f"OwnershipType eq {CRM}.OwnershipTypes'UserOwned'", "account", "transactioncurrency"),
        ("IsCustomEntity eq true", "msdyn_actual", "account"),
        ("CanCreateAttributes/Value eq true and IsPrivate eq false", "account", ""),
        ("startswith(LogicalName,'inv')", "invoicedetail", "account"),
        ("not (LogicalName eq 'account')", "contact", "account"),
    ],
)
def test_definitions_are_filtered_on_plain_and_enumerated_properties(
    schema: Schema, condition: str, has: str, lacks: str
) -> None:
    options = f"$select=LogicalName&$filter={quote(condition)}"
    names = {row["LogicalName"] for row in read(schema, "EntityDefinitions", options)["value"]}
    assert has in names
    assert lacks not in names


def test_columns_come_expanded_with_their_type(schema: Schema) -> None:
    columns = "$select=LogicalName,AttributeType,AttributeOf"
    options = f"$select=LogicalName&$expand=Attributes({columns})"
    (row,) = read(schema, "EntityDefinitions", f"{options}&$filter=LogicalName eq 'invoice'")[
        "value"
    ]
    types = {column["LogicalName"]: column["AttributeType"] for column in row["Attributes"]}
    assert types["totalamount"] == "Money"
    assert types["customerid"] == "Customer"
    assert types["duedate"] == "DateTime"
    own = {column["LogicalName"] for column in row["Attributes"] if column["AttributeOf"] is None}
    assert own == set(schema.table("invoice").columns)


def test_choices_come_with_the_labels_of_their_numbers(schema: Schema) -> None:
    path = f"{ACTUAL}/Attributes/{CRM}.PicklistAttributeMetadata"
    options = (
        "$select=LogicalName&$expand=OptionSet($select=Options),GlobalOptionSet($select=Options)"
    )
    rows = {row["LogicalName"]: row for row in read(schema, path, options)["value"]}
    labels = {
        option["Value"]: option["Label"]["UserLocalizedLabel"]["Label"]
        for option in rows["msdyn_billingstatus"]["OptionSet"]["Options"]
    }
    assert labels[192350004] == "Ready to Invoice"
    assert rows["msdyn_billingstatus"]["GlobalOptionSet"] is not None
    assert rows["msdyn_nottoexceedstatus"]["GlobalOptionSet"] is None
    assert "statecode" not in rows


def test_status_reasons_name_their_state(schema: Schema) -> None:
    path = f"{INVOICE}/Attributes(LogicalName='statuscode')/{CRM}"
    options = read(schema, f"{path}.StatusAttributeMetadata/OptionSet", "$select=Options")[
        "Options"
    ]
    assert {option["Value"]: option["State"] for option in options}[100001] == 2


def test_dates_say_how_they_behave(schema: Schema) -> None:
    path = f"{INVOICE}/Attributes/{CRM}.DateTimeAttributeMetadata"
    rows = read(schema, path, "$select=LogicalName,DateTimeBehavior,Format")["value"]
    found = {row["LogicalName"]: row["DateTimeBehavior"]["Value"] for row in rows}
    assert found["duedate"] == "DateOnly"
    assert found["createdon"] == "UserLocal"


def test_relationships_give_the_names_that_bind_lookups(schema: Schema) -> None:
    path = f"{INVOICE}/ManyToOneRelationships"
    options = (
        "$select=ReferencingAttribute,ReferencingEntityNavigationPropertyName,ReferencedEntity"
    )
    found = {
        (row["ReferencingAttribute"], row["ReferencedEntity"]): row[
            "ReferencingEntityNavigationPropertyName"
        ]
        for row in read(schema, path, options)["value"]
    }
    assert found["customerid", "contact"] == "customerid_contact"
    assert (
        found["msdyn_projectcontractsplitbillingrule", "msdyn_projectcontractsplitbillingrule"]
        == "msdyn_ProjectContractSplitBillingRule"
    )


def test_both_ends_of_a_relationship_name_it_alike(schema: Schema) -> None:
    many = read(schema, "EntityDefinitions(LogicalName='invoicedetail')/ManyToOneRelationships")
    one = read(schema, f"{INVOICE}/OneToManyRelationships")
    names = {row["SchemaName"] for row in many["value"] if row["ReferencedEntity"] == "invoice"}
    assert "invoice_details" in names
    assert names <= {row["SchemaName"] for row in one["value"]}


def test_a_global_option_set_is_found_by_name_and_not_filtered(schema: Schema) -> None:
    found = read(schema, "GlobalOptionSetDefinitions(Name='msdyn_period')")
    assert [option["Value"] for option in found["Options"]] == [192350000, 192350001, 192350002]
    with pytest.raises(DataverseFault) as caught:
        read(schema, "GlobalOptionSetDefinitions", "$filter=Name eq 'x'")
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("path", "options", "status"),
    [
        ("EntityDefinitions(LogicalName='nosuch')", "", 404),
        (f"{ACCOUNT}/Attributes(LogicalName='nosuch')", "", 404),
        (f"{ACCOUNT}/Nosuch", "", 404),
        (
            f"{ACCOUNT}/Attributes/{CRM}.EnumAttributeMetadata",
            "",
            404,
        ),
        ("EntityDefinitions", "$select=Nosuch", 400),
        ("EntityDefinitions", "$filter=Nosuch eq 1", 400),
        ("EntityDefinitions", "$expand=Nosuch", 400),
        (f"{ACCOUNT}/Attributes", "$select=Precision", 400),
        (f"{ACCOUNT}/Attributes", "$expand=OptionSet", 400),
        ("EntityDefinitions", "$orderby=LogicalName", 501),
        ("EntityDefinitions", "$filter=DisplayName eq 'x'", 400),
    ],
)
def test_what_definitions_do_not_have_is_refused(
    schema: Schema, path: str, options: str, status: int
) -> None:
    with pytest.raises(DataverseFault) as caught:
        read(schema, path, options)
    assert caught.value.status == status


def test_the_csdl_is_whole_every_name_that_it_uses_is_declared(schema: Schema) -> None:
    root = ET.fromstring(csdl(schema))  # noqa: S314 - our own document
    types = {node.get("Name"): node for node in root.iter(f"{EDM}EntityType")}
    sets = {node.get("Name") for node in root.iter(f"{EDM}EntitySet")}
    assert sets == {table.entity_set for table in schema.tables.values()}
    for node in root.iter(f"{EDM}NavigationProperty"):
        target = str(node.get("Type")).removeprefix("Collection(").removesuffix(")")
        assert target.removeprefix("mscrm.") in types
    for node in root.iter(f"{EDM}NavigationPropertyBinding"):
        assert node.get("Target") in sets


def test_the_csdl_gives_lookups_as_guids_and_money_as_decimals(schema: Schema) -> None:
    root = ET.fromstring(csdl(schema))  # noqa: S314 - our own document
    invoice = next(n for n in root.iter(f"{EDM}EntityType") if n.get("Name") == "invoice")
    properties = {node.get("Name"): node.get("Type") for node in invoice.iter(f"{EDM}Property")}
    assert properties["_customerid_value"] == "Edm.Guid"
    assert properties["totalamount"] == "Edm.Decimal"
    assert properties["duedate"] == "Edm.Date"
    navigations = {node.get("Name") for node in invoice.iter(f"{EDM}NavigationProperty")}
    assert {"customerid_account", "invoice_details"} <= navigations


def test_a_table_shows_its_privileges(schema: Schema) -> None:
    document = read(schema, f"{ACTUAL}/Privileges")
    rows = document["value"]

    assert document["@odata.context"] == f"{ROOT}$metadata#{ACTUAL}/Privileges"
    assert [row["PrivilegeType"] for row in rows] == [
        *("Create", "Read", "Write", "Delete", "Assign", "Share", "Append", "AppendTo")
    ]
    assert rows[1] == {
        "CanBeBasic": True,
        "CanBeDeep": True,
        "CanBeEntityReference": False,
        "CanBeGlobal": True,
        "CanBeLocal": True,
        "CanBeParentEntityReference": False,
        "CanBeRecordFilter": False,
        "Name": "prvReadmsdyn_actual",
        "PrivilegeId": rows[1]["PrivilegeId"],
        "PrivilegeType": "Read",
    }


def test_privileges_are_selected_with_a_definition(schema: Schema) -> None:
    document = read(schema, ACTUAL, "$select=LogicalName,Privileges")

    assert set(document) == {"@odata.context", "MetadataId", "LogicalName", "Privileges"}
    assert document["Privileges"] == read(schema, f"{ACTUAL}/Privileges")["value"]


def test_privileges_are_filtered_and_cut_to_what_is_selected(schema: Schema) -> None:
    options = "$filter=PrivilegeType eq 'Write'&$select=Name"

    assert read(schema, f"{INVOICE}/Privileges", options)["value"] == [{"Name": "prvWriteInvoice"}]
    with pytest.raises(DataverseFault) as refused:
        read(schema, f"{INVOICE}/Privileges", "$select=Nonsense")
    assert refused.value.status == 400
