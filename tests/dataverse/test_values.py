"""Column values in both directions: exact numbers, and days that do not move."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.dataverse.errors import MalformedValue
from connector.dataverse.message import Headers, JsonValue, Response
from connector.dataverse.values import (
    DateBehaviour,
    dumps,
    read_date,
    read_datetime,
    read_decimal,
    read_etag,
    read_guid,
    read_integer,
    write_date,
    write_datetime,
)

BERLIN = ZoneInfo("Europe/Berlin")
AUCKLAND = ZoneInfo("Pacific/Auckland")
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**14), max_value=10**14)


def parsed(text: bytes) -> object:
    return Response(status=200, headers=Headers(), body=text).json()


@given(decimals)
def test_a_number_keeps_every_digit_from_row_to_wire_and_back(number: Decimal) -> None:
    row = parsed(dumps({"amount": number}))

    assert read_decimal(row["amount"]) == number  # type: ignore[index]


def test_a_number_is_written_bare_and_without_exponent() -> None:
    row = {"a": Decimal("1E+3"), "b": Decimal("0.10"), "c": Decimal("-1E-10")}

    assert dumps(row) == b'{"a":1000,"b":0.10,"c":-0.0000000001}'


def test_a_row_with_every_kind_of_value_is_plain_json() -> None:
    row: JsonValue = {"t": 'ö"\n', "n": None, "y": True, "i": 3, "l": [1, {"x": "y"}]}

    assert json.loads(dumps(row)) == row


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal("1E+999")])
def test_what_no_column_can_hold_is_not_written(value: Decimal) -> None:
    with pytest.raises(ValueError, match="no number"):
        dumps({"a": value})


@pytest.mark.parametrize("value", [1.5, date(2020, 1, 1), UUID(int=1), {1}])
def test_a_value_without_a_wire_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no place"):
        dumps({"a": value})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("text", "zone", "day"),
    [
        ("2020-10-04T22:00:00Z", BERLIN, date(2020, 10, 5)),
        ("2020-10-05T21:59:59Z", BERLIN, date(2020, 10, 5)),
        ("2020-10-05T12:00:00Z", AUCKLAND, date(2020, 10, 6)),
        ("2020-10-05T01:00:00+02:00", UTC, date(2020, 10, 4)),
    ],
)
def test_a_user_local_date_is_the_day_in_the_business_zone(
    text: str, zone: ZoneInfo, day: date
) -> None:
    assert read_date(text, DateBehaviour.USER_LOCAL, zone) == day


def test_a_time_zone_independent_date_is_not_shifted_by_its_z() -> None:
    value = "2020-10-05T23:00:00Z"

    assert read_date(value, DateBehaviour.TIME_ZONE_INDEPENDENT, AUCKLAND) == date(2020, 10, 5)


@pytest.mark.parametrize(
    ("value", "behaviour"),
    [
        ("2020-10-05T00:00:00Z", DateBehaviour.DATE_ONLY),
        ("2020-10-05", DateBehaviour.USER_LOCAL),
        ("2020-10-05", DateBehaviour.TIME_ZONE_INDEPENDENT),
        ("2020-10-05T00:00:00", DateBehaviour.USER_LOCAL),
        ("2020-02-30", DateBehaviour.DATE_ONLY),
        ("20201005", DateBehaviour.DATE_ONLY),
        ("2020-13-05T00:00:00Z", DateBehaviour.USER_LOCAL),
        (None, DateBehaviour.DATE_ONLY),
        (5, DateBehaviour.USER_LOCAL),
    ],
)
def test_a_date_of_another_shape_raises_instead_of_being_guessed(
    value: object, behaviour: DateBehaviour
) -> None:
    with pytest.raises(MalformedValue, match="expected a date"):
        read_date(value, behaviour, BERLIN)  # type: ignore[arg-type]


@given(
    st.dates(date(1990, 1, 1), date(2080, 1, 1)),
    st.sampled_from(DateBehaviour),
    st.sampled_from([BERLIN, AUCKLAND, ZoneInfo("America/Sao_Paulo"), ZoneInfo("Asia/Kolkata")]),
)
def test_every_day_comes_back_as_it_was_written(
    day: date, behaviour: DateBehaviour, zone: ZoneInfo
) -> None:
    assert read_date(write_date(day, behaviour, zone), behaviour, zone) == day


def test_an_instant_is_written_in_utc_and_read_as_utc() -> None:
    instant = datetime(2020, 10, 5, 9, 0, tzinfo=timezone(timedelta(hours=2)))

    assert write_datetime(instant) == "2020-10-05T07:00:00Z"
    assert read_datetime("2020-10-05T07:00:00.1234567Z").replace(microsecond=0) == instant


@pytest.mark.parametrize("value", [True, "1", None, "", [1]])
def test_a_number_that_is_none_raises(value: object) -> None:
    with pytest.raises(MalformedValue, match="number"):
        read_decimal(value)  # type: ignore[arg-type]
    with pytest.raises(MalformedValue, match="number"):
        read_integer(value)  # type: ignore[arg-type]


def test_a_guid_is_read_in_any_case_and_nothing_else_is_one() -> None:
    text = "AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE"

    assert str(read_guid(text)) == text.lower()
    with pytest.raises(MalformedValue, match="GUID"):
        read_guid("nobody")
    with pytest.raises(MalformedValue, match="GUID"):
        read_guid(None)


def test_a_row_without_version_mark_raises() -> None:
    assert read_etag({"@odata.etag": 'W/"7"'}) == 'W/"7"'
    with pytest.raises(MalformedValue, match=r"@odata\.etag"):
        read_etag({"name": "x"})
