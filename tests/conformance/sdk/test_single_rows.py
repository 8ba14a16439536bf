from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PowerPlatform.Dataverse.core.errors import HttpError

from tests.conformance.state import names, row
from tests.conformance.tenant import ADATUM, ANNA, CONTOSO, NOTHING, PUMP, SENSOR, VALVE

if TYPE_CHECKING:
    from PowerPlatform.Dataverse.client import DataverseClient

    from connector.emulator import Emulator


def test_a_created_row_is_found_under_the_returned_id(
    client: DataverseClient, emulator: Emulator
) -> None:
    made = client.records.create("account", {"name": "Litware", "telephone1": "555"})
    assert row(emulator, "accounts", made)["telephone1"] == "555"


def test_names_of_columns_are_taken_in_the_case_of_their_schema_names(
    client: DataverseClient, emulator: Emulator
) -> None:
    made = client.records.create("cr_Device", {"cr_Name": "Motor", "CR_Serial": "SN-9"})
    assert row(emulator, "cr_devices", made)["cr_serial"] == "SN-9"


def test_a_new_row_carries_stamps_owner_and_default_state(
    client: DataverseClient, emulator: Emulator
) -> None:
    made = client.records.retrieve("account", client.records.create("account", {"name": "New"}))
    assert made["createdon"] == emulator.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (made["statecode"], made["statuscode"]) == (0, 1)
    assert made["_ownerid_value"] == str(emulator.rows("systemusers")[0]["systemuserid"])


def test_a_client_may_choose_the_id_of_a_new_row(
    client: DataverseClient, emulator: Emulator
) -> None:
    made = client.records.create("account", {"accountid": NOTHING, "name": "Chosen"})
    assert made == NOTHING
    assert row(emulator, "accounts", NOTHING)["name"] == "Chosen"


def test_an_id_that_is_taken_is_refused_as_a_duplicate(client: DataverseClient) -> None:
    with pytest.raises(HttpError) as refused:
        client.records.create("account", {"accountid": ADATUM, "name": "Again"})
    assert refused.value.status_code == 412
    assert refused.value.details["service_error_code"] == "0x80040237"


def test_a_lookup_is_bound_when_a_row_is_created(
    client: DataverseClient, emulator: Emulator
) -> None:
    made = client.records.create(
        "cr_device", {"cr_name": "Child", "cr_Parent@odata.bind": f"/cr_devices({PUMP})"}
    )
    assert row(emulator, "cr_devices", made)["_cr_parent_value"] == PUMP


def test_a_row_is_bound_by_the_alternate_key_of_its_target(
    client: DataverseClient, emulator: Emulator
) -> None:
    made = client.records.create(
        "cr_device", {"cr_name": "Child", "cr_Parent@odata.bind": "/cr_devices(cr_serial='SN-1')"}
    )
    assert row(emulator, "cr_devices", made)["_cr_parent_value"] == PUMP


def test_an_update_changes_only_the_columns_it_names(
    client: DataverseClient, emulator: Emulator
) -> None:
    client.records.update("account", ADATUM, {"telephone1": "999"})
    changed = row(emulator, "accounts", ADATUM)
    assert (changed["telephone1"], changed["address1_city"]) == ("999", "Redmond")


def test_an_update_of_a_missing_row_is_refused_and_creates_nothing(
    client: DataverseClient, emulator: Emulator
) -> None:
    with pytest.raises(HttpError) as refused:
        client.records.update("account", NOTHING, {"name": "Ghost"})
    assert refused.value.status_code == 404
    assert refused.value.details["service_error_code"] == "0x80040217"
    assert names(emulator, "accounts") == ["Adatum", "Contoso", "Fabrikam"]


def test_a_null_empties_a_column(client: DataverseClient, emulator: Emulator) -> None:
    client.records.update("account", ADATUM, {"address1_city": None})
    assert row(emulator, "accounts", ADATUM)["address1_city"] is None


def test_a_null_bind_empties_a_lookup(client: DataverseClient, emulator: Emulator) -> None:
    client.records.update("cr_device", VALVE, {"cr_Parent@odata.bind": None})
    assert row(emulator, "cr_devices", VALVE)["_cr_parent_value"] is None


def test_binding_one_kind_of_customer_takes_the_place_of_the_other(
    client: DataverseClient,
) -> None:
    client.records.update(
        "cr_device", PUMP, {"cr_Customer_contact@odata.bind": f"/contacts({ANNA})"}
    )
    found = client.records.retrieve("cr_device", PUMP, include_annotations="*")
    assert found["_cr_customer_value"] == ANNA
    assert found["_cr_customer_value@Microsoft.Dynamics.CRM.lookuplogicalname"] == "contact"


