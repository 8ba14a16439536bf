from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from PowerPlatform.Dataverse.core.errors import HttpError
from PowerPlatform.Dataverse.models.filters import FilterExpression, col, raw
from PowerPlatform.Dataverse.models.query_builder import ExpandOption

from tests.conformance.tenant import ADATUM, ANNA, CONTOSO, PUMP, SENSOR, VALVE, readings

if TYPE_CHECKING:
    from PowerPlatform.Dataverse.client import DataverseClient

    from connector.emulator import Emulator

FORMATTED = "@OData.Community.Display.V1.FormattedValue"
MANY = 12_000


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (col("cr_name") == "pump", [PUMP]),
        (col("cr_name") != "Pump", [VALVE, SENSOR]),
        (col("cr_count") > 5, [VALVE, SENSOR]),
        (col("cr_price") >= 10.0001, [PUMP, VALVE]),
        (col("cr_price") < 10.0002, [PUMP]),
        (col("cr_quantity") <= 1.0000000001, [PUMP]),
        (col("cr_note").is_null(), [VALVE, SENSOR]),
        (col("cr_note").is_not_null(), [PUMP]),
        (col("cr_name").contains("SENS"), [SENSOR]),
        (col("cr_name").startswith("va"), [VALVE]),
        (col("cr_name").endswith("%"), [PUMP, VALVE, SENSOR]),
        (col("cr_name").like("%ump"), [PUMP]),
        (col("cr_name").not_like("%ump"), [VALVE, SENSOR]),
        (col("cr_site").in_(["North", "West"]), [PUMP, VALVE]),
        (col("cr_count").in_([5]), [PUMP]),
        (col("cr_site").not_in(["North"]), [SENSOR]),
        (col("cr_count").between(6, 8), [VALVE, SENSOR]),
        (col("cr_count").not_between(6, 8), [PUMP]),
        (col("cr_active") == True, [PUMP]),  # noqa: E712  the builder needs the operator
        (col("cr_color") == 2, [VALVE]),
        (col("cr_installedon") == date(2026, 1, 31), [PUMP]),
        (col("cr_seenon") == datetime(2026, 1, 31, 22, 30, tzinfo=UTC), [PUMP]),
        (raw(f"_cr_parent_value eq {PUMP}"), [VALVE, SENSOR]),
        (raw("cr_fee gt cr_price"), [VALVE]),
        (raw("cr_Parent/cr_name eq 'Pump'"), [VALVE, SENSOR]),
        (raw("cr_device_readings/any(r:r/cr_value gt 50)"), [VALVE]),
        (raw("cr_device_readings/all(r:r/cr_value gt 50)"), [VALVE, SENSOR]),
        (raw("not cr_device_readings/any()"), [SENSOR]),
        ((col("cr_site") == "North") & ~(col("cr_count") == 7), [PUMP]),
        ((col("cr_site") == "South") | (col("cr_color") == 1), [PUMP, SENSOR]),
    ],
    ids=str,
)
def test_a_filter_finds_exactly_its_rows(
    client: DataverseClient, condition: FilterExpression, found: list[str]
) -> None:
    rows = client.records.list("cr_device", filter=condition, select=["cr_name"])
    assert sorted(one["cr_deviceid"] for one in rows) == found


def test_an_apostrophe_in_a_value_is_no_end_of_text(client: DataverseClient) -> None:
    rows = client.query.builder("contact").where(col("lastname") == "O'Hara").execute()
    assert [one["firstname"] for one in rows] == ["Bert"]


def test_rows_come_in_the_order_that_was_asked_for(client: DataverseClient) -> None:
    rows = client.records.list("cr_device", orderby=["cr_count desc", "cr_name"])
    assert [one["cr_name"] for one in rows] == ["Sensor 100%", "Valve", "Pump"]


def test_a_lookup_sorts_by_the_name_of_its_target(client: DataverseClient) -> None:
    client.records.update("account", CONTOSO, {"primarycontactid@odata.bind": f"/contacts({ANNA})"})
    rows = client.records.list("account", orderby=["_primarycontactid_value", "name desc"])
    assert [one["name"] for one in rows] == ["Fabrikam", "Contoso", "Adatum"]


def test_a_top_cuts_the_answer(client: DataverseClient) -> None:
    rows = client.query.builder("account").order_by("name", descending=True).top(2).execute()
    assert [one["name"] for one in rows] == ["Fabrikam", "Contoso"]


def test_only_selected_columns_are_answered(client: DataverseClient) -> None:
    rows = client.records.list("contact", select=["lastname"])
    assert {name for one in rows for name in one.keys()} == {"lastname", "contactid"}  # noqa: SIM118  records iterate over keys only through keys()


def test_rows_without_a_selection_show_nulls(client: DataverseClient) -> None:
    found = client.records.list("account", filter="name eq 'Fabrikam'").first()
    assert found["address1_city"] is None


def test_a_count_is_taken_together_with_the_rows(client: DataverseClient) -> None:
    rows = client.query.builder("account").where(col("name") == "Adatum").count().execute()
    assert [one["accountid"] for one in rows] == [ADATUM]


