from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import Emulator, Schema, load_schema
from connector.emulator.schema.malformed import SchemaError
from connector.emulator.schema.model import ColumnKind
from connector.sample_tenant import sample_seed
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CAST = "Attributes/Microsoft.Dynamics.CRM.%sAttributeMetadata?$select=LogicalName&$expand=OptionSet"
EVERYTHING = {"Prefer": 'odata.include-annotations="*"'}
REQUESTS = (
    "salesorders?$expand=salesorderdetails_order($select=salesorderdetailname)",
    "salesorders?$select=name,totalamount&$filter=_customerid_value ne null&$orderby=name",
    "salesorders?$filter=customerid_account/name eq 'Adatum Corporation'",
    "salesorders?$filter=order_details/any(l:l/msdyn_billingmethod eq 192350001)&$count=true",
    "msdyn_actuals?$select=msdyn_amount,msdyn_documentdate,_msdyn_accountcustomer_value",
    "msdyn_actuals?$apply=groupby((msdyn_transactionclassification),aggregate($count as n))",
    "msdyn_contractlineinvoiceschedules?$orderby=msdyn_invoicerundate",
    "accounts?$expand=primarycontactid($select=fullname)",
    "accounts(00000000-0000-4000-8000-000000000000)",
    "accounts?$filter=nothing eq 1",
    "systemusers?$select=fullname",
    "EntityDefinitions(LogicalName='account')/OneToManyRelationships?$select=SchemaName",
    "$metadata",
    "$metadata?annotations=true",
    "",
)


def served(emulator: Emulator) -> Web:
    return Web(InProcess(emulator.app))


@pytest.fixture(scope="module")
def tenant() -> Iterator[Emulator]:
    emulator = Emulator(seed=sample_seed())
    yield emulator
    emulator.close()


