from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PowerPlatform.Dataverse.core.errors import HttpError, ValidationError
from PowerPlatform.Dataverse.models.upsert import UpsertItem

from tests.conformance.state import names, row
from tests.conformance.tenant import ADATUM, CONTOSO, FABRIKAM, NOTHING, PUMP

if TYPE_CHECKING:
    from PowerPlatform.Dataverse.client import DataverseClient

    from connector.emulator import Emulator


def test_answers_of_a_batch_come_in_the_order_of_its_requests(client: DataverseClient) -> None:
    batch = client.batch.new()
    batch.records.create("account", {"name": "New"})
    batch.records.retrieve("account", ADATUM, select=["name"])
    batch.records.delete("account", CONTOSO)
    result = batch.execute()
    assert [one.status_code for one in result.responses] == [204, 200, 204]
    assert result.responses[1].data["name"] == "Adatum"


def test_the_id_of_a_row_made_in_a_batch_is_found(
    client: DataverseClient, emulator: Emulator
) -> None:
    batch = client.batch.new()
    batch.records.create("account", {"name": "New"})
    [made] = batch.execute().entity_ids
    assert row(emulator, "accounts", made)["name"] == "New"


def test_a_filter_with_blanks_and_apostrophes_goes_through_a_batch(
    client: DataverseClient,
) -> None:
    batch = client.batch.new()
    batch.records.list(
        "contact", filter="lastname eq 'O''Hara' and firstname eq 'Bert'", select=["fullname"]
    )
    [answer] = batch.execute().responses
    assert [one["fullname"] for one in answer.data["value"]] == ["Bert O'Hara"]


def test_a_list_in_a_batch_is_one_page_with_a_link_to_the_next(client: DataverseClient) -> None:
    batch = client.batch.new()
    batch.records.list("account", orderby=["name"], page_size=2, count=True)
    [answer] = batch.execute().responses
    assert [one["name"] for one in answer.data["value"]] == ["Adatum", "Contoso"]
    assert answer.data["@odata.count"] == 3
    assert "$skiptoken=" in answer.data["@odata.nextLink"]


def test_many_rows_are_written_within_a_batch(client: DataverseClient, emulator: Emulator) -> None:
    batch = client.batch.new()
    batch.records.create("account", [{"name": "One"}, {"name": "Two"}])
    batch.records.update("account", [ADATUM, CONTOSO], {"address1_city": "Oslo"})
    batch.records.upsert(
        "cr_device",
        [UpsertItem(alternate_key={"cr_serial": f"SN-{n}"}, record={"cr_count": n, "cr_name": "x"})
         for n in (1, 9)],
    )  # fmt: skip
    result = batch.execute()
    assert [one.status_code for one in result.responses] == [200, 204, 204]
    assert len(result.responses[0].data["Ids"]) == 2
    assert row(emulator, "accounts", ADATUM)["address1_city"] == "Oslo"
    assert row(emulator, "cr_devices", PUMP)["cr_count"] == 1
    assert len(emulator.rows("cr_devices")) == 4


def test_an_upsert_within_a_batch_names_the_row_by_its_key(
    client: DataverseClient, emulator: Emulator
) -> None:
    batch = client.batch.new()
    batch.records.upsert(
        "cr_device", [UpsertItem(alternate_key={"cr_serial": "SN-1"}, record={"cr_count": 44})]
    )
    assert batch.execute().responses[0].is_success
    assert row(emulator, "cr_devices", PUMP)["cr_count"] == 44


def test_a_batch_stops_at_its_first_error_and_keeps_what_went_before(
    client: DataverseClient, emulator: Emulator
) -> None:
    batch = client.batch.new()
    batch.records.create("account", {"name": "Before"})
    batch.records.create("account", {"name": "x" * 161})
    batch.records.create("account", {"name": "After"})
    result = batch.execute()
    assert [one.status_code for one in result.responses] == [204, 400]
    assert result.failed[0].error_code == "0x80044331"
    assert names(emulator, "accounts") == ["Adatum", "Before", "Contoso", "Fabrikam"]


def test_a_missing_row_fails_the_whole_answer_of_a_batch(client: DataverseClient) -> None:
    batch = client.batch.new()
    batch.records.retrieve("account", NOTHING)
    with pytest.raises(HttpError) as refused:
        batch.execute()
    assert refused.value.status_code == 404


def test_a_batch_goes_on_after_errors_when_told_to(
    client: DataverseClient, emulator: Emulator
) -> None:
    batch = client.batch.new()
    batch.records.create("account", {"name": "Before"})
    batch.records.retrieve("account", NOTHING)
    batch.records.update("account", NOTHING, {"name": "Ghost"})
    batch.records.create("account", {"name": "After"})
    result = batch.execute(continue_on_error=True)
    assert [one.status_code for one in result.responses] == [204, 404, 404, 204]
    assert {one.error_code for one in result.failed} == {"0x80040217"}
    assert names(emulator, "accounts") == ["Adatum", "After", "Before", "Contoso", "Fabrikam"]


