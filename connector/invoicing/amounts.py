"""Money: exact decimals, copied as they are; rounding only where a value is computed (DR-20)."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.invoicing.model import Currency

ZERO: Final = Decimal(0)

#: The smallest unit of a currency, by its number of decimals.
_UNITS: Final = tuple(Decimal(1).scaleb(-precision) for precision in range(11))

#: Digits of calculation: sums of any amounts that the platform can store stay exact.
_DIGITS: Final = 60

#: The largest number that the platform's money columns hold, and the place of its first digit.
LARGEST: Final = Decimal("922337203685477.5807")
_WIDEST: Final = LARGEST.adjusted()

#: A first digit further right than any column has one.
_FINEST: Final = -30


def is_number(amount: Decimal | None) -> bool:
    """
    Whether *amount* can be summed: present, finite, and of a size that the platform can hold.

    A number beyond that is a fault of the record, and would make every sum inexact.
    """
    if amount is None or not amount.is_finite():
        return False
    size = amount.adjusted()
    return _FINEST <= size < _WIDEST or (size == _WIDEST and -LARGEST <= amount <= LARGEST)


@lru_cache(maxsize=4096)  # the same few amounts come a million times
def fits_precision(amount: Decimal, precision: int) -> bool:
    """Whether *amount* is a whole number of the currency's smallest units ($2)."""
    if not amount or amount.same_quantum(_UNITS[precision]):
        return True
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int):
        return False
    excess = -precision - exponent
    return excess <= 0 or not any(amount.as_tuple().digits[-excess:])


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum; zero when there is nothing to add."""
    with localcontext() as context:
        context.prec = _DIGITS
        return sum(amounts, ZERO)


def product(quantity: Decimal, price: Decimal) -> Decimal:
    """*quantity* times *price*, exactly."""
    with localcontext() as context:
        context.prec = _DIGITS
        return quantity * price


def unit_of(precision: int) -> Decimal:
    """The smallest unit of a currency with *precision* decimals ($2)."""
    return _UNITS[precision]


def rounded(amount: Decimal, precision: int) -> Decimal:
    """A computed *amount* in the currency's precision, half up (DR-20)."""
    return _quantized(amount, precision, ROUND_HALF_UP)


def divided(amount: Decimal, parts: int, precision: int) -> tuple[Decimal, ...]:
    """
    *amount* in equal *parts*, the rest of the division on the last one (M7).

    The parts add up to *amount* exactly. They are rounded half up (DR-20), but down where the
    last one would otherwise change its sign.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        part = rounded(amount / parts, precision)
        if (amount - part * (parts - 1)) * amount < 0:
            part = _quantized(amount / parts, precision, ROUND_DOWN)
        return (*[part] * (parts - 1), amount - part * (parts - 1))


def _quantized(amount: Decimal, precision: int, rounding: str) -> Decimal:
    with localcontext() as context:
        context.prec = _DIGITS
        return amount.quantize(_UNITS[precision], rounding=rounding)


def with_precision(amount: Decimal, currency: Currency) -> Decimal:
    """
    *amount* with the decimals of *currency*.

    An amount that has more of them keeps them: a refused source is shown as it is stored.
    """
    with localcontext(prec=_DIGITS):
        wanted = amount.quantize(_UNITS[currency.precision])
    return wanted if wanted == amount else amount


def readable(amount: Decimal, currency: Currency) -> str:
    """Money for people: `1,234.50 USD`."""
    return f"{with_precision(amount, currency):,f} {currency.code}"
