"""Read contracts: a few requests per part, then one complete snapshot or one failure each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from connector.invoicing import ids, keys
from connector.invoicing.choices import SourceTable
from connector.invoicing.model import BilledSource, ContractSnapshot, Source
from connector.outcome import FailedContract
from connector.projectops import decode, queries
from connector.projectops.decode import read_row
from connector.projectops.rows import RowFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Row
    from connector.dataverse.query import Query
    from connector.invoicing.ids import ContractId
    from connector.invoicing.model import Currency, ExistingInvoice
    from connector.mapping import TenantMapping
    from connector.mapping.tables import Table
    from connector.projectops.tenant import Tenant

ValueT = TypeVar("ValueT")

#: Faults of one contract that are told; a table full of them would tell nothing more.
FAULTS_TOLD = 20

#: Contracts that are read together: bounds memory, and keeps filters far below the URL limit.
CONTRACTS_PER_PART = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRows:
    """The rows of one part, per table, as they came."""

    contracts: tuple[Row, ...]
    lines: tuple[Row, ...]
    schedule_rows: tuple[Row, ...]
    milestones: tuple[Row, ...]
    actuals: tuple[Row, ...]
    invoices: tuple[Row, ...]
    details: tuple[Row, ...]
    billing_lines: tuple[Row, ...]
    customers: tuple[Row, ...] = ()
    line_customers: tuple[Row, ...] = ()
    retainers: tuple[Row, ...] = ()
    connections: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is read once and holds for every contract: the tenant's words and its currencies."""

    tenant: Tenant
    currencies: Mapping[UUID, Currency]


@dataclass(slots=True)
class _Faults:
    """The faults met while one contract is decoded."""

    texts: list[str] = field(default_factory=list)

    def keep(
        self, decoder: Callable[[Tenant, Row], ValueT], tenant: Tenant, rows: Iterable[Row]
    ) -> tuple[ValueT, ...]:
        """The decoded rows; the faulty ones are noted, so that all are told at once."""
        return tuple(self._decoded(decoder, tenant, rows))

    def _decoded(
        self, decoder: Callable[[Tenant, Row], ValueT], tenant: Tenant, rows: Iterable[Row]
    ) -> Iterator[ValueT]:
        for row in rows:
            try:
                yield decoder(tenant, row)
            except RowFault as fault:
                self.texts.append(str(fault))


def read_currencies(client: DataverseClient, tenant: Tenant) -> Mapping[UUID, Currency]:
    """Every currency of the tenant by id: one request. Raises `RowFault` for a faulty one."""
    rows = client.read_all(queries.currencies(tenant))
    found = (decode.currency(tenant, row) for row in rows)
    return {item.id: item for item in found}


def begin_reading(client: DataverseClient, tenant: Tenant) -> Reading:
    """What has to be read before any contract: one request."""
    return Reading(tenant=tenant, currencies=read_currencies(client, tenant))


def read_part(
    client: DataverseClient, reading: Reading, contracts: Sequence[ContractId]
) -> Iterator[ContractSnapshot | FailedContract]:
    """
    Each of *contracts* as a complete snapshot, or as a failure that names its faulty rows.

    In their order; all rows are read before the first is told. Raises `DataverseError` when a read
    fails: part of a contract is never taken for the whole.
    """
    by_contract = _Grouped(reading.tenant, _read_rows(client, reading.tenant, contracts))
    return (_snapshot(reading, by_contract, contract) for contract in contracts)


def _read_rows(client: DataverseClient, tenant: Tenant, wanted: Sequence[ContractId]) -> PartRows:
    """Two requests: all that hangs on the contracts, then the connections of their sources."""
    names = tenant.mapping
    asked = {
        field: query(tenant, wanted)
        for field, (table, query) in _reads(names).items()
        if tenant.has_table(table)
    }
    rows = dict(zip(asked, client.read_many(tuple(asked.values())), strict=True))
    sources = (
        *_keys(tenant, names.actual, rows["actuals"]),
        *_keys(tenant, names.milestone, rows["milestones"]),
    )
    return PartRows(**rows, connections=_connections(client, tenant, sorted(sources)))


def _reads(
    names: TenantMapping,
) -> Mapping[str, tuple[Table, Callable[[Tenant, Sequence[ContractId]], Query]]]:
    """The table and the query behind each kind of row; older tenants lack some of the tables."""
    return {
        "contracts": (names.contract, queries.contracts),
        "lines": (names.contract_line, queries.contract_lines),
        "schedule_rows": (names.schedule_row, queries.schedule_rows),
        "milestones": (names.milestone, queries.milestones),
        "customers": (names.contract_customer, queries.contract_customers),
        "line_customers": (names.contract_line_customer, queries.contract_line_customers),
        "actuals": (names.actual, queries.actuals),
        "retainers": (names.retainer, queries.retainers),
        "invoices": (names.invoice, queries.invoices),
        "details": (names.invoice_detail, queries.invoice_details),
        "billing_lines": (names.invoice_line, queries.billing_lines),
    }


