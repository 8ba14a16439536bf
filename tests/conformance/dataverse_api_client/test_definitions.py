from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dataverse_api import DataverseAPIError, DataverseClient
from dataverse_api.metadata import attributes
from dataverse_api.metadata.complex_properties import create_label
from dataverse_api.metadata.entity import EntityMetadata, define_entity
from dataverse_api.metadata.enums import OwnershipType
from dataverse_api.metadata.helpers import Publisher, Solution
from dataverse_api.metadata.relationships import define_relationship

from tests.conformance.tenant import ADATUM, SECOND_USER

if TYPE_CHECKING:
    from connector.emulator import Emulator


def widget(**options: Any) -> EntityMetadata:
    name = attributes.StringAttributeMetadata(
        schema_name="cr_Name", is_primary_name=True, max_length=50
    )
    options.setdefault("ownership_type", OwnershipType.USER_OWNED)
    return define_entity("cr_Widget", [name], **options)


def column(client: DataverseClient, logical_name: str) -> dict[str, Any]:
    """The definition of a column of the new table, as the service tells it."""
    url = f"EntityDefinitions(LogicalName='cr_widget')/Attributes(LogicalName='{logical_name}')"
    answer = client._session.get(f"{client._endpoint}{url}")
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def test_the_languages_of_the_tenant_are_told(client: DataverseClient) -> None:
    assert client.get_language_codes() == [1033]


def test_a_definition_is_read_into_the_clients_own_model(client: DataverseClient) -> None:
    found = client.get_entity_definition("account")
    assert found.schema_name == "Account"
    assert found.display_name.localized_labels[0].label == "Account"
    assert found.ownership_type is OwnershipType.USER_OWNED
    assert (found.is_activity, found.has_activities, found.has_notes) == (False, True, True)


def test_a_table_is_made_and_takes_rows(client: DataverseClient, emulator: Emulator) -> None:
    answer = client.create_entity(widget(description="Of the test", has_notes=True))
    assert answer.status_code == 204
    made = client.entity("cr_widget")
    assert (made.entity_set_name, made.primary_id_attr) == ("cr_widgets", "cr_widgetid")
    made.create([{"cr_name": "first"}])
    assert [one["cr_name"] for one in emulator.rows("cr_widgets")] == ["first"]


def test_a_made_table_is_what_was_asked_for(client: DataverseClient) -> None:
    client.create_entity(widget(display_name="Gadget", display_collection_name="Gadgets"))
    found = client.get_entity_definition("cr_widget")
    assert found.schema_name == "cr_Widget"
    assert found.display_name.localized_labels[0].label == "Gadget"
    assert found.display_collection_name.localized_labels[0].label == "Gadgets"
    assert column(client, "cr_name")["MaxLength"] == 50


def test_a_table_may_belong_to_the_organization(client: DataverseClient) -> None:
    client.create_entity(widget(ownership_type=OwnershipType.ORGANIZATION_OWNED))
    assert client.get_entity_definition("cr_widget").ownership_type is (
        OwnershipType.ORGANIZATION_OWNED
    )


def test_a_table_is_not_made_twice(client: DataverseClient) -> None:
    client.create_entity(widget())
    with pytest.raises(DataverseAPIError, match=r"cr_[Ww]idget"):
        client.create_entity(widget())


