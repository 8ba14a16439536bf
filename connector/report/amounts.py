"""Numbers as text: money with its currency's decimals, everything else as plain as it can be."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.invoicing.model import Currency
    from connector.invoicing.plan import DetailPlan


def with_precision(amount: Decimal, currency: Currency) -> Decimal:
    """
    *amount* with the decimals of *currency*.

    An amount that has more of them keeps them: a refused source is shown as it is stored.
    """
    with localcontext(prec=60):
        wanted = amount.quantize(Decimal(1).scaleb(-currency.precision))
    return wanted if wanted == amount else amount


def exact(amount: Decimal, currency: Currency) -> str:
    """Money for machines: `1234.50`, never with an exponent."""
    return f"{with_precision(amount, currency):f}"


def readable(amount: Decimal, currency: Currency) -> str:
    """Money for people: `1,234.50 USD`."""
    return f"{with_precision(amount, currency):,f} {currency.code}"


def adjustments(detail: DetailPlan, currency: Currency) -> str:
    """What was taken off the price of *detail* and added to it, in words; empty where nothing."""
    parts = [f"less {readable(detail.discount, currency)} discount"] if detail.discount else []
    parts += [f"with {readable(detail.fee, currency)} fee"] if detail.fee else []
    return ", ".join(parts)


def plain(number: Decimal) -> str:
    """A quantity or price without padding: `8`, `142.55`, never with an exponent."""
    whole = number == number.to_integral_value()
    return f"{number.to_integral_value() if whole else number.normalize():f}"
