"""What could be billed: every record of a contract that needs a place or a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.invoicing.amounts import ZERO, is_number
from connector.invoicing.choices import (
    BillingStatus,
    LineKind,
    MilestoneStatus,
    RetainerStatus,
    SourceTable,
    TransactionType,
)
from connector.invoicing.model import Actual, ContractLine, Milestone, Source

if TYPE_CHECKING:
    from decimal import Decimal

    from connector.invoicing.ids import CurrencyId
    from connector.invoicing.model import ContractSnapshot, Retainer

_CLAIMED = (BillingStatus.CUSTOMER_INVOICE_CREATED, BillingStatus.CUSTOMER_INVOICE_POSTED)
_SETTLED_PRODUCT = (*_CLAIMED, BillingStatus.CANCELED)
_CLAIMED_MILESTONE = (MilestoneStatus.INVOICE_CREATED, MilestoneStatus.INVOICE_POSTED)
_CLAIMED_RETAINER = (RetainerStatus.INVOICE_CREATED, RetainerStatus.INVOICE_POSTED)


def actuals(snapshot: ContractSnapshot) -> tuple[Actual, ...]:
    """Unbilled sales actuals that no invoice has claimed by status (A1, A3)."""
    unbilled = TransactionType.UNBILLED_SALES
    return tuple(
        actual
        for actual in snapshot.actuals
        if actual.transaction_type is unbilled and actual.billing_status not in _CLAIMED
    )


def milestones(snapshot: ContractSnapshot) -> tuple[Milestone, ...]:
    """Customer-level milestones that no invoice has claimed by status (M3, M8)."""
    return tuple(m for m in snapshot.milestones if m.status not in _CLAIMED_MILESTONE)


def products(snapshot: ContractSnapshot) -> tuple[ContractLine, ...]:
    """Product lines that are neither invoiced nor canceled (D1)."""
    return tuple(
        line
        for line in snapshot.lines
        if line.kind is LineKind.PRODUCT and line.billing_status not in _SETTLED_PRODUCT
    )


def retainers(snapshot: ContractSnapshot) -> tuple[Retainer, ...]:
    """Retainers and advances that are not invoiced (V1)."""
    return tuple(r for r in snapshot.retainers if r.status not in _CLAIMED_RETAINER)


def source_of(record: Actual | Milestone | ContractLine | Retainer) -> Source:
    """The obligation's subject: table and id of *record*."""
    if isinstance(record, Actual):  # by far the most
        return Source(table=SourceTable.ACTUAL, id=record.id)
    if isinstance(record, Milestone):
        return Source(table=SourceTable.MILESTONE, id=record.id)
    if isinstance(record, ContractLine):
        return Source(table=SourceTable.PRODUCT_LINE, id=record.id)
    return Source(table=SourceTable.RETAINER, id=record.id)


def amount_in(
    record: Actual | Milestone | ContractLine | Retainer, currency: CurrencyId
) -> Decimal:
    """
    The amount of *record* before tax in *currency*; zero where it has none in it.

    A record without a currency of its own is in the contract's ($1).
    """
    if record.currency_id is not None and record.currency_id != currency:
        return ZERO
    amount = record.amount
    return amount if amount is not None and is_number(amount) else ZERO