@pytest.mark.parametrize(
    ("definition", "kind", "told"),
    [
        (
            attributes.StringAttributeMetadata(schema_name="cr_Extra", max_length=7),
            "String",
            {"MaxLength": 7},
        ),
        (
            attributes.DecimalAttributeMetadata(
                schema_name="cr_Extra", min_value=-1, max_value=9, precision=3
            ),
            "Decimal",
            {"MinValue": -1, "MaxValue": 9, "Precision": 3},
        ),
        (
            attributes.IntegerAttributeMetadata(schema_name="cr_Extra", min_value=0, max_value=10),
            "Integer",
            {"MinValue": 0, "MaxValue": 10},
        ),
        (attributes.DateTimeAttributeMetadata(schema_name="cr_Extra"), "DateTime", {}),
        (
            attributes.MemoAttributeMetadata(schema_name="cr_Extra", max_length=500),
            "Memo",
            {"MaxLength": 500},
        ),
        (attributes.BigIntAttributeMetadata(schema_name="cr_Extra"), "BigInt", {}),
        (attributes.BooleanAttributeMetadata(schema_name="cr_Extra"), "Boolean", {}),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_column_of_every_kind_is_added(
    client: DataverseClient, definition: Any, kind: str, told: dict[str, Any]
) -> None:
    client.create_entity(widget())
    definition.display_name = create_label(label="Extra")
    client.entity("cr_widget").add_attribute(definition)
    found = column(client, "cr_extra")
    assert (found["AttributeType"], found["SchemaName"]) == (kind, "cr_Extra")
    assert found["DisplayName"]["LocalizedLabels"][0]["Label"] == "Extra"
    assert {name: found[name] for name in told} == told


def test_a_column_is_removed_by_name_and_by_id(client: DataverseClient) -> None:
    client.create_entity(widget())
    entity = client.entity("cr_widget")
    for schema_name in ("cr_One", "cr_Two"):
        entity.add_attribute(attributes.StringAttributeMetadata(schema_name=schema_name))
    entity.remove_attribute(logical_name="cr_one")
    entity.remove_attribute(attribute_id=column(client, "cr_two")["MetadataId"])
    for name in ("cr_one", "cr_two"):
        with pytest.raises(DataverseAPIError):
            entity.read(select=[name])


def test_a_definition_that_was_read_is_changed_and_written_back(client: DataverseClient) -> None:
    client.create_entity(widget())
    found = client.get_entity_definition("cr_widget")
    found.has_notes = True
    found.description = create_label(label="Changed")
    assert client.update_entity(found).status_code == 204
    again = client.get_entity_definition("cr_widget")
    assert again.has_notes
    assert again.description.localized_labels[0].label == "Changed"


def test_a_removed_table_is_gone(client: DataverseClient) -> None:
    client.create_entity(widget())
    assert client.delete_entity("cr_widget").status_code == 204
    with pytest.raises(DataverseAPIError) as refused:
        client.get_entity_definition("cr_widget")
    assert refused.value.response.status_code == 404


def test_two_tables_are_related_and_bound(client: DataverseClient, emulator: Emulator) -> None:
    client.create_entity(widget())
    client.create_relationship(
        define_relationship("cr_account_widget", "cr_widget", "account", lookup="account")
    )
    entity = client.entity("cr_widget")
    assert "rel_account" in entity.relationships.single_valued
    entity.create([{"cr_name": "bound", "rel_account@odata.bind": f"/accounts({ADATUM})"}])
    [made] = emulator.rows("cr_widgets")
    assert made["_rel_account_value"] == ADATUM


def test_a_relationship_is_read_and_its_rules_with_it(client: DataverseClient) -> None:
    client.create_entity(widget())
    client.create_relationship(
        define_relationship("cr_account_widget", "cr_widget", "account", lookup="account")
    )
    found = client.get_relationship_definition("cr_account_widget")
    assert found.is_valid_for_advanced_find
    rules = (found.model_extra or {})["cascade_configuration"]
    told = {name: rules[name] for name in ("assign", "delete", "merge", "reparent", "share")}
    assert set(told.values()) == {"Cascade"}
    assert client.update_relationship(found).status_code == 204


def test_rows_go_to_the_new_owner_of_the_row_that_they_belong_to(
    client: DataverseClient, emulator: Emulator
) -> None:
    client.create_entity(widget())
    client.create_relationship(
        define_relationship("cr_account_widget", "cr_widget", "account", lookup="account")
    )
    bound = {"rel_account@odata.bind": f"/accounts({ADATUM})"}
    client.entity("cr_widget").create([{"cr_name": "bound", **bound}, {"cr_name": "free"}])
    owner = {"ownerid@odata.bind": f"/systemusers({SECOND_USER})"}
    client.entity("account").upsert([{"accountid": ADATUM, **owner}])
    owners = {one["cr_name"]: one["_ownerid_value"] for one in emulator.rows("cr_widgets")}
    assert owners["bound"] == SECOND_USER
    assert owners["free"] != SECOND_USER


def test_a_relationship_has_no_key_called_logical_name(client: DataverseClient) -> None:
    client.create_entity(widget())
    client.create_relationship(
        define_relationship("cr_account_widget", "cr_widget", "account", lookup="account")
    )
    with pytest.raises(DataverseAPIError):
        client.delete_relationship("cr_account_widget")
    found = client.get_relationship_definition("cr_account_widget")
    assert found.schema_name == "cr_account_widget"


def test_a_publisher_is_made(client: DataverseClient, emulator: Emulator) -> None:
    client.create_publisher(
        Publisher(
            name="Contoso",
            unique_name="contoso",
            description="Of the test",
            prefix="con",
            option_prefix=12_345,
        )
    )
    made = {one["uniquename"]: one for one in emulator.rows("publishers")}["contoso"]
    assert (made["customizationprefix"], made["customizationoptionvalueprefix"]) == ("con", 12_345)


def test_a_solution_is_bound_by_the_name_that_it_does_not_have(
    client: DataverseClient, emulator: Emulator
) -> None:
    # The navigation property is called `publisherid`; the client writes `publisher`.
    contoso = Publisher("Contoso", "contoso", "", prefix="con", option_prefix=12_345)
    client.create_publisher(contoso)
    publisher = str(emulator.rows("publishers")[-1]["publisherid"])
    with pytest.raises(DataverseAPIError, match="An undeclared property 'publisher'"):
        client.create_solution(
            Solution(name="S", unique_name="s", description="", publisher_guid=publisher)
        )
    assert "s" not in {one["uniquename"] for one in emulator.rows("solutions")}
