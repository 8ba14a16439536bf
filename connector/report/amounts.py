"""Numbers as text: money with its currency's decimals, everything else as plain as it can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.invoicing.amounts import readable, with_precision

if TYPE_CHECKING:
    from decimal import Decimal

    from connector.invoicing.model import Currency
    from connector.invoicing.plan import DetailPlan


__all__ = ["adjustments", "exact", "plain", "readable", "with_precision"]


def exact(amount: Decimal, currency: Currency) -> str:
    """Money for machines: `1234.50`, never with an exponent."""
    return f"{with_precision(amount, currency):f}"


def adjustments(detail: DetailPlan, currency: Currency) -> str:
    """What was taken off the price of *detail* and added to it, in words; empty where nothing."""
    parts = [f"less {readable(detail.discount, currency)} discount"] if detail.discount else []
    parts += [f"with {readable(detail.fee, currency)} fee"] if detail.fee else []
    return ", ".join(parts)


def plain(number: Decimal) -> str:
    """A quantity or price without padding: `8`, `142.55`, never with an exponent."""
    whole = number == number.to_integral_value()
    return f"{number.to_integral_value() if whole else number.normalize():f}"
