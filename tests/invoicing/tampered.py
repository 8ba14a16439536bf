"""A sound plan, ways to spoil it, and what the checks say about each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connector.invoicing.choices import BillingType
from connector.invoicing.invariants import check_contract
from connector.invoicing.model import ExistingInvoice
from connector.invoicing.plan import AppliedRetainer
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Bounds, Policy
from tests.invoicing.golden import FOLDER
from tests.invoicing.ledger import ident, snapshot_of
from tests.invoicing.run_bounds import check_bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connector.invoicing.plan import ContractPlan
    from connector.invoicing.violations import Violation

DAY = date(2020, 10, 5)
SNAPSHOT = snapshot_of((FOLDER / "adatum.ledger").read_text(encoding="utf-8"))
PLAN = plan_contract(SNAPSHOT, DAY, Policy())
[INVOICE] = PLAN.invoices
TOTAL = INVOICE.amount


def with_invoice(**changes: Any) -> ContractPlan:
    return replace(PLAN, invoices=(replace(INVOICE, **changes),))


def with_detail(**changes: Any) -> ContractPlan:
    first, *rest = INVOICE.lines
    details = (replace(first.details[0], **changes), *first.details[1:])
    return with_invoice(lines=(replace(first, details=details), *rest))


def with_line(**changes: Any) -> ContractPlan:
    first, *rest = INVOICE.lines
    return with_invoice(lines=(replace(first, **changes), *rest))


def in_euro() -> ContractPlan:
    first, *rest = PLAN.not_invoiced
    euro = replace(first.currency, code="EUR")
    return replace(PLAN, not_invoiced=(replace(first, currency=euro), *rest))


def doubled() -> ContractPlan:
    return replace(PLAN, invoices=(INVOICE, INVOICE))


def former(amount: str, **changes: Any) -> ExistingInvoice:
    invoice = ExistingInvoice(
        id=ident(amount), customer_id=INVOICE.customer.id, status=None, total=Decimal(amount)
    )
    return replace(invoice, **changes)


HISTORY = replace(SNAPSHOT, invoices=(former("1000"), former("3000")))
EARLIER = date(2020, 9, 20)

TAMPERED: list[tuple[Callable[[], ContractPlan], str]] = [
    (lambda: replace(PLAN, not_invoiced=PLAN.not_invoiced[1:]), "without-place"),
    (
        lambda: replace(PLAN, not_invoiced=PLAN.not_invoiced[:1] + PLAN.not_invoiced),
        "placed-twice",
    ),
    (lambda: with_invoice(lines=INVOICE.lines[1:]), "without-place"),
    (
        lambda: with_detail(source=replace(INVOICE.lines[0].details[0].source, id=ident("x"))),
        "not-a-candidate",
    ),
    (lambda: with_detail(amount=Decimal(1)), "amount-changed"),
    (lambda: with_detail(amount=Decimal("0.001")), "precision"),
    (lambda: with_detail(tax=Decimal("0.001")), "precision"),
    (lambda: with_detail(billing_type=BillingType.NON_CHARGEABLE), "line-sum"),
    (lambda: with_line(amount=TOTAL), "line-sum"),
    (lambda: with_line(complimentary=Decimal(1)), "line-sum"),
    (lambda: with_line(tax=Decimal(1)), "line-tax"),
    (lambda: with_invoice(amount=TOTAL + 1), "invoice-sum"),
    (lambda: with_invoice(tax=Decimal(1)), "invoice-sum"),
    (lambda: with_invoice(currency=replace(INVOICE.currency, code="EUR")), "currency-differs"),
    (lambda: with_invoice(contract_id=ident("other")), "currency-differs"),
    (lambda: with_invoice(id=ident("other")), "wrong-key"),
    (lambda: with_invoice(lines=()), "empty-invoice"),
    (doubled, "customer-twice"),
    (doubled, "key-twice"),
    (doubled, "placed-twice"),
    (lambda: replace(PLAN, schedule_updates=PLAN.schedule_updates * 2), "schedule-update"),
    (
        lambda: replace(
            PLAN,
            schedule_updates=(replace(PLAN.schedule_updates[0], invoice_id=ident("x")),),
        ),
        "schedule-update",
    ),
    (
        lambda: with_invoice(
            applied_retainers=(
                AppliedRetainer(retainer_id=ident("r"), amount=TOTAL + 1, balance=Decimal(0)),
            )
        ),
        "retainer-cap",
    ),
    (lambda: with_detail(discount=Decimal("0.001")), "precision"),
    (in_euro, "currency-changed"),
]

BEYOND = [
    (Bounds(amount_per_invoice=TOTAL - 1), "amount-per-invoice"),
    (Bounds(amount_per_run=TOTAL - 1), "amount-per-run"),
    (Bounds(invoices_per_run=0), "invoices-per-run"),
    (Bounds(details_per_invoice=2), "details-per-invoice"),
    (Bounds(months_ahead=0), "months-ahead"),
    (Bounds(deviation_factor=Decimal(3)), "deviation"),
    (Bounds(lowest_amount_per_invoice=TOTAL + 1), "lowest-amount-per-invoice"),
]


def violations() -> Iterator[tuple[str, Violation]]:
    """Every violation of every spoiled plan, after the code that names the case."""
    for tamper, code in TAMPERED:
        yield from ((code, found) for found in check_contract(SNAPSHOT, tamper()))
    for bounds, code in BEYOND:
        found = check_bounds([PLAN], bounds, today=EARLIER, snapshots=[HISTORY])
        yield from ((code, violation) for violation in found)


def violations_text() -> str:
    """The same as text, one row each."""
    return "".join(
        f"{case} | {found.code} | {found.contract_id} | {found.subject} | {found.text}\n"
        for case, found in violations()
    )
