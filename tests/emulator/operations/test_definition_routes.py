from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import Emulator, Schema, load_schema
from connector.emulator.schema.document import option_set_document, table_document
from connector.emulator.schema.editing.naming import plural
from connector.emulator.schema.file import extend
from connector.emulator.schema.many_to_many import relationship_document
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from pathlib import Path

CRM = "Microsoft.Dynamics.CRM."
PRODUCT = "EntityDefinitions(LogicalName='new_product')"


def label(text: str, language: int = 1033) -> dict[str, Any]:
    return {"LocalizedLabels": [{"Label": text, "LanguageCode": language}]}


def attribute(kind: str, name: str, **members: Any) -> dict[str, Any]:
    return {"@odata.type": f"{CRM}{kind}AttributeMetadata", "SchemaName": name, **members}


def table(name: str = "new_Product", *attributes: dict[str, Any], **members: Any) -> dict[str, Any]:
    named = attribute("String", "new_Name", IsPrimaryName=True, MaxLength=50)
    return {
        "@odata.type": f"{CRM}EntityMetadata",
        "SchemaName": name,
        "OwnershipType": "UserOwned",
        "DisplayName": label(name.partition("_")[2]),
        "Attributes": [named, *attributes],
        **members,
    }


def relationship(name: str = "new_account_products", **members: Any) -> dict[str, Any]:
    return {
        "@odata.type": f"{CRM}OneToManyRelationshipMetadata",
        "SchemaName": name,
        "ReferencedEntity": "account",
        "ReferencingEntity": "new_product",
        "Lookup": attribute("Lookup", "new_AccountId", DisplayName=label("Account")),
        **members,
    }


CASCADING = {"Assign": "Cascade", "Delete": "Cascade", "Share": "Cascade", "Unshare": "Cascade"}
COLUMNS = (
    attribute("Memo", "new_Note", MaxLength=300),
    attribute("Integer", "new_Count", MinValue=0, MaxValue=10),
    attribute("Decimal", "new_Rate", Precision=3),
    attribute("Money", "new_Price", DisplayName=label("Price")),
    attribute("Double", "new_Weight"),
    attribute("Boolean", "new_Active", DefaultValue=True),
    attribute("DateTime", "new_At", DateTimeBehavior={"Value": "UserLocal"}),
    attribute("DateTime", "new_Day", Format="DateOnly", DateTimeBehavior={"Value": "DateOnly"}),
    attribute(
        "Picklist",
        "new_Color",
        DefaultFormValue=2,
        OptionSet={
            "IsGlobal": False,
            "Options": [
                {"Value": 1, "Label": label("Red")},
                {"Value": 2, "Label": label("Blau", 1031)},
            ],
        },
    ),
)
CONTENT = {
    "new_name": "Pump",
    "new_note": "heavy",
    "new_count": 7,
    "new_rate": Decimal("1.125"),
    "new_price": Decimal("99.9500"),
    "new_weight": 2.5,
    "new_active": False,
    "new_at": "2026-01-31T10:00:00Z",
    "new_day": "2026-01-31",
    "new_color": 1,
}


@pytest.fixture
def made(web: Web) -> Web:
    """A client of an emulator with a table of its own."""
    answer = web("POST", "EntityDefinitions", table("new_Product", *COLUMNS))
    assert answer.status == 204, answer.body
    return web


def product(web: Web, **columns: object) -> str:
    return web.create("new_products", **columns)


def test_a_new_table_is_named_and_addressed_by_its_id(web: Web) -> None:
    answer = web("POST", "EntityDefinitions", table())
    assert answer.status == 204
    found = web("GET", answer.row_address).json()
    assert found["LogicalName"] == "new_product"
    assert found["SchemaName"] == "new_Product"
    assert found["EntitySetName"] == "new_products"
    assert found["PrimaryIdAttribute"] == "new_productid"
    assert found["PrimaryNameAttribute"] == "new_name"
    assert found["OwnershipType"] == "UserOwned"
    assert found["IsCustomEntity"]
    assert not found["IsManaged"]
    assert found["DisplayName"]["UserLocalizedLabel"]["Label"] == "Product"


def test_rows_of_a_new_table_hold_every_kind_of_value(made: Web) -> None:
    body = (
        b"{"
        + b",".join(
            f'"{name}":{value if isinstance(value, Decimal) else _json(value)}'.encode()
            for name, value in CONTENT.items()
        )
        + b"}"
    )
    answer = made("POST", "new_products", body)
    assert answer.status == 204, answer.body
    row = made.row("new_products", answer.row_id)
    assert {name: row[name] for name in CONTENT} == CONTENT
    assert row["statecode"] == 0
    assert row["_ownerid_value"] == row["_createdby_value"]


