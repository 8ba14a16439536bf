"""Safety bounds: a plan that is right by the rules can still be wrong by its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.invoicing.amounts import is_number, readable, total
from connector.invoicing.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from decimal import Decimal

    from connector.invoicing.ids import CustomerId
    from connector.invoicing.model import ContractSnapshot, Currency
    from connector.invoicing.plan import ContractPlan, InvoicePlan
    from connector.invoicing.policy import Bounds


def run_violations(
    invoices: int, amounts: Mapping[Currency, Decimal], bounds: Bounds
) -> Iterator[Violation]:
    """The bounds that a run breaks as a whole; *amounts* before tax by currency."""
    if bounds.invoices_per_run is not None and invoices > bounds.invoices_per_run:
        text = f"The run makes {invoices} invoices; invoices_per_run is {bounds.invoices_per_run}."
        yield Violation(code="invoices-per-run", text=text)
    most = bounds.amount_per_run
    if most is None:
        return
    for currency, amount in sorted(amounts.items(), key=lambda item: item[0].code):
        if amount > most:
            billed, limit = readable(amount, currency), readable(most, currency)
            text = f"The run bills {billed}; amount_per_run is {limit}."
            yield Violation(code="amount-per-run", text=text)


def contract_violations(
    plan: ContractPlan, bounds: Bounds, *, today: date | None, snapshot: ContractSnapshot | None
) -> Iterator[Violation]:
    """The bounds that one contract breaks by itself; *snapshot* holds its former invoices."""
    yield from _month_violations(plan, bounds, today)
    for invoice in plan.invoices:
        yield from _invoice_violations(plan, invoice, bounds)
        yield from _deviations(plan, invoice, bounds, snapshot)


def _month_violations(
    plan: ContractPlan, bounds: Bounds, today: date | None
) -> Iterator[Violation]:
    if bounds.months_ahead is None or today is None or not plan.invoices:
        return
    months = (plan.run_date.year - today.year) * 12 + plan.run_date.month - today.month
    if plan.run_date.day > today.day:
        months += 1  # a part of a month counts as one more
    if months > bounds.months_ahead:
        text = (
            f"Contract {plan.contract_name!r} is planned for {plan.run_date}, more than"
            f" {bounds.months_ahead} months after {today} (months_ahead)."
        )
        yield Violation(code="months-ahead", text=text, contract_id=plan.contract_id)


def _invoice_violations(
    plan: ContractPlan, invoice: InvoicePlan, bounds: Bounds
) -> Iterator[Violation]:
    highest, lowest = bounds.amount_per_invoice, bounds.lowest_amount_per_invoice
    which = f"Invoice {invoice.id} of contract {plan.contract_name!r}"
    bills = f"{which} bills {readable(invoice.amount, plan.currency)}"
    if highest is not None and invoice.amount > highest:
        text = f"{bills}; amount_per_invoice is {readable(highest, plan.currency)}."
        yield _violation("amount-per-invoice", text, invoice)
    if lowest is not None and invoice.amount < lowest:
        text = f"{bills}; lowest_amount_per_invoice is {readable(lowest, plan.currency)}."
        yield _violation("lowest-amount-per-invoice", text, invoice)
    count = sum(len(line.details) for line in invoice.lines)
    if bounds.details_per_invoice is not None and count > bounds.details_per_invoice:
        text = f"{which} has {count} details; details_per_invoice is {bounds.details_per_invoice}."
        yield _violation("details-per-invoice", text, invoice)


def _deviations(
    plan: ContractPlan, invoice: InvoicePlan, bounds: Bounds, snapshot: ContractSnapshot | None
) -> Iterator[Violation]:
    if bounds.deviation_factor is None or snapshot is None:
        return
    former = _former_totals(snapshot, invoice.customer.id)
    if not former:
        return
    average = total(former) / len(former)
    if invoice.amount > average * bounds.deviation_factor:
        billed = readable(invoice.amount, plan.currency)
        usual = readable(round(average, plan.currency.precision), plan.currency)
        text = (
            f"Invoice {invoice.id} of contract {plan.contract_name!r} bills {billed};"
            f" the {len(former)} former invoices of this customer averaged {usual}"
            f" (deviation_factor {bounds.deviation_factor:f})."
        )
        yield _violation("deviation", text, invoice)


def _former_totals(snapshot: ContractSnapshot, customer: CustomerId) -> list[Decimal]:
    """Totals of the customer's former invoices; corrections and empty ones say nothing."""
    return [
        invoice.total
        for invoice in snapshot.invoices
        if invoice.customer_id == customer
        and not invoice.has_corrections
        and invoice.total is not None
        and is_number(invoice.total)
        and invoice.total > 0
    ]


def _violation(code: str, text: str, invoice: InvoicePlan) -> Violation:
    return Violation(code=code, text=text, contract_id=invoice.contract_id, subject=invoice.id)
