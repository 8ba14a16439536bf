"""Every reason has a title, and its hint says the same in every form."""

from __future__ import annotations

import pytest

from connector.invoicing.planning import plan_contract
from connector.invoicing.reasons import Reason
from connector.report.texts.catalogue import texts_in
from connector.report.texts.reasons import TITLES, hint, reason_title
from connector.settings.sections import Language
from tests.invoicing.told_cases import CASES
from tests.report.sample import ADATUM, report

ENGLISH = texts_in(Language.ENGLISH)


def test_every_reason_has_a_title_of_its_own() -> None:
    assert TITLES.keys() == set(Reason)
    assert len(set(TITLES.values())) == len(TITLES)
    assert reason_title(ENGLISH, Reason.NOT_READY) == "Not ready to invoice"


def test_a_hint_names_days_and_words_as_people_write_them() -> None:
    entries = [e for plan in report(ADATUM).plan.contracts for e in plan.not_invoiced]

    assert {entry.reason.value: hint(ENGLISH, entry) for entry in entries} == {
        "not-ready": (
            "Its billing status is empty; mark it Ready to Invoice. Once it is Ready, the next run"
            " of its line that reaches it is Oct 5, 2020."
        ),
        "past-last-cut-off": (
            "It is dated Oct 5, 2020 and no coming run of its line reaches that day; add an invoice"
            " schedule row to the line, or invoice by hand."
        ),
    }


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", CASES)
def test_the_hint_of_every_reason_can_be_said_in_every_language(
    name: str, language: Language
) -> None:
    case = CASES[name]
    plan = plan_contract(case.snapshot, case.day, case.policy)

    for entry in plan.not_invoiced:
        text = hint(texts_in(language), entry)
        assert text
        assert "{f." not in text
