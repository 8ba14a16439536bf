"""The decision: one contract, one run date, every candidate invoiced or given its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.invoicing import candidates, keys
from connector.invoicing.choices import LineKind, RecordKind, RunStatus
from connector.invoicing.context import ExtraRule, context_of, not_invoiced
from connector.invoicing.eligibility import contract_refusal
from connector.invoicing.grouping import group
from connector.invoicing.milestones import select_milestones
from connector.invoicing.plan import ContractPlan, ScheduleUpdate
from connector.invoicing.policy import NothingToBill
from connector.invoicing.products import select_products
from connector.invoicing.reasons import Reason
from connector.invoicing.retainers import select_retainers
from connector.invoicing.transactions import select_transactions
from connector.invoicing.warnings import plan_warnings, unfit_warnings

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from connector.invoicing.context import ContractContext
    from connector.invoicing.grouping import Grouping
    from connector.invoicing.ids import ContractLineId, CustomerId, InvoiceId
    from connector.invoicing.model import ContractSnapshot
    from connector.invoicing.plan import InvoicePlan, NotInvoiced
    from connector.invoicing.policy import Policy
    from connector.invoicing.reasons import Refusal

__all__ = ["ExtraRule", "plan_contract"]


def plan_contract(
    snapshot: ContractSnapshot,
    run_date: date,
    policy: Policy,
    rules: tuple[ExtraRule, ...] = (),
) -> ContractPlan:
    """
    What the contract of *snapshot* is billed on *run_date*, and why the rest waits.

    Equal input in any order gives an equal plan. Faulty records are refused one by one, with a
    reason that names them; only a contract that is not in force (E1, DR-1) is refused as a whole,
    and then its schedule rows stay untouched. *rules* refuse further actuals and milestones (X1).
    """
    context = context_of(snapshot, run_date, policy, rules)
    refusal = contract_refusal(snapshot.contract, policy)
    if refusal is not None:
        return _refused_wholly(context, refusal)
    transactions = select_transactions(context)
    milestones = select_milestones(context)
    # What has no run of its own rides along with a line that is due (D3, DR-17, DR-19).
    line_is_due = bool(context.calendar.due_rows() or milestones.charges)
    products = select_products(context, line_is_due=line_is_due)
    retainers = select_retainers(context, line_is_due=line_is_due)
    parts = (transactions, milestones, products, retainers)
    grouping = group(context, [charge for part in parts for charge in part.charges])
    refused = [entry for part in parts for entry in part.refused]
    updates = _schedule_updates(context, grouping)
    return ContractPlan(
        contract_id=snapshot.contract.id,
        contract_name=snapshot.contract.name,
        contract_number=snapshot.contract.number,
        currency=snapshot.contract.currency,
        run_date=run_date,
        invoices=grouping.invoices,
        schedule_updates=updates,
        not_invoiced=_sorted([*refused, *grouping.put_back]),
        warnings=plan_warnings(context, grouping),
        source_etags=_source_etags(context, grouping, updates),
    )


def _refused_wholly(context: ContractContext, refusal: Refusal) -> ContractPlan:
    """The plan of a contract that is not in force: nothing is billed, no row is touched."""
    snapshot, contract = context.snapshot, context.contract
    refused = [
        *(not_invoiced(record, refusal, snapshot) for record in candidates.actuals(snapshot)),
        *(not_invoiced(record, refusal, snapshot) for record in candidates.milestones(snapshot)),
        *(not_invoiced(record, refusal, snapshot) for record in candidates.products(snapshot)),
        *(not_invoiced(record, refusal, snapshot) for record in candidates.retainers(snapshot)),
    ]
    return ContractPlan(
        contract_id=contract.id,
        contract_name=contract.name,
        contract_number=contract.number,
        currency=contract.currency,
        run_date=context.run_date,
        invoices=(),
        schedule_updates=(),
        not_invoiced=_sorted(refused),
        warnings=unfit_warnings(context, refusal),
        source_etags=(),
    )


def _sorted(refused: list[NotInvoiced]) -> tuple[NotInvoiced, ...]:
    return tuple(sorted(refused, key=lambda entry: (entry.source.table, entry.source.id.int)))


def _schedule_updates(context: ContractContext, grouping: Grouping) -> tuple[ScheduleUpdate, ...]:
    """
    Every due row has had its run, also where that found nothing to bill (R4, R5, DR-6).

    A row whose line is left to an invoice that exists stays as it is: what it called for has not
    been billed yet.
    """
    by_line = _invoice_by_line(context, grouping.invoices)
    leave = context.policy.nothing_to_bill is NothingToBill.LEAVE
    held = {
        entry.contract_line_id
        for entry in grouping.put_back
        if entry.reason is Reason.INVOICE_EXISTS
    }
    return tuple(
        ScheduleUpdate(
            row_id=row.id,
            status=RunStatus.SUCCESSFUL,
            invoice_id=by_line.get(row.contract_line_id),
            etag=row.etag,
            contract_line_id=row.contract_line_id,
        )
        for row in context.calendar.due_rows()
        if (row.contract_line_id in by_line or not leave) and row.contract_line_id not in held
    )


def _invoice_by_line(
    context: ContractContext, invoices: tuple[InvoicePlan, ...]
) -> dict[ContractLineId, InvoiceId]:
    """
    The invoice of this run that bills each line: of several the primary customer's, else the first.

    An invoice that an interrupted run has made counts as well.
    """
    primary = {
        row.customer.id
        for row in context.snapshot.customers
        if row.is_primary and row.is_active and row.customer
    }
    billing: dict[tuple[InvoiceId, CustomerId], set[ContractLineId]] = {
        (invoice.id, invoice.customer.id): {
            line.contract_line_id
            for line in invoice.lines
            if line.contract_line_id is not None and line.details
        }
        for invoice in invoices
    }
    for existing in context.snapshot.invoices:
        customer = existing.customer_id
        if customer is not None and existing.id == _key(context, customer):
            billing.setdefault((existing.id, customer), set()).update(existing.contract_line_ids)
    ranked = sorted(billing, key=lambda entry: (entry[1] not in primary, entry[0].int))
    by_line: dict[ContractLineId, InvoiceId] = {}
    for invoice, customer in ranked:
        for line in billing[invoice, customer]:
            by_line.setdefault(line, invoice)
    return by_line


def _key(context: ContractContext, customer: CustomerId) -> InvoiceId:
    return keys.invoice_id(
        context.snapshot.organization_id, context.contract.id, customer, context.run_date
    )


def _source_etags(
    context: ContractContext, grouping: Grouping, updates: tuple[ScheduleUpdate, ...]
) -> tuple[tuple[RecordKind, UUID, str], ...]:
    """The records that must not have changed when the plan is written: what it bills and why."""
    if not grouping.invoices and not updates:
        return ()
    etags: list[tuple[RecordKind, UUID, str]] = [
        (RecordKind.CONTRACT, context.contract.id, context.contract.etag)
    ]
    etags += [(RecordKind.SCHEDULE_ROW, u.row_id, u.etag) for u in updates]
    etags += [
        (RecordKind[charge.detail.source.table.name], charge.detail.source.id, charge.etag)
        for charge in grouping.charges
    ]
    billed = {line.contract_line_id for i in grouping.invoices for line in i.lines}
    etags += [
        (RecordKind.CONTRACT_LINE, line.id, line.etag)
        for line in context.lines
        if line.id in billed and line.kind is LineKind.PROJECT
    ]
    return tuple(sorted(etags, key=lambda entry: (entry[0], entry[1].int)))
