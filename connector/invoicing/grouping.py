"""From charges to invoices: one per contract and customer, one line per contract line (P)."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from connector.invoicing import keys
from connector.invoicing.amounts import total
from connector.invoicing.choices import (
    BillingType,
    LineKind,
    ProformaStatus,
    TransactionClass,
)
from connector.invoicing.context import not_invoiced_charge
from connector.invoicing.eligibility import line_refusal
from connector.invoicing.lines import invoice_line
from connector.invoicing.model import BillTo, ContractLine
from connector.invoicing.plan import InvoicePlan
from connector.invoicing.policy import EmptyLines, NonChargeableOnly, Retainers
from connector.invoicing.reasons import Facts, Reason, Refusal, refuse
from connector.invoicing.retainers import applied, available_to

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from uuid import UUID

    from connector.invoicing.context import Charge, ContractContext
    from connector.invoicing.customers import Payer
    from connector.invoicing.ids import CustomerId, InvoiceId
    from connector.invoicing.model import ExistingInvoice
    from connector.invoicing.plan import AppliedRetainer, LinePlan, NotInvoiced


@dataclass(frozen=True, slots=True)
class _InvoiceDraft:
    """The content of one invoice before it is made: its payer and the charges by line."""

    payer: Payer
    by_line: dict[UUID, list[Charge]] = field(default_factory=dict)

    @property
    def charges(self) -> Iterator[Charge]:
        return chain.from_iterable(self.by_line.values())


@dataclass(frozen=True, slots=True)
class Grouping:
    """The invoices, the charges that stand on them, and what was put back."""

    invoices: tuple[InvoicePlan, ...]
    charges: tuple[Charge, ...]
    put_back: tuple[NotInvoiced, ...]


def group(context: ContractContext, charges: Iterable[Charge]) -> Grouping:
    """
    One invoice per customer with something to bill; none where nothing is left (P1-P8).

    The customer of each charge was decided at approval; nothing is divided here (B1).
    """
    sheets = _sheets(charges)
    invoices: list[InvoicePlan] = []
    billed: list[Charge] = []
    put_back: list[NotInvoiced] = []
    for sheet in sheets:
        refusal = _refusal(sheet, context)
        if refusal is None:
            invoices.append(_invoice(sheet, context))
            billed += sheet.charges
        else:
            put_back += [not_invoiced_charge(c, refusal, context.contract) for c in sheet.charges]
    invoices.sort(key=lambda invoice: invoice.id.int)
    return Grouping(tuple(invoices), tuple(billed), tuple(put_back))


def _sheets(charges: Iterable[Charge]) -> Collection[_InvoiceDraft]:
    sheets: dict[CustomerId, _InvoiceDraft] = {}
    for charge in charges:
        customer = charge.payer.customer.id
        sheet = sheets.get(customer)
        if sheet is None:
            sheet = sheets[customer] = _InvoiceDraft(charge.payer)
        sheet.by_line.setdefault(charge.line.id, []).append(charge)
    return sheets.values()


def _refusal(sheet: _InvoiceDraft, context: ContractContext) -> Refusal | None:
    """Why a whole invoice is not made: it exists (DR-14), or nothing on it counts (P8, DR-13)."""
    existing = _existing(sheet, context)
    if existing is not None:
        return (
            None
            if _is_unfinished(existing, sheet, context)
            else refuse(Reason.INVOICE_EXISTS, Facts(record=existing.id))
        )
    # The billing type decides, not the amount: chargeable work at price 0 is billed ($14).
    is_chargeable = any(
        charge.detail.billing_type is BillingType.CHARGEABLE for charge in sheet.charges
    )
    if is_chargeable or context.policy.non_chargeable_only is NonChargeableOnly.ZERO_INVOICE:
        return None
    return refuse(Reason.ONLY_NON_CHARGEABLE, Facts(run_date=context.run_date))


def _existing(sheet: _InvoiceDraft, context: ContractContext) -> ExistingInvoice | None:
    """The invoice of this customer and run date, if there is one; its key says that we made it."""
    key = _invoice_id(sheet.payer, context)
    return next((found for found in context.snapshot.invoices if found.id == key), None)


def _is_unfinished(
    invoice: ExistingInvoice, sheet: _InvoiceDraft, context: ContractContext
) -> bool:
    """
    Whether making *invoice* was interrupted, so that it gets the rows it lacks (DR-14).

    Schedule rows get their run status when all else is written. A draft is unfinished while a
    row of its lines waits and none has had its run. Lines are written before details, so a line
    that the draft does not have came later, unless it has no content at all.
    """
    if invoice.status is not ProformaStatus.DRAFT or invoice.has_corrections:
        return False
    calendars = [context.calendar.of(line) for line in invoice.contract_line_ids]
    if any(calendar.has_run for calendar in calendars):
        return False
    if not _has_content(invoice, context):
        subjects = (charges[0].line for charges in sheet.by_line.values())
        calendars = [context.calendar.of(x.id) for x in subjects if isinstance(x, ContractLine)]
    return any(calendar.due for calendar in calendars)


def _has_content(invoice: ExistingInvoice, context: ContractContext) -> bool:
    """Whether *invoice* is more than a header; a retainer on it has no contract line."""
    existing = (entry.invoice_id for entry in context.snapshot.billed)
    return bool(invoice.contract_line_ids) or invoice.id in existing


def _invoice_id(payer: Payer, context: ContractContext) -> InvoiceId:
    return keys.invoice_id(
        context.snapshot.organization_id, context.contract.id, payer.customer.id, context.run_date
    )


def _invoice(sheet: _InvoiceDraft, context: ContractContext) -> InvoicePlan:
    """Header defaults come from the contract and its customer record ($9, $10, B10)."""
    contract, payer = context.contract, sheet.payer
    row = payer.contract_customer
    lines = _lines(sheet, context)
    return InvoicePlan(
        id=_invoice_id(payer, context),
        contract_id=contract.id,
        name=contract.name or str(contract.id),
        customer=payer.customer,
        contract_customer_id=row.id if row else None,
        currency=contract.currency,
        run_date=context.run_date,
        price_list_id=contract.price_list_id,
        bill_to=row.bill_to if row else BillTo(),
        payment_terms=row.payment_terms if row else None,
        amount=total(line.amount for line in lines),
        tax=total(line.tax for line in lines),
        lines=lines,
        carried=contract.carried,
        applied_retainers=_applied_retainers(sheet, context),
        continues=_existing(sheet, context) is not None,
    )


def _lines(sheet: _InvoiceDraft, context: ContractContext) -> tuple[LinePlan, ...]:
    invoice = _invoice_id(sheet.payer, context)
    lines = [
        invoice_line(context, invoice, charges[0].line, [charge.detail for charge in charges])
        for charges in sheet.by_line.values()
    ]
    lines += [invoice_line(context, invoice, line, ()) for line in _empty_lines(sheet, context)]
    return tuple(sorted(lines, key=_line_order))


def _line_order(line: LinePlan) -> tuple[int, str, int]:
    """Project lines, then products, then retainers; by name inside."""
    group_order = {"product": 1, "retainer": 2}.get(line.billing, 0)
    return (group_order, line.name, line.id.int)


def _empty_lines(sheet: _InvoiceDraft, context: ContractContext) -> list[ContractLine]:
    """Lines at zero that an option adds to an invoice that is made anyway (P5, DR-11, DR-12)."""
    option = context.policy.empty_lines
    if option is EmptyLines.OMIT or _existing(sheet, context) is not None:
        return []
    return [
        line
        for line in context.lines
        if line.kind is LineKind.PROJECT
        and line_refusal(line) is None
        and line.id not in sheet.by_line
        and _is_billed_to(line, sheet.payer, context)
        and (option is EmptyLines.ALL_PROJECT_LINES or context.calendar.of(line.id).due)
    ]


def _is_billed_to(line: ContractLine, payer: Payer, context: ContractContext) -> bool:
    """Whether *payer* is a customer of *line*; without customer rows every payer is (B2)."""
    rules = [r for r in context.snapshot.line_customers if r.contract_line_id == line.id]
    payers = [
        context.payers.of_contract_customer(rule.contract_customer_id)
        for rule in rules
        if rule.is_active
    ]
    return not rules or payer in payers


def _applied_retainers(
    sheet: _InvoiceDraft, context: ContractContext
) -> tuple[AppliedRetainer, ...]:
    """
    Against chargeable transactions only, never against a new retainer (V7).

    Nor beyond what the invoice comes to: a new retainer below zero leaves less to take off (V8).
    """
    if context.policy.retainers is not Retainers.BILL_AND_APPLY:
        return ()
    charged = [c.detail for c in sheet.charges if c.detail.billing_type is BillingType.CHARGEABLE]
    work = total(d.amount for d in charged if d.transaction_class is not TransactionClass.RETAINER)
    most = min(work, total(detail.amount for detail in charged))
    return applied(available_to(context, sheet.payer.customer.id), most)
