"""What a rehearsal has to say: the run, its drafts as the platform leaves them, and what moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.invoicing.ids import InvoiceId
    from connector.invoicing.plan import InvoicePlan
    from connector.projectops.rehearsed import RehearsedDraft, StatusMove
    from connector.run_report import RunReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """
    What a run would have made of the tenant.

    *report* is that of the run in the emulator, marked as one that writes nothing; *drafts* are
    its invoices as the platform's logic leaves them, *moves* the statuses that went with them.
    """

    report: RunReport
    drafts: tuple[RehearsedDraft, ...]
    moves: tuple[StatusMove, ...]

    @property
    def planned(self) -> Mapping[InvoiceId, InvoicePlan]:
        """The invoices as they were planned, by id; reads all parts of the report."""
        return {outcome.invoice.id: outcome.invoice for outcome in self.report.outcomes}