def _json(value: object) -> str:
    return (
        {True: "true", False: "false"}[value]
        if isinstance(value, bool)
        else repr(value).replace("'", '"')
    )


def test_new_rows_get_the_defaults_of_their_columns(made: Web) -> None:
    row = made.row("new_products", product(made, new_name="x"))
    assert row["new_active"] is True
    assert row["new_color"] == 2


def test_rows_of_a_new_table_are_filtered_changed_and_deleted(made: Web) -> None:
    ids = [product(made, new_name=f"p{number}", new_count=number) for number in range(4)]
    found = made.rows(
        "new_products?$select=new_name&$filter=new_count gt 1&$orderby=new_count desc"
    )
    assert [row["new_name"] for row in found] == ["p3", "p2"]
    assert made("PATCH", f"new_products({ids[0]})", {"new_count": 9}).status == 204
    assert made.row("new_products", ids[0])["new_count"] == 9
    assert made("PATCH", f"new_products({ids[0]})", {"new_count": 11}).code == "0x80044330"
    assert made("DELETE", f"new_products({ids[1]})").status == 204
    assert made("GET", "new_products/$count").body.endswith(b"3")


def test_a_choice_shows_the_label_of_its_option(made: Web) -> None:
    made_id = product(made, new_name="x", new_color=2)
    answer = made(
        "GET",
        f"new_products({made_id})?$select=new_color",
        headers={"Prefer": 'odata.include-annotations="*"'},
    )
    assert answer.json()["new_color@OData.Community.Display.V1.FormattedValue"] == "Blau"


def test_definitions_of_new_columns_are_read_as_they_were_written(made: Web) -> None:
    address = f"{PRODUCT}/Attributes(LogicalName='%s')/{CRM}%sAttributeMetadata"
    count = made("GET", address % ("new_count", "Integer")).json()
    assert (count["SchemaName"], count["MinValue"], count["MaxValue"]) == ("new_Count", 0, 10)
    assert made("GET", address % ("new_rate", "Decimal")).json()["Precision"] == 3
    assert made("GET", address % ("new_note", "Memo")).json()["MaxLength"] == 300
    day = made("GET", address % ("new_day", "DateTime")).json()
    assert day["DateTimeBehavior"]["Value"] == "DateOnly"
    active = made("GET", address % ("new_active", "Boolean")).json()
    assert active["DefaultValue"] is True


def test_money_brings_currency_rate_and_base_amount(made: Web) -> None:
    names = {row["LogicalName"] for row in made.rows(f"{PRODUCT}/Attributes?$select=LogicalName")}
    assert {"transactioncurrencyid", "exchangerate", "new_price_base"} <= names


def test_the_model_describes_a_new_table(made: Web) -> None:
    text = made("GET", "$metadata").body
    assert b'<EntityType Name="new_product"' in text
    assert b'<Property Name="new_price" Type="Edm.Decimal"' in text
    assert b'<EntitySet Name="new_products"' in text


def test_a_table_of_the_organization_has_no_owner(web: Web) -> None:
    body = table(OwnershipType="OrganizationOwned", EntitySetName="new_productset")
    assert web("POST", "EntityDefinitions", body).status == 204
    row = web.row("new_productset", web.create("new_productset", new_name="x"))
    assert "_ownerid_value" not in row
    assert row["_organizationid_value"]


def test_create_entities_makes_all_tables_or_none(web: Web) -> None:
    first = table("new_First", **{"@odata.type": f"{CRM}ComplexEntityMetadata"})
    first["Attributes"][0]["@odata.type"] = f"{CRM}ComplexStringAttributeMetadata"
    answer = web(
        "POST", "CreateEntities?SolutionUniqueName=x", {"Entities": [first, {"SchemaName": "bad"}]}
    )
    assert answer.status == 400
    assert web("GET", "new_firsts").status == 404
    answer = web("POST", "CreateEntities", {"Entities": [first, table("new_Second")]})
    assert answer.status == 204, answer.body
    assert web.rows("new_firsts") == web.rows("new_seconds") == []
    assert web("POST", "CreateEntities", {}).status == 400
    assert web("GET", "CreateEntities").status == 405


