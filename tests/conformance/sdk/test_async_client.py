"""The SDK's asynchronous client over aiohttp, signed in by azure-identity, both as they are."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from azure.identity.aio import ClientSecretCredential
from PowerPlatform.Dataverse.aio.async_client import AsyncDataverseClient
from PowerPlatform.Dataverse.core.errors import HttpError
from PowerPlatform.Dataverse.models.filters import col
from PowerPlatform.Dataverse.models.upsert import UpsertItem

from connector.testing import faults, mount
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
from tests.testing.loops import all_closed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from connector.emulator import Emulator

    Work = Callable[[AsyncDataverseClient], Awaitable[Any]]

DIRECTORY = "11111111-1111-1111-1111-111111111111"
ENVIRONMENT = "https://contoso.crm4.dynamics.com"
FORMATTED = "@OData.Community.Display.V1.FormattedValue"


@pytest.fixture
def run(emulator: Emulator) -> Callable[[Work], Any]:
    """Does some work with a client in a loop of its own."""

    async def whole(work: Work) -> Any:
        async with (
            ClientSecretCredential(DIRECTORY, "script", "any secret") as credential,
            AsyncDataverseClient(ENVIRONMENT, credential) as client,
        ):
            found = await work(client)
        await all_closed()
        return found

    def done(work: Work) -> Any:
        with mount(emulator):
            return asyncio.run(whole(work))

    return done


def test_a_created_row_is_found_under_the_returned_id(run: Any, emulator: Emulator) -> None:
    made = run(lambda client: client.records.create("account", {"name": "Litware"}))
    assert row(emulator, "accounts", made)["name"] == "Litware"


def test_many_rows_are_created_in_one_call(run: Any, emulator: Emulator) -> None:
    rows = [{"name": f"row {n}"} for n in range(20)]
    made = run(lambda client: client.records.create("account", rows))
    assert [row(emulator, "accounts", one)["name"] for one in made] == [
        f"row {n}" for n in range(20)
    ]


def test_tasks_create_rows_side_by_side(run: Any, emulator: Emulator) -> None:
    async def work(client: AsyncDataverseClient) -> Any:
        return await asyncio.gather(
            *(client.records.create("account", {"name": f"task {n:02}"}) for n in range(25))
        )

    assert len(set(run(work))) == 25
    assert names(emulator, "accounts")[3:] == [f"task {n:02}" for n in range(25)]


def test_a_row_is_retrieved_with_its_annotations(run: Any) -> None:
    found = run(
        lambda client: client.records.retrieve(
            "cr_device",
            PUMP,
            select=["cr_color", "_cr_customer_value"],
            include_annotations="*",
        )
    )
    assert found[f"cr_color{FORMATTED}"] == "Red"
    assert found["_cr_customer_value@Microsoft.Dynamics.CRM.lookuplogicalname"] == "account"


def test_a_related_row_is_expanded(run: Any) -> None:
    found = run(
        lambda client: client.records.retrieve(
            "account", ADATUM, select=["name"], expand=["primarycontactid"]
        )
    )
    assert found["primarycontactid"]["contactid"] == ANNA


def test_a_missing_row_is_none(run: Any) -> None:
    assert run(lambda client: client.records.retrieve("account", NOTHING)) is None


def test_rows_are_listed_under_a_filter_in_order(run: Any) -> None:
    found = run(
        lambda client: client.records.list(
            "cr_device", filter=col("cr_count") == 7, select=["cr_name"], orderby=["cr_name desc"]
        )
    )
    assert [one["cr_name"] for one in found] == ["Valve", "Sensor 100%"]


def test_pages_come_one_after_the_other(run: Any, emulator: Emulator) -> None:
    emulator.seed(readings(25))

    async def work(client: AsyncDataverseClient) -> list[int]:
        pages = client.records.list_pages(
            "cr_reading", select=["cr_sequence"], orderby=["cr_sequence"], page_size=10
        )
        return [len(list(page)) async for page in pages]

    assert run(work) == [10, 10, 8]


def test_the_query_builder_finds_its_rows(run: Any) -> None:
    async def work(client: AsyncDataverseClient) -> Any:
        query = (
            client.query.builder("cr_device")
            .select("cr_name")
            .where((col("cr_site") == "North") & (col("cr_price") > 15))
        )
        return await query.execute()

    assert [one["cr_name"] for one in run(work)] == ["Valve"]


def test_fetch_xml_is_asked_and_answered(run: Any) -> None:
    xml = (
        "<fetch><entity name='account'><attribute name='name'/>"
        "<order attribute='name' descending='true'/></entity></fetch>"
    )
    found = run(lambda client: client.query.fetchxml(xml).execute())
    assert [one["name"] for one in found] == ["Fabrikam", "Contoso", "Adatum"]


def test_an_update_changes_what_it_names(run: Any, emulator: Emulator) -> None:
    run(lambda client: client.records.update("account", ADATUM, {"telephone1": "9"}))
    changed = row(emulator, "accounts", ADATUM)
    assert (changed["telephone1"], changed["address1_city"]) == ("9", "Redmond")


def test_many_rows_get_the_same_change(run: Any, emulator: Emulator) -> None:
    ids = [ADATUM, FABRIKAM]
    run(lambda client: client.records.update("account", ids, {"telephone1": "9"}))
    found = {one["accountid"]: one["telephone1"] for one in emulator.rows("accounts")}
    assert (found[ADATUM], found[CONTOSO], found[FABRIKAM]) == ("9", None, "9")


def test_an_update_of_a_missing_row_is_refused(run: Any) -> None:
    with pytest.raises(HttpError) as refused:
        run(lambda client: client.records.update("account", NOTHING, {"name": "x"}))
    assert refused.value.status_code == 404
    assert refused.value.details["service_error_code"] == "0x80040217"


def test_a_deleted_row_is_gone(run: Any, emulator: Emulator) -> None:
    run(lambda client: client.records.delete("account", CONTOSO))
    assert names(emulator, "accounts") == ["Adatum", "Fabrikam"]


def test_a_job_deletes_many_rows(run: Any, emulator: Emulator) -> None:
    job = run(lambda client: client.records.delete("account", [CONTOSO, FABRIKAM]))
    assert len(job) == 36
    assert names(emulator, "accounts") == ["Adatum"]


def test_an_upsert_by_alternate_key_creates_and_changes(run: Any, emulator: Emulator) -> None:
    items = [
        UpsertItem(alternate_key={"cr_serial": "SN-1"}, record={"cr_count": 99}),
        UpsertItem(alternate_key={"cr_serial": "SN-9"}, record={"cr_name": "Made"}),
    ]
    run(lambda client: client.records.upsert("cr_device", items))
    assert row(emulator, "cr_devices", PUMP)["cr_count"] == 99
    found = {one["cr_serial"]: one["cr_name"] for one in emulator.rows("cr_devices")}
    assert found["SN-9"] == "Made"


def test_a_change_set_stands_or_falls_as_one(run: Any, emulator: Emulator) -> None:
    async def work(client: AsyncDataverseClient) -> Any:
        batch = client.batch.new()
        async with batch.changeset() as changes:
            changes.records.create("account", {"name": "Litware"})
            changes.records.update("account", NOTHING, {"name": "x"})
        batch.records.retrieve("account", ADATUM, select=["name"])
        return await batch.execute(continue_on_error=True)

    result = run(work)
    assert [one.status_code for one in result.responses] == [404, 200]
    assert names(emulator, "accounts") == ["Adatum", "Contoso", "Fabrikam"]


def test_a_change_set_refers_to_a_row_that_it_has_just_made(run: Any, emulator: Emulator) -> None:
    async def work(client: AsyncDataverseClient) -> Any:
        batch = client.batch.new()
        async with batch.changeset() as changes:
            made = changes.records.create("account", {"name": "Litware"})
            changes.records.update("contact", ANNA, {"parentcustomerid_account@odata.bind": made})
        return await batch.execute()

    [made] = [one for one in run(work).entity_ids if one != ANNA]
    assert row(emulator, "contacts", ANNA)["_parentcustomerid_value"] == made


def test_a_table_is_made_filled_and_removed(run: Any, emulator: Emulator) -> None:
    async def work(client: AsyncDataverseClient) -> Any:
        await client.tables.create("cr_Widget", {"cr_Size": "int", "cr_Price": "decimal"})
        await client.records.create("cr_Widget", {"cr_Name": "x", "cr_Size": 3})
        columns = await client.tables.list_columns("cr_Widget", select=["LogicalName"])
        return {one["LogicalName"] for one in columns}

    assert {"cr_size", "cr_price"} <= run(work)
    [made] = emulator.rows(emulator.store.schema.table("cr_widget").entity_set)
    assert made["cr_size"] == 3
    run(lambda client: client.tables.delete("cr_Widget"))
    assert run(lambda client: client.tables.get("cr_Widget")) is None


def test_a_relationship_tells_both_of_its_ends(run: Any) -> None:
    async def work(client: AsyncDataverseClient) -> Any:
        await client.tables.create("cr_Widget", {"cr_Size": "int"})
        await client.tables.create_lookup_field(
            referencing_table="cr_widget",
            lookup_field_name="cr_Account",
            referenced_table="account",
        )
        return await client.tables.list_table_relationships("cr_widget")

    [found] = [one for one in run(work) if one.get("ReferencingAttribute") == "cr_account"]
    assert (found["ReferencedEntity"], found["ReferencingEntity"]) == ("account", "cr_widget")


def test_a_data_frame_becomes_rows(run: Any, emulator: Emulator) -> None:
    frame = pd.DataFrame({"name": ["Litware", "Proseware"]})
    made = run(lambda client: client.dataframe.create("account", frame))
    assert [row(emulator, "accounts", one)["name"] for one in made] == ["Litware", "Proseware"]


def test_a_file_is_uploaded(run: Any, emulator: Emulator, tmp_path: Path) -> None:
    path = tmp_path / "scan.txt"
    path.write_bytes(b"of the test")
    run(lambda client: client.files.upload("account", ADATUM, "new_Scan", str(path)))
    assert row(emulator, "accounts", ADATUM)["new_scan_name"] == "scan.txt"


def test_the_service_limit_reaches_the_caller_with_its_waiting_time(
    run: Any, emulator: Emulator
) -> None:
    emulator.plan(faults.throttled(retry_after=7, path="accounts"))
    with pytest.raises(HttpError) as refused:
        run(lambda client: client.records.list("account", select=["name"]))
    assert refused.value.status_code == 429
    assert refused.value.is_transient
    assert refused.value.details["retry_after"] == 7


def test_a_label_of_a_choice_is_turned_into_its_number(run: Any, emulator: Emulator) -> None:
    run(lambda client: client.records.update("cr_device", SENSOR, {"cr_color": "Dark Blue"}))
    assert row(emulator, "cr_devices", SENSOR)["cr_color"] == 3
    assert row(emulator, "cr_devices", VALVE)["cr_color"] == 2
