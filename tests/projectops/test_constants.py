"""Constants of the mapping are held against the columns that are to take them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from connector.dataverse.metadata import AttributeInfo, TableInfo
from connector.mapping.load import parse_mapping
from connector.projectops.constants import constant_columns, constant_faults

SHIPPED = Path(__file__).parents[2] / "mappings" / "project-operations.toml"
INVOICE = TableInfo(
    logical_name="invoice",
    entity_set="invoices",
    primary_id="invoiceid",
    lookups={},
    attributes={
        "flag": AttributeInfo(type="Boolean"),
        "count": AttributeInfo(type="Integer"),
        "choice": AttributeInfo(type="Picklist", options={1: "One", 2: "Two"}),
        "rate": AttributeInfo(type="Decimal"),
        "money": AttributeInfo(type="Money"),
        "text": AttributeInfo(type="String", max_length=3),
        "memo": AttributeInfo(type="Memo"),
        "day": AttributeInfo(type="DateTime"),
        "owner": AttributeInfo(type="Lookup"),
        "made": AttributeInfo(type="Money", is_written=False),
        "name": AttributeInfo(type="String"),
    },
)


def faults(constant: str, table: str = "invoice") -> list[str]:
    text = SHIPPED.read_text(encoding="utf-8") + f"\n[set.{table}]\n{constant}\n"
    return list(constant_faults(parse_mapping(text, "test"), {"invoice": INVOICE}))


@pytest.mark.parametrize(
    "constant",
    [
        "flag = true",
        "flag = false",
        "count = 7",
        "choice = 2",
        "rate = 1",
        "rate = -1.25",
        "money = 0",
        'text = "abc"',
        'text = "9"',
        'memo = "a longer text"',
        'day = "2020-10-05"',
    ],
)
def test_a_constant_of_the_columns_type_is_fine(constant: str) -> None:
    assert faults(constant) == []


@pytest.mark.parametrize(
    ("constant", "fault"),
    [
        ("flag = 1", "expected true or false"),
        ('flag = "true"', "expected true or false"),
        ("count = true", "expected a whole number"),
        ("count = 1.5", "expected a whole number"),
        ("choice = 3", "the choice has no such value; it has 1 'One', 2 'Two'"),
        ('choice = "One"', "expected the number of a choice"),
        ('rate = "1"', "expected a number"),
        ("rate = true", "expected a number"),
        ("text = 5", "expected a text"),
        ('text = "abcd"', "4 characters; the column holds 3"),
        ("day = 5", "expected a date as a text"),
        ('owner = "x"', "a column of type Lookup that cannot be set"),
        ("made = 1", "a column of type Money that cannot be set"),
        ('missing = "x"', "invoice has no such column"),
        ('name = "x"', "the connector writes this column itself"),
        ('billto_line1 = "x"', "the connector writes this column itself"),
        ('opportunityid = "x"', "the connector writes this column itself"),
    ],
)
def test_a_constant_that_does_not_fit_is_named_with_what_was_expected(
    constant: str, fault: str
) -> None:
    [found] = faults(constant)

    column, _, value = constant.partition(" = ")
    shown = value if not value.startswith('"') else value.replace('"', "'")
    assert found == f"[set.invoice] {column} = {shown}: {fault}"


def test_a_date_of_the_mapping_is_a_text() -> None:
    assert faults("day = 2020-10-05") == []


def test_a_table_that_the_metadata_did_not_show_is_not_judged() -> None:
    assert faults("nothing = 1", "invoice_line") == []


def test_fractions_are_written_digit_by_digit() -> None:
    written = constant_columns({"a": 0.1, "b": 1, "c": True, "d": "x"})

    assert written == {"a": Decimal("0.1"), "b": 1, "c": True, "d": "x"}
    assert written["c"] is True
