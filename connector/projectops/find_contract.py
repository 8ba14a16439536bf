"""Find the contract behind any record that a person may ask about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.dataverse.query import Expand, Query, field
from connector.errors import ConnectorError
from connector.invoicing.ids import ContractId
from connector.projectops.decode import read_row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Row
    from connector.mapping.tables import Table
    from connector.projectops.tenant import Tenant


class RecordUnknown(ConnectorError):  # noqa: N818 - it is the record that is unknown
    """No contract, line, schedule row, actual, milestone or retainer has this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecord:
    """Where a record belongs."""

    table: str
    contract_id: ContractId


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A table to look into: its contract lookup is its own, or that of its contract line."""

    names: Table
    contract: str | None
    line_navigation: str | None = None


def find_contract(client: DataverseClient, tenant: Tenant, record: UUID) -> FoundRecord:
    """
    The table of *record* and its contract: one request.

    Raises `RecordUnknown`, also for a record that hangs on no contract.
    """
    places = tuple(place for place in _places(tenant) if tenant.has_table(place.names))
    answers = client.read_many([_query(tenant, place, record) for place in places])
    for place, rows in zip(places, answers, strict=True):
        for row in rows:
            contract = _contract(tenant, place, row)
            if contract is not None:
                return FoundRecord(table=place.names.table, contract_id=ContractId(contract))
    tables = ", ".join(place.names.table for place in places)
    message = f"{record} is no record of a contract; looked into {tables}"
    raise RecordUnknown(message)


def _places(tenant: Tenant) -> tuple[_Place, ...]:
    names = tenant.mapping
    return (
        _Place(names=names.contract, contract=None),
        _Place(names=names.contract_line, contract=names.contract_line.contract),
        _Place(names=names.actual, contract=names.actual.contract),
        _Place(names=names.retainer, contract=names.retainer.contract),
        _Place(
            names=names.milestone,
            contract=None,
            line_navigation=names.milestone.contract_line_navigation,
        ),
        _Place(
            names=names.schedule_row,
            contract=None,
            line_navigation=names.schedule_row.contract_line_navigation,
        ),
    )


def _query(tenant: Tenant, place: _Place, record: UUID) -> Query:
    select = (f"_{place.contract}_value",) if place.contract else ()
    column = f"_{tenant.mapping.contract_line.contract}_value"
    lines = (place.line_navigation,) if place.line_navigation else ()
    return Query(
        entity_set=place.names.set,
        select=(place.names.id, *select),
        filter=field(place.names.id).eq(record),
        expand=tuple(Expand(navigation=name, select=(column,)) for name in lines),
    )


def _contract(tenant: Tenant, place: _Place, row: Row) -> UUID | None:
    reader = read_row(tenant, place.names, row)
    if place.contract is not None:
        return reader.lookup(place.contract)
    if place.line_navigation is None:
        return reader.id
    line = row.get(place.line_navigation)
    names = tenant.mapping.contract_line
    readers: Iterator[UUID | None] = (
        read_row(tenant, names, found).lookup(names.contract)
        for found in (line,)
        if isinstance(found, dict)
    )
    return next(readers, None)
