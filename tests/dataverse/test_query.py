"""Filters and addresses, against what the Web API's documentation shows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.dataverse.query import (
    Expand,
    Filter,
    Query,
    all_of,
    any_of,
    contains,
    field,
    in_list,
    quote,
)

ID = UUID("11111111-2222-3333-4444-555555555555")


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("plain", "'plain'"),
        ("O'Brian's", "'O''Brian''s'"),
        (True, "true"),
        (False, "false"),
        (None, "null"),
        (7, "7"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (ID, str(ID)),
        (date(2020, 10, 5), "2020-10-05"),
        (datetime(2020, 10, 5, 7, 30, tzinfo=UTC), "2020-10-05T07:30:00Z"),
    ],
)
def test_each_kind_of_value_has_its_odata_literal(value: object, literal: str) -> None:
    assert quote(value) == literal  # type: ignore[arg-type]


def test_a_float_has_no_literal_because_it_has_no_exact_text() -> None:
    with pytest.raises(TypeError, match="float"):
        quote(1.5)  # type: ignore[arg-type]


def test_an_instant_without_a_zone_has_no_literal() -> None:
    with pytest.raises(ValueError, match="zone"):
        quote(datetime(2020, 10, 5))  # noqa: DTZ001


def test_an_or_inside_an_and_keeps_its_parentheses() -> None:
    either = any_of(field("a").eq(1), field("b").eq(2))

    assert all_of(either, field("c").ne(None)).text == "(a eq 1 or b eq 2) and c ne null"


def test_one_condition_stays_as_it_is() -> None:
    assert any_of(field("a").gt(1)) == Filter(text="a gt 1")


@pytest.mark.parametrize("join", [all_of, any_of])
def test_joining_nothing_is_refused(join: object) -> None:
    with pytest.raises(ValueError, match="nothing to join"):
        join()  # type: ignore[operator]


def test_the_elements_of_a_list_are_json_texts_whatever_their_type() -> None:
    text = in_list("lastname", ["a", "O'Brian", 'say "hi"', 7, ID]).text

    assert text == (
        "Microsoft.Dynamics.CRM.In(PropertyName='lastname',"
        f'PropertyValues=["a","O\'Brian","say \\"hi\\"","7","{ID}"])'
    )


def test_a_list_without_values_is_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        in_list("a", [])


def test_wildcards_in_a_searched_text_stand_for_themselves() -> None:
    assert contains("name", "50%_[x]").text == "contains(name,'50[%][_][[]x]')"


def test_two_columns_can_be_compared() -> None:
    assert field("a").le(field("parent/b")).text == "a le parent/b"


def test_an_expansion_carries_its_own_options() -> None:
    inner = Expand(navigation="owner", select=("name",))
    lines = Expand(
        navigation="Order_Lines", select=("a", "b"), filter=field("a").ge(1), expand=(inner,)
    )

    assert lines.text == "Order_Lines($select=a,b;$filter=a ge 1;$expand=owner($select=name))"


def test_an_address_carries_every_option_in_order() -> None:
    query = Query(
        entity_set="accounts",
        select=("name", "revenue"),
        filter=field("name").eq("A & B"),
        order_by=("name desc", "accountid"),
        expand=(Expand(navigation="owner"),),
        top=3,
        count=True,
    )

    assert query.path() == (
        "accounts?$select=name,revenue&$filter=name%20eq%20'A%20%26%20B'"
        "&$orderby=name%20desc,accountid&$expand=owner&$top=3&$count=true"
    )


@given(st.text())
def test_any_text_survives_quoting_and_percent_encoding(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    path = Query(entity_set="accounts", filter=field("name").eq(text)).path()
    options = dict(parse_qsl(urlsplit("/" + path).query, keep_blank_values=True))
    quoted = options["$filter"].removeprefix("name eq ")

    assert quoted[1:-1].replace("''", "'") == text
    assert quoted[1:-1].count("'") == 2 * text.count("'")


@pytest.mark.parametrize("name", ["a b", "a'", "", "a)", "1a", "a//b", "naïve name", "a&b"])
def test_what_could_not_be_a_column_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="property"):
        field(name)
    with pytest.raises(ValueError, match="property"):
        Query(entity_set="accounts", select=(name,)).path()


def test_what_could_not_be_an_entity_set_is_refused() -> None:
    with pytest.raises(ValueError, match="entity set"):
        Query(entity_set="../other").path()
