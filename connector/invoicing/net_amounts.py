"""What a record is billed with before tax: net of its discounts, with its fee ($12, $15, V9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.invoicing.amounts import ZERO, is_number, product, rounded, total, unit_of
from connector.invoicing.choices import RefundStatus
from connector.invoicing.model import Actual, ContractLine, Milestone, Retainer

if TYPE_CHECKING:
    from decimal import Decimal


#: Refunds that somebody has still to make.
OPEN_REFUNDS: Final = (RefundStatus.READY, RefundStatus.UNCLEAR)


def net_amount(record: Actual | Milestone | ContractLine | Retainer, precision: int) -> Decimal:
    """
    The amount of *record* before tax; zero where it has none that can be summed.

    *precision* is the number of decimals of its currency. The amount of a retainer that is to be
    refunded is what is left of it, negative.
    """
    if isinstance(record, Actual):  # by far the most
        return _actual_amount(record)
    if isinstance(record, ContractLine):
        return product_amount(record, precision)
    if isinstance(record, Retainer) and record.refund_status in OPEN_REFUNDS:
        return -available(record)
    return record.amount if record.amount is not None and is_number(record.amount) else ZERO


def product_amount(line: ContractLine, precision: int) -> Decimal:
    """
    What the product of *line* costs after volume and manual discount, before tax ($15).

    Its columns say it up to three times. What two of them say is taken, else the first that
    `product_readings` has.
    """
    readings = product_readings(line, precision)
    agreed = (one for place, one in enumerate(readings) if one in readings[place + 1 :])
    return next(agreed, readings[0] if readings else ZERO)


def product_readings(line: ContractLine, precision: int) -> tuple[Decimal, ...]:
    """
    What the columns of *line* say that its product costs, as far as they are filled.

    By the extended amount, less tax; by quantity and price, less volume discount on each unit and
    the manual one; by the amount, less the manual discount. The second reading rounds as the
    platform did: half a unit of the currency makes no other amount of it.
    """
    bases, manual = _before_manual_discount(line, precision), _manual_discount(line, precision)
    after_tax = _extended_before_tax(line)
    readings = tuple(total((base, -manual)) for base in bases)
    return readings if after_tax is None or not readings else (after_tax, *readings)


def product_discount(line: ContractLine, precision: int) -> Decimal:
    """What volume and manual discount take off the product of *line* altogether ($15)."""
    if not (line.volume_discount and _is_priced(line)):
        return _manual_discount(line, precision)
    price = gross_price(line.quantity or ZERO, line.price or ZERO, precision)
    return total((price, -product_amount(line, precision)))


def gross_price(quantity: Decimal, price: Decimal, precision: int) -> Decimal:
    """Quantity times price before any discount, in the currency's precision (DR-20)."""
    return rounded(product(quantity, price), precision)


def available(retainer: Retainer) -> Decimal:
    """What is left of *retainer*, before tax: as stored, else amount less used amount (V1)."""
    if retainer.available_amount is not None and is_number(retainer.available_amount):
        return retainer.available_amount
    amount, used = retainer.amount, retainer.used_amount or ZERO
    return amount - used if amount is not None and is_number(amount) and is_number(used) else ZERO


def _actual_amount(actual: Actual) -> Decimal:
    amount, discount, fee = actual.amount, actual.discount or ZERO, actual.fee or ZERO
    if amount is None or not is_number(amount):
        return ZERO
    if not (discount or fee):
        return amount
    is_summable = is_number(discount) and is_number(fee)
    return total((amount, -discount, fee)) if is_summable else ZERO


def _before_manual_discount(line: ContractLine, precision: int) -> tuple[Decimal, ...]:
    """The amount by quantity and price, where both are filled, and the stored one."""
    stored = line.amount
    if stored is None or not (is_number(stored) and is_number(line.manual_discount or ZERO)):
        return ()
    if not _is_priced(line):
        return (stored,)
    price = total((line.price or ZERO, -(line.volume_discount or ZERO)))
    computed = gross_price(line.quantity or ZERO, price, precision)
    is_rounding = abs(computed - stored) <= unit_of(precision)
    return (stored if is_rounding else computed, stored)


def _manual_discount(line: ContractLine, precision: int) -> Decimal:
    """
    The manual discount of the whole line (DR-28).

    An organisation may discount each unit. It does where the extended amount says so.
    """
    manual, after_tax = line.manual_discount or ZERO, _extended_before_tax(line)
    if not manual or after_tax is None or not is_number(line.quantity):
        return manual
    of_units = rounded(product(line.quantity or ZERO, manual), precision)
    left = {total((base, -after_tax)) for base in _before_manual_discount(line, precision)}
    return of_units if of_units in left and manual not in left else manual


def _extended_before_tax(line: ContractLine) -> Decimal | None:
    extended, tax = line.extended_amount, line.tax or ZERO
    if extended is None or not (is_number(extended) and is_number(tax)):
        return None
    return total((extended, -tax))


def _is_priced(line: ContractLine) -> bool:
    parts = (line.quantity, line.price, line.volume_discount or ZERO)
    return all(is_number(part) for part in parts)