def test_a_change_set_writes_everything(client: DataverseClient, emulator: Emulator) -> None:
    batch = client.batch.new()
    with batch.changeset() as changes:
        changes.records.create("account", {"name": "New"})
        changes.records.update("account", ADATUM, {"address1_city": "Oslo"})
        changes.records.delete("account", CONTOSO)
    result = batch.execute()
    assert [one.status_code for one in result.responses] == [204, 204, 204]
    assert [one.content_id for one in result.responses] == ["1", "2", "3"]
    assert names(emulator, "accounts") == ["Adatum", "Fabrikam", "New"]
    assert row(emulator, "accounts", ADATUM)["address1_city"] == "Oslo"


def test_a_change_set_with_one_error_writes_nothing(
    client: DataverseClient, emulator: Emulator
) -> None:
    before = emulator.dump()
    batch = client.batch.new()
    with batch.changeset() as changes:
        changes.records.create("account", {"name": "New"})
        changes.records.update("account", ADATUM, {"address1_city": "Oslo"})
        changes.records.create("account", {"name": "x" * 161})
    result = batch.execute()
    assert [(one.status_code, one.error_code) for one in result.responses] == [(400, "0x80044331")]
    assert result.responses[0].content_id == "3"
    assert emulator.dump() == before


def test_a_change_set_refers_to_a_row_that_it_has_just_made(
    client: DataverseClient, emulator: Emulator
) -> None:
    batch = client.batch.new()
    with batch.changeset() as changes:
        boiler = changes.records.create("cr_device", {"cr_name": "Boiler"})
        changes.records.create("cr_device", {"cr_name": "Burner", "cr_Parent@odata.bind": boiler})
        changes.records.update("cr_device", boiler, {"cr_count": 3})
    boiler_id, burner_id = batch.execute().entity_ids[:2]
    assert row(emulator, "cr_devices", burner_id)["_cr_parent_value"] == boiler_id
    assert row(emulator, "cr_devices", boiler_id)["cr_count"] == 3


def test_a_row_made_in_a_change_set_can_be_deleted_in_it(
    client: DataverseClient, emulator: Emulator
) -> None:
    batch = client.batch.new()
    with batch.changeset() as changes:
        made = changes.records.create("account", {"name": "Short-lived"})
        changes.records.delete("account", made)
    assert [one.status_code for one in batch.execute().responses] == [204, 204]
    assert names(emulator, "accounts") == ["Adatum", "Contoso", "Fabrikam"]


def test_references_do_not_reach_into_another_change_set(
    client: DataverseClient, emulator: Emulator
) -> None:
    batch = client.batch.new()
    with batch.changeset() as first:
        made = first.records.create("cr_device", {"cr_name": "Boiler"})
    with batch.changeset() as second:
        second.records.create("cr_device", {"cr_name": "Burner", "cr_Parent@odata.bind": made})
    result = batch.execute()
    assert result.has_errors
    assert "Content-ID Reference: '$1' does not exist in the batch context." in (
        result.failed[0].error_message
    )
    assert names(emulator, "cr_devices") == ["Boiler", "Pump", "Sensor 100%", "Valve"]


def test_each_of_two_change_sets_stands_or_falls_alone(
    client: DataverseClient, emulator: Emulator
) -> None:
    batch = client.batch.new()
    with batch.changeset() as falls:
        falls.records.update("account", ADATUM, {"address1_city": "Oslo"})
        falls.records.update("account", NOTHING, {"name": "Ghost"})
    with batch.changeset() as stands:
        stands.records.update("account", FABRIKAM, {"address1_city": "Rome"})
    result = batch.execute(continue_on_error=True)
    assert [one.status_code for one in result.responses] == [404, 204]
    assert row(emulator, "accounts", ADATUM)["address1_city"] == "Redmond"
    assert row(emulator, "accounts", FABRIKAM)["address1_city"] == "Rome"


def test_a_change_set_sees_its_own_unique_keys(client: DataverseClient, emulator: Emulator) -> None:
    batch = client.batch.new()
    with batch.changeset() as changes:
        for name in ("One", "Two"):
            changes.records.create("cr_device", {"cr_name": name, "cr_serial": "SN-9"})
    with pytest.raises(HttpError) as refused:
        batch.execute()
    assert refused.value.status_code == 412
    assert len(emulator.rows("cr_devices")) == 3


def test_a_thousand_requests_fit_into_a_batch(client: DataverseClient, emulator: Emulator) -> None:
    batch = client.batch.new()
    for number in range(1000):
        batch.records.create("cr_reading", {"cr_sequence": number})
    assert len(batch.execute().succeeded) == 1000
    assert len(emulator.rows("cr_readings")) == 1003


def test_the_sdk_itself_refuses_a_thousand_and_one_requests(client: DataverseClient) -> None:
    batch = client.batch.new()
    for number in range(1001):
        batch.records.create("cr_reading", {"cr_sequence": number})
    with pytest.raises(ValidationError):
        batch.execute()


def test_definitions_are_read_within_a_batch(client: DataverseClient) -> None:
    batch = client.batch.new()
    batch.tables.get("account")
    batch.tables.list(select=["LogicalName"])
    batch.tables.get_relationship("cr_device_readings")
    first, second, third = batch.execute().responses
    assert first.data["value"][0]["EntitySetName"] == "accounts"
    assert {"account", "cr_device"} <= {one["LogicalName"] for one in second.data["value"]}
    assert third.data["value"][0]["ReferencingEntity"] == "cr_reading"
