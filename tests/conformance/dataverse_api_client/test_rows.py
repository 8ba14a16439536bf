from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from dataverse_api import DataverseAPIError, DataverseClient, DataverseEntity
from dataverse_api.utils.batching import BatchCommand, RequestMethod

from tests.conformance.state import names, row
from tests.conformance.tenant import (
    ADATUM,
    ANNA,
    CONTOSO,
    FABRIKAM,
    NOTHING,
    PUMP,
    SENSOR,
    VALVE,
    readings,
)

if TYPE_CHECKING:
    from connector.emulator import Emulator

FORMATTED = "@OData.Community.Display.V1.FormattedValue"


@pytest.fixture
def accounts(client: DataverseClient) -> DataverseEntity:
    return client.entity("account")


@pytest.fixture
def devices(client: DataverseClient) -> DataverseEntity:
    return client.entity("cr_device")


def statuses(answers: list[Any]) -> list[int]:
    return [answer.status_code for answer in answers]


def test_a_table_tells_its_names_when_it_is_opened(accounts: DataverseEntity) -> None:
    assert accounts.entity_set_name == "accounts"
    assert accounts.primary_id_attr == "accountid"
    assert accounts.primary_img_attr == "entityimage"


def test_a_table_without_an_image_says_so(devices: DataverseEntity) -> None:
    assert devices.primary_img_attr is None


def test_alternate_keys_are_found_with_their_columns(devices: DataverseEntity) -> None:
    assert devices.alternate_keys == {
        "cr_serialkey": ["cr_serial"],
        "cr_sitekey": ["cr_site", "cr_number"],
    }


def test_a_table_tells_that_it_takes_many_rows_at_once(devices: DataverseEntity) -> None:
    assert devices.supports_create_multiple
    assert devices.supports_update_multiple


def test_relationships_are_found_by_their_navigation_properties(devices: DataverseEntity) -> None:
    found = devices.relationships
    assert {"cr_Parent", "cr_Customer_account", "cr_Customer_contact"} <= set(found.single_valued)
    assert sorted(found.collection_valued) == ["cr_device_children", "cr_device_readings"]


def test_a_table_that_does_not_exist_is_an_error_of_the_client(client: DataverseClient) -> None:
    with pytest.raises(DataverseAPIError, match="nosuch") as refused:
        client.entity("nosuch")
    assert refused.value.response.status_code == 404


def test_rows_are_selected_filtered_ordered_and_limited(accounts: DataverseEntity) -> None:
    found = accounts.read(select=["name"], filter="name ne 'Adatum'", order_by="name desc", top=1)
    assert [(one["name"], one["accountid"]) for one in found] == [("Fabrikam", FABRIKAM)]


def test_a_filter_with_an_apostrophe_is_understood(client: DataverseClient) -> None:
    found = client.entity("contact").read(select=["lastname"], filter="lastname eq 'O''Hara'")
    assert [one["lastname"] for one in found] == ["O'Hara"]


def test_a_related_row_is_expanded(accounts: DataverseEntity) -> None:
    [found] = accounts.read(
        select=["name"],
        filter="name eq 'Adatum'",
        expand="primarycontactid($select=fullname)",
    )
    assert found["primarycontactid"]["fullname"] == "Anna Weiler"
    assert found["primarycontactid"]["contactid"] == ANNA


def test_pages_are_followed_to_the_end(client: DataverseClient, emulator: Emulator) -> None:
    emulator.seed(readings(25))
    entity = client.entity("cr_reading")
    answers = entity.read(select=["cr_sequence"], page_size=10, return_responses=True)
    sizes = [len(answer.json()["value"]) for answer in answers]
    assert sizes == [10, 10, 8]
    found = entity.read(select=["cr_sequence"], filter="cr_sequence gt 3", page_size=10)
    assert sorted(one["cr_sequence"] for one in found) == list(range(4, 26))


def test_formatted_values_come_when_they_are_asked_for(devices: DataverseEntity) -> None:
    plain = devices.read(select=["cr_color"], filter="cr_name eq 'Pump'")
    shown = devices.read(
        select=["cr_color", "_cr_customer_value"],
        filter="cr_name eq 'Pump'",
        return_formatted_values=True,
    )
    assert f"cr_color{FORMATTED}" not in plain[0]
    assert shown[0][f"cr_color{FORMATTED}"] == "Red"
    assert shown[0][f"_cr_customer_value{FORMATTED}"] == "Adatum"


