"""States in a seed: a status reason of another state is refused with those that fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.emulator import SeedRules
from tests.emulator.rows.sources import faults_of

if TYPE_CHECKING:
    from connector.emulator import Emulator


@pytest.mark.parametrize(
    ("entity_set", "state", "reason", "fault"),
    [
        (
            "products",
            0,
            0,
            "0 Draft belongs to statecode 2 Draft, the row has 0 Active; expected: 1 Active",
        ),
        (
            "msdyn_expenses",
            0,
            867380003,
            (
                "867380003 Approved belongs to statecode 1 Inactive, the row has 0 Active; "
                "expected: 867380000 Draft, 867380001 Rejected"
            ),
        ),
        (
            "salesorders",
            1,
            700970000,
            (
                "700970000 In Progress belongs to statecode 0 Active, the row has 1 Submitted; "
                "expected: 3 In Progress"
            ),
        ),
    ],
)
def test_a_pair_that_does_not_belong_together_is_refused_with_what_fits(
    plain: Emulator, entity_set: str, state: int, reason: int, fault: str
) -> None:
    [found] = faults_of(plain, {entity_set: [{"statecode": state, "statuscode": reason}]})
    assert found == f"{entity_set} row 1: 'statuscode': {fault}"


@pytest.mark.parametrize(
    ("given", "state", "reason"),
    [
        ({"statecode": 2, "statuscode": 0}, 2, 0),
        ({"statuscode": 2}, 1, 2),
        ({"statecode": 3}, 3, 3),
        ({}, 0, 1),
    ],
)
def test_what_is_missing_of_a_pair_follows_from_the_other(
    plain: Emulator, given: dict[str, int], state: int, reason: int
) -> None:
    plain.seed({"products": [given]})
    [row] = plain.rows("products")
    assert (row["statecode"], row["statuscode"]) == (state, reason)


def test_a_lenient_seed_keeps_the_state_and_takes_its_usual_reason(plain: Emulator) -> None:
    rows = [{"statecode": 1, "statuscode": 1}]
    report = plain.seed({"products": rows}, rules=SeedRules(lenient=True))
    [row] = plain.rows("products")
    assert (row["statecode"], row["statuscode"], len(report.left_out)) == (1, 2, 1)
