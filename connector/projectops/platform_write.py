"""
Write mode `platform`: the tenant's own action makes the drafts, we say which and look at them.

The action cannot be told keys, so it is never called again before the schedule rows have been
read: a row that has had its run is done, whoever called (J9, DR-23).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.dataverse.errors import DataverseError, Forbidden, NotFound, Refused
from connector.outcome import InvoiceOutcome, InvoiceStatus
from connector.projectops.commit import is_to_settle
from connector.projectops.platform_wait import wait_for_rows
from connector.projectops.refusals import concerns_the_draft, is_everybodys
from connector.projectops.row_state import read_state
from connector.projectops.written import NOTHING_BEGUN, Written

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.dataverse.client import DataverseClient
    from connector.invoicing.plan import ContractPlan, ScheduleUpdate
    from connector.projectops.platform_action import ScheduleAction
    from connector.projectops.tenant import Tenant
    from connector.projectops.written import Begun, Listener


@dataclass(frozen=True, slots=True)
class PlatformWriter:
    """Has the drafts of one tenant made by its own action; *guard* is called before each call."""

    client: DataverseClient
    tenant: Tenant
    action: ScheduleAction
    guard: Callable[[], None]
    listener: Listener

    def write(self, plan: ContractPlan, begun: Begun = NOTHING_BEGUN) -> Written:  # noqa: ARG002 - it looks first anyway
        """
        Call the action for the contract's due rows, unless they have had their run.

        Whether the drafts are as planned is for the reading back to say. A contract that is due
        by milestones alone has no row to name, and is left to the write mode `rows`.
        """
        written = self._write(plan)
        for outcome in written.outcomes:
            self.listener.ended(outcome)
        return written

    def _write(self, plan: ContractPlan) -> Written:
        if not plan.schedule_updates:
            text = "no schedule row calls it out; the platform's action bills by schedule rows"
            return self._ended(plan, InvoiceStatus.FAILED, text)
        try:
            return self._attempt(plan)
        except DataverseError as error:
            halts = error if is_everybodys(error) or _lacks_action(error) else None
            forbidden = error if isinstance(error, Forbidden) else None
            is_refusal = isinstance(error, Refused) and halts is None and concerns_the_draft(error)
            ended = self._ended(plan, InvoiceStatus.FAILED, str(error), is_open=not is_refusal)
            return replace(ended, halts=halts, forbidden=forbidden)

    def _attempt(self, plan: ContractPlan) -> Written:
        open_rows, drifted = self._rows(plan)
        if drifted:
            return self._ended(plan, InvoiceStatus.DRIFTED, "; ".join(drifted))
        if not open_rows:
            return self._ended(plan, InvoiceStatus.ALREADY_WRITTEN, None)
        ids = [update.row_id for update in open_rows]
        self.guard()
        try:
            self.action.call(plan.contract_id, ids)
        except DataverseError as error:
            if not is_to_settle(error):
                raise
            return self._unanswered(plan, error)
        ended = wait_for_rows(self.client, self.tenant, ids)
        status = InvoiceStatus.WRITTEN if ended.text is None else InvoiceStatus.FAILED
        return self._ended(plan, status, ended.text, is_open=bool(ended.waiting))

    def _unanswered(self, plan: ContractPlan, error: DataverseError) -> Written:
        if not self._rows(plan)[0]:
            return self._ended(plan, InvoiceStatus.WRITTEN, None)
        text = f"the tenant's action gave no answer and its rows have not run yet: {error}"
        return self._ended(plan, InvoiceStatus.FAILED, text, is_open=True)

    def _rows(self, plan: ContractPlan) -> tuple[tuple[ScheduleUpdate, ...], tuple[str, ...]]:
        """The rows that wait for their run, and those that somebody changed otherwise."""
        updates = [replace(update, invoice_id=None) for update in plan.schedule_updates]
        state = read_state(self.client, self.tenant, (), updates)
        return state.open_updates, state.drifted

    def _ended(
        self, plan: ContractPlan, status: InvoiceStatus, error: str | None, *, is_open: bool = False
    ) -> Written:
        outcomes = tuple(
            InvoiceOutcome(invoice=invoice, status=status, error=error, is_open=is_open)
            for invoice in plan.invoices
        )
        return Written(plan=plan, outcomes=outcomes, warnings=())


def _lacks_action(error: DataverseError) -> bool:
    """Whether the tenant lacks the action itself, so that no contract can be billed by it."""
    return isinstance(error, NotFound) and not error.proven
