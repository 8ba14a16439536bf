"""What a person should look at although the plan is sound."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Final

from connector.invoicing.amounts import ZERO, is_number, total
from connector.invoicing.choices import (
    BillingStatus,
    MilestoneStatus,
    ProformaStatus,
    RunStatus,
    SourceTable,
)
from connector.invoicing.model import ContractLine
from connector.invoicing.net_amounts import available, product_amount, product_readings
from connector.invoicing.plan import PlanWarning
from connector.invoicing.policy import Retainers
from connector.invoicing.retainers import is_applicable
from connector.invoicing.transactions import day_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from connector.invoicing.context import ContractContext
    from connector.invoicing.grouping import Grouping
    from connector.invoicing.ids import ContractLineId
    from connector.invoicing.plan import InvoicePlan
    from connector.invoicing.reasons import Refusal

#: Details of one invoice above which real-time synchronisation to Finance gives up (J8).
SYNC_LIMIT: Final = 1000

_WHOLE = Decimal(100)
_OPEN = (ProformaStatus.DRAFT, ProformaStatus.IN_REVIEW)


def plan_warnings(context: ContractContext, grouping: Grouping) -> tuple[PlanWarning, ...]:
    """All warnings of a planned contract, sorted."""
    return _sorted(
        [
            *context.calendar.warnings,
            *_customer_warnings(context),
            *_run_already_warnings(context),
            *_retainer_warnings(context),
            *_record_warnings(context, grouping),
            *_product_warnings(context, grouping),
            *(w for invoice in grouping.invoices for w in _invoice_warnings(context, invoice)),
            *(w for invoice in grouping.invoices for w in _amount_warnings(context, invoice)),
            *(w for invoice in grouping.invoices for w in _terms_warnings(context, invoice)),
            *_limit_warnings(context, grouping.invoices),
        ]
    )


def unfit_warnings(context: ContractContext, refusal: Refusal) -> tuple[PlanWarning, ...]:
    """The warning of a contract that is refused as a whole although rows of it are due (DR-1)."""
    if not context.calendar.due_rows():
        return ()
    text = f"{refusal.hint} Its due invoice schedule rows are left as they are."
    return (PlanWarning(code=refusal.reason, text=text, subject=context.contract.id),)


def _sorted(warnings: Iterable[PlanWarning]) -> tuple[PlanWarning, ...]:
    found = set(warnings)
    return tuple(sorted(found, key=lambda w: (w.code, w.subject.int if w.subject else 0, w.text)))


def _customer_warnings(context: ContractContext) -> Iterator[PlanWarning]:
    """Split rules that cannot be right (B3, B5, B6); bills follow the actuals all the same."""
    contract = context.contract
    rows = [row for row in context.snapshot.customers if row.is_active]
    shares = [row.split_percent for row in rows if row.split_percent is not None]
    if shares and total(shares) != _WHOLE:
        text = f"The contract customers' shares add up to {total(shares):f} percent, not 100."
        yield PlanWarning(code="split-not-100", text=text, subject=contract.id)
    if len(rows) > 1 and sum(row.is_primary for row in rows) != 1:
        text = f"The contract has {sum(row.is_primary for row in rows)} primary customers, not 1."
        yield PlanWarning(code="primary-customer-unclear", text=text, subject=contract.id)
    if rows and not all(row.customer for row in rows):
        for row in rows:
            if row.customer is None:
                text = f"Contract customer {row.id} names no customer."
                yield PlanWarning(code="customer-missing", text=text, subject=row.id)
    customers = [row.customer.id for row in rows if row.customer]
    if len(set(customers)) != len(customers):
        text = "A customer stands twice among the contract customers; it gets one invoice."
        yield PlanWarning(code="customer-twice", text=text, subject=contract.id)
    rules = sorted(
        (rule for rule in context.snapshot.line_customers if rule.is_active),
        key=lambda rule: rule.contract_line_id.int,
    )
    for line, found in groupby(rules, key=lambda rule: rule.contract_line_id):
        parts = [rule.split_percent for rule in found if rule.split_percent is not None]
        if parts and total(parts) != _WHOLE:
            text = (
                f"The shares of contract line {line} add up to {total(parts):f} percent, not 100."
            )
            yield PlanWarning(code="split-not-100", text=text, subject=line)


def _run_already_warnings(context: ContractContext) -> Iterator[PlanWarning]:
    """Ready work within the cut-off of a row that has had its run (DR-6, DR-22)."""
    known = {invoice.id for invoice in context.snapshot.invoices}
    for row in context.snapshot.schedule:
        if row.status is not RunStatus.SUCCESSFUL or row.invoice_id is None:
            continue
        if row.invoice_id not in known:
            text = f"Invoice schedule row {row.id} is Run Successful, but its invoice is gone."
            yield PlanWarning(code="invoice-of-row-deleted", text=text, subject=row.id)
    first_ready = _first_ready_days(context)
    for line in context.lines:
        reach, first = context.calendar.of(line.id).ran_up_to, first_ready.get(line.id)
        if reach is not None and first is not None and first <= reach:
            text = (
                f"Line {line.name!r} has run on {context.run_date} already; Ready transactions that"
                " this run would bill wait for its next run."
            )
            yield PlanWarning(code="ready-after-run", text=text, subject=line.id)


def _first_ready_days(context: ContractContext) -> dict[ContractLineId | None, date]:
    """The earliest day of the Ready transactions of each line that has had its run."""
    ran = {line for line, calendar in context.calendar.lines.items() if calendar.has_run}
    first: dict[ContractLineId | None, date] = {}
    if not ran:
        return first
    for actual in context.snapshot.actuals:
        line, day = actual.contract_line_id, day_of(actual, context.policy.cutoff)
        is_ready = actual.billing_status is BillingStatus.READY_TO_INVOICE
        if is_ready and day is not None and line in ran:
            first[line] = min(day, first.get(line, day))
    return first


def _retainer_warnings(context: ContractContext) -> Iterator[PlanWarning]:
    """Paid retainers that nobody applies (V5, DR-18)."""
    if context.policy.retainers is Retainers.BILL_AND_APPLY:
        return
    for retainer in context.snapshot.retainers:
        if is_applicable(retainer):
            text = (
                f"Retainer {retainer.name!r} has {available(retainer):f}"
                f" {context.contract.currency.code} available; it is not applied."
            )
            yield PlanWarning(code="retainer-not-applied", text=text, subject=retainer.id)


def _record_warnings(context: ContractContext, grouping: Grouping) -> Iterator[PlanWarning]:
    for charge in grouping.charges:
        if not charge.line.name.strip():
            text = f"Contract line {charge.line.id} has no name; its id is written instead."
            yield PlanWarning(code="line-without-name", text=text, subject=charge.line.id)
    for milestone in context.snapshot.milestones:  # nothing to bill has no tax (M13)
        is_open = milestone.status in (MilestoneStatus.READY, MilestoneStatus.NOT_READY)
        if milestone.is_active and is_open and milestone.amount == ZERO and milestone.tax:
            text = f"Milestone {milestone.name!r} has the amount 0 but a tax."
            yield PlanWarning(code="tax-without-amount", text=text, subject=milestone.id)
    known = {row.milestone_id for row in context.calendar.due_rows() if row.milestone_id}
    for missing in known - {milestone.id for milestone in context.snapshot.milestones}:
        text = f"A due invoice schedule row names milestone {missing}, which does not exist."
        yield PlanWarning(code="schedule-row-milestone-unknown", text=text, subject=missing)


def _product_warnings(context: ContractContext, grouping: Grouping) -> Iterator[PlanWarning]:
    """Product lines whose columns do not say the same of what they cost ($15)."""
    precision = context.contract.currency.precision
    for charge in grouping.charges:
        if charge.detail.source.table is not SourceTable.PRODUCT_LINE:
            continue
        line = charge.line
        readings = product_readings(line, precision) if isinstance(line, ContractLine) else ()
        if isinstance(line, ContractLine) and len(set(readings)) > 1:
            said = ", ".join(f"{reading:f}" for reading in readings)
            text = (
                f"Product line {line.name!r} says different amounts before tax ({said}) by extended"
                f" amount, quantity and price, and amount; {product_amount(line, precision):f}"
                f" {context.contract.currency.code} is planned."
            )
            yield PlanWarning(code="product-amount-differs", text=text, subject=line.id)


def _amount_warnings(context: ContractContext, invoice: InvoicePlan) -> Iterator[PlanWarning]:
    """Drafts of zero or less, which no customer pays (P11)."""
    if invoice.amount > ZERO:
        return
    word = "zero" if invoice.amount == ZERO else "negative"
    text = (
        f"Invoice {invoice.id} of contract {context.contract.name!r} bills {invoice.amount:f}"
        f" {invoice.currency.code} before tax; the bound lowest_amount_per_invoice can refuse it."
    )
    yield PlanWarning(code=f"invoice-{word}", text=text, subject=invoice.id)


def _terms_warnings(context: ContractContext, invoice: InvoicePlan) -> Iterator[PlanWarning]:
    """Payment terms of a customer that no invoice can have (B10, DR-27)."""
    for row in context.snapshot.customers:
        if row.id == invoice.contract_customer_id and row.unknown_payment_terms is not None:
            text = (
                f"The payment terms {row.unknown_payment_terms} of contract customer {row.id} have"
                f" no counterpart on an invoice; invoice {invoice.id} gets none."
            )
            yield PlanWarning(code="payment-terms-unknown", text=text, subject=row.id)


def _invoice_warnings(context: ContractContext, invoice: InvoicePlan) -> Iterator[PlanWarning]:
    if invoice.price_list_id is None:
        text = "The contract has no price list; the platform may total its invoices to 0."
        yield PlanWarning(
            code="contract-without-price-list", text=text, subject=context.contract.id
        )
    if not context.contract.name:
        text = "The contract has no name; its id is written instead."
        yield PlanWarning(code="contract-without-name", text=text, subject=context.contract.id)
    count = sum(len(line.details) for line in invoice.lines)
    if count > SYNC_LIMIT:
        text = (
            f"Invoice {invoice.id} has {count} details; real-time synchronisation to Finance"
            f" takes {SYNC_LIMIT}; the bound details_per_invoice can refuse it."
        )
        yield PlanWarning(code="many-details", text=text, subject=invoice.id)
    if invoice.continues:
        text = f"The making of invoice {invoice.id} was interrupted; it gets what it lacks."
        yield PlanWarning(code="draft-continued", text=text, subject=invoice.id)
    for existing in context.snapshot.invoices:
        is_other = existing.id != invoice.id
        if is_other and existing.customer_id == invoice.customer.id and existing.status in _OPEN:
            text = (
                f"Invoice {existing.id} of this contract and customer is still open;"
                f" a new draft {invoice.id} is made for {invoice.run_date}."
            )
            yield PlanWarning(code="open-draft", text=text, subject=existing.id)


def _limit_warnings(
    context: ContractContext, invoices: tuple[InvoicePlan, ...]
) -> Iterator[PlanWarning]:
    """Our own sum against the limit of the contract; the status of each actual decides (N11)."""
    limit = context.contract.not_to_exceed_limit
    if limit is None or not is_number(limit) or not invoices:
        return
    former = total(i.total for i in context.snapshot.invoices if i.total and is_number(i.total))
    planned = total(invoice.amount for invoice in invoices)
    if former + planned > limit:
        text = (
            f"Invoices of {former:f} and this plan of {planned:f} exceed the contract's"
            f" not-to-exceed limit of {limit:f} {context.contract.currency.code}."
        )
        yield PlanWarning(code="not-to-exceed-limit", text=text, subject=context.contract.id)
