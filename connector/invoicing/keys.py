"""
Obligation keys: the primary key of every written row, derived from what the row bills.

A second attempt at the same obligation arrives at the same key, so the storage itself refuses to
bill twice, whatever crashed or raced (design section 5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid5

from connector.invoicing.ids import ConnectionId, InvoiceDetailId, InvoiceId, InvoiceLineId

if TYPE_CHECKING:
    from datetime import date

    from connector.invoicing.ids import ContractId, ContractLineId, CustomerId, OrganizationId
    from connector.invoicing.model import Source


def invoice_id(
    organization: OrganizationId, contract: ContractId, customer: CustomerId, run_date: date
) -> InvoiceId:
    """The key of the one invoice of *contract* for *customer* on *run_date* (P1, DR-25)."""
    return InvoiceId(uuid5(organization, f"invoice/{contract}/{customer}/{run_date.isoformat()}"))


def line_id(invoice: InvoiceId, contract_line: ContractLineId) -> InvoiceLineId:
    """The key of the one invoice line of *contract_line* on *invoice* (P4)."""
    return InvoiceLineId(uuid5(invoice, f"line/{contract_line}"))


def detail_id(organization: OrganizationId, source: Source, generation: int = 0) -> InvoiceDetailId:
    """
    The key of the row that bills *source*: one for ever, whatever the invoice or run date.

    *generation* counts the times a milestone was credited and is billed again; 0 is the first.
    """
    suffix = f"/{generation}" if generation else ""
    return InvoiceDetailId(uuid5(organization, f"detail/{source.table}/{source.id}{suffix}"))


def billing_line_id(organization: OrganizationId, source: Source) -> InvoiceLineId:
    """The key of an invoice line that bills a product line or retainer by itself (D6)."""
    return InvoiceLineId(detail_id(organization, source))


def connection_id(detail: InvoiceDetailId) -> ConnectionId:
    """The key of the transaction connection between *detail* and its source (L4)."""
    return ConnectionId(uuid5(detail, "connection"))
