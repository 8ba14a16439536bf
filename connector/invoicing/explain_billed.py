"""What has happened to a record that an invoice bills already, and what an invoice bills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.invoicing.amounts import readable, total
from connector.invoicing.choices import BillingStatus, TransactionType
from connector.invoicing.explanation import BilledBy, Explanation, Verdict
from connector.invoicing.former_invoices import run_date_of
from connector.invoicing.model import Actual

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from decimal import Decimal
    from uuid import UUID

    from connector.invoicing.former_invoices import FormerDetail, FormerInvoice, FormerLine
    from connector.invoicing.model import ContractLine, ContractSnapshot, Milestone, Retainer

    Billing = tuple[FormerInvoice, FormerLine, FormerDetail]

_RELEASED: Final = (
    "It can be billed again when that invoice line detail is deleted, or the whole draft."
)
_CORRECTED: Final = "Only a corrective invoice changes what a confirmed invoice bills."
#: A source is billed once, and what claims it keeps it (A14).
_RULES: Final = ("A14",)


def billed_source(
    snapshot: ContractSnapshot, subject: UUID, kind: str, former: Sequence[FormerInvoice]
) -> Explanation | None:
    """Which invoices bill the source *subject*; None where none of *former* does."""
    found = tuple(
        billing
        for billing in _details(former)
        if billing[2].source is not None and billing[2].source.id == subject
    )
    if not found:
        return None
    texts = (
        f"{_made(snapshot, invoice)}: {readable(detail.amount, snapshot.contract.currency)}"
        f" ({detail.billing_type or 'without billing type'}), on line {line.name!r}."
        for invoice, line, detail in found
    )
    invoices = [invoice for invoice, _, _ in found]
    return _billed(snapshot, subject, kind, " ".join(texts), invoices)


def billed_line(
    snapshot: ContractSnapshot, line: ContractLine, day: date, former: Sequence[FormerInvoice]
) -> Explanation | None:
    """Which invoices of *day* bill something of the contract line; None where none does."""
    found = [
        (invoice, total(own.amount for own in invoice.lines if own.contract_line_id == line.id))
        for invoice in former
        if run_date_of(invoice, snapshot) == day
        and any(own.contract_line_id == line.id for own in invoice.lines)
    ]
    return _several(snapshot, line.id, "contract line", found)


def billed_contract(
    snapshot: ContractSnapshot, day: date, former: Sequence[FormerInvoice]
) -> Explanation | None:
    """The invoices that the contract has of *day*; None where it has none."""
    found = [(item, item.amount) for item in former if run_date_of(item, snapshot) == day]
    return _several(snapshot, snapshot.contract.id, "contract", found)


def billed_invoice(
    snapshot: ContractSnapshot, subject: UUID, former: Sequence[FormerInvoice]
) -> Explanation | None:
    """What the invoice, invoice line or invoice line detail *subject* bills; None if it is none."""
    for invoice in former:
        if invoice.id == subject:
            return _of_invoice(snapshot, invoice)
    for invoice, line in _lines(former):
        if line.id == subject:
            return _of_line(snapshot, invoice, line)
    for invoice, line, detail in _details(former):
        if detail.id == subject:
            return _of_detail(snapshot, invoice, line, detail)
    return None


def no_candidate_text(record: Actual | Milestone | ContractLine | Retainer) -> str:
    """Why a record is billed by nothing and no candidate either (A1, A3, M3)."""
    if isinstance(record, Actual):
        if record.transaction_type is not TransactionType.UNBILLED_SALES:
            kind = record.transaction_type.value.replace("-", " ")
            return f"It is an actual of type {kind}; only unbilled sales are billed."
        status = record.billing_status
    else:
        status = getattr(record, "billing_status", None) or getattr(record, "status", None)
    if status is BillingStatus.CANCELED:
        return "Its billing status is canceled: nothing bills it any more."
    return f"Its status is {status}, but no invoice that bills it was found."


def _several(
    snapshot: ContractSnapshot,
    subject: UUID,
    kind: str,
    found: Sequence[tuple[FormerInvoice, Decimal]],
) -> Explanation | None:
    if not found:
        return None
    currency = snapshot.contract.currency
    texts = (f"{_made(snapshot, item)}: {readable(amount, currency)}." for item, amount in found)
    invoices = [invoice for invoice, _ in found]
    return _billed(snapshot, subject, kind, " ".join(texts), invoices)


def _of_invoice(snapshot: ContractSnapshot, invoice: FormerInvoice) -> Explanation:
    currency = snapshot.contract.currency
    lines = "; ".join(
        f"{line.name!r} {readable(line.amount, currency)} ({len(line.details)} details)"
        for line in invoice.lines
    )
    text = (
        f"Invoice {invoice.title} {_dated(snapshot, invoice)} of contract"
        f" {snapshot.contract.name!r}: {readable(invoice.amount, currency)} before tax."
        f" Lines: {lines or 'none'}."
    )
    return _billed(snapshot, invoice.id, "invoice", text, [invoice])


def _of_line(snapshot: ContractSnapshot, invoice: FormerInvoice, line: FormerLine) -> Explanation:
    amount = readable(line.amount, snapshot.contract.currency)
    details = "; ".join(_told(snapshot, detail) for detail in line.details)
    text = (
        f"Line {line.name!r} of invoice {invoice.title} {_dated(snapshot, invoice)}: {amount}"
        f" before tax. It bills {details or 'nothing'}."
    )
    return _billed(snapshot, line.id, "invoice line", text, [invoice])


def _of_detail(
    snapshot: ContractSnapshot, invoice: FormerInvoice, line: FormerLine, detail: FormerDetail
) -> Explanation:
    text = (
        f"On line {line.name!r} of invoice {invoice.title} {_dated(snapshot, invoice)}"
        f" it bills {_told(snapshot, detail)}."
    )
    return _billed(snapshot, detail.id, "invoice line detail", text, [invoice])


def _told(snapshot: ContractSnapshot, detail: FormerDetail) -> str:
    amount = readable(detail.amount, snapshot.contract.currency)
    source = detail.source
    what = f"{source.table.value} {source.id}" if source else "a source that nothing names"
    return f"{what} with {amount} ({detail.billing_type or 'without billing type'})"


def _billed(
    snapshot: ContractSnapshot,
    subject: UUID,
    kind: str,
    text: str,
    invoices: Sequence[FormerInvoice],
) -> Explanation:
    final = all(invoice.is_final for invoice in invoices)
    return Explanation(
        subject=subject,
        kind=kind,
        verdict=Verdict.BILLED,
        rules=_RULES,
        text=text,
        what_would_change_it=_CORRECTED if final else _RELEASED,
        invoices=billed_by(snapshot, invoices),
    )


def billed_by(
    snapshot: ContractSnapshot, invoices: Sequence[FormerInvoice]
) -> tuple[BilledBy, ...]:
    """The invoices, each once, with the dates that they were made for."""
    once = {invoice.id: invoice for invoice in invoices}
    return tuple(
        BilledBy(invoice=invoice, run_date=run_date_of(invoice, snapshot))
        for invoice in once.values()
    )


def _made(snapshot: ContractSnapshot, invoice: FormerInvoice) -> str:
    day = run_date_of(invoice, snapshot)
    when = f" on {day}" if day else ""
    made = f", which was made on {invoice.created}," if invoice.created and not day else ""
    return f"Billed{when} by invoice {invoice.title}{made}".rstrip(",")


def _dated(snapshot: ContractSnapshot, invoice: FormerInvoice) -> str:
    day = run_date_of(invoice, snapshot)
    return f"of the run of {day}" if day else f"made on {invoice.created}"


def _lines(former: Sequence[FormerInvoice]) -> Iterator[tuple[FormerInvoice, FormerLine]]:
    return ((invoice, line) for invoice in former for line in invoice.lines)


def _details(former: Sequence[FormerInvoice]) -> Iterator[Billing]:
    return ((invoice, line, detail) for invoice, line in _lines(former) for detail in line.details)
