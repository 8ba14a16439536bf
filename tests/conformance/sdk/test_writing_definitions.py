from __future__ import annotations

from decimal import Decimal
from enum import IntEnum
from typing import TYPE_CHECKING

import pytest
from PowerPlatform.Dataverse.core.errors import HttpError, MetadataError
from PowerPlatform.Dataverse.models.labels import Label, LocalizedLabel
from PowerPlatform.Dataverse.models.relationship import (
    CascadeConfiguration,
    LookupAttributeMetadata,
    ManyToManyRelationshipMetadata,
    OneToManyRelationshipMetadata,
)
from PowerPlatform.Dataverse.models.upsert import UpsertItem

from connector.emulator.schema.model import ColumnKind
from tests.conformance.state import row
from tests.conformance.tenant import ADATUM, PUMP

if TYPE_CHECKING:
    from PowerPlatform.Dataverse.client import DataverseClient
    from PowerPlatform.Dataverse.models.table_info import TableInfo

    from connector.emulator import Emulator


class Color(IntEnum):
    RED = 1
    BLUE = 2


COLUMNS = {
    "new_Code": "string",
    "new_Note": "memo",
    "new_Count": {"type": "int", "min_value": 0, "max_value": 5},
    "new_Rate": {"type": "decimal", "precision": 4},
    "new_Ratio": "float",
    "new_On": "bool",
    "new_Day": "datetime",
    "new_Color": Color,
}


@pytest.fixture
def gadget(client: DataverseClient) -> TableInfo:
    return client.tables.create("new_Gadget", COLUMNS, display_name="Gadget")


def label(text: str) -> Label:
    return Label(localized_labels=[LocalizedLabel(label=text, language_code=1033)])


def test_a_created_table_tells_how_it_is_called(gadget: TableInfo) -> None:
    assert gadget.logical_name == "new_gadget"
    assert gadget.entity_set_name == "new_gadgets"
    assert gadget.primary_name_attribute == "new_name"
    assert gadget.primary_id_attribute == "new_gadgetid"
    assert gadget.columns_created == list(COLUMNS)


@pytest.mark.usefixtures("gadget")
def test_rows_of_a_created_table_keep_every_kind_of_value(
    client: DataverseClient, emulator: Emulator
) -> None:
    sent = {
        "new_Name": "One",
        "new_Code": "C",
        "new_Note": "long",
        "new_Count": 5,
        "new_Rate": 0.1234,
        "new_Ratio": 0.5,
        "new_On": True,
        "new_Day": "2026-05-05T00:00:00Z",
        "new_Color": "blue",
    }
    made = client.records.create("new_Gadget", sent)
    stored = row(emulator, "new_gadgets", made)
    assert stored["new_rate"] == Decimal("0.1234")
    assert (stored["new_color"], stored["new_on"], stored["new_count"]) == (2, True, 5)
    assert stored["new_day"] == "2026-05-05T00:00:00Z"
    assert stored["statecode"] == 0


@pytest.mark.usefixtures("gadget")
def test_limits_of_a_created_column_hold(client: DataverseClient, emulator: Emulator) -> None:
    with pytest.raises(HttpError) as refused:
        client.records.create("new_Gadget", {"new_Name": "One", "new_Count": 6})
    assert refused.value.status_code == 400
    assert emulator.rows("new_gadgets") == ()


@pytest.mark.usefixtures("gadget")
def test_a_table_is_created_once(client: DataverseClient) -> None:
    with pytest.raises(MetadataError, match="already exists"):
        client.tables.create("new_Gadget", {})


def test_a_table_without_a_publisher_prefix_is_refused(client: DataverseClient) -> None:
    with pytest.raises(HttpError) as refused:
        client.tables.create("gadget", {})
    assert refused.value.status_code == 400
    assert client.tables.get("gadget") is None


@pytest.mark.usefixtures("gadget")
def test_columns_are_added_and_used_at_once(client: DataverseClient, emulator: Emulator) -> None:
    added = client.tables.add_columns("new_Gadget", {"new_Extra": "string", "new_More": Color})
    assert added == ["new_Extra", "new_More"]
    made = client.records.create("new_Gadget", {"new_Extra": "x", "new_More": "Red"})
    stored = row(emulator, "new_gadgets", made)
    assert (stored["new_extra"], stored["new_more"]) == ("x", 1)


