"""What a filter says of every row that it lets through, and where it says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from connector.cassette.conditions import filtered_values


@pytest.mark.parametrize(
    ("condition", "values"),
    [
        ("statecode eq 0", {"statecode": 0}),
        ("statecode eq 0 and name eq 'O''Neil and Co'", {"statecode": 0, "name": "O'Neil and Co"}),
        ("(statecode eq 0) and (isdisabled eq false)", {"statecode": 0, "isdisabled": False}),
        ("a eq 1 and (b eq 2 or b eq 3)", {"a": 1}),
        ("a eq 1 and b gt 2 and c ne 3", {"a": 1}),
        (
            "_x_value eq 00000000-0000-0000-0000-000000000001",
            {"_x_value": f"{0:08}-0000-0000-0000-000000000001"},
        ),
        ("day eq 2020-10-05", {"day": "2020-10-05"}),
        ("amount eq -1.5", {"amount": -1.5}),
        ("a eq 1 or b eq 2", {}),
        ("not (a eq 1)", {}),
        ("a eq null", {}),
        ("contains(a,'b eq 1')", {}),
        ("nav/a eq 1", {}),
        ("", {}),
    ],
)
def test_only_equality_in_the_outermost_and_holds_for_every_row(
    condition: str, values: dict[str, Any]
) -> None:
    assert filtered_values(f"/api/data/v9.2/accounts?$select=a&$filter={condition}") == values


def test_escapes_and_plus_signs_of_an_address_are_read() -> None:
    assert filtered_values("/x?%24filter=a%20eq%20%27b%2Bc%27&$top=1") == {"a": "b+c"}
    assert filtered_values("/x?$filter=a+eq+1+and+b+eq+2") == {"a": 1, "b": 2}
    assert filtered_values("/x") == {}
