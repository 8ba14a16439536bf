"""What plans and explanations say stays, to the word, until somebody means to change it."""

from __future__ import annotations

import pytest

from connector.invoicing.planning import plan_contract
from connector.invoicing.reasons import Reason
from tests.invoicing.told import FOLDER, told
from tests.invoicing.told_cases import CASES


@pytest.mark.parametrize("name", CASES)
def test_a_plan_and_its_explanations_say_what_they_said(name: str) -> None:
    assert told(CASES[name]) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def test_no_golden_file_is_without_its_contract() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(CASES)


def test_every_reason_but_that_of_additional_rules_is_told() -> None:
    found = {
        entry.reason
        for case in CASES.values()
        for entry in plan_contract(case.snapshot, case.day, case.policy).not_invoiced
    }

    assert set(Reason) - found == {Reason.REFUSED_BY_EXTENSION}
