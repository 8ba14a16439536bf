"""Rows of the tenant as values of the domain, one function per table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.invoicing import ids
from connector.invoicing.choices import CustomerKind, LineKind, RefundStatus, TransactionClass
from connector.invoicing.model import (
    Actual,
    BillTo,
    Contract,
    ContractCustomer,
    ContractLine,
    ContractLineCustomer,
    Currency,
    Customer,
    ExistingInvoice,
    Milestone,
    Retainer,
    ScheduleRow,
)
from connector.projectops.carrying import carried, priced
from connector.projectops.choices import ProductType
from connector.projectops.rows import RowReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from decimal import Decimal
    from typing import TypeVar
    from uuid import UUID

    from connector.dataverse.message import Row
    from connector.mapping.tables import BillToColumns, DateColumn, Table
    from connector.projectops.choices import Choice, WordT
    from connector.projectops.tenant import Tenant

    IdT = TypeVar("IdT")

MAXIMUM_PRECISION = 4
_CUSTOMER_KINDS = {"account": CustomerKind.ACCOUNT, "contact": CustomerKind.CONTACT}


def read_row(tenant: Tenant, table: Table, row: Row) -> RowReader:
    """A reader over *row* of *table*."""
    return RowReader(tenant, table.table, table.id, row)


def currency(tenant: Tenant, row: Row) -> Currency:
    """A transaction currency; its precision must be 0 to 4 ($2)."""
    names = tenant.mapping.currency
    reader = read_row(tenant, names, row)
    precision = reader.required(names.precision, reader.integer(names.precision))
    if not 0 <= precision <= MAXIMUM_PRECISION:
        raise reader.fault(names.precision, "a number of decimals from 0 to 4")
    code = reader.required(names.code, reader.text(names.code), "an ISO currency code")
    return Currency(id=ids.CurrencyId(reader.id), code=code, precision=precision)


def contract_id(tenant: Tenant, row: Row) -> ids.ContractId:
    """The id of a contract row of which nothing else is needed."""
    return ids.ContractId(read_row(tenant, tenant.mapping.contract, row).id)


def contract(tenant: Tenant, row: Row, currencies: Mapping[UUID, Currency]) -> Contract:
    """A project contract; without name or currency it cannot be invoiced at all."""
    names, choices = tenant.mapping.contract, tenant.choices
    reader = read_row(tenant, names, row)
    return Contract(
        id=ids.ContractId(reader.id),
        name=reader.required(names.name, reader.text(names.name), "a name"),
        number=reader.text(number) if (number := tenant.known(names, names.number)) else None,
        order_type=reader.choice(names.order_type, choices.order_type),
        state=reader.choice(names.state, choices.contract_state),
        reason=reader.choice(names.reason, choices.contract_reason),
        currency=_contract_currency(reader, names.currency, currencies),
        customer=_customer(reader, names.customer),
        price_list_id=_id(reader, names.price_list, ids.PriceListId),
        end_date=reader.date(names.end_date),
        not_to_exceed_limit=_optional(reader, tenant, names, names.not_to_exceed_limit),
        carried=carried(reader, tenant.copies.contract_to_invoice),
        etag=reader.etag(),
    )


def contract_line(tenant: Tenant, row: Row) -> ContractLine:
    """A contract line; what it sells follows from its product type (E8)."""
    names, choices = tenant.mapping.contract_line, tenant.choices
    reader = read_row(tenant, names, row)
    kind = _line_kind(tenant, reader)
    is_product = kind is LineKind.PRODUCT
    rules = (
        tenant.copies.product_line_to_line if is_product else tenant.copies.contract_line_to_line
    )
    own = priced(tenant, reader) if is_product else ()
    return ContractLine(
        id=ids.ContractLineId(reader.id),
        name=reader.text(names.name) or reader.text(names.fallback_name) or "",
        kind=kind,
        service=_optional_choice(reader, tenant, names, names.service, choices.line_service),
        billing_method=reader.choice(names.billing_method, choices.billing_method),
        billing_status=reader.choice(names.billing_status, choices.billing_status),
        project_id=_id(reader, names.project, ids.ProjectId),
        billing_start=reader.date(names.billing_start),
        invoice_frequency_id=reader.lookup(names.invoice_frequency),
        contract_amount=reader.decimal(names.contract_amount),
        quantity=reader.decimal(names.quantity),
        price=reader.decimal(names.price),
        volume_discount=_optional(reader, tenant, names, names.volume_discount),
        amount=reader.decimal(names.amount),
        manual_discount=_optional(reader, tenant, names, names.manual_discount),
        tax=reader.decimal(names.tax),
        extended_amount=_optional(reader, tenant, names, names.extended_amount),
        currency_id=_id(reader, names.currency, ids.CurrencyId),
        carried=(*carried(reader, rules), *own),
        etag=reader.etag(),
    )


def schedule_row(tenant: Tenant, row: Row) -> ScheduleRow:
    """An invoice schedule row; an empty run date is left to the rules to report."""
    names = tenant.mapping.schedule_row
    reader = read_row(tenant, names, row)
    status = reader.choice(names.status, tenant.choices.run_status)
    line = reader.required(names.contract_line, reader.lookup(names.contract_line))
    return ScheduleRow(
        id=ids.ScheduleRowId(reader.id),
        contract_line_id=ids.ContractLineId(line),
        run_date=reader.date(names.run_date),
        cutoff_date=reader.date(names.cutoff_date),
        status=reader.required(names.status, status, "a run status"),
        milestone_id=_id(reader, names.milestone, ids.MilestoneId),
        invoice_id=_id(reader, names.invoice, ids.InvoiceId),
        is_active=_is_active(reader, tenant, names, names.active_state),
        etag=reader.etag(),
    )


def milestone(tenant: Tenant, row: Row) -> Milestone:
    """A customer-level milestone; its date is the time-zone independent one, if filled (T3)."""
    names, choices = tenant.mapping.milestone, tenant.choices
    reader = read_row(tenant, names, row)
    line = reader.required(names.contract_line, reader.lookup(names.contract_line))
    status = reader.choice(names.status, choices.milestone_status)
    limit = reader.labelled(names.not_to_exceed_status, choices.not_to_exceed_status)
    return Milestone(
        id=ids.MilestoneId(reader.id),
        name=reader.text(names.name) or "",
        contract_line_id=ids.ContractLineId(line),
        date=_first_date(reader, names.dates),
        status=reader.required(names.status, status, "an invoice status"),
        amount=reader.decimal(names.amount),
        tax=reader.decimal(names.tax),
        currency_id=_id(reader, names.currency, ids.CurrencyId),
        contract_customer_id=_optional_id(
            reader, tenant, names, names.contract_customer, ids.ContractCustomerId
        ),
        contract_line_customer_id=_optional_id(
            reader, tenant, names, names.contract_line_customer, ids.ContractLineCustomerId
        ),
        header_id=_optional_id(reader, tenant, names, names.header, ids.MilestoneHeaderId),
        not_to_exceed_status=limit.word,
        unknown_choice=limit.unknown,
        is_active=_is_active(reader, tenant, names, names.active_state),
        description=reader.text(names.description),
        external_description=reader.text(names.external_description),
        carried=carried(reader, tenant.copies.milestone_to_detail),
        etag=reader.etag(),
    )


def contract_customer(tenant: Tenant, row: Row) -> ContractCustomer:
    """A customer of the contract with its invoice defaults (B10)."""
    names = tenant.mapping.contract_customer
    reader = read_row(tenant, names, row)
    number = reader.integer(names.payment_terms)
    terms = None if number is None else tenant.payment_terms.get(number)
    return ContractCustomer(
        id=ids.ContractCustomerId(reader.id),
        customer=_customer(reader, names.customer),
        split_percent=reader.decimal(names.split_percent),
        is_primary=reader.flag(names.is_primary),
        is_rounding=reader.flag(names.is_rounding),
        bill_to=_bill_to(reader, names.bill_to),
        payment_terms=terms,
        unknown_payment_terms=number if terms is None else None,
        not_to_exceed_limit=_optional(reader, tenant, names, names.not_to_exceed_limit),
        is_active=_is_active(reader, tenant, names, names.active_state),
    )


def contract_line_customer(tenant: Tenant, row: Row) -> ContractLineCustomer:
    """A customer of one contract line (B2)."""
    names = tenant.mapping.contract_line_customer
    reader = read_row(tenant, names, row)
    line = reader.required(names.contract_line, reader.lookup(names.contract_line))
    return ContractLineCustomer(
        id=ids.ContractLineCustomerId(reader.id),
        contract_line_id=ids.ContractLineId(line),
        contract_customer_id=_id(reader, names.contract_customer, ids.ContractCustomerId),
        split_percent=reader.decimal(names.split_percent),
        is_rounding=reader.flag(names.is_rounding),
        is_active=_is_active(reader, tenant, names, names.active_state),
    )


def actual(tenant: Tenant, row: Row) -> Actual:
    """An actual; its date is the transaction date, else the document date (2.3)."""
    names, choices = tenant.mapping.actual, tenant.choices
    reader = read_row(tenant, names, row)
    kind = reader.choice(names.transaction_type, choices.transaction_type)
    group = reader.labelled(names.transaction_class, choices.transaction_class)
    created = reader.instant(names.created_on)
    limit = reader.labelled(names.not_to_exceed_status, choices.not_to_exceed_status)
    word = TransactionClass.UNCLEAR if group.unknown else group.word
    return Actual(
        id=ids.ActualId(reader.id),
        contract_line_id=_id(reader, names.contract_line, ids.ContractLineId),
        transaction_type=reader.required(names.transaction_type, kind, "a transaction type"),
        transaction_class=reader.required(names.transaction_class, word, "a transaction class"),
        billing_status=reader.choice(names.billing_status, choices.billing_status),
        billing_type=reader.choice(names.billing_type, choices.billing_type),
        adjustment_status=reader.choice(names.adjustment_status, choices.adjustment_status),
        not_to_exceed_status=limit.word,
        unknown_choice=group.unknown or limit.unknown,
        transaction_date=_first_date(reader, names.dates),
        created_on=created,
        created_date=created.astimezone(tenant.zone).date() if created else None,
        quantity=reader.decimal(names.quantity),
        price=reader.decimal(names.price),
        amount=reader.decimal(names.amount),
        discount=_optional(reader, tenant, names, names.discount),
        fee=_optional(reader, tenant, names, names.fee),
        tax=_optional(reader, tenant, names, names.tax),
        currency_id=_id(reader, names.currency, ids.CurrencyId),
        customer=_actual_customer(reader, names.account_customer, names.contact_customer),
        contract_customer_id=_optional_id(
            reader, tenant, names, names.contract_customer, ids.ContractCustomerId
        ),
        contract_line_customer_id=_optional_id(
            reader, tenant, names, names.contract_line_customer, ids.ContractLineCustomerId
        ),
        resource_id=_optional_id(reader, tenant, names, names.resource, ids.ResourceId),
        is_active=reader.integer(names.state) == 0,
        description=reader.text(names.description),
        external_description=reader.text(names.external_description),
        carried=carried(reader, tenant.copies.actual_to_detail),
        etag=reader.etag(),
    )


def retainer(tenant: Tenant, row: Row) -> Retainer:
    """A retainer or advance of one contract customer (V1)."""
    names = tenant.mapping.retainer
    reader = read_row(tenant, names, row)
    status = reader.labelled(names.status, tenant.choices.retainer_status)
    return Retainer(
        id=ids.RetainerId(reader.id),
        name=reader.text(names.name) or "",
        contract_customer_id=_id(reader, names.contract_customer, ids.ContractCustomerId),
        date=reader.date(names.date),
        status=status.word,
        unknown_choice=status.unknown,
        refund_status=_refund_status(tenant, reader),
        amount=reader.decimal(names.amount),
        used_amount=reader.decimal(names.used_amount),
        available_amount=reader.decimal(names.available_amount),
        currency_id=_id(reader, names.currency, ids.CurrencyId),
        is_active=_is_active(reader, tenant, names, names.active_state),
        description=reader.text(names.description),
        etag=reader.etag(),
    )


def existing_invoice(tenant: Tenant, row: Row) -> ExistingInvoice:
    """An invoice that the contract already has."""
    names = tenant.mapping.invoice
    reader = read_row(tenant, names, row)
    corrected = names.has_corrections
    return ExistingInvoice(
        id=ids.InvoiceId(reader.id),
        customer_id=_id(reader, names.customer, ids.CustomerId),
        status=reader.choice(names.status, tenant.choices.proforma_status),
        total=reader.decimal(names.total),
        has_corrections=bool(
            corrected and tenant.has(names.table, corrected) and reader.flag(corrected)
        ),
    )


def foreign_currencies(
    contract: Contract,
    records: Iterable[Actual | Milestone | ContractLine | Retainer],
    currencies: Mapping[UUID, Currency],
) -> tuple[Currency, ...]:
    """The currencies that *records* name besides the contract's own; refused, and shown ($1)."""
    named = {record.currency_id for record in records if record.currency_id is not None}
    foreign = sorted(named - {contract.currency.id})
    return tuple(currencies[key] for key in foreign if key in currencies)


