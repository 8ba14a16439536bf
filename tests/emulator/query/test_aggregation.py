"""`$apply`: groups and exact sums."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from connector.emulator.faults import DataverseFault
from connector.emulator.query.aggregation import AGGREGATE_LIMIT
from connector.emulator.query.annotations import EVERY_ANNOTATION, FORMATTED
from connector.emulator.schema.model import Reference
from tests.emulator.small_table import THING, add_thing, new_store, query, thing_id

if TYPE_CHECKING:
    from connector.emulator.storage.store import Store


@pytest.fixture
def sales() -> Store:
    store = new_store()
    add_thing(store, 1, name="One", color=1, amount=Decimal("0.1000"), quantity=Decimal("0.1"))
    parent = Reference(table="thing", id=thing_id(1))
    add_thing(store, 2, color=1, amount=Decimal("0.2000"), quantity=Decimal("0.2"), parent=parent)
    add_thing(
        store,
        3,
        color=2,
        amount=Decimal("900000000000000.0001"),
        number=7,
        at=datetime(2020, 1, 2, tzinfo=UTC),
        parent=parent,
    )
    add_thing(store, 4, number=2, at=datetime(2019, 1, 2, tzinfo=UTC))
    return store


@pytest.mark.parametrize(
    ("apply", "rows"),
    [
        ("groupby((color))", [{}, {"color": 1}, {"color": 2}]),
        (
            "groupby((color),aggregate($count as n))",
            [{"n": 1}, {"color": 1, "n": 2}, {"color": 2, "n": 1}],
        ),
        ("aggregate(amount with sum as total)", [{"total": Decimal("900000000000000.3001")}]),
        ("aggregate(quantity with sum as q)", [{"q": Decimal("0.3")}]),
        (
            "aggregate(number with sum as s,number with average as a)",
            [{"s": 9, "a": Decimal("4.5")}],
        ),
        ("aggregate(at with max as last)", [{"last": "2020-01-02T00:00:00Z"}]),
        ("aggregate(at with min as first)", [{"first": "2019-01-02T00:00:00Z"}]),
        ("aggregate(amount with min as low)", [{"low": Decimal("0.1")}]),
        (
            "filter(color ne null)/groupby((Parent/name),aggregate(amount with max as m))",
            [{"m": Decimal("0.1")}, {"thing_name": "One", "m": Decimal("900000000000000.0001")}],
        ),
        ("filter(number eq 12345)/aggregate(number with sum as s)", [{}]),
        ("groupby((color,number))", [{"number": 2}, {"color": 1}, {"color": 2, "number": 7}]),
    ],
)
def test_rows_are_grouped_and_summed_exactly(
    sales: Store, apply: str, rows: list[dict[str, object]]
) -> None:
    assert query(sales, f"$apply={apply}").rows == rows


def test_groups_and_sums_are_formatted_on_request(sales: Store) -> None:
    apply = "$apply=filter(color eq 1)/groupby((color),aggregate(amount with sum as s,$count as n))"
    (row,) = query(sales, apply, annotations=EVERY_ANNOTATION).rows
    assert row[f"color@{FORMATTED}"] == "Red"
    assert row[f"s@{FORMATTED}"] == "$0.30"
    assert row[f"n@{FORMATTED}"] == "2"


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        ("$apply=groupby((at))", 400, "datetime"),
        ("$apply=groupby((color))&$orderby=color", 400, "SingleValueOpenPropertyAccess"),
        ("$apply=groupby((color))&$filter=color eq 1", 501, "$apply together"),
        ("$apply=aggregate(number with countdistinct as n)", 501, "countdistinct"),
        ("$apply=aggregate(name with sum as n)", 400, "'sum'"),
        ("$apply=aggregate(nosuch with sum as n)", 400, "nosuch"),
        ("$apply=topcount(2,number)", 501, "topcount"),
        ("$apply=groupby(color)", 400, "Syntax"),
        ("$apply=aggregate(number with sum)", 400, "Syntax"),
        ("$apply=groupby((color))/groupby((number))", 501, "sequence"),
    ],
)
def test_other_aggregations_are_refused_by_name(
    sales: Store, options: str, status: int, said: str
) -> None:
    with pytest.raises(DataverseFault) as caught:
        query(sales, options)
    assert caught.value.status == status
    assert said in caught.value.message


@pytest.mark.slow
def test_more_than_fifty_thousand_rows_are_not_aggregated() -> None:
    store = new_store()
    with store.transaction() as tx:
        for number in range(AGGREGATE_LIMIT):
            tx.insert(THING, {"number": number})
    assert query(store, "$apply=aggregate($count as n)").rows == [{"n": AGGREGATE_LIMIT}]
    add_thing(store, 1)
    with pytest.raises(DataverseFault) as caught:
        query(store, "$apply=aggregate($count as n)")
    assert caught.value.code == "0x8004E023"
