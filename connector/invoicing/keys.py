"""
Obligation keys: the primary key of every written row, derived from what the row bills.

A second attempt at the same obligation arrives at the same key, so the storage itself refuses to
bill twice, whatever crashed or raced (design section 5).
"""

from __future__ import annotations

from hashlib import sha1
from typing import TYPE_CHECKING, Final
from uuid import UUID

from connector.invoicing.ids import ConnectionId, InvoiceDetailId, InvoiceId, InvoiceLineId

if TYPE_CHECKING:
    from datetime import date

    from connector.invoicing.ids import ContractId, ContractLineId, CustomerId, OrganizationId
    from connector.invoicing.model import Source


#: Bits of a UUID that a name decides, and the version 5 and variant that mark such a UUID.
_NAMED_BITS: Final = (1 << 128) - 1 & ~(0xF000 << 64 | 0xC000 << 48)
_MARK: Final = 5 << 76 | 0x8000 << 48


def invoice_id(
    organization: OrganizationId, contract: ContractId, customer: CustomerId, run_date: date
) -> InvoiceId:
    """The key of the one invoice of *contract* for *customer* on *run_date* (P1, DR-25)."""
    return InvoiceId(_named(organization, f"invoice/{contract}/{customer}/{run_date.isoformat()}"))


def line_id(invoice: InvoiceId, contract_line: ContractLineId) -> InvoiceLineId:
    """The key of the one invoice line of *contract_line* on *invoice* (P4)."""
    return InvoiceLineId(_named(invoice, f"line/{contract_line}"))


def detail_id(
    organization: OrganizationId, source: Source, rebill_number: int = 0
) -> InvoiceDetailId:
    """
    The key of the row that bills *source*: one for ever, whatever the invoice or run date.

    *rebill_number* counts the times a milestone was credited and is billed again; 0 is the first.
    """
    suffix = f"/{rebill_number}" if rebill_number else ""
    return InvoiceDetailId(_named(organization, f"detail/{source.table}/{source.id}{suffix}"))


def billing_line_id(organization: OrganizationId, source: Source) -> InvoiceLineId:
    """The key of an invoice line that bills a product line or retainer by itself (D6)."""
    return InvoiceLineId(detail_id(organization, source))


def connection_id(detail: InvoiceDetailId) -> ConnectionId:
    """The key of the transaction connection between *detail* and its source (L4)."""
    return ConnectionId(_named(detail, "connection"))


def _named(namespace: UUID, name: str) -> UUID:
    """The UUID of *name* as RFC 9562 and `uuid5` have it, in half the time."""
    digest = sha1(namespace.bytes + name.encode(), usedforsecurity=False).digest()
    return UUID(int=int.from_bytes(digest[:16]) & _NAMED_BITS | _MARK)
