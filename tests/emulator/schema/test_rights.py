"""Rights and depths by the names and numbers of AccessRights and PrivilegeDepth."""

from __future__ import annotations

import pytest

from connector.emulator.schema.rights import (
    Depth,
    Right,
    access_text,
    depth_named,
    mask_of,
    read_access,
)

# AccessRights enumeration type, Web API reference.
_NUMBERS = {
    "ReadAccess": 1,
    "WriteAccess": 2,
    "AppendAccess": 4,
    "AppendToAccess": 16,
    "CreateAccess": 32,
    "DeleteAccess": 65536,
    "ShareAccess": 262144,
    "AssignAccess": 524288,
}


def test_every_right_has_its_documented_name_and_number() -> None:
    assert {right.access: right.mask for right in Right} == _NUMBERS


def test_a_mask_is_written_in_the_order_of_the_numbers() -> None:
    assert access_text(sum(_NUMBERS.values())) == ", ".join(_NUMBERS)
    assert access_text(65536 + 1) == "ReadAccess, DeleteAccess"
    assert access_text(0) == "None"


def test_access_is_read_as_it_is_written() -> None:
    assert read_access("WriteAccess,ReadAccess") == 3
    assert read_access("None") == 0
    assert read_access("ReadAccess, Everything") is None


def test_a_right_named_twice_counts_once() -> None:
    assert mask_of([Right.READ, Right.READ, Right.WRITE]) == 3


@pytest.mark.parametrize(
    ("text", "depth"),
    [("Basic", 1), ("Local", 2), ("Deep", 4), ("global", 8), ("Organization", None)],
)
def test_a_depth_has_its_documented_name_and_mask(text: str, depth: int | None) -> None:
    assert depth_named(text) == depth


def test_a_depth_is_shown_by_its_name() -> None:
    assert [depth.wire for depth in Depth] == ["Basic", "Local", "Deep", "Global"]
