"""What could be billed: every record of a contract that needs a place or a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.invoicing.choices import (
    BillingStatus,
    LineKind,
    MilestoneStatus,
    RetainerStatus,
    SourceTable,
    TransactionType,
)
from connector.invoicing.model import Actual, ContractLine, Currency, Milestone, Source
from connector.invoicing.net_amounts import OPEN_REFUNDS

if TYPE_CHECKING:
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
    """Retainers and advances that are not invoiced, and invoiced ones to be refunded (V1, V9)."""
    return tuple(
        retainer
        for retainer in snapshot.retainers
        if retainer.refund_status in OPEN_REFUNDS
        or (retainer.refund_status is None and retainer.status not in _CLAIMED_RETAINER)
    )


def source_of(record: Actual | Milestone | ContractLine | Retainer) -> Source:
    """The obligation's subject: table and id of *record*."""
    if isinstance(record, Actual):  # by far the most
        return Source(table=SourceTable.ACTUAL, id=record.id)
    if isinstance(record, Milestone):
        return Source(table=SourceTable.MILESTONE, id=record.id)
    if isinstance(record, ContractLine):
        return Source(table=SourceTable.PRODUCT_LINE, id=record.id)
    return Source(table=SourceTable.RETAINER, id=record.id)


def currency_of(
    record: Actual | Milestone | ContractLine | Retainer, snapshot: ContractSnapshot
) -> Currency:
    """
    The currency that *record* is in: its own, else the contract's ($1).

    One that *snapshot* does not know goes by its id.
    """
    own = snapshot.contract.currency
    if record.currency_id is None or record.currency_id == own.id:
        return own
    known = (found for found in snapshot.currencies if found.id == record.currency_id)
    unknown = Currency(id=record.currency_id, code=str(record.currency_id), precision=0)
    return next(known, unknown)
