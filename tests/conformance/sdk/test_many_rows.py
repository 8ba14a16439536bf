from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from PowerPlatform.Dataverse.core.errors import HttpError
from PowerPlatform.Dataverse.models.upsert import UpsertItem

from tests.conformance.state import names, row
from tests.conformance.tenant import ADATUM, CONTOSO, NOTHING, PUMP, VALVE

if TYPE_CHECKING:
    from PowerPlatform.Dataverse.client import DataverseClient

    from connector.emulator import Emulator


def test_many_rows_are_created_in_one_call_and_their_ids_keep_the_order(
    client: DataverseClient, emulator: Emulator
) -> None:
    made = client.records.create("account", [{"name": f"Customer {n}"} for n in range(50)])
    assert [row(emulator, "accounts", one)["name"] for one in made] == [
        f"Customer {n}" for n in range(50)
    ]
    assert emulator.trace[-1].target.endswith("accounts/Microsoft.Dynamics.CRM.CreateMultiple")


def test_one_bad_row_of_many_leaves_none_of_them(
    client: DataverseClient, emulator: Emulator
) -> None:
    with pytest.raises(HttpError) as refused:
        client.records.create("account", [{"name": "good"}, {"name": "x" * 161}])
    assert (refused.value.status_code, refused.value.details["service_error_code"]) == (
        400,
        "0x80044331",
    )
    assert names(emulator, "accounts") == ["Adatum", "Contoso", "Fabrikam"]


def test_the_same_change_is_made_to_many_rows(client: DataverseClient, emulator: Emulator) -> None:
    client.records.update("account", [ADATUM, CONTOSO], {"address1_city": "Oslo"})
    assert {row(emulator, "accounts", one)["address1_city"] for one in (ADATUM, CONTOSO)} == {
        "Oslo"
    }


def test_each_of_many_rows_gets_a_change_of_its_own(
    client: DataverseClient, emulator: Emulator
) -> None:
    client.records.update(
        "account", [ADATUM, CONTOSO], [{"address1_city": "Oslo"}, {"address1_city": "Rome"}]
    )
    assert row(emulator, "accounts", ADATUM)["address1_city"] == "Oslo"
    assert row(emulator, "accounts", CONTOSO)["address1_city"] == "Rome"


def test_a_missing_row_among_many_updates_undoes_them_all(
    client: DataverseClient, emulator: Emulator
) -> None:
    with pytest.raises(HttpError) as refused:
        client.records.update("account", [ADATUM, NOTHING], {"address1_city": "Oslo"})
    assert refused.value.status_code == 404
    assert row(emulator, "accounts", ADATUM)["address1_city"] == "Redmond"


def test_many_rows_are_deleted_one_by_one(client: DataverseClient, emulator: Emulator) -> None:
    client.records.delete("account", [ADATUM, CONTOSO], use_bulk_delete=False)
    assert names(emulator, "accounts") == ["Fabrikam"]


def test_the_bulk_delete_job_is_done_when_its_id_is_answered(
    client: DataverseClient, emulator: Emulator
) -> None:
    job = client.records.delete("account", [ADATUM, CONTOSO])
    assert job
    assert names(emulator, "accounts") == ["Fabrikam"]


def test_a_batch_starts_a_job_that_deletes(client: DataverseClient, emulator: Emulator) -> None:
    batch = client.batch.new()
    batch.records.delete("account", [ADATUM, NOTHING])
    [answer] = batch.execute().responses
    assert answer.data["JobId"]
    assert names(emulator, "accounts") == ["Contoso", "Fabrikam"]


def test_an_upsert_by_alternate_key_creates_the_row_with_its_key(
    client: DataverseClient, emulator: Emulator
) -> None:
    client.records.upsert(
        "cr_device", [UpsertItem(alternate_key={"cr_serial": "SN-9"}, record={"cr_name": "Fan"})]
    )
    [made] = [one for one in emulator.rows("cr_devices") if one["cr_name"] == "Fan"]
    assert made["cr_serial"] == "SN-9"


def test_an_upsert_by_alternate_key_changes_the_row_that_is_there(
    client: DataverseClient, emulator: Emulator
) -> None:
    client.records.upsert(
        "cr_device", [UpsertItem(alternate_key={"cr_serial": "SN-1"}, record={"cr_count": 99})]
    )
    assert row(emulator, "cr_devices", PUMP)["cr_count"] == 99
    assert len(emulator.rows("cr_devices")) == 3


