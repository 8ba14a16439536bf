"""
Which open sources stand on an invoice line detail already, whoever made it (A14, DR-22).

It is asked by source: what a contract was billed in earlier years costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from connector.invoicing import ids, keys
from connector.invoicing.model import BilledSource
from connector.projectops import queries
from connector.projectops.decode import read_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Row
    from connector.invoicing.model import Source
    from connector.projectops.tenant import Tenant


#: The order of ids; by their numbers it is found in half the time.
_order = attrgetter("int")


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledDetails:
    """
    What the details of earlier invoices say of open sources.

    *detail_of_source* holds the sources that stand on one, *invoice_of_detail* the invoice of each
    detail that was found.
    """

    detail_of_source: Mapping[UUID, UUID]
    invoice_of_detail: Mapping[UUID, UUID | None]

    def of(self, sources: Iterable[Source]) -> Iterator[BilledSource]:
        """Those of *sources* that stand on a detail, with its invoice where one is known."""
        for source in sources:
            detail = self.detail_of_source.get(source.id)
            if detail is not None:
                found = self.invoice_of_detail.get(detail)
                invoice = None if found is None else ids.InvoiceId(found)
                yield BilledSource(source=source, invoice_id=invoice)


def read_billed(
    client: DataverseClient, tenant: Tenant, sources: Sequence[Source], named: Sequence[UUID]
) -> BilledDetails:
    """
    The details that are connected to *sources*, bear their obligation keys, or name them.

    *named* are details that sources name themselves. One request, or several in parallel, and one
    more where a connection leads to a detail of another key; none where there are no sources.
    """
    if not sources:
        return BilledDetails(detail_of_source={}, invoice_of_detail={})
    own: dict[UUID, UUID] = {
        keys.detail_id(tenant.organization_id, source): source.id for source in sources
    }
    wanted = sorted((source.id for source in sources), key=_order)
    connections = queries.connections(tenant, wanted)
    details = queries.details(tenant, sorted({*own, *named}, key=_order))
    documents = queries.details_of_documents(tenant, wanted)
    answers = client.read_many((*connections, *details, *documents))
    by_connection = _connected(tenant, _rows(answers[: len(connections)]))
    rows = [*_rows(answers[len(connections) :])]
    invoices = _invoices(tenant, rows)
    unknown = sorted(set(by_connection.values()) - invoices.keys(), key=_order)
    if unknown:
        invoices |= _invoices(tenant, _rows(client.read_many(queries.details(tenant, unknown))))
    by_key = {own[detail]: detail for detail in invoices if detail in own}
    return BilledDetails(
        detail_of_source=_documents(tenant, rows) | by_key | by_connection,
        invoice_of_detail=invoices,
    )


def _rows(answers: Iterable[Sequence[Row]]) -> Iterator[Row]:
    return (row for rows in answers for row in rows)


def _connected(tenant: Tenant, rows: Iterable[Row]) -> dict[UUID, UUID]:
    """The detail of each source, as the connections say; what is no id leads nowhere."""
    names = tenant.mapping.connection
    readers = (read_row(tenant, names, row) for row in rows)
    pairs = ((reader.guid_text(names.second), reader.guid_text(names.first)) for reader in readers)
    return {source: detail for source, detail in pairs if source and detail}


def _invoices(tenant: Tenant, rows: Iterable[Row]) -> dict[UUID, UUID | None]:
    names = tenant.mapping.invoice_detail
    readers = (read_row(tenant, names, row) for row in rows)
    return {reader.id: reader.lookup(names.invoice) for reader in readers}


def _documents(tenant: Tenant, rows: Iterable[Row]) -> dict[UUID, UUID]:
    """The detail of each source that is its source document."""
    names = tenant.mapping.invoice_detail
    column = tenant.known(names, names.source_document)
    if column is None:
        return {}
    readers = (read_row(tenant, names, row) for row in rows)
    pairs = ((reader.lookup(column), reader.id) for reader in readers)
    return {source: detail for source, detail in pairs if source is not None}
