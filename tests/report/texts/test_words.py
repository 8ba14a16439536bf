"""Words of the plan as people read them."""

from __future__ import annotations

from uuid import UUID

import pytest

from connector.invoicing.choices import (
    BillingStatus,
    BillingType,
    ProformaStatus,
    RecordKind,
    RunStatus,
    SourceTable,
    TransactionClass,
)
from connector.invoicing.explanation import Verdict
from connector.invoicing.forecast import Confidence
from connector.invoicing.plan import LineBilling
from connector.outcome import DifferenceKind, InvoiceStatus, UndoStatus
from connector.report.run_differences import BILLED, NOT_LOOKED_AT
from connector.report.texts.catalogue import texts_in
from connector.report.texts.words import WORDS, said
from connector.run_record import RunKind, RunState
from connector.settings.sections import Language

RECORD = UUID("7774b051-d164-5427-853e-9af2f73bbfd4")
ENGLISH = texts_in(Language.ENGLISH)


@pytest.mark.parametrize(
    "choice",
    [
        *InvoiceStatus,
        *LineBilling,
        *TransactionClass,
        *BillingType,
        *BillingStatus,
        *Confidence,
        *SourceTable,
        *Verdict,
        *RunStatus,
        *ProformaStatus,
        *RunState,
        *UndoStatus,
        *DifferenceKind,
        *RecordKind,
        *RunKind,
        BILLED,
        NOT_LOOKED_AT,
    ],
)
def test_every_word_that_a_report_shows_is_known(choice: str) -> None:
    assert choice in WORDS


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("time-and-material", "time and material"),
        ("3 primary customers", "3 primary customers"),
        (f"Contract customer {RECORD} names no customer",) * 2,
        ("EUR", "EUR"),
        ("Contoso {braces}", "Contoso {braces}"),
        ("", ""),
    ],
)
def test_words_are_said_and_names_stay_as_they_are(word: str, text: str) -> None:
    assert said(ENGLISH, word) == text