def test_an_upsert_takes_a_key_of_several_columns(
    client: DataverseClient, emulator: Emulator
) -> None:
    key = {"cr_site": "North", "cr_number": 2}
    client.records.upsert("cr_device", [UpsertItem(alternate_key=key, record={"cr_count": 8})])
    assert row(emulator, "cr_devices", VALVE)["cr_count"] == 8


def test_an_apostrophe_in_a_key_value_is_part_of_it(
    client: DataverseClient, emulator: Emulator
) -> None:
    item = UpsertItem(alternate_key={"cr_serial": "O'1"}, record={"cr_name": "Odd"})
    client.records.upsert("cr_device", [item])
    client.records.upsert("cr_device", [item])
    made = [one["cr_serial"] for one in emulator.rows("cr_devices") if one["cr_name"] == "Odd"]
    assert made == ["O'1"]


def test_many_upserts_create_and_change_in_one_call(
    client: DataverseClient, emulator: Emulator
) -> None:
    client.records.upsert(
        "cr_device",
        [
            UpsertItem(alternate_key={"cr_serial": "SN-1"}, record={"cr_count": 50}),
            {"alternate_key": {"cr_serial": "SN-9"}, "record": {"cr_name": "Fan"}},
        ],
    )
    assert row(emulator, "cr_devices", PUMP)["cr_count"] == 50
    assert names(emulator, "cr_devices") == ["Fan", "Pump", "Sensor 100%", "Valve"]
    assert emulator.trace[-1].target.endswith("Microsoft.Dynamics.CRM.UpsertMultiple")


def test_key_columns_repeated_in_a_created_row_of_many_are_refused(
    client: DataverseClient, emulator: Emulator
) -> None:
    items = [
        UpsertItem(
            alternate_key={"cr_serial": serial}, record={"cr_name": "x", "cr_serial": serial}
        )
        for serial in ("SN-8", "SN-9")
    ]
    with pytest.raises(HttpError) as refused:
        client.records.upsert("cr_device", items)
    assert refused.value.status_code == 400
    assert len(emulator.rows("cr_devices")) == 3


def test_a_key_that_is_not_declared_is_refused(client: DataverseClient) -> None:
    item = UpsertItem(alternate_key={"cr_name": "Pump"}, record={"cr_count": 1})
    with pytest.raises(HttpError) as refused:
        client.records.upsert("cr_device", [item])
    assert refused.value.status_code == 400
    assert "The key in the request URI is not valid for resource" in str(refused.value)


def test_two_rows_never_share_an_alternate_key(client: DataverseClient, emulator: Emulator) -> None:
    with pytest.raises(HttpError) as refused:
        client.records.create("cr_device", {"cr_name": "Twin", "cr_serial": "SN-1"})
    assert (refused.value.status_code, refused.value.details["service_error_code"]) == (
        412,
        "0x80060892",
    )
    assert names(emulator, "cr_devices") == ["Pump", "Sensor 100%", "Valve"]


def test_a_data_frame_becomes_rows_and_comes_back(
    client: DataverseClient, emulator: Emulator
) -> None:
    frame = pd.DataFrame({"name": ["One", "Two"], "creditlimit": [1.5, 2.25]})
    ids = client.dataframe.create("account", frame)
    assert [row(emulator, "accounts", one)["name"] for one in ids] == ["One", "Two"]
    back = client.query.builder("account").select("name", "creditlimit").execute().to_dataframe()
    found = back[back["accountid"].isin(ids)].sort_values("name")
    assert list(found["creditlimit"]) == [1.5, 2.25]


def test_a_data_frame_changes_rows_and_empties_columns(
    client: DataverseClient, emulator: Emulator
) -> None:
    frame = pd.DataFrame({"accountid": [ADATUM, CONTOSO], "address1_city": ["Oslo", None]})
    client.dataframe.update("account", frame, id_column="accountid", clear_nulls=True)
    assert row(emulator, "accounts", ADATUM)["address1_city"] == "Oslo"
    assert row(emulator, "accounts", CONTOSO)["address1_city"] is None
