"""Read contracts: a few requests per part, then one complete snapshot or one failure each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from connector.dataverse.page import rows_of
from connector.invoicing import ids
from connector.invoicing.choices import SourceTable
from connector.invoicing.model import BilledSource, ContractSnapshot, Source
from connector.outcome import FailedContract
from connector.projectops import decode, queries
from connector.projectops.actual_pages import ActualPages
from connector.projectops.billed import read_billed
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
    from connector.projectops.actual_pages import Found
    from connector.projectops.billed import BilledDetails
    from connector.projectops.tenant import Tenant

ValueT = TypeVar("ValueT")

#: Faults of one contract that are told; a table full of them would tell nothing more.
FAULTS_TOLD = 20

_ACTUALS = "actuals"

#: Contracts that are read together: bounds memory, and keeps filters far below the URL limit.
CONTRACTS_PER_PART = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRows:
    """The rows of one part, per table, as they came."""

    contracts: tuple[Row, ...]
    lines: tuple[Row, ...]
    schedule_rows: tuple[Row, ...]
    milestones: tuple[Row, ...]
    actuals: tuple[Found, ...]
    invoices: tuple[Row, ...]
    billing_lines: tuple[Row, ...]
    customers: tuple[Row, ...] = ()
    line_customers: tuple[Row, ...] = ()
    retainers: tuple[Row, ...] = ()
    billed: BilledDetails


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
    client: DataverseClient,
    reading: Reading,
    contracts: Sequence[ContractId],
    heard: Callable[[int], None] = lambda _: None,
) -> Iterator[ContractSnapshot | FailedContract]:
    """
    Each of *contracts* as a complete snapshot, or as a failure that names its faulty rows.

    In their order; all rows are read before the first is told. *heard* is told how many rows each
    page holds. Raises `DataverseError` when a read fails: part of a contract is never taken for
    the whole.
    """
    rows = _read_rows(client, reading.tenant, contracts, heard)
    by_contract = _Grouped(reading.tenant, rows)
    return (_snapshot(reading, by_contract, contract) for contract in contracts)


def _read_rows(
    client: DataverseClient,
    tenant: Tenant,
    wanted: Sequence[ContractId],
    heard: Callable[[int], None],
) -> PartRows:
    """
    Two requests: all that is open of the contracts, then what bills it already.

    What the contracts were billed before is asked for by what is open now, so that a long history
    costs nothing.
    """
    names = tenant.mapping
    asked = {
        field: query(tenant, wanted)
        for field, (table, query) in _reads(names).items()
        if tenant.has_table(table)
    }
    rows: dict[str, list[Row]] = {field: [] for field in asked}
    actuals: list[Found] = []
    decoder = ActualPages(tenant)
    fields = tuple(asked)
    for page in client.pages_many(tuple(asked.values())):
        found = actuals if fields[page.query] == _ACTUALS else rows[fields[page.query]]
        before = len(found)
        if fields[page.query] == _ACTUALS:
            actuals += decoder.found(page)
        else:
            rows[fields[page.query]] += rows_of(page)
        heard(len(found) - before)
    del rows[_ACTUALS]
    candidates = (
        *(Source(table=SourceTable.ACTUAL, id=f.actual.id) for f in actuals if f.actual),
        *(
            Source(table=SourceTable.MILESTONE, id=key)
            for key in _keys(tenant, names.milestone, rows["milestones"])
        ),
    )
    named = tuple(item.detail for item in actuals if item.detail is not None)
    return PartRows(
        actuals=tuple(actuals),
        billed=read_billed(client, tenant, candidates, named),
        **{field: tuple(found) for field, found in rows.items()},
    )


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
        "billing_lines": (names.invoice_line, queries.billing_lines),
    }


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
        self.actuals = _by_contract(rows.actuals)
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
        self.billed = rows.billed

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


def _by_contract(found: Sequence[Found]) -> Mapping[UUID, list[Found]]:
    grouped: dict[UUID, list[Found]] = {}
    for item in found:
        grouped.setdefault(item.contract, []).append(item)
    return grouped


def _snapshot(
    reading: Reading, rows: _Grouped, contract_id: ContractId
) -> ContractSnapshot | FailedContract:
    tenant, names = reading.tenant, reading.tenant.mapping
    row = rows.contracts.get(contract_id)
    if row is None:
        return _unreadable(tenant, contract_id)
    faults = _Faults()
    contract = faults.keep(lambda t, r: decode.contract(t, r, reading.currencies), tenant, (row,))
    line_rows = rows.lines.get(contract_id, ())
    line_ids = tuple(_keys(tenant, names.contract_line, line_rows))
    lines = faults.keep(decode.contract_line, tenant, line_rows)
    milestones = faults.keep(decode.milestone, tenant, _under(rows.milestones, line_ids))
    found_actuals = rows.actuals.get(contract_id, ())
    faults.texts += (found.fault for found in found_actuals if found.actual is None)
    actuals = tuple(found.actual for found in found_actuals if found.actual is not None)
    invoices = faults.keep(rows.existing_invoice, tenant, rows.invoices.get(contract_id, ()))
    customers = faults.keep(decode.contract_customer, tenant, rows.customers.get(contract_id, ()))
    line_customers = faults.keep(
        decode.contract_line_customer, tenant, _under(rows.line_customers, line_ids)
    )
    schedule = faults.keep(decode.schedule_row, tenant, _under(rows.schedule_rows, line_ids))
    retainers = faults.keep(decode.retainer, tenant, rows.retainers.get(contract_id, ()))
    if faults.texts:
        return _faulty(tenant, row, contract_id, faults.texts)
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
            *rows.billed.of(sources),
            *_billed_by_back_link(rows.billed, found_actuals),
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


def _faulty(tenant: Tenant, row: Row, contract_id: ContractId, faults: list[str]) -> FailedContract:
    """A contract that was read, of which some rows make no sense."""
    name = row.get(tenant.mapping.contract.name)
    return FailedContract(
        contract_id=contract_id,
        contract_name=name if isinstance(name, str) else None,
        faults=_told(faults),
    )


def _told(texts: list[str]) -> tuple[str, ...]:
    if len(texts) <= FAULTS_TOLD:
        return tuple(texts)
    return (*texts[:FAULTS_TOLD], f"… and {len(texts) - FAULTS_TOLD} more faults")


def _under(rows: Mapping[UUID, list[Row]], owners: Iterable[UUID]) -> tuple[Row, ...]:
    return tuple(row for owner in owners for row in rows.get(owner, ()))


def _billed_by_back_link(
    details: BilledDetails, actuals: Iterable[Found]
) -> Iterator[BilledSource]:
    """Actuals that name an invoice line detail themselves (A14)."""
    for found in actuals:
        if found.actual is not None and found.detail is not None:
            source = Source(table=SourceTable.ACTUAL, id=found.actual.id)
            invoice = details.invoice_of_detail.get(found.detail)
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
