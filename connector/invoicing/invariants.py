"""Distrust of the plan: what must hold before anything is written, whatever the rules decided."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from connector.invoicing import keys
from connector.invoicing.amounts import ZERO, fits_precision, total
from connector.invoicing.choices import BillingType
from connector.invoicing.conservation import (
    Balance,
    Conservation,
    candidate_amounts,
    combined,
    conservation_of,
    details_of,
)
from connector.invoicing.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal
    from uuid import UUID

    from connector.invoicing.model import ContractSnapshot, Source
    from connector.invoicing.plan import ContractPlan, InvoicePlan, LinePlan

__all__ = [
    "Balance",
    "Conservation",
    "Violation",
    "check_contract",
    "combined",
    "conservation_of",
]


def check_contract(snapshot: ContractSnapshot, plan: ContractPlan) -> tuple[Violation, ...]:
    """
    Every invariant that *plan* breaks; an empty tuple is the proof.

    1. Each candidate of *snapshot* is invoiced or refused, exactly once, and nothing else is.
    2. A detail bills the net amount of its source, in the contract's currency and precision; what
       is refused keeps its own currency, so that money balances with the rows.
    3. One source has one detail, one customer one invoice, one contract line one line on it, and
       every row its obligation key.
    4. Lines add up their details, invoices their lines.
    5. Schedule rows are updated once, and point to an invoice of this plan or of the contract.
    """
    return (
        *_conservation(snapshot, plan),
        *_uniqueness(snapshot, plan),
        *(v for invoice in plan.invoices for v in _sums(plan, invoice)),
        *(v for invoice in plan.invoices for v in _money(plan, invoice)),
        *_schedule(snapshot, plan),
    )


def _conservation(snapshot: ContractSnapshot, plan: ContractPlan) -> Iterator[Violation]:
    expected = {(s.table, s.id): (amount, code) for s, amount, code in _candidates(snapshot)}
    own = plan.currency.code
    placed = [((d.source.table, d.source.id), d.amount, own) for d in details_of(plan)]
    placed += [
        ((n.source.table, n.source.id), n.amount, n.currency.code) for n in plan.not_invoiced
    ]
    times = Counter(key for key, _, _ in placed)
    for (table, key), count in times.items():
        if count > 1:
            yield _violation(plan, "placed-twice", f"{table} {key} has {count} places", key)
        if (table, key) not in expected:
            yield _violation(plan, "not-a-candidate", f"{table} {key} is no candidate", key)
    for table, key in expected:
        if (table, key) not in times:
            yield _violation(plan, "without-place", f"{table} {key} has no place", key)
    for (table, key), amount, code in placed:
        stored, stored_code = expected.get((table, key), (amount, code))
        if amount != stored:
            text = f"{table} {key} has the amount {stored:f}, but {amount:f} in the plan"
            yield _violation(plan, "amount-changed", text, key)
        if code != stored_code:
            text = f"{table} {key} is in {stored_code}, but in {code} in the plan"
            yield _violation(plan, "currency-changed", text, key)


def _candidates(snapshot: ContractSnapshot) -> Iterator[tuple[Source, Decimal, str]]:
    return ((source, amount, c.code) for source, amount, c in candidate_amounts(snapshot))


def _uniqueness(snapshot: ContractSnapshot, plan: ContractPlan) -> Iterator[Violation]:
    used: list[tuple[str, UUID]] = [("invoice", invoice.id) for invoice in plan.invoices]
    used += [("line", line.id) for invoice in plan.invoices for line in invoice.lines]
    used += [("detail", detail.id) for detail in details_of(plan)]
    for (word, key), count in Counter(used).items():
        if count > 1:
            yield _violation(plan, "key-twice", f"{word} key {key} is used {count} times", key)
    customers = Counter(invoice.customer.id for invoice in plan.invoices)
    for customer, count in customers.items():
        if count > 1:
            text = f"customer {customer} has {count} invoices"
            yield _violation(plan, "customer-twice", text, customer)
    for invoice in plan.invoices:
        own = keys.invoice_id(
            snapshot.organization_id, plan.contract_id, invoice.customer.id, plan.run_date
        )
        if invoice.id != own:
            yield _violation(plan, "wrong-key", f"invoice {invoice.id} should be {own}", invoice.id)


def _sums(plan: ContractPlan, invoice: InvoicePlan) -> Iterator[Violation]:
    for line in invoice.lines:
        chargeable = _amounts(line, BillingType.CHARGEABLE)
        if line.amount != chargeable:
            text = f"line {line.id} is {line.amount:f}, its details are {chargeable:f}"
            yield _violation(plan, "line-sum", text, line.id)
        others = (
            _amounts(line, BillingType.NON_CHARGEABLE),
            _amounts(line, BillingType.COMPLIMENTARY),
        )
        if (line.non_chargeable, line.complimentary) != others:
            yield _violation(
                plan, "line-sum", f"line {line.id} sums its free details wrong", line.id
            )
        if line.tax not in _possible_taxes(line):
            yield _violation(plan, "line-tax", f"line {line.id} sums its tax wrong", line.id)
    amount, tax = total(x.amount for x in invoice.lines), total(x.tax for x in invoice.lines)
    if (invoice.amount, invoice.tax) != (amount, tax):
        text = f"invoice {invoice.id} is {invoice.amount:f} + {invoice.tax:f},"
        text += f" its lines are {amount:f} + {tax:f}"
        yield _violation(plan, "invoice-sum", text, invoice.id)


def _amounts(line: LinePlan, billing_type: BillingType) -> Decimal:
    return total(d.amount for d in line.details if d.billing_type is billing_type)


def _possible_taxes(line: LinePlan) -> tuple[Decimal, Decimal]:
    """Tax of chargeable details, or of all (DR-21)."""
    counted = [d.tax for d in line.details if d.billing_type is BillingType.CHARGEABLE]
    return total(counted), total(d.tax for d in line.details)


def _money(plan: ContractPlan, invoice: InvoicePlan) -> Iterator[Violation]:
    if invoice.currency != plan.currency or invoice.contract_id != plan.contract_id:
        text = f"invoice {invoice.id} is not in the contract's currency {plan.currency.code}"
        yield _violation(plan, "currency-differs", text, invoice.id)
    if not invoice.lines:
        yield _violation(plan, "empty-invoice", f"invoice {invoice.id} has no line", invoice.id)
    for line in invoice.lines:
        for detail in line.details:
            parts = (detail.amount, detail.tax, detail.gross)
            if not all(fits_precision(part, plan.currency.precision) for part in parts):
                text = f"{detail.source.table} {detail.source.id} is finer than the currency"
                yield _violation(plan, "precision", text, detail.source.id)
    deducted = total(part.amount for part in invoice.applied_retainers)
    if deducted > max(invoice.amount, ZERO):
        text = f"invoice {invoice.id} applies {deducted:f} of retainers to {invoice.amount:f}"
        yield _violation(plan, "retainer-cap", text, invoice.id)


def _schedule(snapshot: ContractSnapshot, plan: ContractPlan) -> Iterator[Violation]:
    rows = {row.id for row in snapshot.schedule}
    invoices = {i.id for i in plan.invoices} | {i.id for i in snapshot.invoices}
    times = Counter(update.row_id for update in plan.schedule_updates)
    for update in plan.schedule_updates:
        is_known = update.row_id in rows and times[update.row_id] == 1
        if not is_known or (update.invoice_id is not None and update.invoice_id not in invoices):
            text = f"schedule row {update.row_id} is unknown, updated twice or names no invoice"
            yield _violation(plan, "schedule-update", text, update.row_id)


def _violation(plan: ContractPlan, code: str, text: str, subject: UUID) -> Violation:
    full = f"Contract {plan.contract_name!r} on {plan.run_date}: {text}."
    return Violation(code=code, text=full, contract_id=plan.contract_id, subject=subject)
