"""What became of one contract's plan, and what writes it in either write mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from connector.outcome import InvoiceOutcome, InvoiceStatus
from connector.projectops.refusals import remedy

if TYPE_CHECKING:
    from connector.dataverse.errors import DataverseError, Forbidden
    from connector.invoicing.ids import InvoiceId
    from connector.invoicing.plan import ContractPlan, InvoicePlan, PlanWarning
    from connector.projectops.row_state import RowsThere


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """
    What became of one contract's plan; *warnings* name schedule rows that could not be set.

    *halts* is a failure that the other contracts would meet as well, *forbidden* the refusal of a
    contract of which nothing was written for want of a privilege.
    """

    plan: ContractPlan
    outcomes: tuple[InvoiceOutcome, ...]
    warnings: tuple[PlanWarning, ...]
    halts: DataverseError | None = None
    forbidden: Forbidden | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """Invoices that may stand as a whole or in part, and what was seen of their rows."""

    ids: frozenset[InvoiceId] = frozenset()
    there: RowsThere | None = None


NOTHING_BEGUN: Final = Begun()


class Listener(Protocol):
    """Who hears of each invoice while it is written; called from the threads that write."""

    def begins(self, invoice: InvoicePlan) -> None:
        """Rows of *invoice* are about to be sent."""

    def ended(self, outcome: InvoiceOutcome) -> None:
        """An invoice is through."""


class ContractWriter(Protocol):
    """Writes the plan of one contract, by rows or by the tenant's own action."""

    def write(self, plan: ContractPlan, begun: Begun = NOTHING_BEGUN) -> Written:
        """
        Write what *plan* says; whatever happens to an invoice is an outcome.

        Invoices in *begun* may have been written before, as a whole or in part.
        """


def why_not_tried(because: DataverseError) -> str:
    """Why the contracts after a failure that is everybody's were not begun, and what helps."""
    return f"not tried, because an earlier contract met this: {because}. {remedy(because)}"


def not_tried(plan: ContractPlan, because: DataverseError) -> Written:
    """The outcomes of a contract that was not begun, because *because* would meet it as well."""
    text = why_not_tried(because)
    status = InvoiceStatus.FAILED
    return Written(
        plan=plan,
        outcomes=tuple(
            InvoiceOutcome(invoice=invoice, status=status, error=text, is_open=True)
            for invoice in plan.invoices
        ),
        warnings=(),
    )
