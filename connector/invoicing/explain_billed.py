"""What has happened to a record that an invoice bills already, and what an invoice bills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.invoicing.amounts import total
from connector.invoicing.choices import BillingStatus, TransactionType
from connector.invoicing.explanation import BilledBy, Explanation, Verdict
from connector.invoicing.former_invoices import run_date_of
from connector.invoicing.model import Actual
from connector.invoicing.statement import Listed, Sum, stated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from decimal import Decimal
    from uuid import UUID

    from connector.invoicing.former_invoices import FormerDetail, FormerInvoice, FormerLine
    from connector.invoicing.model import (
        ContractLine,
        ContractSnapshot,
        Currency,
        Milestone,
        Retainer,
    )
    from connector.invoicing.statement import Told

    Billing = tuple[FormerInvoice, FormerLine, FormerDetail]

_RELEASED: Final = stated(
    "It can be billed again when that invoice line detail is deleted, or the whole draft."
)
_CORRECTED: Final = stated("Only a corrective invoice changes what a confirmed invoice bills.")
_NO_TYPE: Final = stated("without billing type")
#: The types of actual that no run bills.
_TYPES: Final = {
    TransactionType.COST: stated("cost"),
    TransactionType.PROJECT_CONTRACT: stated("project contract"),
    TransactionType.BILLED_SALES: stated("billed sales"),
    TransactionType.RESOURCING_UNIT_COST: stated("resourcing unit cost"),
    TransactionType.INTER_ORGANIZATIONAL_SALES: stated("inter organizational sales"),
}
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
    story = tuple(
        stated(
            "{made}: {amount} ({type}), on line {line}.",
            made=_made(snapshot, invoice),
            amount=_sum(detail.amount, snapshot.contract.currency),
            type=detail.billing_type or _NO_TYPE,
            line=repr(line.name),
        )
        for invoice, line, detail in found
    )
    invoices = [invoice for invoice, _, _ in found]
    return _billed(snapshot, subject, kind, story, invoices)


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


def no_candidate(record: Actual | Milestone | ContractLine | Retainer) -> Told:
    """Why a record is billed by nothing and no candidate either (A1, A3, M3)."""
    if isinstance(record, Actual):
        kind = _TYPES.get(record.transaction_type)
        if kind is not None:
            return stated(
                "It is an actual of type {kind}; only unbilled sales are billed.", kind=kind
            )
        status = record.billing_status
    else:
        status = getattr(record, "billing_status", None) or getattr(record, "status", None)
    if status is BillingStatus.CANCELED:
        return stated("Its billing status is canceled: nothing bills it any more.")
    return stated("Its status is {status}, but no invoice that bills it was found.", status=status)


def _sum(amount: Decimal, currency: Currency) -> Sum:
    """An amount that a sentence names."""
    return Sum(amount=amount, currency=currency)


def invoice_title(invoice: FormerInvoice) -> Told:
    """What people call an invoice, with its status."""
    status = invoice.status or stated("without status")
    return stated("{what} ({more})", what=invoice.called, more=status)


def _several(
    snapshot: ContractSnapshot,
    subject: UUID,
    kind: str,
    found: Sequence[tuple[FormerInvoice, Decimal]],
) -> Explanation | None:
    if not found:
        return None
    currency = snapshot.contract.currency
    story = tuple(
        stated("{made}: {amount}.", made=_made(snapshot, item), amount=_sum(amount, currency))
        for item, amount in found
    )
    invoices = [invoice for invoice, _ in found]
    return _billed(snapshot, subject, kind, story, invoices)


def _of_invoice(snapshot: ContractSnapshot, invoice: FormerInvoice) -> Explanation:
    contract = snapshot.contract
    lines = tuple(_line(line, contract.currency) for line in invoice.lines)
    story = (
        stated(
            "Invoice {invoice} {dated} of contract {contract}: {amount} before tax.",
            invoice=invoice_title(invoice),
            dated=_dated(snapshot, invoice),
            contract=repr(contract.name),
            amount=_sum(invoice.amount, contract.currency),
        ),
        stated(
            "Lines: {lines}.",
            lines=Listed(values=lines, separator="; ") if lines else stated("none"),
        ),
    )
    return _billed(snapshot, invoice.id, "invoice", story, [invoice])


def _line(line: FormerLine, currency: Currency) -> Told:
    return stated(
        "{line} {amount} ({count} details)",
        line=repr(line.name),
        amount=_sum(line.amount, currency),
        count=len(line.details),
    )


def _of_line(snapshot: ContractSnapshot, invoice: FormerInvoice, line: FormerLine) -> Explanation:
    details = tuple(_told(snapshot, detail) for detail in line.details)
    story = (
        stated(
            "Line {line} of invoice {invoice} {dated}: {amount} before tax.",
            line=repr(line.name),
            invoice=invoice_title(invoice),
            dated=_dated(snapshot, invoice),
            amount=_sum(line.amount, snapshot.contract.currency),
        ),
        stated(
            "It bills {details}.",
            details=Listed(values=details, separator="; ") if details else stated("nothing"),
        ),
    )
    return _billed(snapshot, line.id, "invoice line", story, [invoice])


def _of_detail(
    snapshot: ContractSnapshot, invoice: FormerInvoice, line: FormerLine, detail: FormerDetail
) -> Explanation:
    told = stated(
        "On line {line} of invoice {invoice} {dated} it bills {detail}.",
        line=repr(line.name),
        invoice=invoice_title(invoice),
        dated=_dated(snapshot, invoice),
        detail=_told(snapshot, detail),
    )
    return _billed(snapshot, detail.id, "invoice line detail", (told,), [invoice])


def _told(snapshot: ContractSnapshot, detail: FormerDetail) -> Told:
    return stated(
        "{source} with {amount} ({type})",
        source=_source(detail),
        amount=_sum(detail.amount, snapshot.contract.currency),
        type=detail.billing_type or _NO_TYPE,
    )


def _source(detail: FormerDetail) -> Told:
    source = detail.source
    if source is None:
        return stated("a source that nothing names")
    return Listed(values=(source.table, str(source.id)), separator=" ")


def _billed(
    snapshot: ContractSnapshot,
    subject: UUID,
    kind: str,
    story: tuple[Told, ...],
    invoices: Sequence[FormerInvoice],
) -> Explanation:
    final = all(invoice.is_final for invoice in invoices)
    return Explanation(
        subject=subject,
        kind=kind,
        verdict=Verdict.BILLED,
        rules=_RULES,
        story=story,
        way_out=_CORRECTED if final else _RELEASED,
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


def _made(snapshot: ContractSnapshot, invoice: FormerInvoice) -> Told:
    day, title = run_date_of(invoice, snapshot), invoice_title(invoice)
    if day:
        return stated("Billed on {day} by invoice {invoice}", day=day, invoice=title)
    if not invoice.created:
        return stated("Billed by invoice {invoice}", invoice=title)
    return stated(
        "Billed by invoice {invoice}, which was made on {day}", invoice=title, day=invoice.created
    )


def _dated(snapshot: ContractSnapshot, invoice: FormerInvoice) -> Told:
    day = run_date_of(invoice, snapshot)
    if day:
        return stated("of the run of {day}", day=day)
    return stated("made on {day}", day=invoice.created)


def _lines(former: Sequence[FormerInvoice]) -> Iterator[tuple[FormerInvoice, FormerLine]]:
    return ((invoice, line) for invoice in former for line in invoice.lines)


def _details(former: Sequence[FormerInvoice]) -> Iterator[Billing]:
    return ((invoice, line, detail) for invoice, line in _lines(former) for detail in line.details)
