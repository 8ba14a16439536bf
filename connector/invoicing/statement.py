"""
A sentence with the values that it names, to be said in any language.

In English it says what documents and logs say; a report looks its message up in another language
and writes dates, amounts and words in that language's form.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from connector.invoicing.amounts import readable
from connector.invoicing.plan import PlanWarning
from connector.invoicing.reasons import Refusal

if TYPE_CHECKING:
    from decimal import Decimal

    from connector.invoicing.model import Currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """An amount with its currency."""

    amount: Decimal
    currency: Currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Several values in a row, with *separator* between them."""

    values: tuple[Told, ...]
    separator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """An English *message*, and the *values* that fill its places by name."""

    message: str
    values: tuple[tuple[str, Told], ...] = ()


#: What a statement names: a name as it stands, a word of the plan, a day, an amount, or more text.
Told = str | StrEnum | int | date | Sum | Listed | Statement | Refusal | PlanWarning | None


def stated(message: str, **values: Told) -> Statement:
    """*message* with its values; tools that gather messages find it by this name."""
    return Statement(message=message, values=tuple(values.items()))


def english(told: Told) -> str:
    """What *told* says in English, the language of the JSON document."""
    match told:
        case Statement():
            return told.message.format(**{name: english(value) for name, value in told.values})
        case Listed():
            return told.separator.join(english(value) for value in told.values)
        case Sum():
            return readable(told.amount, told.currency)
        case Refusal():
            return told.hint
        case PlanWarning():
            return told.text
        case _:
            return str(told)