def test_columns_are_added_to_a_table_that_has_rows(
    client: DataverseClient, emulator: Emulator
) -> None:
    client.tables.add_columns("account", {"new_Rank": "int"})
    client.records.update("account", ADATUM, {"new_rank": 3})
    ranks = [one["new_rank"] for one in emulator.rows("accounts")]
    assert ranks == [3, None, None]


@pytest.mark.usefixtures("gadget")
def test_removed_columns_are_gone(client: DataverseClient) -> None:
    assert client.tables.remove_columns("new_Gadget", ["new_Code", "new_Color"]) == [
        "new_Code",
        "new_Color",
    ]
    assert client.tables.get_column("new_gadget", "new_code") is None
    with pytest.raises(HttpError):
        client.records.create("new_Gadget", {"new_Code": "x"})


@pytest.mark.usefixtures("gadget")
def test_a_column_gets_new_limits(client: DataverseClient, emulator: Emulator) -> None:
    client.tables.update_column("new_Gadget", "new_Count", {"max_value": 9})
    made = client.records.create("new_Gadget", {"new_Count": 9})
    assert row(emulator, "new_gadgets", made)["new_count"] == 9


@pytest.mark.usefixtures("gadget")
def test_a_deleted_table_is_gone(client: DataverseClient) -> None:
    client.tables.delete("new_Gadget")
    assert client.tables.get("new_gadget") is None


def test_a_table_that_is_not_there_cannot_be_deleted(client: DataverseClient) -> None:
    with pytest.raises(MetadataError, match="not found"):
        client.tables.delete("new_nothing")


@pytest.mark.usefixtures("gadget")
def test_rows_are_upserted_by_a_created_key(client: DataverseClient, emulator: Emulator) -> None:
    key = client.tables.create_alternate_key("new_Gadget", "new_CodeKey", ["new_code"])
    assert key.metadata_id
    for count in (1, 2):
        item = UpsertItem(alternate_key={"new_code": "C-1"}, record={"new_count": count})
        client.records.upsert("new_Gadget", [item])
    [stored] = emulator.rows("new_gadgets")
    assert (stored["new_code"], stored["new_count"]) == ("C-1", 2)


@pytest.mark.usefixtures("gadget")
def test_a_deleted_key_addresses_nothing(client: DataverseClient) -> None:
    client.tables.create_alternate_key("new_Gadget", "new_CodeKey", ["new_code"])
    [key] = client.tables.get_alternate_keys("new_Gadget")
    client.tables.delete_alternate_key("new_Gadget", key.metadata_id)
    assert client.tables.get_alternate_keys("new_Gadget") == []
    with pytest.raises(HttpError) as refused:
        client.records.upsert(
            "new_Gadget", [UpsertItem(alternate_key={"new_code": "C"}, record={"new_count": 1})]
        )
    assert refused.value.status_code == 400


@pytest.mark.usefixtures("gadget")
def test_a_lookup_field_binds_and_expands(client: DataverseClient) -> None:
    made = client.tables.create_lookup_field("new_Gadget", "new_AccountId", "account")
    assert made.relationship_id
    gadget = client.records.create(
        "new_Gadget", {"new_Name": "One", "new_AccountId@odata.bind": f"/accounts({ADATUM})"}
    )
    found = client.records.retrieve("new_Gadget", gadget, expand=["new_AccountId($select=name)"])
    assert found["new_AccountId"]["name"] == "Adatum"
    assert found["_new_accountid_value"] == ADATUM