@pytest.mark.parametrize(
    ("change", "status", "code", "words"),
    [
        ({"SchemaName": "Product"}, 400, "0x80040203", "customization prefix"),
        ({"SchemaName": "mscrmx_Product"}, 400, "0x80040203", "customization prefix"),
        ({"SchemaName": "new_"}, 400, "0x80040203", "customization prefix"),
        ({"SchemaName": "new_Pro;DROP"}, 400, "0x80040203", "customization prefix"),
        ({"SchemaName": None}, 400, "0x80048d19", "SchemaName"),
        ({"LogicalName": "new_other"}, 400, "0x80040203", "new_other"),
        ({"EntitySetName": "accounts"}, 400, "0x80047010", "accounts"),
        ({"Attributes": []}, 400, "0x80040203", "primary name"),
        ({"Attributes": 1}, 400, "0x80048d19", "Attributes"),
        ({"IsActivity": True}, 501, "0x80060888", "activities"),
        ({"TableType": "Elastic"}, 501, "0x80060888", "Elastic"),
        ({"OwnershipType": "None"}, 501, "0x80060888", "None"),
        ({"Keys": [{}]}, 501, "0x80060888", "Keys"),
        ({"@odata.type": "#x.Thing"}, 400, "0x80048d19", "Thing"),
    ],
)
def test_a_table_that_cannot_be_made_is_refused(
    plain: Emulator, change: dict[str, Any], status: int, code: str, words: str
) -> None:
    web = Web(InProcess(plain.app))
    answer = web("POST", "EntityDefinitions", table() | change)
    assert (answer.status, answer.code) == (status, code)
    assert words in answer.message
    assert len(plain.store.schema.tables) == len(load_schema().tables)


def test_what_exists_is_not_made_again(made: Web) -> None:
    assert made("POST", "EntityDefinitions", table("NEW_product")).code == "0x80047010"
    again = attribute("String", "new_COUNT")
    assert made("POST", f"{PRODUCT}/Attributes", again).code == "0x80047013"
    two = table("new_Two", attribute("String", "new_Second", IsPrimaryName=True))
    assert made("POST", "EntityDefinitions", two).code == "0x8004701E"


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (attribute("Lookup", "new_X"), 400, "RelationshipDefinitions"),
        (attribute("EntityName", "new_X"), 501, "EntityNameAttributeMetadata"),
        ({"SchemaName": "new_X"}, 400, "@odata.type"),
        (attribute("String", "X"), 400, "prefix"),
        (attribute("String", "new_X", MaxLength=0), 400, "MaxLength"),
        (attribute("String", "new_X", MaxLength="5"), 400, "MaxLength"),
        (attribute("String", "new_X", AutoNumberFormat="{SEQNUM:4}"), 501, "AutoNumberFormat"),
        (attribute("Decimal", "new_X", Precision=11), 400, "Precision"),
        (attribute("Integer", "new_X", MinValue=2, MaxValue=1), 400, "minimum"),
        (attribute("String", "new_X", RequiredLevel={"Value": "Always"}), 400, "RequiredLevel"),
        (
            attribute("DateTime", "new_X", DateTimeBehavior={"Value": "Odd"}),
            400,
            "DateTimeBehavior",
        ),
        (attribute("Picklist", "new_X"), 400, "option set"),
        (
            attribute("Picklist", "new_X", OptionSet={"Options": [{"Value": 1}, {"Value": 1}]}),
            400,
            "comes twice",
        ),
        (
            attribute("Picklist", "new_X", DefaultFormValue=3, OptionSet={"Options": []}),
            400,
            "default",
        ),
        (attribute("String", "new_X", DisplayName="x"), 400, "DisplayName"),
    ],
)
def test_a_column_that_cannot_be_made_is_refused(
    plain: Emulator, body: dict[str, Any], status: int, words: str
) -> None:
    web = Web(InProcess(plain.app))
    answer = web("POST", "EntityDefinitions(LogicalName='account')/Attributes", body)
    assert answer.status == status
    assert words in answer.message
    assert "new_x" not in plain.store.schema.tables["account"].columns


def test_a_column_is_added_to_a_table_with_rows(web: Web) -> None:
    account = web.create("accounts", name="Adatum")
    answer = web(
        "POST",
        "EntityDefinitions(LogicalName='account')/Attributes",
        attribute("String", "new_Code", MaxLength=5),
    )
    assert answer.status == 204
    assert web("GET", answer.row_address).json()["LogicalName"] == "new_code"
    assert web.row("accounts", account)["new_code"] is None
    assert web("PATCH", f"accounts({account})", {"new_code": "A-1"}).status == 204
    assert web("PATCH", f"accounts({account})", {"new_code": "123456"}).code == "0x80044331"
    assert [row["name"] for row in web.rows("accounts?$filter=new_code eq 'a-1'")] == ["Adatum"]


