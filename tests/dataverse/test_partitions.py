"""A read cut into parts: every row in one of them, and in no second one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.dataverse.partitions import ends, even_bounds, split
from connector.dataverse.query import Expand, Query, field

if TYPE_CHECKING:
    from connector.dataverse.partitions import Bound

ACTUALS = Query(entity_set="msdyn_actuals", select=("msdyn_amount",))


def filters(queries: tuple[Query, ...]) -> list[str]:
    return [query.filter.text for query in queries if query.filter]


def test_a_query_is_cut_into_ranges_and_the_rows_without_a_value() -> None:
    parts = split(ACTUALS, "msdyn_documentdate", (date(2020, 10, 5), date(2020, 11, 2)))

    assert filters(parts) == [
        "msdyn_documentdate lt 2020-10-05",
        "msdyn_documentdate ge 2020-10-05 and msdyn_documentdate lt 2020-11-02",
        "msdyn_documentdate ge 2020-11-02",
        "msdyn_documentdate eq null",
    ]
    assert {query.select for query in parts} == {("msdyn_amount",)}


def test_the_condition_of_the_query_holds_in_each_part() -> None:
    condition = field("statecode").eq(0)
    query = Query(entity_set="msdyn_actuals", filter=condition)

    parts = split(query, "importsequencenumber", (5,))

    assert filters(parts) == [
        "statecode eq 0 and importsequencenumber lt 5",
        "statecode eq 0 and importsequencenumber ge 5",
        "statecode eq 0 and importsequencenumber eq null",
    ]


def test_without_a_bound_the_query_stays_whole() -> None:
    assert split(ACTUALS, "createdon", ()) == (ACTUALS,)


@pytest.mark.parametrize(
    "bounds",
    [(5, 5), (6, 5), (date(2020, 1, 2), date(2020, 1, 1)), (1, date(2020, 1, 1))],
)
def test_bounds_that_do_not_grow_are_refused(bounds: tuple[Bound, ...]) -> None:
    with pytest.raises(ValueError, match="createdon do not grow"):
        split(ACTUALS, "createdon", bounds)


def test_a_read_of_the_first_rows_is_not_cut() -> None:
    with pytest.raises(ValueError, match="first few rows"):
        split(Query(entity_set="accounts", top=5), "createdon", (5,))


@pytest.mark.parametrize(
    ("least", "greatest", "parts", "bounds"),
    [
        (1, 100, 4, (26, 51, 76)),
        (-5, 4, 2, (0,)),
        (1, 3, 8, (2, 3)),
        (7, 7, 8, ()),
        (1, 100, 1, ()),
        (date(2020, 10, 1), date(2020, 10, 4), 2, (date(2020, 10, 3),)),
        (
            datetime(2020, 10, 1, tzinfo=UTC),
            datetime(2020, 10, 1, 23, 59, 59, tzinfo=UTC),
            3,
            (datetime(2020, 10, 1, 8, tzinfo=UTC), datetime(2020, 10, 1, 16, tzinfo=UTC)),
        ),
    ],
)
def test_ranges_are_of_one_width(
    least: Bound, greatest: Bound, parts: int, bounds: tuple[Bound, ...]
) -> None:
    assert even_bounds(least, greatest, parts) == bounds


def test_values_of_two_kinds_have_nothing_between_them() -> None:
    with pytest.raises(ValueError, match="no values of one column"):
        even_bounds(1, date(2020, 1, 1), 2)


@given(st.integers(-(10**6), 10**6), st.integers(0, 10**6), st.integers(1, 60))
def test_every_value_is_in_exactly_one_range(least: int, width: int, parts: int) -> None:
    bounds = even_bounds(least, least + width, parts)

    edges = [least, *(bound for bound in bounds if isinstance(bound, int)), least + width + 1]
    assert len(edges) <= parts + 1
    assert edges == sorted(set(edges))


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(0), timedelta(days=4000)),
    st.integers(1, 60),
)
def test_instants_are_cut_within_their_span_and_at_whole_seconds(
    least: datetime, span: timedelta, parts: int
) -> None:
    bounds = even_bounds(least, least + span, parts)

    assert all(isinstance(bound, datetime) and bound.microsecond == 0 for bound in bounds)
    assert list(bounds) == sorted(set(bounds))
    assert all(least <= bound <= least + span for bound in bounds)  # type: ignore[operator]


def test_the_ends_are_the_least_and_the_greatest_value_that_there_is() -> None:
    lines = Expand(navigation="lines")
    query = Query(
        entity_set="accounts",
        select=("name",),
        filter=field("statecode").eq(0),
        order_by=("name",),
        expand=(lines,),
        annotations=("*",),
        count=True,
    )

    least, greatest = ends(query, "createdon")

    assert least == Query(
        entity_set="accounts",
        select=("createdon",),
        filter=least.filter,
        order_by=("createdon asc",),
        top=1,
    )
    assert filters((least, greatest)) == ["statecode eq 0 and createdon ne null"] * 2
    assert greatest.order_by == ("createdon desc",)
