"""
Take back the drafts that a run has written, as long as nobody has touched them.

A draft is ours by its key and untouched by its content: every planned column is as it was written
and nothing else hangs on it. What is confirmed, corrected or edited stays (L14, L15).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.dataverse.batch import ChangeSet
from connector.dataverse.errors import DataverseError
from connector.dataverse.message import Response
from connector.dataverse.operations import request_delete, request_update
from connector.invoicing.choices import RunStatus
from connector.outcome import DraftFate, UndoStatus
from connector.projectops.change_sets import OPERATIONS_PER_CHANGE_SET
from connector.projectops.claims import claim_columns
from connector.projectops.commit import is_to_settle
from connector.projectops.released import not_ready_again
from connector.projectops.rows import RowFault
from connector.projectops.undo_check import Draft, read_draft
from connector.projectops.write import ATTEMPTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Request
    from connector.invoicing.ids import InvoiceId
    from connector.invoicing.plan import ContractPlan, InvoicePlan, ScheduleUpdate
    from connector.projectops.compose import Composer
    from connector.projectops.fingerprint import DraftPrint
    from connector.projectops.tenant import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoer:
    """
    Takes back the drafts of one tenant.

    *guard* raises when this run may not write any more. With *claims* the sources' status was set
    by us and is set back by us. *begun* names the drafts that are being taken back in several
    change sets, so that rows of theirs may be missing; *begin* writes down one more. *prints* tell
    how drafts stood right after they were written.
    """

    client: DataverseClient
    tenant: Tenant
    composer: Composer
    guard: Callable[[], None]
    begin: Callable[[InvoiceId], None]
    begun: set[InvoiceId]
    prints: Mapping[InvoiceId, DraftPrint] = field(default_factory=dict)
    claims: bool = False
    limit: int = OPERATIONS_PER_CHANGE_SET

    def undo(self, plan: ContractPlan) -> tuple[DraftFate, ...]:
        """What became of each draft of *plan*; rows of a run that billed nothing are reset too."""
        fates = tuple(self._undo_invoice(plan, invoice) for invoice in plan.invoices)
        rest = [update for update in plan.schedule_updates if update.invoice_id is None]
        if rest:
            self._reset(rest)
        return fates

    def preview(self, plan: ContractPlan) -> tuple[DraftFate, ...]:
        """What would become of each draft of *plan*; nothing is written."""
        return tuple(self._look(plan, invoice)[0] for invoice in plan.invoices)

    def _look(self, plan: ContractPlan, invoice: InvoicePlan) -> tuple[DraftFate, Draft | None]:
        """Whether a draft may go, and the draft as it was read."""
        updates = [item for item in plan.schedule_updates if item.invoice_id == invoice.id]
        may_lack, kept = invoice.id in self.begun, self.prints.get(invoice.id)
        try:
            draft = read_draft(self.client, self.tenant, self.composer, invoice, updates)
            refusal = draft.refusal(self.tenant, may_lack=may_lack, kept=kept)
        except (DataverseError, RowFault) as failure:
            return _fate(invoice, UndoStatus.FAILED, str(failure)), None
        if draft.is_gone:
            return _fate(invoice, UndoStatus.GONE), None
        if refusal:
            return _fate(invoice, UndoStatus.REFUSED, refusal), None
        return _fate(invoice, UndoStatus.TO_BE_DELETED), draft

    def _undo_invoice(self, plan: ContractPlan, invoice: InvoicePlan) -> DraftFate:
        error: DataverseError | None = None
        for _ in range(ATTEMPTS):
            fate, draft = self._look(plan, invoice)
            if draft is None:
                is_ours = fate.status is UndoStatus.GONE and error is not None
                return self._deleted(invoice) if is_ours else fate
            error = self._delete(invoice, draft)
            if error is None:
                return self._deleted(invoice)
            if not is_to_settle(error):
                break
        return _fate(invoice, UndoStatus.FAILED, str(error))

    def _deleted(self, invoice: InvoicePlan) -> DraftFate:
        return _fate(
            invoice, UndoStatus.DELETED, not_ready_again(self.client, self.tenant, invoice)
        )

    def _delete(self, invoice: InvoicePlan, draft: Draft) -> DataverseError | None:
        """
        One change set for the draft, or several for a large one, its schedule rows in the last.

        Deleting a detail changes the sums above it, so that header and lines are held to the
        versions that were read by an update without effect, before anything is deleted.
        """
        names = self.tenant.mapping
        parts = [
            *self._pairs(draft),
            [
                *(self._not_run(row_id, etag) for row_id, etag in draft.rows_to_reset),
                *self._released(invoice),
                *(request_delete(names.invoice_line.set, line) for line in draft.lines),
                *(request_delete(names.invoice.set, header) for header in draft.header),
            ],
        ]
        held = [*self._held(draft)]
        if len(held) + sum(len(part) for part in parts) > self.limit:
            self.begin(invoice.id)
            self.begun.add(invoice.id)
        first: list[Request] = held
        for part in parts:
            if len(first) + len(part) > self.limit:
                if error := self._commit(first):
                    return error
                first = []
            first += part
        return self._commit(first)

    def _held(self, draft: Draft) -> Iterator[Request]:
        invoice, invoice_line = self.tenant.mapping.invoice, self.tenant.mapping.invoice_line
        for table, ids in ((invoice, draft.header), (invoice_line, draft.lines)):
            for row_id in ids:
                name, etag = draft.name_and_version(table, row_id)
                yield request_update(table.set, row_id, {table.name: name}, etag)

    def _pairs(self, draft: Draft) -> Iterator[list[Request]]:
        """Each connection with its detail: what is left is never a detail without connection."""
        names = self.tenant.mapping
        for detail, connection in draft.pairs:
            pair = []
            if connection is not None:
                pair.append(request_delete(names.connection.set, *connection))
            if detail is not None:
                pair.append(request_delete(names.invoice_detail.set, *detail))
            yield pair

    def _released(self, invoice: InvoicePlan) -> Iterator[Request]:
        """The status that sources had before we claimed them; otherwise the platform's affair."""
        if not self.claims:
            return
        columns = claim_columns(self.tenant)
        for detail in (detail for line in invoice.lines for detail in line.details):
            column = columns.get(detail.source.table)
            if column is not None:
                released = column.release(detail.source.id)
                yield request_update(released.set, released.id, released.row)

    def _reset(self, updates: Sequence[ScheduleUpdate]) -> None:
        """Not Run for rows that had their run and billed nothing, if they still say so."""
        draft = read_draft(self.client, self.tenant, self.composer, None, updates)
        requests = [self._not_run(row_id, etag) for row_id, etag in draft.rows_to_reset]
        error = self._commit(requests) if requests else None
        if error is not None and not is_to_settle(error):
            raise error

    def _not_run(self, row_id: UUID, etag: str) -> Request:
        names = self.tenant.mapping.schedule_row
        status = self.tenant.choices.run_status.number_of[RunStatus.NOT_RUN]
        row = {names.status: status, f"{names.invoice_navigation}@odata.bind": None}
        return request_update(names.set, row_id, row, etag)

    def _commit(self, requests: Sequence[Request]) -> DataverseError | None:
        self.guard()
        try:
            answers = self.client.batch((ChangeSet(requests=tuple(requests)),))
        except DataverseError as error:
            return error
        return next((answer for answer in answers if not isinstance(answer, Response)), None)


def _fate(invoice: InvoicePlan, status: UndoStatus, reason: str | None = None) -> DraftFate:
    return DraftFate(
        contract_id=invoice.contract_id,
        invoice_id=invoice.id,
        name=invoice.name,
        status=status,
        reason=reason,
    )
