"""Whether the sources of a draft that was taken back wait for an invoice again (DR-22)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.dataverse.errors import DataverseError
from connector.dataverse.query import Query, in_list
from connector.projectops.claims import claim_columns
from connector.projectops.queries import IDS_PER_QUERY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Row
    from connector.invoicing.plan import InvoicePlan
    from connector.projectops.claims import ClaimColumn
    from connector.projectops.tenant import Tenant

#: Sources that are named one by one.
NAMED: Final = 5


def not_ready_again(client: DataverseClient, tenant: Tenant, invoice: InvoicePlan) -> str | None:
    """
    Which sources of *invoice* are not ready to be invoiced; None when all of them are.

    The platform may leave them as they are or empty when a draft is deleted: no run would bill
    them then, and none would say so. A few requests; one that fails is told, and no error.
    """
    try:
        left = tuple(_left(client, tenant, invoice))
    except DataverseError as error:
        return f"its sources could not be read back: {error}"
    if not left:
        return None
    more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
    return (
        f"{len(left)} of its sources are not ready to be invoiced again: {', '.join(left[:NAMED])}"
        f"{more}; mark them Ready to Invoice if they are to be billed"
    )


def _left(client: DataverseClient, tenant: Tenant, invoice: InvoicePlan) -> Iterator[str]:
    details = [detail for line in invoice.lines for detail in line.details]
    keys = {
        source_table: names.id
        for source_table, names in (
            (tenant.mapping.actual.table, tenant.mapping.actual),
            (tenant.mapping.milestone.table, tenant.mapping.milestone),
            (tenant.mapping.contract_line.table, tenant.mapping.contract_line),
        )
    }
    for table, column in claim_columns(tenant).items():
        ids = [detail.source.id for detail in details if detail.source.table is table]
        for row in _rows(client, column, keys[table.value], ids):
            if row.get(column.column) != column.ready:
                yield f"{table.value} {row[keys[table.value]]}"


def _rows(
    client: DataverseClient, column: ClaimColumn, key: str, ids: Sequence[UUID]
) -> Iterator[Row]:
    """The status of the sources *ids*, whose table has the primary key *key*."""
    for start in range(0, len(ids), IDS_PER_QUERY):
        query = Query(
            entity_set=column.set,
            select=(key, column.column),
            filter=in_list(key, ids[start : start + IDS_PER_QUERY]),
            order_by=(key,),
        )
        yield from client.read_all(query)
