"""Numbers, dates and money in the form of each language, as the Unicode CLDR has it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from connector.invoicing.ids import CurrencyId
from connector.invoicing.model import Currency
from connector.report.texts.catalogue import Texts, texts_in
from connector.settings.sections import Language

DAY = date(2020, 10, 5)


def currency(code: str, precision: int) -> Currency:
    return Currency(id=CurrencyId(UUID(int=1)), code=code, precision=precision)


def plain(text: str) -> str:
    """With ordinary spaces where a language has narrow or unbroken ones."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("language", "euro", "yen", "day", "long_day"),
    [
        ("en", "€1,234,567.50", "¥15,625", "Oct 5, 2020", "October 5, 2020"),
        ("id", "€1.234.567,50", "JP¥15.625", "5 Okt 2020", "5 Oktober 2020"),
        ("ms", "€1,234,567.50", "JP¥15,625", "5 Okt 2020", "5 Oktober 2020"),
        ("sv", "1 234 567,50 €", "15 625 JPY", "5 okt. 2020", "5 oktober 2020"),
        ("th", "€1,234,567.50", "¥15,625", "5 ต.ค. 2020", "5 ตุลาคม ค.ศ. 2020"),
        ("de", "1.234.567,50 €", "15.625 ¥", "05.10.2020", "5. Oktober 2020"),
    ],
)
def test_money_and_dates_have_the_form_of_the_language(
    language: str, euro: str, yen: str, day: str, long_day: str
) -> None:
    texts = texts_in(Language(language))

    assert plain(texts.money(Decimal("1234567.5"), currency("EUR", 2))) == euro
    assert plain(texts.money(Decimal(15625), currency("JPY", 0))) == yen
    assert (texts.day(DAY), texts.long_day(DAY)) == (day, long_day)


def test_decimals_are_those_of_the_tenants_currency_and_an_odd_amount_keeps_its_own() -> None:
    texts = texts_in(Language.ENGLISH)

    assert texts.money(Decimal("1.5"), currency("USD", 4)) == "$1.5000"
    assert texts.money(Decimal("1.23456"), currency("USD", 2)) == "$1.23456"
    assert texts.money(Decimal("15625.5"), currency("JPY", 0)) == "¥15,625.5"
    assert texts.money(Decimal("-3.5"), currency("USD", 2)) == "-$3.50"
    assert texts.money(Decimal("6.5E+3"), currency("USD", 2)) == "$6,500.00"


def test_quantities_shares_and_instants_have_their_forms() -> None:
    english, german = texts_in(Language.ENGLISH), texts_in(Language.GERMAN)

    assert english.number(Decimal("7.50")) == "7.5"
    assert german.number(Decimal("1234.125")) == "1.234,125"
    assert english.percent(Decimal("0.061")) == "+6.1%"
    assert plain(german.percent(Decimal("-0.5"))) == "-50,0%"
    assert english.whole(30000) == "30,000"
    at = datetime(2026, 11, 28, 9, 34, tzinfo=UTC)
    assert german.instant(at) == "28.11.2026, 09:34:00"


def test_a_message_is_filled_and_counted_in_its_language() -> None:
    english = texts_in(Language.ENGLISH)

    assert english.text("rule {rule}", rule="A3") == "rule A3"
    assert english.several("{count} record", "{count} records", 1) == "1 record"
    assert english.several("{count} record", "{count} records", 1200) == "1,200 records"


def test_braces_of_a_name_are_no_places_to_fill() -> None:
    texts = Texts(Language.ENGLISH)

    assert texts.text("rule {rule}", rule="{x} {0}") == "rule {x} {0}"
    assert texts.text("{left} as it is") == "{left} as it is"
