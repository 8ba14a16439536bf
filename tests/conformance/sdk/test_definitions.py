from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PowerPlatform.Dataverse.core.errors import HttpError, MetadataError

from tests.conformance.state import row
from tests.conformance.tenant import PUMP

if TYPE_CHECKING:
    from PowerPlatform.Dataverse.client import DataverseClient

    from connector.emulator import Emulator


# The SDK asks for tables with "IsPrivate eq false"; these two are the platform's own.
PRIVATE = {"sdkmessage", "sdkmessagefilter"}


def test_a_table_tells_its_names_and_keys(client: DataverseClient) -> None:
    found = client.tables.get("CR_Device")
    assert found.logical_name == "cr_device"
    assert found.entity_set_name == "cr_devices"
    assert found.primary_id_attribute == "cr_deviceid"
    assert found.primary_name_attribute == "cr_name"


def test_a_table_that_is_not_there_is_none(client: DataverseClient) -> None:
    assert client.tables.get("cr_nothing") is None


def test_rows_of_an_unknown_table_are_refused_by_the_sdk(client: DataverseClient) -> None:
    with pytest.raises(MetadataError, match="Unable to resolve entity set"):
        client.records.create("cr_nothing", {"cr_name": "x"})


def test_all_tables_are_listed(client: DataverseClient, emulator: Emulator) -> None:
    found = {one["LogicalName"] for one in client.tables.list(select=["LogicalName"])}
    assert found == set(emulator.store.schema.tables) - PRIVATE


def test_tables_are_listed_under_a_filter(client: DataverseClient) -> None:
    found = client.tables.list(
        filter="IsCustomEntity eq true and startswith(LogicalName,'cr_')",
        select=["LogicalName", "EntitySetName"],
    )
    assert {one["EntitySetName"] for one in found} == {"cr_devices", "cr_readings"}


def test_a_filter_by_a_value_of_an_enumeration_finds_tables(client: DataverseClient) -> None:
    found = client.tables.list(
        filter="OwnershipType eq Microsoft.Dynamics.CRM.OwnershipTypes'UserOwned'",
        select=["LogicalName"],
    )
    assert "account" in {one["LogicalName"] for one in found}
    assert "organization" not in {one["LogicalName"] for one in found}


def test_columns_are_listed_with_their_types(client: DataverseClient) -> None:
    found = client.tables.list_columns("cr_device", select=["LogicalName", "AttributeType"])
    types = {one["LogicalName"]: one["AttributeType"] for one in found}
    assert types["cr_price"] == "Money"
    assert types["cr_color"] == "Picklist"
    assert types["cr_customer"] == "Customer"
    assert types["cr_deviceid"] == "Uniqueidentifier"
    assert types["cr_tags"] == "Virtual"


def test_columns_are_listed_under_a_filter(client: DataverseClient) -> None:
    found = client.tables.list_columns(
        "cr_device", select=["LogicalName"], filter="AttributeType eq 'Money'"
    )
    assert {one["LogicalName"] for one in found} == {"cr_price", "cr_fee"}


def test_one_column_tells_its_kind(client: DataverseClient) -> None:
    found = client.tables.get_column("cr_device", "cr_Name")
    assert found["@odata.type"] == "#Microsoft.Dynamics.CRM.StringAttributeMetadata"
    assert found["MaxLength"] == 100
    assert found["RequiredLevel"]["Value"] == "ApplicationRequired"


def test_a_column_that_is_not_there_is_none(client: DataverseClient) -> None:
    assert client.tables.get_column("cr_device", "cr_nothing") is None


def test_columns_for_queries_put_keys_first(client: DataverseClient) -> None:
    found = client.query.sql_columns("cr_device")
    assert [one["name"] for one in found[:2]] == ["cr_deviceid", "cr_name"]
    assert found[0]["is_pk"]
    assert found[1]["label"] == "Name"


def test_alternate_keys_tell_their_columns(client: DataverseClient) -> None:
    found = {one.schema_name: one for one in client.tables.get_alternate_keys("cr_device")}
    assert found["cr_sitekey"].key_attributes == ["cr_site", "cr_number"]
    assert found["cr_serialkey"].status == "Active"


def test_a_relationship_is_found_by_its_name(client: DataverseClient) -> None:
    found = client.tables.get_relationship("cr_device_readings")
    assert found.relationship_type == "one_to_many"
    assert (found.referenced_entity, found.referencing_entity) == ("cr_device", "cr_reading")


def test_a_relationship_that_is_not_there_is_none(client: DataverseClient) -> None:
    assert client.tables.get_relationship("cr_nothing") is None


def test_relationships_of_a_table_point_both_ways(client: DataverseClient) -> None:
    found = {one["SchemaName"]: one for one in client.tables.list_table_relationships("cr_reading")}
    assert found["cr_device_readings"]["ReferencingAttribute"] == "cr_device"
    assert found["cr_device_readings"]["ReferencingEntityNavigationPropertyName"] == "cr_Device"


def test_relationships_are_listed_under_a_filter(client: DataverseClient) -> None:
    found = client.tables.list_relationships(filter="SchemaName eq 'cr_device_children'")
    assert [one["ReferencingEntity"] for one in found] == ["cr_device"]


def test_expandable_properties_are_discovered(client: DataverseClient) -> None:
    found = {one["nav_property"]: one for one in client.query.odata_expands("cr_device")}
    assert found["cr_Parent"]["target_entity_set"] == "cr_devices"
    assert found["cr_Customer_contact"]["target_table"] == "contact"


def test_a_bind_is_built_from_discovered_relationships(
    client: DataverseClient, emulator: Emulator
) -> None:
    with pytest.deprecated_call():
        bind = client.query.odata_bind("cr_reading", "cr_device", PUMP)
    made = client.records.create("cr_reading", {"cr_name": "bound", **bind})
    assert row(emulator, "cr_readings", made)["_cr_device_value"] == PUMP


def test_labels_of_choices_are_turned_into_their_numbers(
    client: DataverseClient, emulator: Emulator
) -> None:
    made = client.records.create(
        "cr_device", {"cr_name": "Fan", "cr_color": "dark  blue", "cr_grade": "Premium"}
    )
    assert row(emulator, "cr_devices", made)["cr_color"] == 3
    assert row(emulator, "cr_devices", made)["cr_grade"] == 200


def test_a_label_that_no_choice_has_is_refused(client: DataverseClient) -> None:
    with pytest.raises(HttpError) as refused:
        client.records.update("cr_device", PUMP, {"cr_color": "Mauve"})
    assert (refused.value.status_code, refused.value.details["service_error_code"]) == (
        400,
        "0x80048d19",
    )