def test_a_column_is_changed_by_its_whole_definition(made: Web) -> None:
    address = f"{PRODUCT}/Attributes(LogicalName='new_name')"
    body = made("GET", f"{address}/{CRM}StringAttributeMetadata").json()
    body |= {"@odata.type": f"{CRM}StringAttributeMetadata", "MaxLength": 60}
    body["DisplayName"] = label("Title")
    body["RequiredLevel"]["Value"] = "ApplicationRequired"
    answer = made("PUT", f"{PRODUCT}/Attributes({body['MetadataId']})", body)
    assert answer.status == 204, answer.body
    found = made("GET", f"{address}/{CRM}StringAttributeMetadata").json()
    assert found["MaxLength"] == 60
    assert found["DisplayName"]["UserLocalizedLabel"]["Label"] == "Title"
    assert found["RequiredLevel"]["Value"] == "ApplicationRequired"
    assert product(made, new_name="x" * 60)


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("new_name", attribute("Memo", "new_Name"), 400),
        ("new_name", {"SchemaName": "new_Other"}, 400),
        ("new_name", {"MaxLength": -1}, 400),
        ("new_color", {"OptionSet": {"Options": []}}, 501),
        ("new_at", {"DateTimeBehavior": {"Value": "DateOnly"}}, 501),
        ("new_nothing", {}, 404),
    ],
)
def test_what_a_column_is_cannot_be_changed(
    made: Web, name: str, body: dict[str, Any], status: int
) -> None:
    assert made("PUT", f"{PRODUCT}/Attributes(LogicalName='{name}')", body).status == status


def test_a_deleted_column_is_gone_with_its_values(made: Web) -> None:
    row_id = product(made, new_name="x", new_count=3)
    assert made("DELETE", f"{PRODUCT}/Attributes(LogicalName='new_count')").status == 204
    assert "new_count" not in made.row("new_products", row_id)
    assert made("GET", "new_products?$select=new_count").status == 400
    answer = made("POST", f"{PRODUCT}/Attributes", attribute("Integer", "new_Count"))
    assert answer.status == 204
    assert made.row("new_products", row_id)["new_count"] is None


def test_columns_that_the_platform_needs_cannot_be_deleted(made: Web) -> None:
    def code(address: str) -> str:
        return made("DELETE", address).code

    assert code(f"{PRODUCT}/Attributes(LogicalName='new_name')") == "0x80047002"
    assert code(f"{PRODUCT}/Attributes(LogicalName='new_productid')") == "0x80047002"
    assert code(f"{PRODUCT}/Attributes(LogicalName='createdon')") == "0x8004F032"
    account = "EntityDefinitions(LogicalName='account')"
    assert code(f"{account}/Attributes(LogicalName='telephone1')") == "0x8004F032"
    assert code(account) == "0x8004F032"


def test_a_key_is_active_and_addresses_rows_at_once(made: Web) -> None:
    body = {"SchemaName": "new_CountKey", "KeyAttributes": ["new_count"]}
    answer = made("POST", f"{PRODUCT}/Keys", body)
    assert answer.status == 204
    assert answer.row_address.startswith(f"{PRODUCT}/Keys(")
    (key,) = made.rows(f"{PRODUCT}/Keys")
    assert (key["SchemaName"], key["LogicalName"]) == ("new_CountKey", "new_countkey")
    assert (key["KeyAttributes"], key["EntityKeyIndexStatus"]) == (["new_count"], "Active")
    assert made("PATCH", "new_products(new_count=5)", {"new_name": "five"}).status == 204
    assert made("GET", "new_products(new_count=5)").json()["new_name"] == "five"
    assert made("POST", "new_products", {"new_count": 5}).code == "0x80060892"
    assert made("DELETE", f"{PRODUCT}/Attributes(LogicalName='new_count')").code == "0x8004F01F"
    assert made("DELETE", f"{PRODUCT}/Keys({key['MetadataId']})").status == 204
    assert made("POST", "new_products", {"new_count": 5}).status == 204
    assert made("GET", "new_products(new_count=5)").status == 400


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"SchemaName": "NEW_key", "KeyAttributes": ["new_name"]}, "0x80060893"),
        ({"SchemaName": "new_Other"}, "0x80060894"),
        ({"SchemaName": "key"}, "0x80040203"),
        ({"SchemaName": "new_Other", "KeyAttributes": []}, "0x80040203"),
        ({"SchemaName": "new_Other", "KeyAttributes": ["new_nothing"]}, "0x80040203"),
        ({"SchemaName": "new_Other", "KeyAttributes": ["new_note"]}, "0x80040203"),
        ({"SchemaName": "new_Other", "KeyAttributes": "new_name"}, "0x80048d19"),
    ],
)
def test_a_key_that_cannot_be_made_is_refused(made: Web, change: dict[str, Any], code: str) -> None:
    body = {"SchemaName": "new_Key", "KeyAttributes": ["new_count"]}
    assert made("POST", f"{PRODUCT}/Keys", body).status == 204
    assert made("POST", f"{PRODUCT}/Keys", body | change).code == code


