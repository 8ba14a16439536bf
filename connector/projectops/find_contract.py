"""Find the contract behind any record that a person may ask about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.dataverse.query import Expand, Query, field
from connector.errors import ConnectorError
from connector.invoicing.ids import ContractId, InvoiceId
from connector.projectops.decode import read_row

if TYPE_CHECKING:
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Row
    from connector.mapping.tables import Table
    from connector.projectops.tenant import Tenant


class RecordUnknown(ConnectorError):  # noqa: N818 - it is the record that is unknown
    """No record of a contract or of its invoices has this id, number or name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecord:
    """Where a record belongs: its contract, and the invoice that it is a part of, or is."""

    table: str
    contract_id: ContractId
    invoice_id: InvoiceId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """
    A table to look into: its contract lookup is its own, or that of the *owner* it hangs on.

    *invoice* is its lookup to an invoice, where it is a part of one.
    """

    names: Table
    contract: str | None
    owner: Table | None = None
    owner_contract: str = ""
    navigation: str = ""
    invoice: str | None = None


def find_contract(client: DataverseClient, tenant: Tenant, record: UUID) -> FoundRecord:
    """
    The table of *record* and its contract: one request.

    Raises `RecordUnknown`, also for a record that hangs on no contract.
    """
    places = tuple(place for place in _places(tenant) if tenant.has_table(place.names))
    answers = client.read_many([_query(place, record) for place in places])
    for place, rows in zip(places, answers, strict=True):
        for row in rows:
            contract = _contract(tenant, place, row)
            if contract is not None:
                return FoundRecord(
                    table=place.names.table,
                    contract_id=ContractId(contract),
                    invoice_id=_invoice(tenant, place, row),
                )
    tables = ", ".join(place.names.table for place in places)
    message = f"{record} is no record of a contract; looked into {tables}"
    raise RecordUnknown(message)


def _places(tenant: Tenant) -> tuple[_Place, ...]:
    names = tenant.mapping
    line = names.contract_line
    return (
        _Place(names=names.contract, contract=None),
        _Place(names=line, contract=line.contract),
        _Place(names=names.actual, contract=names.actual.contract),
        _Place(names=names.retainer, contract=names.retainer.contract),
        *(
            _Place(
                names=table,
                contract=None,
                owner=line,
                owner_contract=line.contract,
                navigation=table.contract_line_navigation,
            )
            for table in (names.milestone, names.schedule_row)
        ),
        _Place(names=names.invoice, contract=names.invoice.contract),
        _Place(
            names=names.invoice_line,
            contract=None,
            owner=names.invoice,
            owner_contract=names.invoice.contract,
            navigation=names.invoice_line.invoice_navigation,
            invoice=names.invoice_line.invoice,
        ),
        _Place(
            names=names.invoice_detail,
            contract=names.invoice_detail.contract,
            invoice=names.invoice_detail.invoice,
        ),
    )


def _query(place: _Place, record: UUID) -> Query:
    lookups = tuple(f"_{name}_value" for name in (place.contract, place.invoice) if name)
    column = f"_{place.owner_contract}_value"
    owners = (place.navigation,) if place.owner else ()
    return Query(
        entity_set=place.names.set,
        select=(place.names.id, *lookups),
        filter=field(place.names.id).eq(record),
        expand=tuple(Expand(navigation=name, select=(column,)) for name in owners),
    )


def _contract(tenant: Tenant, place: _Place, row: Row) -> UUID | None:
    reader = read_row(tenant, place.names, row)
    if place.contract is not None:
        return reader.lookup(place.contract)
    if place.owner is None:
        return reader.id
    owner = row.get(place.navigation)
    if not isinstance(owner, dict):
        return None
    return read_row(tenant, place.owner, owner).lookup(place.owner_contract)


def _invoice(tenant: Tenant, place: _Place, row: Row) -> InvoiceId | None:
    reader = read_row(tenant, place.names, row)
    if place.names.table == tenant.mapping.invoice.table:
        return InvoiceId(reader.id)
    found = reader.lookup(place.invoice) if place.invoice else None
    return None if found is None else InvoiceId(found)
