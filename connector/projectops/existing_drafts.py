"""The drafts of contracts as they stand, whoever made them: what each bills, for whom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from connector.dataverse.query import Query, in_list
from connector.dataverse.values import LOOKUP_TABLE
from connector.invoicing.amounts import ZERO, product, total
from connector.invoicing.choices import BillingType, ProformaStatus, SourceTable
from connector.invoicing.model import Source
from connector.projectops.decode import read_row
from connector.projectops.queries import IDS_PER_QUERY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Row
    from connector.dataverse.query import Filter
    from connector.projectops.rows import RowReader
    from connector.projectops.tenant import Tenant

#: When a row was made; every table of the platform has it under this name.
CREATED: Final = "createdon"

_SOURCES = {table.value: table for table in SourceTable}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingDetail:
    """
    One thing that an invoice bills; *source* is None where nothing says what it is.

    *amount* is before tax, net of discounts and with fees. *line_id* is the invoice line's.
    """

    id: UUID
    line_id: UUID | None = None
    source: Source | None
    billing_type: BillingType | None
    amount: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingLine:
    """A line of an invoice, and the contract line that it bills."""

    id: UUID
    name: str
    contract_line_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingDraft:
    """
    An invoice of a contract; *created* is its instant, *total* what the platform computed.

    *number* and *name* are what people call it by.
    """

    id: UUID
    number: str | None = None
    name: str | None = None
    contract_id: UUID | None
    customer_id: UUID | None
    status: ProformaStatus | None
    created: datetime | None
    total: Decimal | None
    details: tuple[ExistingDetail, ...]
    lines: tuple[ExistingLine, ...] = ()

    def is_created_on(self, day: date, tenant: Tenant) -> bool:
        """Whether it was made on *day* of the business time zone."""
        return self.created is not None and self.created.astimezone(tenant.zone).date() == day


def read_drafts(
    client: DataverseClient, tenant: Tenant, queries: Sequence[Query]
) -> tuple[ExistingDraft, ...]:
    """
    The invoices that *queries* of `header_query` find, each once, with what they bill.

    A few requests, and further pages.
    """
    names = tenant.mapping
    rows = [row for found in (client.read_many(queries) if queries else ()) for row in found]
    headers = {read_row(tenant, names.invoice, row).id: row for row in rows}
    if not headers:
        return ()
    ids = sorted(headers)
    parts = [ids[start : start + IDS_PER_QUERY] for start in range(0, len(ids), IDS_PER_QUERY)]
    below = client.read_many(
        [query for part in parts for query in (_lines(tenant, part), _details(tenant, part))]
    )
    lines = [row for rows in below[::2] for row in rows]
    details = [row for rows in below[1::2] for row in rows]
    sources = _connected(client, tenant, details)
    billed: defaultdict[UUID | None, list[ExistingDetail]] = defaultdict(list)
    for invoice, detail in (
        *_project_details(tenant, details, sources),
        *_other_lines(tenant, lines),
    ):
        billed[invoice].append(detail)
    parts_of: defaultdict[UUID | None, list[ExistingLine]] = defaultdict(list)
    for invoice, line in _named_lines(tenant, lines):
        parts_of[invoice].append(line)
    return tuple(_invoice(tenant, headers[key], billed[key], parts_of[key]) for key in ids)


def header_query(tenant: Tenant, condition: Filter) -> Query:
    """The query of the invoices that fulfil *condition*."""
    names = tenant.mapping.invoice
    number = tenant.known(names, names.number)
    select = (names.id, names.name, *((number,) if number else ()), names.status, names.total)
    return Query(
        entity_set=names.set,
        select=(*select, CREATED, f"_{names.contract}_value", f"_{names.customer}_value"),
        filter=condition,
        order_by=(names.id,),
    )


def _lines(tenant: Tenant, invoices: Sequence[UUID]) -> Query:
    names = tenant.mapping.invoice_line
    lookups = (f"_{names.invoice}_value", f"_{names.contract_line}_value")
    return Query(
        entity_set=names.set,
        select=(
            *(names.id, names.name, names.product_type, names.quantity, names.price, names.tax),
            names.extended_amount,
            *lookups,
        ),
        filter=in_list(f"_{names.invoice}_value", invoices),
        order_by=(names.id,),
    )


def _details(tenant: Tenant, invoices: Sequence[UUID]) -> Query:
    names = tenant.mapping.invoice_detail
    document = (f"_{names.source_document}_value",) if names.source_document else ()
    return Query(
        entity_set=names.set,
        select=(
            names.id,
            names.amount,
            names.billing_type,
            *(column for column in (names.tax, *_discount_and_fee(tenant)) if column is not None),
            f"_{names.invoice}_value",
            f"_{names.invoice_line}_value",
            *document,
        ),
        filter=in_list(f"_{names.invoice}_value", invoices),
        order_by=(names.id,),
        annotations=(LOOKUP_TABLE,),
    )


def _connected(
    client: DataverseClient, tenant: Tenant, details: Sequence[Row]
) -> Mapping[str, Source]:
    """The source of each detail, as the connections say."""
    names = tenant.mapping.connection
    ids = [str(read_row(tenant, tenant.mapping.invoice_detail, row).id) for row in details]
    queries = [
        Query(
            entity_set=names.set,
            select=(names.id, names.first, names.second, names.second_type),
            filter=in_list(names.first, ids[start : start + IDS_PER_QUERY]),
            order_by=(names.id,),
        )
        for start in range(0, len(ids), IDS_PER_QUERY)
    ]
    found: dict[str, Source] = {}
    for row in (row for rows in (client.read_many(queries) if queries else ()) for row in rows):
        reader = read_row(tenant, names, row)
        first, second = reader.text(names.first), reader.guid_text(names.second)
        table = _SOURCES.get(reader.text(names.second_type) or "")
        if first and second and table:
            found[first.lower()] = Source(table=table, id=second)
    return found


def _project_details(
    tenant: Tenant, rows: Sequence[Row], sources: Mapping[str, Source]
) -> Iterator[tuple[UUID | None, ExistingDetail]]:
    names = tenant.mapping.invoice_detail
    for row in rows:
        reader = read_row(tenant, names, row)
        source = sources.get(str(reader.id))
        if source is None and names.source_document:
            document = reader.lookup(names.source_document)
            table = _SOURCES.get(reader.lookup_table(names.source_document) or "")
            source = Source(table=table, id=document) if table and document else None
        yield (
            reader.lookup(names.invoice),
            ExistingDetail(
                id=reader.id,
                line_id=reader.lookup(names.invoice_line),
                source=source,
                billing_type=reader.choice(names.billing_type, tenant.choices.billing_type),
                amount=_net_amount(tenant, reader),
                tax=(reader.decimal(names.tax) if names.tax is not None else None) or Decimal(0),
            ),
        )


def _discount_and_fee(tenant: Tenant) -> tuple[str | None, str | None]:
    """The columns of a detail's discount and fee, where the tenant has them."""
    names = tenant.mapping.invoice_detail
    return tenant.known(names, names.discount), tenant.known(names, names.fee)


