"""A sentence in English: its values are written as documents write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from connector.invoicing.choices import BillingType
from connector.invoicing.ids import CurrencyId
from connector.invoicing.model import Currency
from connector.invoicing.plan import PlanWarning
from connector.invoicing.reasons import Reason, refuse
from connector.invoicing.statement import Listed, Sum, Told, english, stated

EURO = Currency(id=CurrencyId(UUID(int=1)), code="EUR", precision=2)
MONEY = Sum(amount=Decimal("1234.5"), currency=EURO)


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (MONEY, "1,234.50 EUR"),
        (date(2020, 10, 5), "2020-10-05"),
        (BillingType.NON_CHARGEABLE, "non-chargeable"),
        (Reason.NOT_READY, "not-ready"),
        (1200, "1200"),
        (None, "None"),
        ("Adatum {0}", "Adatum {0}"),
        (
            refuse(Reason.RECORD_INACTIVE),
            "The record is inactive; activate it if it is to be billed.",
        ),
        (PlanWarning(code="open-draft", text="Invoice 1 is open."), "Invoice 1 is open."),
        (stated("Not billed."), "Not billed."),
    ],
)
def test_each_kind_of_value_is_written_as_in_documents(told: Told, text: str) -> None:
    assert english(told) == text


def test_a_statement_names_others_and_lists_them() -> None:
    listed = Listed(values=(stated("{amount} in all", amount=MONEY), "x"), separator="; ")

    assert english(stated("Billed: {what}.", what=listed)) == "Billed: 1,234.50 EUR in all; x."


def test_braces_of_a_name_are_no_places_to_fill() -> None:
    assert english(stated("on line {line}", line="{x} {0}")) == "on line {x} {0}"