def test_a_change_of_the_state_brings_its_first_status_reason(
    client: DataverseClient, emulator: Emulator
) -> None:
    client.records.update("account", ADATUM, {"statecode": 1})
    assert row(emulator, "accounts", ADATUM)["statuscode"] == 2


def test_a_deleted_row_is_gone(client: DataverseClient, emulator: Emulator) -> None:
    client.records.delete("account", CONTOSO)
    assert names(emulator, "accounts") == ["Adatum", "Fabrikam"]
    assert client.records.retrieve("account", CONTOSO) is None


def test_a_row_is_deleted_once(client: DataverseClient) -> None:
    client.records.delete("cr_reading", "b0000000-0000-4000-8000-000000000901")
    with pytest.raises(HttpError) as refused:
        client.records.delete("cr_reading", "b0000000-0000-4000-8000-000000000901")
    assert refused.value.status_code == 404


def test_lookups_to_a_deleted_row_are_emptied(client: DataverseClient, emulator: Emulator) -> None:
    client.records.delete("cr_device", PUMP)
    assert row(emulator, "cr_devices", SENSOR)["_cr_parent_value"] is None


def test_a_missing_row_is_retrieved_as_none(client: DataverseClient) -> None:
    assert client.records.retrieve("account", NOTHING) is None


def test_a_selection_brings_the_primary_key_and_the_etag_along(client: DataverseClient) -> None:
    found = client.records.retrieve("account", ADATUM, select=["name"])
    assert dict(found.items()) == {"name": "Adatum", "accountid": ADATUM}
    assert found.etag.startswith('W/"')


def test_selected_money_brings_its_currency_along(client: DataverseClient) -> None:
    found = client.records.retrieve("account", ADATUM, select=["creditlimit"])
    assert set(found.keys()) == {"accountid", "creditlimit", "_transactioncurrencyid_value"}


def test_an_etag_changes_with_its_row(client: DataverseClient) -> None:
    before = client.records.retrieve("account", ADATUM).etag
    client.records.update("account", ADATUM, {"telephone1": "1"})
    assert client.records.retrieve("account", ADATUM).etag != before


def test_a_single_valued_expansion_shows_the_other_row(client: DataverseClient) -> None:
    found = client.records.retrieve(
        "account", ADATUM, select=["name"], expand=["primarycontactid($select=fullname)"]
    )
    assert found["primarycontactid"]["fullname"] == "Anna Weiler"


def test_a_collection_expansion_shows_every_child(client: DataverseClient) -> None:
    found = client.records.retrieve(
        "cr_device", PUMP, expand=["cr_device_readings($select=cr_name;$orderby=cr_sequence desc)"]
    )
    assert [one["cr_name"] for one in found["cr_device_readings"]] == ["warm", "cold"]


def test_a_lookup_that_is_empty_expands_to_nothing(client: DataverseClient) -> None:
    found = client.records.retrieve("account", CONTOSO, expand=["primarycontactid"])
    assert found["primarycontactid"] is None


def test_every_kind_of_column_survives_the_way_there_and_back(client: DataverseClient) -> None:
    sent = {
        "cr_name": "Ünïcode ☃ 'quoted'",
        "cr_note": "line\nline",
        "cr_count": 7,
        "cr_active": True,
        "cr_weight": 0.1,
        "cr_quantity": 2.5,
        "cr_price": 99.9999,
        "cr_seenon": "2026-03-29T01:30:00Z",
        "cr_installedon": "2026-03-29",
        "cr_opensat": "2026-03-29T02:30:00Z",
        "cr_color": 3,
        "cr_grade": 100,
        "cr_tags": "1,2",
    }
    found = client.records.retrieve("cr_device", client.records.create("cr_device", sent))
    assert {name: found[name] for name in sent} == sent


def test_an_offset_is_turned_into_universal_time(client: DataverseClient) -> None:
    client.records.update("cr_device", PUMP, {"cr_seenon": "2026-06-01T02:00:00+03:00"})
    found = client.records.retrieve("cr_device", PUMP, select=["cr_seenon"])
    moment = datetime.fromisoformat(found["cr_seenon"])
    assert moment == datetime(2026, 5, 31, 23, tzinfo=UTC)


def test_money_keeps_four_decimals_and_decimals_keep_ten(
    client: DataverseClient, emulator: Emulator
) -> None:
    client.records.update("cr_device", PUMP, {"cr_price": 0.0001, "cr_quantity": 1e-10})
    stored = row(emulator, "cr_devices", PUMP)
    assert stored["cr_price"] == Decimal("0.0001")
    assert stored["cr_quantity"] == Decimal("0.0000000001")