@pytest.fixture(scope="module")
def exported(tenant: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a consultant would save of a tenant."""
    folder = tmp_path_factory.mktemp("tenant")
    web = served(tenant)
    (folder / "model.xml").write_bytes(web("GET", "$metadata").body)
    (folder / "annotated.xml").write_bytes(web("GET", "$metadata?annotations=true").body)
    answers = [
        web("GET", "EntityDefinitions?$expand=Attributes,Keys").body,
        web("GET", "GlobalOptionSetDefinitions").body,
    ]
    for name in tenant.store.schema.tables:
        for kind in ("Picklist", "State", "Status", "Boolean"):
            options = CAST % kind + (",GlobalOptionSet" if kind == "Picklist" else "")
            answers.append(web("GET", f"EntityDefinitions(LogicalName='{name}')/{options}").body)
    (folder / "definitions.json").write_bytes(b"[" + b",".join(answers) + b"]")
    return folder


def answer(web: Web, address: str, headers: dict[str, str] | None = None) -> tuple[int, object]:
    found = web("GET", address, headers=headers)
    if not found.headers["content-type"].startswith("application/json"):
        return found.status, found.body
    return found.status, without_versions(found.json())


def without_versions(document: object) -> object:
    if isinstance(document, list):
        return [without_versions(one) for one in document]
    if not isinstance(document, dict):
        return document
    changing = ("@odata.etag", "versionnumber")
    return {
        name: without_versions(value)
        for name, value in document.items()
        if not name.startswith(changing)
    }


def test_a_model_and_its_definitions_make_the_same_tenant(tenant: Emulator, exported: Path) -> None:
    schema = load_schema(
        exported / "model.xml", definitions=[exported / "definitions.json"], merged=False
    )
    twin = Emulator(schema, tenant.dump())
    ours, theirs = served(tenant), served(twin)
    for address in REQUESTS:
        assert answer(theirs, address) == answer(ours, address), address
        assert answer(theirs, address, EVERYTHING) == answer(ours, address, EVERYTHING), address
    for name in tenant.store.schema.tables:
        address = f"EntityDefinitions(LogicalName='{name}')?$expand=Keys"
        assert answer(theirs, address) == answer(ours, address), address
    assert twin.dump().keys() == tenant.dump().keys()
    twin.close()


def test_an_annotated_model_alone_makes_the_same_rows(tenant: Emulator, exported: Path) -> None:
    twin = Emulator(load_schema(exported / "annotated.xml", merged=False), tenant.dump())
    ours, theirs = served(tenant), served(twin)
    for address in REQUESTS:
        assert answer(theirs, address) == answer(ours, address), address
    twin.close()


def test_an_imported_tenant_takes_writes(exported: Path) -> None:
    twin = Emulator(load_schema(exported / "model.xml", merged=False), behaviour="plain")
    web = served(twin)
    account = web.create("accounts", name="Adatum")
    contract = web.create(
        "salesorders", **{"name": "C", "customerid_account@odata.bind": f"/accounts({account})"}
    )
    row = web.row("salesorders", contract)
    assert row["_customerid_value"] == account
    assert row["_createdby_value"]
    assert web("PATCH", f"salesorders({contract})", {"createdon": "2001-01-01"}).status == 204
    assert web.row("salesorders", contract)["createdon"] == row["createdon"]
    assert web("DELETE", f"accounts({account})").status == 204
    assert web.row("salesorders", contract)["_customerid_value"] is None
    twin.close()


def test_a_merged_model_keeps_what_is_known_of_the_shipped_tables(exported: Path) -> None:
    merged, shipped = load_schema(exported / "model.xml"), load_schema()
    for name, table in shipped.tables.items():
        assert set(merged.tables[name].columns) == set(table.columns)
        for key, column in table.columns.items():
            assert merged.tables[name].columns[key] == column, (name, key)
        assert merged.tables[name].collections == table.collections
        assert merged.tables[name].primary_name == table.primary_name


MODEL = """<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="Microsoft.Dynamics.CRM" Alias="mscrm"
 xmlns="http://docs.oasis-open.org/odata/ns/edm">
<EntityType Name="crmbaseentity" Abstract="true"/>
<ComplexType Name="BooleanManagedProperty">
  <Property Name="Value" Type="Edm.Boolean"/></ComplexType>
<EntityType Name="principal" BaseType="mscrm.crmbaseentity">
  <Key><PropertyRef Name="ownerid"/></Key><Property Name="ownerid" Type="Edm.Guid"/>
</EntityType>
<EntityType Name="systemuser" BaseType="mscrm.principal">
  <Property Name="systemuserid" Type="Edm.Guid"/><Property Name="fullname" Type="Edm.String"/>
</EntityType>
<EntityType Name="activitypointer" BaseType="mscrm.crmbaseentity">
  <Key><PropertyRef Name="activityid"/></Key>
  <Property Name="activityid" Type="Edm.Guid"/><Property Name="subject" Type="Edm.String"/>
</EntityType>
<EntityType Name="task" BaseType="mscrm.activitypointer">
  <Property Name="percentcomplete" Type="Edm.Int32"/>
</EntityType>
<EntityType Name="cr_crate" BaseType="mscrm.crmbaseentity">
  <Key><PropertyRef Name="cr_crateid"/></Key>
  <Property Name="cr_crateid" Type="Edm.Guid"/>
  <Property Name="cr_name" Type="Edm.String" Unicode="false"/>
  <Property Name="cr_Mixed" Type="Edm.Int32"/>
  <Property Name="cr_price" Type="Edm.Decimal"/><Property Name="cr_price_base" Type="Edm.Decimal"/>
  <Property Name="cr_rate" Type="Edm.Decimal"/>
  <Property Name="cr_image" Type="Edm.Binary"/><Property Name="cr_paper" Type="Edm.Guid"/>
  <Property Name="cr_setting" Type="mscrm.BooleanManagedProperty"/>
  <Property Name="cr_packedon" Type="Edm.Date"/>
  <Property Name="statecode" Type="Edm.Int32"/><Property Name="statuscode" Type="Edm.Int32"/>
  <Property Name="_ownerid_value" Type="Edm.Guid"/>
  <Property Name="_transactioncurrencyid_value" Type="Edm.Guid"/>
  <Property Name="_cr_holder_value" Type="Edm.Guid"/>
  <Property Name="_cr_parent_value" Type="Edm.Guid"/>
  <NavigationProperty Name="ownerid" Type="mscrm.principal">
    <ReferentialConstraint Property="_ownerid_value" ReferencedProperty="ownerid"/>
  </NavigationProperty>
  <NavigationProperty Name="cr_Holder_systemuser" Type="mscrm.systemuser">
    <ReferentialConstraint Property="_cr_holder_value" ReferencedProperty="ownerid"/>
  </NavigationProperty>
  <NavigationProperty Name="cr_Holder_task" Type="mscrm.task" Partner="cr_task_crates">
    <ReferentialConstraint Property="_cr_holder_value" ReferencedProperty="activityid"/>
  </NavigationProperty>
  <NavigationProperty Name="cr_Parent" Type="mscrm.cr_crate" Partner="cr_crate_children">
    <ReferentialConstraint Property="_cr_parent_value" ReferencedProperty="cr_crateid"/>
  </NavigationProperty>
  <NavigationProperty Name="cr_crate_children" Type="Collection(mscrm.cr_crate)"
    Partner="cr_Parent"/>
  <NavigationProperty Name="cr_crate_task" Type="Collection(mscrm.task)" Partner="cr_crate_task"/>
</EntityType>
<EntityContainer Name="System">
  <EntitySet Name="principals" EntityType="mscrm.principal"/>
  <EntitySet Name="systemusers" EntityType="mscrm.systemuser"/>
  <EntitySet Name="tasks" EntityType="mscrm.task"/>
  <EntitySet Name="cr_crateset" EntityType="Microsoft.Dynamics.CRM.cr_crate"/>
</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>"""


def load(tmp_path: Path, model: str, *answers: Any, merged: bool = False) -> Schema:
    file = tmp_path / "model.xml"
    file.write_text(model, encoding="utf-8")
    files = []
    for number, one in enumerate(answers):
        files.append(tmp_path / f"answer{number}.json")
        files[-1].write_text(json.dumps(one), encoding="utf-8")
    return load_schema(file, definitions=files, merged=merged)


def test_tables_are_the_types_that_have_entity_sets(tmp_path: Path) -> None:
    schema = load(tmp_path, MODEL)
    assert set(schema.tables) == {"systemuser", "task", "cr_crate"}
    assert schema.tables["cr_crate"].entity_set == "cr_crateset"
    assert schema.tables["task"].primary_id == "activityid"
    assert schema.tables["systemuser"].primary_id == "systemuserid"
    assert {"subject", "percentcomplete"} <= set(schema.tables["task"].columns)
    names = {table.logical_name: table.primary_name for table in schema.tables.values()}
    assert names == {"systemuser": "fullname", "task": "subject", "cr_crate": "cr_name"}


def test_columns_have_the_kinds_that_the_model_shows(tmp_path: Path) -> None:
    columns = load(tmp_path, MODEL).tables["cr_crate"].columns
    kinds = {name: column.kind for name, column in columns.items()}
    assert kinds["cr_price"] is kinds["cr_price_base"] is ColumnKind.MONEY
    assert kinds["cr_rate"] is ColumnKind.DECIMAL
    assert kinds["cr_packedon"] is ColumnKind.DATE
    assert kinds["statecode"] is ColumnKind.STATE
    assert kinds["ownerid"] is ColumnKind.OWNER
    assert columns["cr_mixed"].property_name == "cr_Mixed"
    assert kinds["cr_image"] is ColumnKind.IMAGE
    assert "cr_setting" not in kinds


def test_lookups_may_lead_to_several_tables_and_fill_collections(tmp_path: Path) -> None:
    schema = load(tmp_path, MODEL)
    holder = schema.tables["cr_crate"].columns["cr_holder"]
    assert holder.targets == ("systemuser", "task")
    emulator = Emulator(schema, behaviour="plain")
    web = served(emulator)
    task = web.create("tasks", subject="Pack")
    parent = web.create(
        "cr_crateset", **{"cr_name": "big", "cr_Holder_task@odata.bind": f"/tasks({task})"}
    )
    web.create(
        "cr_crateset", **{"cr_name": "small", "cr_Parent@odata.bind": f"/cr_crateset({parent})"}
    )
    row = web("GET", f"cr_crateset({parent})?$expand=cr_crate_children", headers=EVERYTHING).json()
    assert row["_cr_holder_value@Microsoft.Dynamics.CRM.lookuplogicalname"] == "task"
    assert [one["cr_name"] for one in row["cr_crate_children"]] == ["small"]
    assert web("GET", "cr_crateset?$expand=cr_crate_task").status == 501
    emulator.close()


def test_merging_adds_a_tenants_tables_to_the_shipped_ones(tmp_path: Path) -> None:
    schema = load(tmp_path, MODEL, merged=True)
    assert {"cr_crate", "task", "salesorder", "msdyn_actual"} <= set(schema.tables)
    assert "domainname" in schema.tables["systemuser"].columns


def test_saved_definitions_tell_what_the_model_cannot(tmp_path: Path) -> None:
    label = {"LocalizedLabels": [{"Label": "Full", "LanguageCode": 1033}]}
    options = {
        "@odata.context": "x",
        "value": [{"Name": "cr_set", "Options": [{"Value": 9, "Label": label}]}],
    }
    table = {
        "LogicalName": "cr_crate",
        "PrimaryNameAttribute": "cr_name",
        "IsManaged": False,
        "Attributes": [
            {"LogicalName": "cr_name", "AttributeType": "String", "MaxLength": 7},
            {"LogicalName": "cr_rate", "AttributeType": "Decimal", "MaxValue": 5, "Precision": 1},
            {"LogicalName": "cr_holder", "AttributeType": "Lookup", "Targets": ["task"]},
        ],
        "Keys": [{"SchemaName": "cr_key", "KeyAttributes": ["cr_name"]}],
    }
    choice = {
        "@odata.context": "https://x/$metadata#EntityDefinitions('cr_crate')/Attributes/"
        "Microsoft.Dynamics.CRM.PicklistAttributeMetadata(LogicalName,OptionSet())",
        "value": [
            {
                "@odata.type": "#Microsoft.Dynamics.CRM.PicklistAttributeMetadata",
                "LogicalName": "cr_mixed",
                "OptionSet": {"IsGlobal": False, "Options": [{"Value": 4, "Label": label}]},
            }
        ],
    }
    schema = load(tmp_path, MODEL, [options, {"value": [table]}], choice)
    assert schema.option_sets == {"cr_set": {9: "Full"}}
    emulator = Emulator(schema, behaviour="plain")
    web = served(emulator)
    assert web("POST", "cr_crateset", {"cr_Mixed": 5}).code == "0x8004431a"
    assert web("POST", "cr_crateset", {"cr_name": "12345678"}).code == "0x80044331"
    assert web("POST", "cr_crateset", {"cr_rate": 6}).code == "0x80044330"
    assert web("PATCH", "cr_crateset(cr_name='A')", {"cr_Mixed": 4}).status == 204
    row = web("GET", "cr_crateset(cr_name='A')", headers=EVERYTHING).json()
    assert row["cr_Mixed@OData.Community.Display.V1.FormattedValue"] == "Full"
    assert web("DELETE", "EntityDefinitions(LogicalName='cr_crate')").status == 204
    emulator.close()


def test_saved_definitions_tell_files_and_the_picture_of_a_row(tmp_path: Path) -> None:
    paper = {
        "LogicalName": "cr_paper",
        "AttributeType": "Virtual",
        "AttributeTypeName": {"Value": "FileType"},
        "MaxSizeInKB": 100,
    }
    table = {
        "LogicalName": "cr_crate",
        "PrimaryImageAttribute": "cr_image",
        "Attributes": [paper],
    }
    plain = load(tmp_path, MODEL).tables["cr_crate"]
    assert (plain.columns["cr_paper"].kind, plain.primary_image) == (ColumnKind.GUID, None)
    told = load(tmp_path, MODEL, {"value": [table]}).tables["cr_crate"]
    file = told.columns["cr_paper"]
    assert (file.kind, file.max_length, told.primary_image) == (ColumnKind.FILE, 100, "cr_image")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<?xml", "<!-- ", ["$metadata", "not XML"]),
        ("<?xml version", '<!DOCTYPE x [<!ENTITY e "x">]><?xml version', ["$metadata", "not XML"]),
        ('Name="cr_rate" Type="Edm.Decimal"', 'Name="cr_rate"', ["cr_crate", "cr_rate", "Type"]),
        ('Name="cr_rate" Type', "Type", ["cr_crate", "Name"]),
        ('"cr_rate"', '"cr_price"', ["cr_crate", "declared twice"]),
        ('"cr_rate"', '"CR_price"', ["cr_crate", "CR_price", "twice"]),
        ('"cr_rate"', '"cr rate"', ["cr_crate", "cr rate", "logical name"]),
        ('PropertyRef Name="cr_crateid"', 'PropertyRef Name="cr_id"', ["cr_crate", "cr_id"]),
        ('Property="_cr_holder_value"', 'Property="_cr_x_value"', ["cr_Holder_", "_cr_x_value"]),
        ('Type="mscrm.task" Partner', 'Type="mscrm.tsk" Partner', ["cr_Holder_task", "tsk"]),
        ('EntityType="mscrm.task"', 'EntityType="mscrm.tsk"', ["tasks", "tsk"]),
        ('Name="tasks"', 'Name="systemusers"', ["systemusers"]),
        (
            '"task" BaseType="mscrm.activitypointer"',
            '"task" BaseType="mscrm.task"',
            ["task", "base"],
        ),
        ('EntityType Name="task"', 'EntityType Name="systemuser"', ["systemuser", "twice"]),
    ],
)
def test_a_fault_of_the_model_names_entity_and_property(
    tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    assert old in MODEL
    with pytest.raises(SchemaError) as refused:
        load(tmp_path, MODEL.replace(old, new))
    assert all(word in str(refused.value) for word in words), refused.value


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([1], ["answer0.json", "object"]),
        ({"what": 1}, ["answer0.json", "what"]),
        ({"LogicalName": "cr_rate", "AttributeType": "Decimal"}, ["cr_rate", "EntityLogicalName"]),
        (
            {
                "EntityLogicalName": "cr_crate",
                "LogicalName": "cr_rate",
                "AttributeType": "Picklist",
            },
            ["cr_crate", "cr_rate", "Picklist", "Edm.Decimal"],
        ),
        (
            {
                "EntityLogicalName": "cr_crate",
                "LogicalName": "cr_name",
                "AttributeType": "String",
                "MaxLength": "x",
            },
            ["cr_crate", "cr_name", "MaxLength"],
        ),
        ({"LogicalName": "cr_crate", "PrimaryNameAttribute": "cr_title"}, ["cr_crate", "cr_title"]),
        ({"LogicalName": "cr_crate", "PrimaryIdAttribute": "cr_id"}, ["cr_crate", "cr_id"]),
        (
            {"LogicalName": "cr_crate", "Keys": [{"SchemaName": "k", "KeyAttributes": ["cr_x"]}]},
            ["cr_crate", "'k'", "cr_x"],
        ),
        ({"Name": "s", "Options": [{"Value": 1}, {"Value": 1}]}, ["option", "twice"]),
    ],
)
def test_a_fault_of_saved_definitions_names_file_or_property(
    tmp_path: Path, answer: object, words: list[str]
) -> None:
    with pytest.raises(SchemaError) as refused:
        load(tmp_path, MODEL, answer)
    assert all(word in str(refused.value) for word in words), refused.value


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"nowhere\.xml"):
        load_schema(tmp_path / "nowhere.xml")
