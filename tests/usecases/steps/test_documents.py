"""A step by its name: a document in, a value or a failure out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from connector.usecases.steps.documents import STEPS, answer
from connector.usecases.steps.run_steps import RunSteps
from tests.projectops.one_contract import tenant_with
from tests.usecases.opened import opened

if TYPE_CHECKING:
    from pathlib import Path

ORDER = {"run_id": "R1", "run_date": "2020-10-05"}


@pytest.fixture
def steps(tmp_path: Path) -> RunSteps:
    return RunSteps(opened(tenant_with(), tmp_path))


def test_a_step_answers_with_its_value_as_plain_json(steps: RunSteps) -> None:
    found = answer(steps, "open_order", {"order": ORDER})

    assert found["value"]["hold"] == {"run_id": "R1", "epoch": 1}
    assert found["value"]["runs"][0]["scope"]["run_date"] == "2020-10-05"


def test_what_was_refused_is_an_answer_with_its_kind(steps: RunSteps) -> None:
    answer(steps, "open_order", {"order": ORDER})

    found = answer(steps, "open_order", {"order": {**ORDER, "run_id": "R2"}})

    assert found["failure"]["kind"] == "over"
    assert found["failure"]["exit_code"] == 5
    assert "run R1 on" in found["failure"]["text"]


def test_a_name_that_is_no_step_is_a_fault_of_the_caller(steps: RunSteps) -> None:
    with pytest.raises(KeyError):
        answer(steps, "close_everything", {})


def test_a_document_that_does_not_fit_its_step_is_a_fault_of_the_caller(steps: RunSteps) -> None:
    with pytest.raises(msgspec.ValidationError, match="order"):
        answer(steps, "open_order", {"run_id": "R1"})


def test_every_step_is_told_apart_by_its_name() -> None:
    assert STEPS[0] == "open_order"
    assert STEPS[-1] == "close_order"
    assert len(set(STEPS)) == len(STEPS) == 11