def test_a_key_that_rows_break_is_refused_and_leaves_nothing(made: Web) -> None:
    for name in ("a", "b"):
        product(made, new_name=name, new_count=1)
    body = {"SchemaName": "new_Key", "KeyAttributes": ["new_count"]}
    assert made("POST", f"{PRODUCT}/Keys", body).code == "0x80060892"
    assert made.rows(f"{PRODUCT}/Keys") == []
    product(made, new_name="c", new_count=1)


def test_a_relationship_brings_a_lookup_and_a_collection(made: Web) -> None:
    answer = made("POST", "RelationshipDefinitions", relationship())
    assert answer.status == 204, answer.body
    found = made("GET", answer.row_address).json()
    assert found["ReferencingEntityNavigationPropertyName"] == "new_AccountId"
    account = made.create("accounts", name="Adatum")
    row_id = product(made, **{"new_name": "x", "new_AccountId@odata.bind": f"/accounts({account})"})
    (row,) = made.rows("new_products?$expand=new_AccountId($select=name)")
    assert row["new_AccountId"]["name"] == "Adatum"
    (parent,) = made.rows("accounts?$expand=new_account_products($select=new_name)")
    assert [one["new_productid"] for one in parent["new_account_products"]] == [row_id]
    filtered = made.rows("accounts?$filter=new_account_products/any(p:p/new_name eq 'x')")
    assert len(filtered) == 1
    (listed,) = made.rows("RelationshipDefinitions?$filter=SchemaName eq 'new_account_products'")
    assert listed["ReferencingAttribute"] == "new_accountid"


@pytest.mark.parametrize(
    ("rule", "status", "left"),
    [("RemoveLink", 204, [None]), ("Cascade", 204, []), ("Restrict", 405, ["account"])],
)
def test_deleting_a_row_follows_the_rule_of_the_relationship(
    made: Web, rule: str, status: int, left: list[object]
) -> None:
    body = relationship(CascadeConfiguration={"Delete": rule, "Assign": "NoCascade"})
    assert made("POST", "RelationshipDefinitions", body).status == 204
    account = made.create("accounts", name="Adatum")
    product(made, **{"new_name": "x", "new_AccountId@odata.bind": f"/accounts({account})"})
    answer = made("DELETE", f"accounts({account})")
    assert answer.status == status
    expected = [account if one == "account" else one for one in left]
    assert [row["_new_accountid_value"] for row in made.rows("new_products")] == expected


def test_rows_that_refer_to_each_other_are_deleted_together(made: Web) -> None:
    body = relationship(
        "new_product_parts",
        ReferencedEntity="new_product",
        Lookup=attribute("Lookup", "new_Whole"),
        CascadeConfiguration={"Delete": "Cascade"},
    )
    assert made("POST", "RelationshipDefinitions", body).status == 204
    first = product(made, new_name="first")
    second = product(
        made, **{"new_name": "second", "new_Whole@odata.bind": f"/new_products({first})"}
    )
    bind = {"new_Whole@odata.bind": f"/new_products({second})"}
    assert made("PATCH", f"new_products({first})", bind).status == 204
    assert made("DELETE", f"new_products({first})").status == 204
    assert made.rows("new_products") == []


def test_the_rule_of_a_relationship_can_be_changed(made: Web) -> None:
    made("POST", "RelationshipDefinitions", relationship())
    address = "RelationshipDefinitions(SchemaName='new_account_products')"
    body = made("GET", address).json()
    body["CascadeConfiguration"]["Delete"] = "Restrict"
    assert made("PUT", address, body).status == 204
    assert made("GET", address).json()["CascadeConfiguration"]["Delete"] == "Restrict"