@pytest.mark.usefixtures("gadget")
@pytest.mark.parametrize(
    ("rule", "left"), [("Cascade", []), ("RemoveLink", [None]), ("Restrict", [PUMP])]
)
def test_deleting_a_row_follows_the_rule_of_its_relationship(
    client: DataverseClient, emulator: Emulator, rule: str, left: list[str | None]
) -> None:
    lookup = LookupAttributeMetadata(schema_name="new_DeviceId", display_name=label("Device"))
    relationship = OneToManyRelationshipMetadata(
        schema_name="new_device_gadgets",
        referenced_entity="cr_device",
        referencing_entity="new_gadget",
        referenced_attribute="cr_deviceid",
        cascade_configuration=CascadeConfiguration(delete=rule),
    )
    client.tables.create_one_to_many_relationship(lookup, relationship)
    client.records.create(
        "new_Gadget", {"new_Name": "x", "new_DeviceId@odata.bind": f"/cr_devices({PUMP})"}
    )
    if rule == "Restrict":
        with pytest.raises(HttpError) as refused:
            client.records.delete("cr_device", PUMP)
        assert refused.value.status_code == 405
    else:
        client.records.delete("cr_device", PUMP)
    assert [one["_new_deviceid_value"] for one in emulator.rows("new_gadgets")] == left


@pytest.mark.usefixtures("gadget")
def test_a_deleted_relationship_takes_its_lookup_along(client: DataverseClient) -> None:
    client.tables.create_lookup_field("new_Gadget", "new_AccountId", "account")
    found = client.tables.get_relationship("account_new_gadget_new_AccountId")
    client.tables.delete_relationship(found.relationship_id)
    assert client.tables.get_relationship("account_new_gadget_new_AccountId") is None
    assert client.tables.get_column("new_gadget", "new_accountid") is None


def test_a_table_is_created_and_filled_by_batches(
    client: DataverseClient, emulator: Emulator
) -> None:
    definitions = client.batch.new()
    definitions.tables.create("new_Gadget", {"new_Code": "string"})
    assert not definitions.execute().has_errors
    columns = client.batch.new()
    columns.tables.add_columns("new_Gadget", {"new_One": "int", "new_Two": "bool"})
    columns.tables.create_lookup_field("new_Gadget", "new_AccountId", "account")
    assert [one.status_code for one in columns.execute().responses] == [204, 204, 204]
    rows = client.batch.new()
    rows.records.create(
        "new_Gadget", {"new_One": 1, "new_AccountId@odata.bind": f"/accounts({ADATUM})"}
    )
    assert not rows.execute().has_errors
    [stored] = emulator.rows("new_gadgets")
    assert (stored["new_one"], stored["_new_accountid_value"]) == (1, ADATUM)


@pytest.mark.usefixtures("gadget")
def test_a_many_to_many_relationship_is_made_and_deleted(
    client: DataverseClient, emulator: Emulator
) -> None:
    relationship = ManyToManyRelationshipMetadata(
        schema_name="new_gadget_accounts",
        entity1_logical_name="new_gadget",
        entity2_logical_name="account",
    )
    made = client.tables.create_many_to_many_relationship(relationship)
    assert (made.entity1_logical_name, made.entity2_logical_name) == ("new_gadget", "account")
    links = emulator.store.schema.table("account").links
    assert links["new_gadget_accounts"].table == "new_gadget"
    found = client.tables.get_relationship("new_gadget_accounts")
    assert found is not None
    assert found.relationship_type == "many_to_many"
    client.tables.delete_relationship(str(made.relationship_id))
    assert "new_gadget_accounts" not in emulator.store.schema.table("account").links


def test_a_file_column_is_added(client: DataverseClient, emulator: Emulator) -> None:
    client.tables.add_columns("account", {"new_Scan": "file"})
    columns = emulator.store.schema.table("account").columns
    assert columns["new_scan"].kind is ColumnKind.FILE
    assert "new_scan_name" in columns


def test_typed_columns_come_from_metadata_changes(client: DataverseClient) -> None:
    found = {one["LogicalName"]: one for one in client.tables.list_columns("cr_device", typed=True)}
    assert found["cr_name"]["MaxLength"] == 100
    assert found["cr_quantity"]["Precision"] == 10
    assert (found["cr_count"]["MinValue"], found["cr_count"]["MaxValue"]) == (0, 1000)
    assert found["cr_name"]["RequiredLevel"]["Value"] == "ApplicationRequired"


def test_one_typed_column_comes_from_metadata_changes(client: DataverseClient) -> None:
    found = client.tables.get_column("cr_device", "cr_serial", typed=True)
    assert (found["LogicalName"], found["MaxLength"]) == ("cr_serial", 40)
    assert client.tables.get_column("cr_device", "cr_nothing", typed=True) is None
