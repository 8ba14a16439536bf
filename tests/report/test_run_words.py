"""The word at the head of a run."""

from __future__ import annotations

import pytest

from connector.outcome import InvoiceStatus
from connector.report.needs import NeedKind
from connector.report.run_words import need_advice, need_title, run_state
from connector.report.texts.catalogue import texts_in
from connector.settings.sections import Language
from tests.report.sample import ADATUM, report

ENGLISH = texts_in(Language.ENGLISH)
NOTHING_DUE = ADATUM.replace("2020-10-05", "2020-12-05")


@pytest.mark.parametrize(
    ("status", "label", "tone"),
    [
        (InvoiceStatus.PLANNED, "Preview", "warn"),
        (InvoiceStatus.WRITTEN, "Written", "good"),
        (InvoiceStatus.ALREADY_WRITTEN, "Written", "good"),
        (InvoiceStatus.FAILED, "Not written", "bad"),
    ],
)
def test_a_run_is_named_by_what_became_of_it(status: InvoiceStatus, label: str, tone: str) -> None:
    state = run_state(ENGLISH, report(ADATUM, status=status))

    assert (state.label, state.tone) == (label, tone)


def test_a_run_without_an_invoice_has_its_own_word() -> None:
    assert run_state(ENGLISH, report(NOTHING_DUE)).label == "Nothing due"


@pytest.mark.parametrize("kind", NeedKind)
def test_everything_that_needs_somebody_says_what_to_do(kind: NeedKind) -> None:
    assert need_title(ENGLISH, kind)
    assert need_advice(ENGLISH, kind).endswith(".")