def test_rules_beside_deleting_are_kept_and_told(made: Web) -> None:
    rules = {"Assign": "Cascade", "Share": "Cascade", "Delete": "Restrict", "Merge": "NoCascade"}
    made("POST", "RelationshipDefinitions", relationship(CascadeConfiguration=rules))
    address = "RelationshipDefinitions(SchemaName='new_account_products')"
    told = made("GET", address).json()["CascadeConfiguration"]
    assert {name: told[name] for name in rules} == rules
    assert told["Reparent"] == "NoCascade"
    made("PUT", address, {"CascadeConfiguration": {"Share": "NoCascade"}})
    assert made("GET", address).json()["CascadeConfiguration"] == {**told, "Share": "NoCascade"}
    for rule in ("Active", "UserOwned"):
        answer = made("PUT", address, {"CascadeConfiguration": {"Assign": rule}})
        assert (answer.status, rule in answer.message) == (501, True)


def test_rules_and_switches_outlive_the_process_in_a_file(tmp_path: Path) -> None:
    told: list[tuple[Any, bool]] = []
    for _ in range(2):
        emulator = Emulator(store_path=tmp_path / "rows.sqlite")
        web = Web(InProcess(emulator.app))
        if not told:
            assert web("POST", "EntityDefinitions", {**table(), "HasNotes": True}).status == 204
            body = relationship(CascadeConfiguration=CASCADING)
            assert web("POST", "RelationshipDefinitions", body).status == 204
        address = "RelationshipDefinitions(SchemaName='new_account_products')"
        found = web("GET", address).json()["CascadeConfiguration"]
        told.append((found, web("GET", PRODUCT).json()["HasNotes"]))
        emulator.close()
    assert told[0] == told[1]
    assert (told[1][0]["Assign"], told[1][1]) == ("Cascade", True)


def test_a_new_owner_gets_what_belongs_to_the_row_by_the_rule_for_assign(made: Web) -> None:
    made("POST", "RelationshipDefinitions", relationship(CascadeConfiguration=CASCADING))
    user = made.create("systemusers", firstname="Bo", lastname="Li", domainname="bo@x.example")
    account = made.create("accounts", name="Adatum")
    bind = {"new_AccountId@odata.bind": f"/accounts({account})"}
    bound, free = product(made, new_name="bound", **bind), product(made, new_name="free")
    owner = {"ownerid@odata.bind": f"/systemusers({user})"}
    assert made("PATCH", f"accounts({account})", owner).status == 204
    assert made.row("new_products", bound)["_ownerid_value"] == user
    assert made.row("new_products", free)["_ownerid_value"] != user


def test_sharing_that_would_reach_other_rows_is_refused_by_name(made: Web) -> None:
    made("POST", "RelationshipDefinitions", relationship(CascadeConfiguration=CASCADING))
    user = made.create("systemusers", firstname="Bo", lastname="Li", domainname="bo@x.example")
    account = made.create("accounts", name="Adatum")
    body = {
        "Target": {"@odata.type": f"{CRM}account", "accountid": account},
        "PrincipalAccess": {
            "AccessMask": "ReadAccess",
            "Principal": {"@odata.type": f"{CRM}systemuser", "systemuserid": user},
        },
    }
    assert made("POST", "GrantAccess", body).status == 204
    product(made, **{"new_name": "x", "new_AccountId@odata.bind": f"/accounts({account})"})
    answer = made("POST", "GrantAccess", body)
    assert answer.status == 501
    assert "the rule Cascade for Share from account to new_product" in answer.message


def test_switches_of_a_table_are_kept_and_told(made: Web) -> None:
    body = made("GET", PRODUCT).json()
    assert not body["HasNotes"]
    body |= {"HasNotes": True, "IsQuickCreateEnabled": True, "IsAuditEnabled": {"Value": True}}
    assert made("PUT", PRODUCT, body).status == 204
    told = made("GET", PRODUCT).json()
    assert (told["HasNotes"], told["IsQuickCreateEnabled"]) == (True, True)
    assert told["IsAuditEnabled"]["Value"]
    assert not told["HasActivities"]
    other = {**table("new_Other"), "HasActivities": True}
    assert made("POST", "EntityDefinitions", other).status == 204
    found = made("GET", "EntityDefinitions(LogicalName='new_other')?$select=HasActivities").json()
    assert found["HasActivities"]