def _connections(
    client: DataverseClient, tenant: Tenant, sources: Sequence[UUID]
) -> tuple[Row, ...]:
    """What details *sources* are connected to; no request where there are none."""
    if not sources:
        return ()
    return tuple(
        row for rows in client.read_many(queries.connections(tenant, sources)) for row in rows
    )


def _keys(tenant: Tenant, names: Table, rows: Sequence[Row]) -> Iterator[UUID]:
    return (read_row(tenant, names, row).id for row in rows)


class _Grouped:
    """The rows of a part by contract, and what its connections and details say."""

    def __init__(self, tenant: Tenant, rows: PartRows) -> None:
        names = tenant.mapping
        self._tenant = tenant
        self.contracts = {read_row(tenant, names.contract, r).id: r for r in rows.contracts}
        self.lines = self._by(names.contract_line, names.contract_line.contract, rows.lines)
        self.customers = self._by(
            names.contract_customer, names.contract_customer.contract, rows.customers
        )
        self.actuals = self._by(names.actual, names.actual.contract, rows.actuals)
        self.retainers = self._by(names.retainer, names.retainer.contract, rows.retainers)
        self.invoices = self._by(names.invoice, names.invoice.contract, rows.invoices)
        self.schedule_rows = self._by(
            names.schedule_row, names.schedule_row.contract_line, rows.schedule_rows
        )
        self.milestones = self._by(names.milestone, names.milestone.contract_line, rows.milestones)
        self.line_customers = self._by(
            names.contract_line_customer,
            names.contract_line_customer.contract_line,
            rows.line_customers,
        )
        self.billing_lines = self._by(
            names.invoice_line, names.invoice_line.invoice, rows.billing_lines
        )
        self.invoice_of_detail = self._invoices_of_details(rows.details)
        self.invoice_of_text = {str(key): value for key, value in self.invoice_of_detail.items()}
        self.detail_of_source = self._details_of_sources(rows.connections)
        self.invoice_of_document = self._invoices_of_documents(rows.details)

    def existing_invoice(self, tenant: Tenant, row: Row) -> ExistingInvoice:
        """An invoice with the contract lines that it has lines of."""
        invoice, names = decode.existing_invoice(tenant, row), tenant.mapping.invoice_line
        readers = (read_row(tenant, names, r) for r in self.billing_lines.get(invoice.id, ()))
        found = (reader.lookup(names.contract_line) for reader in readers)
        lines = {ids.ContractLineId(line) for line in found if line is not None}
        return replace(invoice, contract_line_ids=tuple(sorted(lines)))

    def _by(self, names: Table, column: str, rows: Sequence[Row]) -> Mapping[UUID, list[Row]]:
        grouped: dict[UUID, list[Row]] = {}
        for row in rows:
            reader = read_row(self._tenant, names, row)
            owner = reader.required(f"_{column}_value", reader.lookup(column))
            grouped.setdefault(owner, []).append(row)
        return grouped

    def _invoices_of_details(self, rows: Sequence[Row]) -> Mapping[UUID, UUID | None]:
        names = self._tenant.mapping.invoice_detail
        readers = (read_row(self._tenant, names, row) for row in rows)
        return {reader.id: reader.lookup(names.invoice) for reader in readers}

    def _invoices_of_documents(self, rows: Sequence[Row]) -> Mapping[UUID, UUID | None]:
        names = self._tenant.mapping.invoice_detail
        column = names.source_document
        if column is None or not self._tenant.has(names.table, column):
            return {}
        readers = (read_row(self._tenant, names, row) for row in rows)
        found = ((reader.lookup(column), reader.lookup(names.invoice)) for reader in readers)
        return {source: invoice for source, invoice in found if source is not None}

    def _details_of_sources(self, rows: Sequence[Row]) -> Mapping[str, str]:
        names = self._tenant.mapping.connection
        readers = [read_row(self._tenant, names, row) for row in rows]
        pairs = [(reader.text(names.second), reader.text(names.first)) for reader in readers]
        return {second.lower(): first.lower() for second, first in pairs if first and second}


