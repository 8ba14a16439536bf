"""Every warning that the connector gives has a title and says what to do."""

from __future__ import annotations

import re
from pathlib import Path

from connector.invoicing.reasons import Reason
from connector.report.texts.catalogue import texts_in
from connector.report.texts.warnings import ADVICE, warning_advice, warning_title
from connector.settings.sections import Language

PRODUCT = Path(__file__).resolve().parents[3] / "connector"
ENGLISH = texts_in(Language.ENGLISH)
#: Codes that are put together or chosen before they are given.
COMPUTED = {
    "invoice-zero",
    "invoice-negative",
    "overdue-schedule-row",
    "overdue-milestone",
    "schedule-row-inactive",
    "cut-off-missing",
    "cut-off-after-run-date",
}


def given() -> set[str]:
    """Every code in a call of PlanWarning in the source."""
    codes = set()
    for path in PRODUCT.rglob("*.py"):
        if "emulator" not in path.parts:
            text = path.read_text(encoding="utf-8")
            codes |= set(re.findall(r'PlanWarning\(\s*code="([a-z0-9-]+)"', text))
            codes |= set(re.findall(r'\b_warn\(\s*"([a-z0-9-]+)"', text))
    return codes | COMPUTED


def test_every_warning_has_its_title_and_advice_and_no_other() -> None:
    reasons = {reason.value for reason in Reason}

    assert len(given()) > 40
    assert given() - ADVICE.keys() - reasons == set()
    assert ADVICE.keys() - given() == set()


def test_a_contract_that_is_refused_goes_by_its_reason() -> None:
    assert warning_title(ENGLISH, "contract-not-active") == "Contract is not confirmed"
    assert warning_advice(ENGLISH, "contract-not-active").startswith("Nothing of this contract")


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert warning_title(ENGLISH, "of-your-own") == "of-your-own"
    assert warning_advice(ENGLISH, "of-your-own") == ""
