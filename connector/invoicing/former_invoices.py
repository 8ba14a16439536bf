"""Invoices that a contract already has, with what they bill, for whoever asks about a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.invoicing import keys
from connector.invoicing.amounts import total
from connector.invoicing.choices import BillingType, ProformaStatus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal
    from uuid import UUID

    from connector.invoicing.ids import ContractLineId, CustomerId, InvoiceId
    from connector.invoicing.model import ContractSnapshot, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerDetail:
    """
    One thing that an invoice bills; *amount* before tax, net of discounts and with fees.

    *source* is None where nothing in the tenant says what it is.
    """

    id: UUID
    source: Source | None
    billing_type: BillingType | None
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerLine:
    """A line of an invoice; a product line bills by itself, and is its own only detail."""

    id: UUID
    name: str
    contract_line_id: ContractLineId | None
    details: tuple[FormerDetail, ...]

    @property
    def amount(self) -> Decimal:
        """What the customer is asked for before tax."""
        chargeable = BillingType.CHARGEABLE
        return total(item.amount for item in self.details if item.billing_type is chargeable)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerInvoice:
    """An invoice as it stands; *created* is the day in the business time zone."""

    id: InvoiceId
    number: str | None
    name: str | None
    status: ProformaStatus | None
    created: date | None
    lines: tuple[FormerLine, ...]

    @property
    def amount(self) -> Decimal:
        """What the customer is asked for before tax."""
        return total(line.amount for line in self.lines)

    @property
    def called(self) -> str:
        """What people call it: its number and name, or else its id."""
        name = f"{self.name!r}" if self.name else ""
        return " ".join(filter(None, (self.number, name))) or str(self.id)

    @property
    def is_final(self) -> bool:
        """Whether only a corrective invoice can change what it bills."""
        return self.status in (ProformaStatus.CONFIRMED, ProformaStatus.PAID)


def run_date_of(invoice: FormerInvoice, snapshot: ContractSnapshot) -> date | None:
    """
    The run date that *invoice* bills, as far as the tenant says it.

    A schedule row that links to it says it, or its key where the run was one of ours, or the date
    of a milestone on it; None where nothing does.
    """
    linked = (row.run_date for row in snapshot.schedule if row.invoice_id == invoice.id)
    keyed = (day for key, day in _own_keys(snapshot) if key == invoice.id)
    billed = {item.source.id for line in invoice.lines for item in line.details if item.source}
    milestones = (item.date for item in snapshot.milestones if item.id in billed)
    return next((day for days in (linked, keyed, milestones) for day in days if day), None)


def _own_keys(snapshot: ContractSnapshot) -> Iterator[tuple[InvoiceId, date]]:
    """The keys that our own runs of the contract's dates give its invoices."""
    contract = snapshot.contract
    days = {row.run_date for row in snapshot.schedule} | {m.date for m in snapshot.milestones}
    for customer in _customers(snapshot):
        for day in sorted(day for day in days if day is not None):
            yield keys.invoice_id(snapshot.organization_id, contract.id, customer, day), day


def _customers(snapshot: ContractSnapshot) -> frozenset[CustomerId]:
    own = snapshot.contract.customer
    rows = (row.customer for row in snapshot.customers)
    return frozenset(customer.id for customer in (own, *rows) if customer is not None)