def _snapshot(
    reading: Reading, rows: _Grouped, contract_id: ContractId
) -> ContractSnapshot | FailedContract:
    tenant, names = reading.tenant, reading.tenant.mapping
    row = rows.contracts.get(contract_id)
    if row is None:
        return _unreadable(tenant, contract_id)
    name = row.get(names.contract.name)
    faults = _Faults()
    contract = faults.keep(lambda t, r: decode.contract(t, r, reading.currencies), tenant, (row,))
    line_rows = rows.lines.get(contract_id, ())
    line_ids = tuple(_keys(tenant, names.contract_line, line_rows))
    lines = faults.keep(decode.contract_line, tenant, line_rows)
    milestones = faults.keep(decode.milestone, tenant, _under(rows.milestones, line_ids))
    actuals = faults.keep(decode.actual, tenant, rows.actuals.get(contract_id, ()))
    invoices = faults.keep(rows.existing_invoice, tenant, rows.invoices.get(contract_id, ()))
    customers = faults.keep(decode.contract_customer, tenant, rows.customers.get(contract_id, ()))
    line_customers = faults.keep(
        decode.contract_line_customer, tenant, _under(rows.line_customers, line_ids)
    )
    schedule = faults.keep(decode.schedule_row, tenant, _under(rows.schedule_rows, line_ids))
    retainers = faults.keep(decode.retainer, tenant, rows.retainers.get(contract_id, ()))
    if faults.texts:
        return FailedContract(
            contract_id=contract_id,
            contract_name=name if isinstance(name, str) else None,
            faults=_told(faults.texts),
        )
    sources = (
        *(Source(table=SourceTable.ACTUAL, id=item.id) for item in actuals),
        *(Source(table=SourceTable.MILESTONE, id=item.id) for item in milestones),
    )
    return ContractSnapshot(
        organization_id=tenant.organization_id,
        contract=contract[0],
        customers=customers,
        lines=lines,
        line_customers=line_customers,
        schedule=schedule,
        milestones=milestones,
        actuals=actuals,
        retainers=retainers,
        invoices=invoices,
        billed=(
            *_billed_by_details(tenant, rows, sources),
            *_billed_by_back_link(tenant, rows, contract_id),
            *_billed_by_lines(tenant, rows, tuple(invoice.id for invoice in invoices)),
        ),
        currencies=decode.foreign_currencies(
            contract[0], (*actuals, *milestones, *lines, *retainers), reading.currencies
        ),
    )


def _unreadable(tenant: Tenant, contract_id: ContractId) -> FailedContract:
    """A due contract that the read did not return: hidden by a condition or by privileges."""
    why = "is not among the contracts that can be read"
    if tenant.mapping.conditions.contract:
        why += f" under the mapping's condition {tenant.mapping.conditions.contract!r}"
    fault = f"{tenant.mapping.contract.table} {contract_id} {why}"
    return FailedContract(contract_id=contract_id, contract_name=None, faults=(fault,))


def _told(texts: list[str]) -> tuple[str, ...]:
    if len(texts) <= FAULTS_TOLD:
        return tuple(texts)
    return (*texts[:FAULTS_TOLD], f"… and {len(texts) - FAULTS_TOLD} more faults")


def _under(rows: Mapping[UUID, list[Row]], owners: Iterable[UUID]) -> tuple[Row, ...]:
    return tuple(row for owner in owners for row in rows.get(owner, ()))


def _billed_by_details(
    tenant: Tenant, rows: _Grouped, sources: Iterable[Source]
) -> Iterator[BilledSource]:
    """Sources that a detail is connected to or names, or whose obligation key exists already."""
    for source in sources:
        ours = keys.detail_id(tenant.organization_id, source)
        theirs = rows.detail_of_source.get(str(source.id))
        if theirs is not None:
            yield BilledSource(source=source, invoice_id=_invoice(rows.invoice_of_text.get(theirs)))
        elif ours in rows.invoice_of_detail:
            yield BilledSource(source=source, invoice_id=_invoice(rows.invoice_of_detail[ours]))
        elif source.id in rows.invoice_of_document:
            invoice = _invoice(rows.invoice_of_document[source.id])
            yield BilledSource(source=source, invoice_id=invoice)


def _billed_by_back_link(
    tenant: Tenant, rows: _Grouped, contract_id: ContractId
) -> Iterator[BilledSource]:
    """Actuals that name an invoice line detail themselves (A14)."""
    names = tenant.mapping.actual
    if names.invoice_detail is None or not tenant.has(names.table, names.invoice_detail):
        return
    for row in rows.actuals.get(contract_id, ()):
        reader = read_row(tenant, names, row)
        detail = reader.lookup(names.invoice_detail)
        if detail is not None:
            source = Source(table=SourceTable.ACTUAL, id=reader.id)
            invoice = rows.invoice_of_detail.get(detail)
            yield BilledSource(source=source, invoice_id=_invoice(invoice))


def _billed_by_lines(
    tenant: Tenant, rows: _Grouped, invoices: Iterable[UUID]
) -> Iterator[BilledSource]:
    """Product lines and retainers that stand on an invoice line (D6, V2)."""
    names = tenant.mapping.invoice_line
    retainer = (
        names.retainer if names.retainer and tenant.has(names.table, names.retainer) else None
    )
    for row in _under(rows.billing_lines, invoices):
        reader = read_row(tenant, names, row)
        invoice = _invoice(reader.lookup(names.invoice))
        line = reader.lookup(names.contract_line)
        advance = reader.lookup(retainer) if retainer else None
        if line is not None and _is_product(tenant, reader.integer(names.product_type)):
            source = Source(table=SourceTable.PRODUCT_LINE, id=line)
            yield BilledSource(source=source, invoice_id=invoice)
        if advance is not None:
            source = Source(table=SourceTable.RETAINER, id=advance)
            yield BilledSource(source=source, invoice_id=invoice)


def _is_product(tenant: Tenant, product_type: int | None) -> bool:
    """Whether an invoice line's product type says that it bills a product by itself."""
    return product_type is not None and product_type not in tenant.choices.product_type.word_of


def _invoice(found: UUID | None) -> ids.InvoiceId | None:
    return None if found is None else ids.InvoiceId(found)
