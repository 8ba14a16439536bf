"""Where each kind of source says that it stands on an invoice: one table of columns and values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.invoicing.choices import BillingStatus, MilestoneStatus, SourceTable
from connector.projectops.change_sets import Claim

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from connector.projectops.tenant import Tenant

#: What to know before claims are patched (page "Create and update actuals", and resolved issues).
CLAIM_WARNING: Final = (
    'claim = "patch" sets the billing status of what was billed. Microsoft\'s page "Create and'
    ' update actuals" says that custom code must not do that, and releases of April to June 2025'
    " added refusals for actuals, milestones and contract lines; a tenant that refuses is written"
    " to without the claim"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimColumn:
    """The status column of one kind of source: its number while billed, and while it waits."""

    set: str
    column: str
    billed: int
    ready: int

    def claim(self, source: UUID) -> Claim:
        """What marks *source* as billed."""
        return Claim(set=self.set, id=source, row={self.column: self.billed})

    def release(self, source: UUID) -> Claim:
        """What makes *source* wait for an invoice again."""
        return Claim(set=self.set, id=source, row={self.column: self.ready})


def claim_columns(tenant: Tenant) -> Mapping[SourceTable, ClaimColumn]:
    """The claims of actuals, milestones and product lines; retainers have none (DR-18)."""
    names, choices = tenant.mapping, tenant.choices
    status, milestone = choices.billing_status.number_of, choices.milestone_status.number_of
    billed = status[BillingStatus.CUSTOMER_INVOICE_CREATED]
    ready = status[BillingStatus.READY_TO_INVOICE]
    return {
        SourceTable.ACTUAL: ClaimColumn(
            set=names.actual.set, column=names.actual.billing_status, billed=billed, ready=ready
        ),
        SourceTable.MILESTONE: ClaimColumn(
            set=names.milestone.set,
            column=names.milestone.status,
            billed=milestone[MilestoneStatus.INVOICE_CREATED],
            ready=milestone[MilestoneStatus.READY],
        ),
        SourceTable.PRODUCT_LINE: ClaimColumn(
            set=names.contract_line.set,
            column=names.contract_line.billing_status,
            billed=billed,
            ready=ready,
        ),
    }
