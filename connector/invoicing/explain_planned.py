"""What a plan bills, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.invoicing.statement import Listed, Sum, stated

if TYPE_CHECKING:
    from uuid import UUID

    from connector.invoicing.model import Currency
    from connector.invoicing.plan import ContractPlan, DetailPlan
    from connector.invoicing.statement import Told


def planned_invoices(plan: ContractPlan) -> Told:
    """How many invoices *plan* makes, and their amounts."""
    invoices = plan.invoices
    if not invoices:
        return stated("No invoice")
    amounts = tuple(Sum(amount=invoice.amount, currency=invoice.currency) for invoice in invoices)
    return stated(
        "{count} invoice(s) on {day}: {amounts}",
        count=len(invoices),
        day=plan.run_date,
        amounts=Listed(values=amounts, separator=", "),
    )


def planned_source(plan: ContractPlan, subject: UUID) -> Told:
    """With what and where *plan* bills the source *subject*; None where it does not."""
    places = (
        (invoice, line, detail)
        for invoice in plan.invoices
        for line in invoice.lines
        for detail in line.details
    )
    for invoice, line, detail in places:
        if detail.source.id == subject:
            return stated(
                "Billed on {day} with {amount} ({parts}), on line {line} of invoice {invoice}.",
                day=plan.run_date,
                amount=Sum(amount=detail.amount, currency=invoice.currency),
                parts=_parts(detail, invoice.currency),
                line=repr(line.name),
                invoice=str(invoice.id),
            )
    return None


def _parts(detail: DetailPlan, currency: Currency) -> Told:
    """The billing type, and what the amount is made of where it is not the source's own."""
    discount, fee = (
        Sum(amount=detail.discount, currency=currency),
        Sum(amount=detail.fee, currency=currency),
    )
    parts = [stated("less {amount} discount", amount=discount)] if detail.discount else []
    parts += [stated("with {amount} fee", amount=fee)] if detail.fee else []
    if not parts:
        return detail.billing_type
    both = stated("{first} and {second}", first=parts[0], second=parts[-1])
    return stated(
        "{type}, {amount} {parts}",
        type=detail.billing_type,
        amount=Sum(amount=detail.gross, currency=currency),
        parts=both if len(parts) > 1 else parts[0],
    )