def test_a_deleted_relationship_takes_its_lookup_along(made: Web) -> None:
    answer = made("POST", "RelationshipDefinitions", relationship())
    assert made("DELETE", answer.row_address).status == 204
    assert made("GET", answer.row_address).status == 404
    assert made("GET", "new_products?$select=_new_accountid_value").status == 400
    assert made("GET", "accounts?$expand=new_account_products").status == 400
    assert made("POST", "RelationshipDefinitions", relationship()).status == 204


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"SchemaName": None}, 400, "0x8004432A"),
        ({"SchemaName": "a b"}, 400, "0x80040203"),
        ({"SchemaName": "NEW_first"}, 400, "0x8004432B"),
        ({"ReferencedEntity": "new_nothing"}, 400, "0x80040203"),
        ({"ReferencedAttribute": "name"}, 400, "0x80040203"),
        ({"Lookup": None}, 400, "0x80040203"),
        ({"Lookup": attribute("Lookup", "new_Name")}, 400, "0x80047013"),
        ({"Lookup": attribute("Customer", "new_Customer")}, 501, "0x80060888"),
        (
            {
                "Lookup": attribute("Lookup", "new_Other"),
                "ReferencingEntityNavigationPropertyName": "new_FirstId",
            },
            400,
            "0x80072551",
        ),
        ({"CascadeConfiguration": {"Delete": "NoCascade"}}, 501, "0x80060888"),
        ({"@odata.type": f"{CRM}ManyToManyRelationshipMetadata"}, 400, "0x80048d19"),
    ],
)
def test_a_relationship_that_cannot_be_made_is_refused(
    made: Web, change: dict[str, Any], status: int, code: str
) -> None:
    first = relationship("new_first", Lookup=attribute("Lookup", "new_FirstId"))
    assert made("POST", "RelationshipDefinitions", first).status == 204
    answer = made("POST", "RelationshipDefinitions", relationship("new_second") | change)
    assert (answer.status, answer.code) == (status, code)
    assert len(made.rows("RelationshipDefinitions?$filter=SchemaName eq 'new_second'")) == 0


def test_a_deleted_table_is_gone_with_its_rows_and_collections(made: Web) -> None:
    made("POST", "RelationshipDefinitions", relationship())
    product(made, new_name="x")
    assert made("DELETE", PRODUCT).status == 204
    assert made("GET", "new_products").status == 404
    assert made("GET", PRODUCT).status == 404
    assert made("GET", "accounts?$expand=new_account_products").status == 400
    assert made("POST", "EntityDefinitions", table()).status == 204
    assert made.rows("new_products") == []


def test_a_table_that_others_refer_to_is_not_deleted(made: Web) -> None:
    assert made("POST", "EntityDefinitions", table("new_Part")).status == 204
    body = relationship(ReferencedEntity="new_product", ReferencingEntity="new_part")
    assert made("POST", "RelationshipDefinitions", body).status == 204
    assert made("DELETE", PRODUCT).code == "0x8004F01F"
    assert made("DELETE", "EntityDefinitions(LogicalName='new_part')").status == 204
    assert made("DELETE", PRODUCT).status == 204


def test_labels_of_a_table_are_changed(made: Web) -> None:
    body = made("GET", PRODUCT).json()
    body["DisplayName"] = label("Article")
    body["Description"] = label("What is sold")
    assert made("PUT", PRODUCT, body, MSCRM_MergeLabels="true").status == 204
    found = made("GET", PRODUCT).json()
    assert found["DisplayName"]["UserLocalizedLabel"]["Label"] == "Article"
    assert found["Description"]["UserLocalizedLabel"]["Label"] == "What is sold"
    assert made("PUT", PRODUCT, {"EntitySetName": "other"}).status == 400
    assert made("PUT", PRODUCT, {"OwnershipType": "OrganizationOwned"}).status == 400


def test_a_global_option_set_is_shared_by_columns(made: Web) -> None:
    options = [{"Label": label("Low")}, {"Value": 5, "Label": label("High")}]
    body = {"@odata.type": f"{CRM}OptionSetMetadata", "Name": "new_level", "Options": options}
    answer = made("POST", "GlobalOptionSetDefinitions", body)
    assert answer.status == 204
    bound = attribute(
        "Picklist", "new_Level", **{"GlobalOptionSet@odata.bind": f"/{answer.row_address}"}
    )
    assert made("POST", f"{PRODUCT}/Attributes", bound).status == 204
    assert product(made, new_name="x", new_level=100_000_000)
    assert made("POST", "new_products", {"new_level": 6}).code == "0x8004431a"
    assert made("DELETE", answer.row_address).code == "0x80048417"
    assert made("DELETE", f"{PRODUCT}/Attributes(LogicalName='new_level')").status == 204
    assert made("DELETE", answer.row_address).status == 204


