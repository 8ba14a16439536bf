"""Values between wire, Python and SQLite."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.emulator.faults import DataverseFault
from connector.emulator.rows.payload import decode_payload
from connector.emulator.schema.model import Column, ColumnKind, Schema
from connector.emulator.schema.values import (
    decimal_of,
    decode_value,
    instant_text,
    money_of,
    money_units,
    parse_instant,
    sortable_decimal,
)

ID = "11111111-2222-3333-4444-555555555555"
DECIMALS = st.decimals(min_value=-(10**12), max_value=10**12, places=10, allow_nan=False)
MONEY = st.decimals(
    min_value=Decimal("-922337203685477.5807"),
    max_value=Decimal("922337203685477.5807"),
    places=4,
    allow_nan=False,
)


def column(kind: ColumnKind, **details: object) -> Column:
    return Column(logical_name="c", property_name="c", kind=kind, **details)  # type: ignore[arg-type]


@given(DECIMALS, DECIMALS)
def test_sortable_decimals_order_as_their_numbers_do(first: Decimal, second: Decimal) -> None:
    assert (sortable_decimal(first) < sortable_decimal(second)) == (first < second)
    assert decimal_of(sortable_decimal(first)) == first


@given(MONEY)
def test_money_of_four_places_survives_storage_to_the_last_digit(amount: Decimal) -> None:
    assert money_of(money_units(amount)) == amount


@pytest.mark.parametrize(
    ("given_amount", "stored"),
    [("0.00005", "0.0001"), ("-0.00005", "-0.0001"), ("1.00004", "1.0000")],
)
def test_money_of_more_places_is_rounded_half_away_from_zero(
    given_amount: str, stored: str
) -> None:
    assert str(money_of(money_units(Decimal(given_amount)))) == stored


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2020-10-05T12:00:00Z", "2020-10-05T12:00:00Z"),
        ("2020-10-05T12:00:00", "2020-10-05T12:00:00Z"),
        ("2020-10-05T00:00:00+02:00", "2020-10-04T22:00:00Z"),
        ("2020-10-05", "2020-10-05T00:00:00Z"),
        ("2020-10-05T12:00:00.1234567Z", "2020-10-05T12:00:00Z"),
    ],
)
def test_instants_are_read_as_utc_in_whole_seconds(text: str, instant: str) -> None:
    parsed = parse_instant(text)
    assert parsed is not None
    assert instant_text(parsed) == instant


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (ColumnKind.MONEY, Decimal("20.5"), Decimal("20.5")),
        (ColumnKind.MONEY, 20, Decimal(20)),
        (ColumnKind.DECIMAL, Decimal("0.0000000001"), Decimal("0.0000000001")),
        (ColumnKind.INTEGER, -7, -7),
        (ColumnKind.BOOLEAN, True, True),
        (ColumnKind.DATE, "2020-10-05", date(2020, 10, 5)),
        (ColumnKind.DATETIME, "2020-10-05T10:00:00Z", datetime(2020, 10, 5, 10, tzinfo=UTC)),
        (ColumnKind.GUID, ID, UUID(ID)),
        (ColumnKind.MULTIPICKLIST, "3,1,1", "1,3"),
        (ColumnKind.STRING, None, None),
    ],
)
def test_wire_values_become_python_values(kind: ColumnKind, raw: object, value: object) -> None:
    assert decode_value("t", column(kind), raw) == value


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (ColumnKind.STRING, 5),
        (ColumnKind.INTEGER, "5"),
        (ColumnKind.INTEGER, Decimal("5.5")),
        (ColumnKind.INTEGER, True),
        (ColumnKind.MONEY, "5.00"),
        (ColumnKind.MONEY, Decimal("NaN")),
        (ColumnKind.BOOLEAN, 1),
        (ColumnKind.DATE, "2020-10-05T00:00:00Z"),
        (ColumnKind.DATE, "2020-02-30"),
        (ColumnKind.DATETIME, "2020-10-05T10:00:00+01:00Z"),
        (ColumnKind.DATETIME, "yesterday"),
        (ColumnKind.GUID, "no guid"),
        (ColumnKind.PICKLIST, "1"),
        (ColumnKind.MULTIPICKLIST, "1;2"),
        (ColumnKind.STRING, {"a": 1}),
    ],
)
def test_a_value_of_another_type_is_a_payload_error(kind: ColumnKind, raw: object) -> None:
    with pytest.raises(DataverseFault) as caught:
        decode_value("t", column(kind), raw)
    assert (caught.value.status, caught.value.code) == (400, "0x80048d19")


@pytest.mark.parametrize(
    ("made", "raw", "code"),
    [
        (column(ColumnKind.STRING, max_length=3), "four", "0x80044331"),
        (column(ColumnKind.INTEGER), 2**31, "0x80044330"),
        (column(ColumnKind.BIGINT), 2**63, "0x80044330"),
        (column(ColumnKind.MONEY), Decimal("922337203685477.5808"), "0x80044330"),
        (column(ColumnKind.DECIMAL, maximum=Decimal(100)), Decimal("100.01"), "0x80044330"),
        (column(ColumnKind.DECIMAL), Decimal("1e30"), "0x80044330"),
        (column(ColumnKind.DATE), "1752-12-31", "0x80044330"),
        (column(ColumnKind.PICKLIST, options={1: "One"}), 2, "0x8004431a"),
        (column(ColumnKind.MULTIPICKLIST, options={1: "One"}), "1,2", "0x8004431a"),
    ],
)
def test_lengths_ranges_and_choices_are_enforced(made: Column, raw: object, code: str) -> None:
    with pytest.raises(DataverseFault) as caught:
        decode_value("t", made, raw)
    assert (caught.value.status, caught.value.code) == (400, code)


def test_a_choice_column_without_known_options_takes_any_number(schema: Schema) -> None:
    table = schema.table("salesorder")
    assert table.column("ordercreationmethod").options == {}
    decoded = decode_payload(schema, table, {"ordercreationmethod": 776160000})
    assert decoded.values == {"ordercreationmethod": 776160000}


def test_a_body_is_taken_apart_into_values_binds_and_nested_rows(schema: Schema) -> None:
    table = schema.table("salesorder")
    body = {
        "@odata.type": "Microsoft.Dynamics.CRM.salesorder",
        "name": "Work",
        "customerid_account@odata.bind": "/accounts(1)",
        "pricelevelid@odata.bind": None,
        "transactioncurrencyid": None,
        "order_details": [{"salesorderdetailname": "Line"}],
        "customerid_contact": {"lastname": "Doe"},
        "createdon": "2020-01-01T00:00:00Z",
        "totalamount@OData.Community.Display.V1.FormattedValue": "$1.00",
    }
    decoded = decode_payload(schema, table, body)
    assert decoded.values == {"name": "Work"}
    assert [(bind.navigation.name, bind.target) for bind in decoded.binds] == [
        ("customerid_account", "/accounts(1)"),
        ("pricelevelid", None),
        ("transactioncurrencyid", None),
    ]
    assert decoded.nested_collections[0].bodies == ({"salesorderdetailname": "Line"},)
    assert decoded.nested[0].body == {"lastname": "Doe"}
    assert decoded.ignored == ("createdon",)
    assert decoded.odata_type == "Microsoft.Dynamics.CRM.salesorder"


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ({"nosuch": 1}, "0x80048d19", "nosuch"),
        (
            {"CustomerId@odata.bind": "/accounts(1)"},
            "0x80048d19",
            "undeclared property 'CustomerId'",
        ),
        ({"nosuch@odata.type": "x"}, "0x80048d19", "undeclared property 'nosuch'"),
        ({"_customerid_value": ID}, "0x80060888", "Use Navigation properties instead"),
        ({"customerid_account@odata.bind": 5}, "0x80048d19", "customerid_account"),
        ({"order_details": {"a": 1}}, "0x80048d19", "order_details"),
        ({"order_details": [5]}, "0x80048d19", "order_details"),
    ],
)
def test_a_body_that_does_not_fit_its_table_is_refused(
    schema: Schema, body: dict[str, object], code: str, said: str
) -> None:
    with pytest.raises(DataverseFault) as caught:
        decode_payload(schema, schema.table("salesorder"), body)
    assert (caught.value.status, caught.value.code) == (400, code)
    assert said in caught.value.message
