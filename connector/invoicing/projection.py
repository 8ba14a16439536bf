"""The contract as it looks once its plan is written: for previews of several dates in a row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from connector.invoicing.choices import (
    BillingStatus,
    MilestoneStatus,
    ProformaStatus,
    SourceTable,
)
from connector.invoicing.conservation import details_of
from connector.invoicing.model import BilledSource, ExistingInvoice

if TYPE_CHECKING:
    from uuid import UUID

    from connector.invoicing.model import ContractSnapshot
    from connector.invoicing.plan import ContractPlan

_CLAIMED: Final = BillingStatus.CUSTOMER_INVOICE_CREATED


def after(snapshot: ContractSnapshot, plan: ContractPlan) -> ContractSnapshot:
    """
    *snapshot* once *plan* is written and the platform has moved the claims (L3).

    A retainer keeps its status: no source says that billing it moves that. It is among what is
    billed, and so never proposed again (A14).
    Etags stay as they were read: the result is for planning on, never for writing.
    """
    updates = {update.row_id: update for update in plan.schedule_updates}
    actuals = _billed(plan, SourceTable.ACTUAL)
    milestones = _billed(plan, SourceTable.MILESTONE)
    products = _billed(plan, SourceTable.PRODUCT_LINE)
    return replace(
        snapshot,
        schedule=tuple(
            replace(row, status=updates[row.id].status, invoice_id=updates[row.id].invoice_id)
            if row.id in updates
            else row
            for row in snapshot.schedule
        ),
        actuals=tuple(
            replace(a, billing_status=_CLAIMED) if a.id in actuals else a for a in snapshot.actuals
        ),
        milestones=tuple(
            replace(m, status=MilestoneStatus.INVOICE_CREATED) if m.id in milestones else m
            for m in snapshot.milestones
        ),
        lines=tuple(
            replace(x, billing_status=_CLAIMED) if x.id in products else x for x in snapshot.lines
        ),
        invoices=(*snapshot.invoices, *_new_invoices(plan)),
        billed=(*snapshot.billed, *_new_claims(plan)),
    )


def _billed(plan: ContractPlan, table: SourceTable) -> frozenset[UUID]:
    return frozenset(d.source.id for d in details_of(plan) if d.source.table is table)


def _new_invoices(plan: ContractPlan) -> tuple[ExistingInvoice, ...]:
    return tuple(
        ExistingInvoice(
            id=invoice.id,
            customer_id=invoice.customer.id,
            status=ProformaStatus.DRAFT,
            total=invoice.amount + invoice.tax,
            contract_line_ids=tuple(
                line.contract_line_id for line in invoice.lines if line.contract_line_id
            ),
        )
        for invoice in plan.invoices
        if not invoice.continues
    )


def _new_claims(plan: ContractPlan) -> tuple[BilledSource, ...]:
    return tuple(
        BilledSource(source=detail.source, invoice_id=invoice.id)
        for invoice in plan.invoices
        for line in invoice.lines
        for detail in line.details
    )
