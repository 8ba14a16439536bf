"""
What a terminal says in the language of the settings.

English is what scripts and the documentation know: ISO dates, amounts with the code of their
currency, and the words of the JSON document. Every other language has its own forms and words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from babel.dates import format_date

from connector.invoicing.plan import PlanWarning
from connector.invoicing.reasons import Reason, Refusal
from connector.invoicing.statement import Listed, Statement, Sum, english
from connector.report.amounts import plain, readable, with_precision
from connector.report.texts.catalogue import Texts, texts_in
from connector.report.texts.reasons import hint, reason_title
from connector.report.texts.warnings import warning_advice, warning_title
from connector.report.texts.words import said
from connector.settings.sections import Language

if TYPE_CHECKING:
    from decimal import Decimal

    from connector.invoicing.model import Currency
    from connector.invoicing.plan import DetailPlan, NotInvoiced
    from connector.invoicing.statement import Told


@dataclass(frozen=True, slots=True)
class TerminalTexts:
    """The texts of one language, as a terminal shows them."""

    texts: Texts

    @property
    def is_english(self) -> bool:
        """Whether forms and words are those of the JSON document."""
        return self.texts.language is Language.ENGLISH

    def text(self, message: str, **values: object) -> str:
        """*message* in this language, filled with *values*."""
        return self.texts.text(message, **values)

    def several(self, one: str, many: str, count: int, **values: object) -> str:
        """The form of a message that fits *count*."""
        return self.texts.several(one, many, count, **values)

    def day(self, day: date) -> str:
        """A date."""
        return day.isoformat() if self.is_english else self.texts.day(day)

    def weekday(self, day: date) -> str:
        """The day of the week, in short."""
        return format_date(day, "EEE", locale=self.texts.locale)

    def money(self, amount: Decimal, currency: Currency) -> str:
        """An amount with its currency."""
        return readable(amount, currency) if self.is_english else self.texts.money(amount, currency)

    def figure(self, amount: Decimal, currency: Currency) -> str:
        """An amount in a column or row of its currency."""
        if self.is_english:
            return f"{with_precision(amount, currency):,f}"
        return self.texts.figure(amount, currency)

    def amount(self, amount: Decimal, decimals: int, *, is_change: bool = False) -> str:
        """An amount with so many decimals; with *is_change* one above zero has its sign, too."""
        if self.is_english:
            sign = "+" if is_change else ""
            return f"{amount:{sign},.{decimals}f}"
        return self.texts.amount(amount, decimals, is_change=is_change)

    def number(self, value: Decimal) -> str:
        """A quantity or price."""
        return plain(value) if self.is_english else self.texts.number(value)

    def whole(self, count: int) -> str:
        """A count."""
        return self.texts.whole(count)

    def word(self, word: str) -> str:
        """A status, class, type or kind."""
        return word if self.is_english else said(self.texts, word)

    def reason(self, reason: Reason) -> str:
        """Why something stays behind."""
        return reason.value if self.is_english else reason_title(self.texts, reason)

    def hint(self, entry: NotInvoiced) -> str:
        """What would change it."""
        return entry.hint if self.is_english else hint(self.texts, entry)

    def warning(self, code: str, text: str) -> str:
        """A warning: as it was given, or in other languages what its kind means and asks for."""
        title, advice = warning_title(self.texts, code), warning_advice(self.texts, code)
        return text if self.is_english or not advice else f"{title}. {advice}"

    def told(self, told: Told) -> str:
        """A statement, or one of its values, in this language."""
        if self.is_english:
            return english(told)
        match told:
            case Statement():
                values = {name: self.told(value) for name, value in told.values}
                return self.text(told.message, **values)
            case Listed():
                return told.separator.join(self.told(value) for value in told.values)
            case Refusal():
                return hint(self.texts, told)
            case PlanWarning():
                return self.warning(told.code, told.text)
            case _:
                return self._value(told)

    def _value(self, told: Told) -> str:
        match told:
            case Reason():
                return self.reason(told)
            case StrEnum():
                return self.word(told.value)
            case Sum():
                return self.money(told.amount, told.currency)
            case date():
                return self.day(told)
            case int():
                return self.whole(told)
            case _:
                return "-" if told is None else str(told)

    def adjustments(self, detail: DetailPlan, currency: Currency) -> str:
        """What was taken off the price of *detail* and added to it; empty where nothing."""
        parts = []
        if detail.discount:
            amount = self.money(detail.discount, currency)
            parts.append(self.text("less {amount} discount", amount=amount))
        if detail.fee:
            parts.append(self.text("with {amount} fee", amount=self.money(detail.fee, currency)))
        return ", ".join(parts)


def terminal_texts(language: Language) -> TerminalTexts:
    """The texts of *language* for a terminal."""
    return TerminalTexts(texts_in(language))


#: What is said where no settings are known.
ENGLISH: Final = terminal_texts(Language.ENGLISH)
