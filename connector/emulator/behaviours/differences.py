"""
Where the emulated job and the connector's own decisions differ on purpose.

A test lets both bill random tenants and allows nothing but these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A difference by name: what the emulated job does, and what the connector does."""

    name: str
    job: str
    connector: str


DIFFERENCES: Final[tuple[Difference, ...]] = (
    Difference(
        name="amount missing",
        job="bills the record, at zero",
        connector="reports it as `amount-missing`",
    ),
    Difference(
        name="amount finer than the currency",
        job="bills the amount with all of its decimals",
        connector="reports it as `amount-too-precise`",
    ),
    Difference(
        name="quantity or price missing",
        job="leaves quantity and price of the detail empty",
        connector="writes quantity 1 at the amount",
    ),
    Difference(
        name="milestone without customer",
        job="bills the customer of the contract, though its line has not just one customer record",
        connector="reports it as `customer-missing`",
    ),
    Difference(
        name="transaction without customer",
        job="does not invoice it",
        connector="bills the customer of the contract, where it has no customer records at all",
    ),
    Difference(
        name="primary customer unclear",
        job="bills products to the first active primary customer, else to that of the contract",
        connector="reports them as `primary-customer-unclear`",
    ),
    Difference(
        name="schedule row of several customers",
        job="names the draft of the first customer by id in the schedule row",
        connector="names that of the primary customer if it has the line",
    ),
)
"""Every difference that is known; `docs/emulator.md` lists them."""
