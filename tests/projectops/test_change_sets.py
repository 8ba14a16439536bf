"""Which operations travel together: groups stay whole, schedule rows end the last change set."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.dataverse.message import Method, RetrySafety
from connector.dataverse.operations import request_update
from connector.projectops.change_sets import (
    OPERATIONS_PER_CHANGE_SET,
    ChangeSetPlan,
    Claim,
    PlannedRow,
    RowGroup,
    WriteForm,
    packed,
    rows_of,
)

PATCHED = WriteForm()
POSTED = WriteForm(posted=frozenset({"details"}))
CLAIMING = WriteForm(claims=True)
LAST = tuple(request_update("schedulerows", UUID(int=n), {"status": 1}) for n in range(3))


def row(number: int, entity_set: str = "details") -> PlannedRow:
    return PlannedRow(set=entity_set, key="detailid", id=UUID(int=number), row={"name": "Work"})


def group(number: int, rows: int = 1) -> RowGroup:
    claim = Claim(set="actuals", id=UUID(int=number), row={"status": 2})
    made = tuple(row(100 * number + place) for place in range(rows))
    return RowGroup(rows=made, claims=(claim,))


def sizes(change_sets: tuple[ChangeSetPlan, ...], form: WriteForm = PATCHED) -> list[int]:
    return [len(change_set.requests(form)) for change_set in change_sets]


def test_a_row_is_created_under_its_key_and_only_where_there_is_none() -> None:
    request = row(7).request(PATCHED)

    assert request.method is Method.PATCH
    assert request.path == "details(00000000-0000-0000-0000-000000000007)"
    assert request.header("If-None-Match") == "*"
    assert json.loads(request.body or b"") == {"name": "Work"}
    assert request.retry is RetrySafety.IDEMPOTENT


def test_where_that_is_refused_the_key_stands_in_the_body_and_a_repetition_is_as_safe() -> None:
    request = row(7).request(POSTED)

    assert (request.method, request.path) == (Method.POST, "details")
    assert json.loads(request.body or b"") == {
        "detailid": "00000000-0000-0000-0000-000000000007",
        "name": "Work",
    }
    assert request.retry is RetrySafety.IDEMPOTENT
    assert row(7, "invoices").request(POSTED).method is Method.PATCH


def test_a_claim_follows_the_rows_of_its_group_where_claims_are_written() -> None:
    assert [sent.path.partition("(")[0] for sent in group(1, rows=2).requests(CLAIMING)] == [
        "details",
        "details",
        "actuals",
    ]
    assert [sent.path.partition("(")[0] for sent in group(1).requests(PATCHED)] == ["details"]


def test_rows_that_exist_are_left_out_and_a_group_that_stands_is_gone() -> None:
    both = group(1, rows=2)
    first, second = both.rows

    rest = both.without({(first.set, first.id), ("invoices", second.id)})

    assert rest is not None
    assert rest.rows == (second,)
    assert rest.claims == both.claims
    assert both.without({(first.set, first.id), (second.set, second.id)}) is None


def test_a_change_set_knows_its_tables_in_order_and_whether_it_claims() -> None:
    plain = RowGroup(rows=(row(1, "invoices"), row(2), row(3, "invoices")))
    change_set = ChangeSetPlan(groups=(plain,), last=LAST)

    assert change_set.sets == ("invoices", "details")
    assert not change_set.has_claims
    assert ChangeSetPlan(groups=(plain, group(1)), last=()).has_claims
    assert rows_of((plain, group(1))) == (*plain.rows, *group(1).rows)


def test_the_limit_is_that_of_the_web_api() -> None:
    assert OPERATIONS_PER_CHANGE_SET == 1_000
    assert sizes(packed([group(n) for n in range(1, 1_002)], (), PATCHED)) == [1_000, 1]


@pytest.mark.parametrize(
    ("rows", "last", "limit", "expected"),
    [
        ([1, 1], 1, 3, [3]),
        ([1, 1], 2, 3, [2, 2]),
        ([2, 2, 1], 0, 3, [2, 3]),
        ([2, 1, 1], 0, 3, [3, 1]),
        ([3, 3], 3, 3, [3, 3, 3]),
        ([], 3, 2, [2, 1]),
        ([], 0, 2, []),
        ([1], 0, 1, [1]),
    ],
)
def test_groups_fill_change_sets_in_order(
    rows: list[int], last: int, limit: int, expected: list[int]
) -> None:
    groups = [group(place + 1, rows=count) for place, count in enumerate(rows)]

    assert sizes(packed(groups, LAST[:last], PATCHED, limit)) == expected


def test_claims_count_as_operations_where_they_are_written() -> None:
    assert sizes(packed([group(1), group(2)], (), CLAIMING, 3), CLAIMING) == [2, 2]
    assert sizes(packed([group(1), group(2)], (), PATCHED, 3)) == [2]


@given(st.lists(st.integers(1, 4), max_size=12), st.integers(0, 3), st.integers(4, 9))
def test_nothing_is_lost_parted_or_out_of_order_and_the_last_requests_end_it_all(
    rows: list[int], last: int, limit: int
) -> None:
    groups = [group(place + 1, rows=count) for place, count in enumerate(rows)]

    found = packed(groups, LAST[:last], PATCHED, limit)

    assert [item for change_set in found for item in change_set.groups] == groups
    assert max(sizes(found), default=0) <= limit
    assert [request for change_set in found for request in change_set.last] == list(LAST[:last])
    assert all(change_set.last == () for change_set in found[:-1])