def _refund_status(tenant: Tenant, reader: RowReader) -> RefundStatus | None:
    """The refund status; a number that nobody knows is one that somebody has to look at (V9)."""
    names = tenant.mapping.retainer
    column = tenant.known(names, names.refund_status)
    number = reader.integer(column) if column is not None else None
    if number is None:
        return None
    return tenant.choices.refund_status.word_of.get(number, RefundStatus.UNCLEAR)


def _is_active(reader: RowReader, tenant: Tenant, names: Table, column: str | None) -> bool:
    """Whether the row is active; it is, where the table has no state."""
    known = tenant.known(names, column)
    return known is None or reader.integer(known) == 0


def _line_kind(tenant: Tenant, reader: RowReader) -> LineKind:
    names = tenant.mapping.contract_line
    number = reader.required(
        names.product_type, reader.integer(names.product_type), "a product type"
    )
    word = tenant.choices.product_type.word_of.get(number)
    return LineKind.PROJECT if word is ProductType.PROJECT_BASED_SERVICE else LineKind.PRODUCT


def _contract_currency(
    reader: RowReader, column: str, currencies: Mapping[UUID, Currency]
) -> Currency:
    found = currencies.get(reader.required(column, reader.lookup(column), "a currency"))
    if found is None:
        raise reader.fault("_" + column + "_value", "a currency of this tenant")
    return found


