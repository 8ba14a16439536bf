"""The contract as it would be if everybody had marked everything Ready: for looking ahead."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.invoicing.choices import (
    BillingStatus,
    LineKind,
    MilestoneStatus,
    NotToExceedStatus,
    RetainerStatus,
)

if TYPE_CHECKING:
    from connector.invoicing.model import Actual, ContractSnapshot

_OPEN = (None, BillingStatus.UNBILLED_SALES_CREATED)


def all_ready(snapshot: ContractSnapshot) -> ContractSnapshot:
    """*snapshot* with every status Ready that a person can set to Ready; claims stay claims."""
    return replace(
        snapshot,
        actuals=tuple(_ready_actual(actual) for actual in snapshot.actuals),
        milestones=tuple(
            replace(m, status=MilestoneStatus.READY) if m.status is MilestoneStatus.NOT_READY else m
            for m in snapshot.milestones
        ),
        lines=tuple(
            replace(line, billing_status=BillingStatus.READY_TO_INVOICE)
            if line.kind is LineKind.PRODUCT and line.billing_status in _OPEN
            else line
            for line in snapshot.lines
        ),
        retainers=tuple(
            replace(r, status=RetainerStatus.READY)
            if r.status in (None, RetainerStatus.NOT_READY)
            else r
            for r in snapshot.retainers
        ),
    )


def _ready_actual(actual: Actual) -> Actual:
    """A row that failed or awaits the not-to-exceed check cannot be marked Ready (N6)."""
    is_stopped = actual.not_to_exceed_status in (
        NotToExceedStatus.FAILED,
        NotToExceedStatus.NOT_EVALUATED,
    )
    if is_stopped or actual.billing_status not in _OPEN:
        return actual
    return replace(actual, billing_status=BillingStatus.READY_TO_INVOICE)
