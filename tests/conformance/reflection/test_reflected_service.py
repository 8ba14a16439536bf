"""python-odata knows nothing of Dataverse: what it can do, it read from `$metadata`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from odata import ODataError, ODataService
from odata.flags import ODataServerFlags

from tests.conformance.state import names, row
from tests.conformance.tenant import ADATUM, ANNA, PUMP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator import Emulator


@pytest.fixture
def service(emulator: Emulator) -> Iterator[ODataService]:
    """The tenant as python-odata reflects it."""
    with emulator.serve() as server, requests.Session() as session:
        session.headers["Authorization"] = "Bearer conformance"
        yield ODataService(
            f"{server.url}/api/data/v9.2/",
            session=session,
            reflect_entities=True,
            quiet_progress=True,
            server_flags=ODataServerFlags(skip_null_properties=True),
        )


def classes(service: ODataService, *sets: str) -> tuple[Any, ...]:
    return tuple(service.entities[name] for name in sets)


def test_every_entity_set_becomes_a_class(service: ODataService, emulator: Emulator) -> None:
    tables = emulator.store.schema.tables.values()
    assert set(service.entities) == {table.entity_set for table in tables}


def test_every_column_becomes_a_property_and_the_primary_key_its_key(
    service: ODataService, emulator: Emulator
) -> None:
    for table in emulator.store.schema.tables.values():
        declared = service.entities[table.entity_set].__odata_schema__["properties"]
        assert {one["name"] for one in declared} == set(table.properties)
        assert [one["name"] for one in declared if one["is_primary_key"]] == [table.primary_id]


def test_navigation_properties_lead_to_the_right_types(service: ODataService) -> None:
    [device] = classes(service, "cr_devices")
    assert device.cr_Parent.entitycls.__odata_type__ == "Microsoft.Dynamics.CRM.cr_device"
    assert device.cr_Parent.foreign_key == "_cr_parent_value"
    assert not device.cr_Parent.is_collection
    assert device.cr_device_readings.is_collection


def test_functions_are_reflected_and_called(service: ODataService, emulator: Emulator) -> None:
    assert {"WhoAmI", "RetrieveVersion"} <= set(service.functions)
    service.functions["RetrieveVersion"]()  # its answer is of a complex type, which it leaves out
    called = emulator.trace[-1]
    assert called.target.endswith("/RetrieveVersion()")
    assert called.status == 200


def test_rows_are_read_as_objects(service: ODataService) -> None:
    [account] = classes(service, "accounts")
    found = {one.name for one in service.query(account).all()}
    assert found == {"Adatum", "Contoso", "Fabrikam"}


def test_a_row_is_found_by_its_primary_key(service: ODataService) -> None:
    [account] = classes(service, "accounts")
    assert service.query(account).get(ADATUM).address1_city == "Redmond"


def test_rows_are_filtered_ordered_and_cut(service: ODataService) -> None:
    [device] = classes(service, "cr_devices")
    query = service.query(device).filter(device.cr_count > 5).order_by(device.cr_name.desc())
    assert [one.cr_name for one in query.all()] == ["Valve", "Sensor 100%"]
    assert [one.cr_name for one in query.limit(1).all()] == ["Valve"]


def test_text_functions_and_null_checks_filter(service: ODataService) -> None:
    [contact] = classes(service, "contacts")
    found = service.query(contact).filter(contact.lastname.startswith("O'")).all()
    assert [one.firstname for one in found] == ["Bert"]
    [account] = classes(service, "accounts")
    nowhere = service.query(account).filter(account.address1_city.is_null()).all()
    assert [one.name for one in nowhere] == ["Fabrikam"]


def test_only_selected_columns_are_read(service: ODataService) -> None:
    [account] = classes(service, "accounts")
    [found] = service.query(account).filter(account.name == "Adatum").select(account.name).all()
    assert found["name"] == "Adatum"
    assert "address1_city" not in found


def test_related_rows_are_read_on_demand(service: ODataService) -> None:
    account, device = classes(service, "accounts", "cr_devices")
    adatum = service.query(account).get(ADATUM)
    assert adatum.primarycontactid.fullname == "Anna Weiler"
    pump = service.query(device).get(PUMP)
    assert sorted(one.cr_name for one in pump.cr_device_readings) == ["cold", "warm"]


def test_related_rows_are_expanded(service: ODataService) -> None:
    [account] = classes(service, "accounts")
    query = service.query(account).filter(account.name == "Adatum")
    [adatum] = query.expand(account.primarycontactid).all()
    assert adatum.primarycontactid.contactid == ANNA


def test_rows_are_grouped_by_a_column(service: ODataService) -> None:
    [device] = classes(service, "cr_devices")
    rows = service.query(device).raw(
        {"$apply": "groupby((cr_site),aggregate(cr_count with max as most))"}
    )
    assert {one["cr_site"]: one["most"] for one in rows} == {"North": 7, "South": 7}


def test_a_new_object_is_saved_and_gets_its_id(service: ODataService, emulator: Emulator) -> None:
    [account] = classes(service, "accounts")
    made = account()
    made.name = "Litware"
    service.save(made)
    [stored] = [one for one in emulator.rows("accounts") if one["name"] == "Litware"]
    assert stored["statecode"] == 0


def test_a_changed_object_sends_its_changes(service: ODataService, emulator: Emulator) -> None:
    [account] = classes(service, "accounts")
    adatum = service.query(account).get(ADATUM)
    adatum.telephone1 = "555"
    service.save(adatum)
    stored = row(emulator, "accounts", ADATUM)
    assert (stored["telephone1"], stored["address1_city"]) == ("555", "Redmond")


def test_an_object_is_deleted(service: ODataService, emulator: Emulator) -> None:
    [account] = classes(service, "accounts")
    service.delete(service.query(account).get(ADATUM))
    assert names(emulator, "accounts") == ["Contoso", "Fabrikam"]


def test_an_offset_is_refused_because_dataverse_knows_no_skip(service: ODataService) -> None:
    [account] = classes(service, "accounts")
    with pytest.raises(ODataError) as refused:
        service.query(account).offset(1).all()
    assert refused.value.status_code == "HTTP 501"
    assert "'$skip'" in refused.value.message


def test_a_function_in_a_filter_that_is_not_offered_is_refused_by_name(
    service: ODataService,
) -> None:
    [account] = classes(service, "accounts")
    with pytest.raises(ODataError) as refused:
        service.query(account).raw({"$filter": "trim(name) eq 'Adatum'"})
    assert refused.value.status_code == "HTTP 501"
    assert "trim" in refused.value.message
