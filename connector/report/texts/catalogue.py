"""
One language: its messages, and how it writes numbers, dates and money.

Messages are gettext catalogues in `connector/report/locale`, whose keys are the English messages;
forms are those of the Unicode CLDR, by Babel.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from typing import TYPE_CHECKING, Final

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import NumberPattern, format_decimal, format_percent, parse_pattern

from connector.report.amounts import with_precision
from connector.settings.sections import Language

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from connector.invoicing.model import Currency

DOMAIN: Final = "proforma"
#: Decimals of quantities and prices that are shown.
_DECIMALS: Final = 6


class Texts:
    """The messages and forms of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.locale = Locale.parse(language.value)
        self._messages = _messages(language)
        self._patterns: dict[int, NumberPattern] = {}

    def text(self, message: str, **values: object) -> str:
        """*message* in this language, its `{names}` filled with *values*."""
        found = self._messages.gettext(message)
        return found.format(**values) if values else found

    def several(self, one: str, many: str, count: int, **values: object) -> str:
        """The form of a message that fits *count*, which fills `{count}`."""
        found = self._messages.ngettext(one, many, count)
        return found.format(count=self.whole(count), **values)

    def knows(self, message: str) -> bool:
        """Whether the catalogue holds *message*; English needs none."""
        return self._messages.gettext(message) != message

    def money(self, amount: Decimal, currency: Currency) -> str:
        """An amount with its currency, by the decimals of *currency*."""
        shown = with_precision(amount, currency)
        exponent = shown.as_tuple().exponent
        decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        text: str = self._money(decimals).apply(
            shown, self.locale, currency=currency.code, currency_digits=False
        )
        return text

    def amount(self, amount: Decimal, decimals: int, *, is_change: bool) -> str:
        """An amount with so many decimals; with *is_change* one above zero has its sign, too."""
        plain = "#,##0" + ("." + "0" * decimals if decimals else "")
        form = f"+{plain};-{plain}" if is_change else plain
        return format_decimal(amount, format=form, locale=self.locale)

    def figure(self, amount: Decimal, currency: Currency) -> str:
        """An amount without its currency, by the decimals of *currency*."""
        shown = with_precision(amount, currency)
        exponent = shown.as_tuple().exponent
        decimals = "0" * -exponent if isinstance(exponent, int) and exponent < 0 else ""
        form = f"#,##0.{decimals}" if decimals else "#,##0"
        return format_decimal(shown, format=form, locale=self.locale, decimal_quantization=False)

    def _money(self, decimals: int) -> NumberPattern:
        """How this language writes money of so many decimals."""
        found = self._patterns.get(decimals)
        if found is None:
            standard: NumberPattern = self.locale.currency_formats["standard"]
            found = self._patterns[decimals] = parse_pattern(standard.pattern)
            found.frac_prec = (decimals, decimals)
        return found

    def number(self, value: Decimal) -> str:
        """A quantity or price: only the decimals that it has."""
        form = "#,##0." + "#" * _DECIMALS
        return format_decimal(value, format=form, locale=self.locale)

    def whole(self, value: int) -> str:
        """A count."""
        return format_decimal(value, locale=self.locale)

    def percent(self, share: Decimal) -> str:
        """A share of one, as percent with one decimal and its sign."""
        form = "+#,##0.0%;-#,##0.0%"
        return format_percent(share, format=form, locale=self.locale)

    def day(self, value: date) -> str:
        """A date as it stands in tables."""
        return format_date(value, "medium", locale=self.locale)

    def long_day(self, value: date) -> str:
        """A date as it stands in headings."""
        return format_date(value, "long", locale=self.locale)

    def instant(self, value: datetime) -> str:
        """An instant with date and time of its own zone."""
        return format_datetime(value, "medium", tzinfo=value.tzinfo, locale=self.locale)


@cache
def texts_in(language: Language) -> Texts:
    """The texts of *language*; read once."""
    return Texts(language)


def _messages(language: Language) -> NullTranslations:
    if language is Language.ENGLISH:
        return NullTranslations()
    folder = resources.files("connector.report").joinpath("locale", language.value, "LC_MESSAGES")
    with folder.joinpath(f"{DOMAIN}.mo").open("rb") as file:
        return GNUTranslations(file)