def test_formatted_values_and_a_page_size_are_one_header(devices: DataverseEntity) -> None:
    answers = devices.read(
        select=["cr_color"], page_size=2, return_formatted_values=True, return_responses=True
    )
    assert [len(answer.json()["value"]) for answer in answers] == [2, 1]
    assert answers[0].json()["value"][1][f"cr_color{FORMATTED}"] == "Green"


def test_an_unknown_column_is_an_error_of_the_client(accounts: DataverseEntity) -> None:
    with pytest.raises(DataverseAPIError, match="Could not find a property named 'nosuch'"):
        accounts.read(select=["nosuch"])


def test_rows_are_created_one_by_one(accounts: DataverseEntity, emulator: Emulator) -> None:
    answers = accounts.create([{"name": "Litware"}, {"name": "Proseware", "creditlimit": 7.5}])
    assert statuses(answers) == [204, 204]
    assert names(emulator, "accounts")[3:] == ["Litware", "Proseware"]


def test_created_rows_come_back_when_they_are_asked_for(accounts: DataverseEntity) -> None:
    [answer] = accounts.create([{"name": "Litware"}], return_created=True)
    made = answer.json()
    assert (answer.status_code, made["name"], made["statecode"]) == (201, "Litware", 0)


def test_a_row_that_is_refused_leaves_the_others_alone(
    accounts: DataverseEntity, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answers = accounts.create([{"name": "A"}, {"nosuch": 1}, {"name": "B"}])
    assert statuses(answers) == [204, 400, 204]
    assert "Invalid property 'nosuch'" in caplog.text
    assert {"A", "B"} <= set(names(emulator, "accounts"))


def test_threads_create_rows_side_by_side(accounts: DataverseEntity, emulator: Emulator) -> None:
    answers = accounts.create([{"name": f"row {n:02}"} for n in range(40)], threading=True)
    assert set(statuses(answers)) == {204}
    assert names(emulator, "accounts")[3:] == [f"row {n:02}" for n in range(40)]


def test_many_rows_are_created_in_chunks_of_one_request(
    devices: DataverseEntity, emulator: Emulator
) -> None:
    rows = [{"cr_name": f"made {n}"} for n in range(7)]
    answers = devices.create(rows, mode="multiple", batch_size=3)
    assert [len(answer.json()["Ids"]) for answer in answers] == [3, 3, 1]
    made = row(emulator, "cr_devices", answers[2].json()["Ids"][0])
    assert made["cr_name"] == "made 6"


def test_one_bad_row_undoes_its_whole_chunk(devices: DataverseEntity, emulator: Emulator) -> None:
    rows: list[dict[str, Any]] = [{"cr_name": "good"}, {"cr_name": "bad", "cr_count": 1001}]
    [answer] = devices.create(rows, mode="multiple")
    assert answer.status_code == 400
    assert "good" not in names(emulator, "cr_devices")


def test_a_batch_creates_rows_in_chunks(accounts: DataverseEntity, emulator: Emulator) -> None:
    rows = [{"name": f"batch {n}"} for n in range(5)]
    answers = accounts.create(rows, mode="batch", batch_size=2)
    assert [answer.text.count("HTTP/1.1 204 No Content") for answer in answers] == [2, 2, 1]
    assert names(emulator, "accounts")[3:] == [f"batch {n}" for n in range(5)]


def test_text_of_every_language_survives_a_batch(
    accounts: DataverseEntity, emulator: Emulator
) -> None:
    accounts.create([{"name": "Žluťoučký kůň 馬"}], mode="batch")
    assert "Žluťoučký kůň 馬" in names(emulator, "accounts")


def test_a_data_frame_is_created_without_its_gaps(
    accounts: DataverseEntity, emulator: Emulator
) -> None:
    frame = pd.DataFrame({"name": ["Litware", "Proseware"], "creditlimit": [1.5, None]})
    assert statuses(accounts.create(frame)) == [204, 204]
    found = {one["name"]: one["creditlimit"] for one in emulator.rows("accounts")}
    assert (str(found["Litware"]), found["Proseware"]) == ("1.5000", None)


def test_an_upsert_by_id_creates_and_changes(accounts: DataverseEntity, emulator: Emulator) -> None:
    answers = accounts.upsert(
        [{"accountid": NOTHING, "name": "Made"}, {"accountid": ADATUM, "telephone1": "9"}]
    )
    assert statuses(answers) == [204, 204]
    assert row(emulator, "accounts", NOTHING)["name"] == "Made"
    assert row(emulator, "accounts", ADATUM)["telephone1"] == "9"


@pytest.mark.parametrize("mode", ["individual", "batch"])
def test_an_upsert_by_alternate_key_creates_and_changes(
    devices: DataverseEntity, emulator: Emulator, mode: Any
) -> None:
    rows = [
        {"cr_serial": "SN-1", "cr_count": 99},
        {"cr_serial": "NEW 1", "cr_name": "Made"},
    ]
    answers = devices.upsert(rows, mode=mode, altkey_name="cr_serialkey")
    assert set(statuses(answers)) <= {200, 204}
    assert row(emulator, "cr_devices", PUMP)["cr_count"] == 99
    made = {one["cr_serial"]: one["cr_name"] for one in emulator.rows("cr_devices")}
    assert made["NEW 1"] == "Made"


def test_an_upsert_by_a_key_of_two_columns_finds_its_row(
    devices: DataverseEntity, emulator: Emulator
) -> None:
    rows = [{"cr_site": "North", "cr_number": 2, "cr_note": "found"}]
    devices.upsert(rows, mode="batch", altkey_name="cr_sitekey")
    assert row(emulator, "cr_devices", VALVE)["cr_note"] == "found"


def test_a_key_in_double_quotes_is_refused(devices: DataverseEntity, emulator: Emulator) -> None:
    # The client writes the value as Python does, which is no literal of OData here.
    [answer] = devices.upsert([{"cr_serial": "O'H", "cr_name": "x"}], altkey_name="cr_serialkey")
    assert answer.status_code == 400
    assert len(emulator.rows("cr_devices")) == 3


def test_rows_are_deleted_by_their_ids(accounts: DataverseEntity, emulator: Emulator) -> None:
    assert statuses(accounts.delete(ids=[CONTOSO])) == [204]
    assert names(emulator, "accounts") == ["Adatum", "Fabrikam"]


def test_an_id_that_is_not_there_is_reported(accounts: DataverseEntity) -> None:
    [answer] = accounts.delete(ids=[NOTHING])
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "0x80040217"


@pytest.mark.parametrize("mode", ["individual", "batch"])
def test_rows_are_deleted_by_a_filter(
    accounts: DataverseEntity, emulator: Emulator, mode: Any
) -> None:
    accounts.delete(filter="name ne 'Adatum'", mode=mode)
    assert names(emulator, "accounts") == ["Adatum"]


def test_everything_is_deleted_when_that_is_said(
    client: DataverseClient, emulator: Emulator
) -> None:
    client.entity("cr_reading").delete(filter="all", mode="batch")
    assert emulator.rows("cr_readings") == ()


@pytest.mark.parametrize("mode", ["individual", "batch"])
def test_single_columns_are_emptied(
    devices: DataverseEntity, emulator: Emulator, mode: Any
) -> None:
    devices.delete_columns(["cr_count", "cr_note"], ids=[PUMP, SENSOR], mode=mode)
    found = [row(emulator, "cr_devices", one) for one in (PUMP, SENSOR, VALVE)]
    assert [one["cr_count"] for one in found] == [None, None, 7]
    assert [one["cr_note"] for one in found] == [None, None, None]


def test_a_batch_of_ones_own_may_hold_every_method(
    client: DataverseClient, emulator: Emulator
) -> None:
    [answer] = client.submit_batch(
        [
            BatchCommand("accounts", RequestMethod.POST, data={"name": "Litware"}),
            BatchCommand(f"accounts({ADATUM})", RequestMethod.PATCH, data={"name": "Adatum AG"}),
            BatchCommand(f"accounts({ADATUM})", RequestMethod.PUT, data={"telephone1": "9"}),
            BatchCommand(f"accounts({CONTOSO})", RequestMethod.DELETE),
            BatchCommand("accounts?$select=name&$filter=name eq 'Litware'", RequestMethod.GET),
        ]
    )
    assert answer.text.count("HTTP/1.1 204 No Content") == 4
    assert '"name":"Litware"' in answer.text
    assert names(emulator, "accounts") == ["Adatum AG", "Fabrikam", "Litware"]
    assert row(emulator, "accounts", ADATUM)["telephone1"] == "9"


def test_a_batch_that_fails_ends_where_it_failed(
    client: DataverseClient, emulator: Emulator
) -> None:
    # The client cannot read the multipart answer of status 404; what counts is what was done.
    with pytest.raises(ValueError, match="Expecting value"):
        client.submit_batch(
            [
                BatchCommand(f"accounts({ADATUM})", RequestMethod.PATCH, data={"name": "A"}),
                BatchCommand(f"accounts({NOTHING})", RequestMethod.DELETE),
                BatchCommand(f"accounts({CONTOSO})", RequestMethod.DELETE),
            ]
        )
    assert names(emulator, "accounts") == ["A", "Contoso", "Fabrikam"]