def test_formatted_values_are_labels_names_money_and_dates(client: DataverseClient) -> None:
    found = (
        client.query.builder("cr_device")
        .where(col("cr_name") == "Pump")
        .include_formatted_values()
        .execute()
        .first()
    )
    assert found[f"cr_color{FORMATTED}"] == "Red"
    assert found[f"cr_grade{FORMATTED}"] == "Premium"
    assert found[f"cr_tags{FORMATTED}"] == "Indoor; Wireless"
    assert found[f"cr_active{FORMATTED}"] == "Yes"
    assert found[f"statuscode{FORMATTED}"] == "Active"
    assert found[f"_cr_customer_value{FORMATTED}"] == "Adatum"
    assert found[f"_ownerid_value{FORMATTED}"] == "Emulator User"
    assert found[f"cr_price{FORMATTED}"] == "$10.00"
    assert found[f"cr_installedon{FORMATTED}"] == "1/31/2026"
    assert f"cr_name{FORMATTED}" not in found.keys()  # noqa: SIM118


def test_all_annotations_name_table_and_navigation_of_a_lookup(client: DataverseClient) -> None:
    rows = client.query.builder("cr_device").page_size(50).include_annotations("*").execute()
    [valve] = [one for one in rows if one["cr_name"] == "Valve"]
    prefix = "_cr_customer_value@Microsoft.Dynamics.CRM"
    assert valve[f"{prefix}.lookuplogicalname"] == "contact"
    assert valve[f"{prefix}.associatednavigationproperty"] == "cr_Customer_contact"


def test_an_expansion_has_options_of_its_own(client: DataverseClient) -> None:
    option = ExpandOption("cr_device_readings").select("cr_name").filter("cr_value lt 10")
    rows = client.query.builder("cr_device").select("cr_name").expand(option).execute()
    names = {one["cr_name"]: [r["cr_name"] for r in one["cr_device_readings"]] for one in rows}
    assert names == {"Pump": ["cold"], "Valve": [], "Sensor 100%": []}


def test_an_expansion_takes_order_and_top(client: DataverseClient) -> None:
    option = ExpandOption("cr_device_readings").select("cr_name").order_by("cr_value", True).top(1)  # noqa: FBT003  the builder's own signature
    rows = client.query.builder("cr_device").select("cr_name").expand(option).execute()
    names = {one["cr_name"]: [r["cr_name"] for r in one["cr_device_readings"]] for one in rows}
    assert names == {"Pump": ["warm"], "Valve": ["hot"], "Sensor 100%": []}


def test_pages_are_as_long_as_asked_for(client: DataverseClient) -> None:
    pages = client.records.list_pages("account", orderby=["name"], page_size=2)
    assert [[one["name"] for one in page] for page in pages] == [
        ["Adatum", "Contoso"],
        ["Fabrikam"],
    ]


def test_a_builder_goes_through_pages_under_a_filter(client: DataverseClient) -> None:
    pages = (
        client.query.builder("cr_device")
        .where(col("cr_count") >= 5)
        .order_by("cr_count", descending=True)
        .page_size(1)
        .execute_pages()
    )
    assert [one["cr_deviceid"] for page in pages for one in page] == [VALVE, SENSOR, PUMP]


def test_twelve_thousand_rows_come_over_pages_of_5000_each_exactly_once(
    client: DataverseClient, emulator: Emulator
) -> None:
    emulator.seed(readings(MANY))
    pages = list(
        client.records.list_pages("cr_reading", filter="cr_sequence ge 4", select=["cr_sequence"])
    )
    numbers = [one["cr_sequence"] for page in pages for one in page]
    assert [len(page) for page in pages] == [5000, 5000, 1997]
    assert sorted(numbers) == list(range(4, MANY + 1))


def test_twelve_thousand_rows_stay_in_order_over_every_page(
    client: DataverseClient, emulator: Emulator
) -> None:
    emulator.seed(readings(MANY))
    rows = client.records.list(
        "cr_reading",
        filter="startswith(cr_name,'reading')",
        select=["cr_name"],
        orderby=["cr_name desc"],
        page_size=1700,
    )
    names = [one["cr_name"] for one in rows]
    assert names == [f"reading {number:05d}" for number in reversed(range(MANY))]


@pytest.mark.parametrize(
    ("options", "status", "code", "words"),
    [
        ({"select": ["nonsense"]}, 400, "0x0", "Could not find a property named 'nonsense'"),
        ({"filter": "Cr_Name eq 'x'"}, 400, "0x0", "Could not find a property named 'Cr_Name'"),
        ({"filter": "cr_name eq"}, 400, "0x80060888", ""),
        ({"filter": "cr_name in ('a')"}, 501, "0x80060888", "the operator 'in'"),
        ({"expand": ["nowhere"]}, 400, "0x0", "nowhere"),
    ],
    ids=["select", "case", "cut short", "operator in", "expand"],
)
def test_a_faulty_query_is_refused_with_the_documented_code(
    client: DataverseClient, options: dict[str, object], status: int, code: str, words: str
) -> None:
    with pytest.raises(HttpError) as refused:
        client.records.list("cr_device", **options)
    assert refused.value.status_code == status
    assert refused.value.details["service_error_code"] == code
    assert words in str(refused.value)


def test_sql_is_refused_by_name_because_no_protocol_is_published_for_it(
    client: DataverseClient,
) -> None:
    with pytest.raises(HttpError) as refused:
        client.query.sql("SELECT name FROM account WHERE name = 'Adatum'")
    assert refused.value.status_code == 501
    assert "'sql'" in str(refused.value)
