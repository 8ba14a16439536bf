from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PowerPlatform.Dataverse.core.errors import HttpError

from tests.conformance.tenant import readings

if TYPE_CHECKING:
    from PowerPlatform.Dataverse.client import DataverseClient

    from connector.emulator import Emulator

MANY = 12_000


def test_fetch_xml_finds_rows_by_conditions(client: DataverseClient) -> None:
    xml = """
    <fetch><entity name='cr_device'>
      <attribute name='cr_name'/>
      <filter type='or'>
        <condition attribute='cr_color' operator='eq' value='2'/>
        <condition attribute='cr_name' operator='like' value='Sensor%'/>
      </filter>
      <order attribute='cr_name' descending='true'/>
    </entity></fetch>"""
    assert [one["cr_name"] for one in client.query.fetchxml(xml).execute()] == [
        "Valve",
        "Sensor 100%",
    ]


def test_fetch_xml_leaves_empty_columns_out(client: DataverseClient) -> None:
    xml = """
    <fetch><entity name='account'>
      <attribute name='name'/><attribute name='address1_city'/>
      <filter><condition attribute='name' operator='eq' value='Fabrikam'/></filter>
    </entity></fetch>"""
    found = client.query.fetchxml(xml).execute().first()
    assert found["name"] == "Fabrikam"
    assert "address1_city" not in found.data


def test_fetch_xml_joins_columns_of_a_linked_table(client: DataverseClient) -> None:
    xml = """
    <fetch><entity name='cr_reading'>
      <attribute name='cr_name'/>
      <link-entity name='cr_device' from='cr_deviceid' to='cr_device' alias='device'>
        <attribute name='cr_name'/>
        <filter><condition attribute='cr_serial' operator='eq' value='SN-1'/></filter>
      </link-entity>
      <order attribute='cr_sequence'/>
    </entity></fetch>"""
    rows = client.query.fetchxml(xml).execute()
    assert [(one["cr_name"], one["device.cr_name"]) for one in rows] == [
        ("cold", "Pump"),
        ("warm", "Pump"),
    ]


def test_fetch_xml_finds_what_has_no_partner(client: DataverseClient) -> None:
    xml = """
    <fetch><entity name='cr_device'>
      <attribute name='cr_name'/>
      <link-entity name='cr_reading' from='cr_device' to='cr_deviceid' link-type='outer' alias='r'/>
      <filter><condition entityname='r' attribute='cr_readingid' operator='null'/></filter>
    </entity></fetch>"""
    assert [one["cr_name"] for one in client.query.fetchxml(xml).execute()] == ["Sensor 100%"]


def test_fetch_xml_adds_up_by_group(client: DataverseClient) -> None:
    xml = """
    <fetch aggregate='true'><entity name='cr_device'>
      <attribute name='cr_site' groupby='true' alias='site'/>
      <attribute name='cr_count' aggregate='sum' alias='total'/>
      <attribute name='cr_deviceid' aggregate='count' alias='devices'/>
      <order alias='site'/>
    </entity></fetch>"""
    rows = client.query.fetchxml(xml).execute()
    assert [(one["site"], one["total"], one["devices"]) for one in rows] == [
        ("North", 12, 2),
        ("South", 7, 1),
    ]


def test_fetch_xml_counts_different_values_once(client: DataverseClient) -> None:
    xml = """
    <fetch aggregate='true'><entity name='cr_device'>
      <attribute name='cr_count' aggregate='countcolumn' distinct='true' alias='kinds'/>
    </entity></fetch>"""
    assert client.query.fetchxml(xml).execute().first()["kinds"] == 2


def test_fetch_xml_cuts_the_answer_at_its_top(client: DataverseClient) -> None:
    xml = """
    <fetch top='2'><entity name='account'>
      <attribute name='name'/><order attribute='name'/>
    </entity></fetch>"""
    assert [one["name"] for one in client.query.fetchxml(xml).execute()] == ["Adatum", "Contoso"]


def test_twelve_thousand_rows_come_over_fetch_xml_pages_each_exactly_once(
    client: DataverseClient, emulator: Emulator
) -> None:
    emulator.seed(readings(MANY))
    xml = """
    <fetch count='5000'><entity name='cr_reading'>
      <attribute name='cr_sequence'/>
      <filter><condition attribute='cr_name' operator='like' value='reading%'/></filter>
      <order attribute='cr_name'/>
    </entity></fetch>"""
    pages = list(client.query.fetchxml(xml).execute_pages())
    assert [len(page) for page in pages] == [5000, 5000, 2000]
    assert sorted(one["cr_sequence"] for page in pages for one in page) == list(range(1, MANY + 1))


def test_fetch_xml_that_names_an_unknown_column_is_refused(client: DataverseClient) -> None:
    xml = "<fetch><entity name='account'><attribute name='nothing'/></entity></fetch>"
    with pytest.raises(HttpError) as refused:
        client.query.fetchxml(xml).execute()
    assert refused.value.status_code == 400
    assert "nothing" in str(refused.value)