def _net_amount(tenant: Tenant, reader: RowReader) -> Decimal:
    discount, fee = (
        reader.decimal(column) if column is not None else None
        for column in _discount_and_fee(tenant)
    )
    amount = reader.decimal(tenant.mapping.invoice_detail.amount)
    return total((amount or ZERO, -(discount or ZERO), fee or ZERO))


def _line_amount(tenant: Tenant, reader: RowReader, tax: Decimal) -> Decimal:
    """What a product line asks for before tax; where nothing extends it, quantity times price."""
    names = tenant.mapping.invoice_line
    extended = reader.decimal(names.extended_amount)
    if extended is not None:
        return total((extended, -tax))
    quantity, price = reader.decimal(names.quantity), reader.decimal(names.price)
    return product(quantity or ZERO, price or ZERO)


def _other_lines(
    tenant: Tenant, rows: Sequence[Row]
) -> Iterator[tuple[UUID | None, ExistingDetail]]:
    """Product lines, which bill by themselves (D6)."""
    names = tenant.mapping.invoice_line
    for row in rows:
        reader = read_row(tenant, names, row)
        number, line = reader.integer(names.product_type), reader.lookup(names.contract_line)
        if number is None or number in tenant.choices.product_type.word_of or line is None:
            continue
        tax = reader.decimal(names.tax) or Decimal(0)
        yield (
            reader.lookup(names.invoice),
            ExistingDetail(
                id=reader.id,
                line_id=reader.id,
                source=Source(table=SourceTable.PRODUCT_LINE, id=line),
                billing_type=BillingType.CHARGEABLE,
                amount=_line_amount(tenant, reader, tax),
                tax=tax,
            ),
        )


def _named_lines(tenant: Tenant, rows: Sequence[Row]) -> Iterator[tuple[UUID | None, ExistingLine]]:
    names = tenant.mapping.invoice_line
    for row in rows:
        reader = read_row(tenant, names, row)
        line = ExistingLine(
            id=reader.id,
            name=reader.text(names.name) or "",
            contract_line_id=reader.lookup(names.contract_line),
        )
        yield reader.lookup(names.invoice), line


def _invoice(
    tenant: Tenant, row: Row, billed: Sequence[ExistingDetail], lines: Sequence[ExistingLine]
) -> ExistingDraft:
    names = tenant.mapping.invoice
    reader = read_row(tenant, names, row)
    number = tenant.known(names, names.number)
    return ExistingDraft(
        id=reader.id,
        number=reader.text(number) if number else None,
        name=reader.text(names.name),
        contract_id=reader.lookup(names.contract),
        customer_id=reader.lookup(names.customer),
        status=reader.choice(names.status, tenant.choices.proforma_status),
        created=reader.instant(CREATED),
        total=reader.decimal(names.total),
        details=tuple(billed),
        lines=tuple(lines),
    )
