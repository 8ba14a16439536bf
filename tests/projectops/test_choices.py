"""Numbers of choices as words, from the mapping and from the labels that were found."""

from __future__ import annotations

import pytest

from connector.invoicing.choices import BillingStatus, NotToExceedStatus, RunStatus
from connector.mapping import MappingError
from connector.projectops.choices import resolve_choices
from tests.projectops.small_tenant import MAPPING

NUMBERS = MAPPING.choices


def faults_of(**changes: dict[str, int]) -> tuple[str, ...]:
    with pytest.raises(MappingError) as told:
        resolve_choices(NUMBERS.model_copy(update=changes), {})
    return tuple(line for line in str(told.value).splitlines() if line.startswith("- "))


def test_a_number_and_its_word_lead_to_each_other() -> None:
    found = resolve_choices(NUMBERS, {})

    assert found.run_status.word_of[192350002] is RunStatus.FAILED
    assert found.run_status.number_of[RunStatus.FAILED] == 192350002
    assert found.billing_status.number_of[BillingStatus.READY_TO_INVOICE] == 192350004


def test_numbers_found_by_label_complete_those_of_the_mapping_which_win() -> None:
    pinned = NUMBERS.model_copy(update={"not_to_exceed_status": {"failed": 7}})
    labels = {"not_to_exceed_status": {"failed": 9, "committed": 5}}

    found = resolve_choices(pinned, labels).not_to_exceed_status

    assert found.word_of == {7: NotToExceedStatus.FAILED, 5: NotToExceedStatus.COMMITTED}
    assert found.known() == "5 (committed), 7 (failed)"


def test_a_choice_that_no_label_explains_says_so() -> None:
    assert resolve_choices(NUMBERS, {}).retainer_status.known() == (
        "none, for no label of it was found in the tenant"
    )


def test_every_fault_is_told_at_once() -> None:
    assert faults_of(
        run_status={"not-run": 1, "run-successful": 1, "done": 3},
        weekday={},
    ) == (
        (
            "- choices.run_status: unknown word 'done'; known are"
            " ['not-run', 'run-failed', 'run-successful']"
        ),
        "- choices.run_status: no number for 'run-failed'",
        "- choices.run_status: one number stands for two words",
        *(
            f"- choices.weekday: no number for '{day}'"
            for day in (
                *("friday", "monday", "saturday", "sunday"),
                *("thursday", "tuesday", "wednesday"),
            )
        ),
    )


def test_words_that_a_tenant_may_lack_need_no_number() -> None:
    status = dict(NUMBERS.billing_status)
    status.pop("work-order-closed-posted")

    found = resolve_choices(NUMBERS.model_copy(update={"billing_status": status}), {})

    assert BillingStatus.CANCELED in found.billing_status.number_of
