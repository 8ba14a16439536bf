"""What a record is billed with before tax: net of its discounts, with its fee ($12, $15, V9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.invoicing.amounts import ZERO, is_number, product, rounded, total, unit_of
from connector.invoicing.choices import RefundStatus
from connector.invoicing.model import Actual, ContractLine, Milestone, Retainer

if TYPE_CHECKING:
    from decimal import Decimal


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
    if isinstance(record, Retainer) and record.refund_status is RefundStatus.READY:
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
    manual, tax = line.manual_discount or ZERO, line.tax or ZERO
    if line.amount is None or not (is_number(line.amount) and is_number(manual)):
        return ()
    stored = total((line.amount, -manual))
    readings = [stored]
    if _is_priced(line):
        computed = total((_priced(line, precision), -manual))
        is_rounding = abs(computed - stored) <= unit_of(precision)
        readings.insert(0, stored if is_rounding else computed)
    if line.extended_amount is not None and is_number(line.extended_amount) and is_number(tax):
        readings.insert(0, total((line.extended_amount, -tax)))
    return tuple(readings)


def product_discount(line: ContractLine, precision: int) -> Decimal:
    """What volume and manual discount take off the product of *line* altogether ($15)."""
    manual, volume = line.manual_discount or ZERO, line.volume_discount or ZERO
    if not (volume and _is_priced(line)):
        return manual
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


def _is_priced(line: ContractLine) -> bool:
    parts = (line.quantity, line.price, line.volume_discount or ZERO)
    return all(is_number(part) for part in parts)


def _priced(line: ContractLine, precision: int) -> Decimal:
    quantity, price = line.quantity or ZERO, line.price or ZERO
    return gross_price(quantity, total((price, -(line.volume_discount or ZERO))), precision)