def test_publishing_customizations_changes_nothing(made: Web) -> None:
    before = made("GET", "$metadata").body
    assert made("POST", "PublishAllXml").status == 204
    assert made("POST", "PublishXml", {"ParameterXml": "<importexportxml/>"}).status == 204
    assert made("GET", "$metadata").body == before


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("PATCH", PRODUCT),
        ("POST", f"{PRODUCT}/OneToManyRelationships"),
        ("PUT", f"{PRODUCT}/Keys(LogicalName='x')"),
        ("PUT", "GlobalOptionSetDefinitions(Name='x')"),
        ("POST", "$metadata"),
    ],
)
def test_other_writes_of_definitions_are_refused_by_name(
    made: Web, method: str, address: str
) -> None:
    answer = made(method, address, {})
    assert answer.status == 501
    assert address.partition("(")[0] in answer.message


def test_snapshots_hold_definitions_with_their_rows(plain: Emulator) -> None:
    web = Web(InProcess(plain.app))
    before = plain.snapshot()
    web("POST", "EntityDefinitions", table("new_Product", *COLUMNS))
    web("POST", "RelationshipDefinitions", relationship(CascadeConfiguration={"Delete": "Cascade"}))
    web("POST", f"{PRODUCT}/Keys", {"SchemaName": "new_Key", "KeyAttributes": ["new_count"]})
    product(web, new_name="x", new_count=3)
    model, rows, after = web("GET", "$metadata").body, plain.dump(), plain.snapshot()
    plain.restore(before)
    assert web("GET", "new_products").status == 404
    plain.restore(after)
    assert web("GET", "$metadata").body == model
    assert plain.dump() == rows
    assert web("GET", "new_products(new_count=3)").status == 200


def test_definitions_stay_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    first = Emulator(behaviour="plain", store_path=file)
    web = Web(InProcess(first.app))
    web("POST", "EntityDefinitions", table("new_Product", *COLUMNS))
    web("POST", "RelationshipDefinitions", relationship())
    web("DELETE", f"{PRODUCT}/Attributes(LogicalName='new_note')")
    product(web, new_name="kept")
    model = web("GET", "$metadata").body
    first.close()
    second = Emulator(behaviour="plain", store_path=file)
    web = Web(InProcess(second.app))
    assert [row["new_name"] for row in web.rows("new_products")] == ["kept"]
    assert web("GET", "$metadata").body == model
    second.close()


def test_a_reset_forgets_definitions(plain: Emulator) -> None:
    web = Web(InProcess(plain.app))
    web("POST", "EntityDefinitions", table())
    plain.reset()
    assert web("GET", "new_products").status == 404
    assert web("POST", "EntityDefinitions", table()).status == 204
    assert web.rows("new_products") == []


def test_a_seed_format_restore_keeps_definitions(plain: Emulator) -> None:
    web = Web(InProcess(plain.app))
    web("POST", "EntityDefinitions", table())
    product(web, new_name="x")
    dump = web("GET", "/_emulator/snapshot").json()
    product(web, new_name="y")
    assert web("POST", "/_emulator/restore", _bare(dump)).status == 200
    assert [row["new_name"] for row in web.rows("new_products")] == ["x"]


def _bare(dump: dict[str, Any]) -> dict[str, Any]:
    rows = dump["new_products"]
    return {"new_products": [{"new_productid": rows[0]["new_productid"], "new_name": "x"}]}


def test_a_transaction_that_fails_takes_its_definitions_back(plain: Emulator) -> None:
    def fail_after_defining() -> None:
        with plain.store.transaction() as tx:
            tx.define(plain.store.schema.without_table("uom"))
            assert "uom" not in plain.store.schema.tables
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_defining()
    assert "uom" in plain.store.schema.tables
    assert Web(InProcess(plain.app)).rows("uoms") == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("new_product", "new_products"),
        ("new_city", "new_cities"),
        ("new_day", "new_days"),
        ("new_box", "new_boxes"),
        ("new_bus", "new_buses"),
        ("new_y", "new_ys"),
    ],
)
def test_entity_sets_are_plurals(name: str, expected: str) -> None:
    assert plural(name) == expected


def test_every_shipped_table_is_written_and_read_back() -> None:
    schema = load_schema()
    document = {
        "tables": {name: table_document(one) for name, one in schema.tables.items()},
        "option_sets": option_set_document(schema),
        "many_to_many": {
            name: relationship_document(one, schema) for name, one in schema.many_to_many.items()
        },
    }
    found = extend(Schema(name="x", tables={}), document)
    assert found.option_sets == schema.option_sets
    assert {name: facts(one) for name, one in found.tables.items()} == {
        name: facts(one) for name, one in schema.tables.items()
    }


def facts(one: object) -> dict[str, object]:
    names = type(one).__dataclass_fields__  # type: ignore[attr-defined]
    return {name: getattr(one, name) for name in names}