def _customer(reader: RowReader, column: str) -> Customer | None:
    found = reader.lookup(column)
    if found is None:
        return None
    if (kind := _CUSTOMER_KINDS.get(reader.lookup_table(column) or "")) is None:
        raise reader.fault("_" + column + "_value", "an account or a contact")
    return Customer(id=ids.CustomerId(found), kind=kind, name=reader.lookup_name(column))


def _actual_customer(reader: RowReader, account: str, contact: str) -> Customer | None:
    by_account, by_contact = reader.lookup(account), reader.lookup(contact)
    if by_account is not None:
        return Customer(id=ids.CustomerId(by_account), kind=CustomerKind.ACCOUNT)
    if by_contact is not None:
        return Customer(id=ids.CustomerId(by_contact), kind=CustomerKind.CONTACT)
    return None


def _bill_to(reader: RowReader, names: BillToColumns) -> BillTo:
    return BillTo(
        name=reader.text(names.name),
        contact_name=reader.text(names.contact_name),
        line1=reader.text(names.line1),
        line2=reader.text(names.line2),
        line3=reader.text(names.line3),
        city=reader.text(names.city),
        state=reader.text(names.state),
        postal_code=reader.text(names.postal_code),
        country=reader.text(names.country),
    )


def _first_date(reader: RowReader, columns: Iterable[DateColumn]) -> date | None:
    days = (reader.date(column) for column in columns)
    return next((day for day in days if day is not None), None)


def _id(reader: RowReader, column: str, kind: Callable[[UUID], IdT]) -> IdT | None:
    found = reader.lookup(column)
    return None if found is None else kind(found)


def _optional_id(
    reader: RowReader, tenant: Tenant, names: Table, column: str | None, kind: Callable[[UUID], IdT]
) -> IdT | None:
    if column is None or not tenant.has(names.table, column):
        return None
    return _id(reader, column, kind)


def _optional(
    reader: RowReader, tenant: Tenant, names: Table, column: str | None
) -> Decimal | None:
    if column is None or not tenant.has(names.table, column):
        return None
    return reader.decimal(column)


def _optional_choice(
    reader: RowReader, tenant: Tenant, names: Table, column: str | None, choice: Choice[WordT]
) -> WordT | None:
    if column is None or not tenant.has(names.table, column):
        return None
    return reader.choice(column, choice)
