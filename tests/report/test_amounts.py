"""Money shows its currency's decimals, and no number ever shows an exponent."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from connector.invoicing.ids import CurrencyId
from connector.invoicing.model import Currency
from connector.report.amounts import exact, plain, readable


def currency(precision: int) -> Currency:
    return Currency(id=CurrencyId(UUID(int=1)), code="XXX", precision=precision)


@pytest.mark.parametrize(
    ("amount", "precision", "text"),
    [
        ("5", 2, "5.00"),
        ("5.00", 0, "5"),
        ("1E+3", 2, "1000.00"),
        ("-0.5", 4, "-0.5000"),
        ("1.005", 2, "1.005"),
        ("123456789012345678.99", 2, "123456789012345678.99"),
    ],
)
def test_money_has_the_decimals_of_its_currency_and_loses_none(
    amount: str, precision: int, text: str
) -> None:
    assert exact(Decimal(amount), currency(precision)) == text


def test_money_for_people_has_separators_and_the_currency() -> None:
    assert readable(Decimal(1234567), currency(2)) == "1,234,567.00 XXX"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("8.0000000000", "8"),
        ("142.5500", "142.55"),
        ("1E+3", "1000"),
        ("-0.75", "-0.75"),
        ("0.00", "0"),
    ],
)
def test_a_quantity_is_as_plain_as_it_can_be(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text
