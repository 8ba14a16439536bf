"""The reads that a shard of contracts takes: one query per table, whatever its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.dataverse.query import Field, Filter, Query, all_of, any_of, field, in_list
from connector.dataverse.values import FORMATTED, LOOKUP_TABLE
from connector.invoicing.choices import BillingStatus, OrderType, ProformaStatus, TransactionType
from connector.projectops.choices import ProductType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    from connector.invoicing.ids import ContractId
    from connector.mapping.model import CopyRule
    from connector.mapping.tables import DateColumn, Table
    from connector.projectops.tenant import Tenant

#: Ids asked for in one `In` list: far below the 500 conditions and the URL length of a batch part.
IDS_PER_QUERY = 400


def lookup(column: str) -> Field:
    """The id column behind a lookup."""
    return field(f"_{column}_value")


def currencies(tenant: Tenant) -> Query:
    """Every currency of the tenant."""
    names = tenant.mapping.currency
    return Query(entity_set=names.set, select=(names.id, names.code, names.precision))


def contracts(tenant: Tenant, shard: Sequence[ContractId]) -> Query:
    """The contracts of *shard* themselves."""
    names = tenant.mapping.contract
    plain = (names.id, names.name, names.order_type, names.state, names.reason)
    select = (
        *plain,
        names.end_date.column,
        *_lookups(names.currency, names.customer, names.price_list),
        *_present(tenant, names, names.number, names.not_to_exceed_limit),
        *_copied(tenant.copies.contract_to_invoice),
    )
    wanted = any_of(*(field(names.id).eq(contract) for contract in shard))
    condition = _with(wanted, tenant.mapping.conditions.contract)
    return _query(names, select, condition, annotations=(LOOKUP_TABLE, FORMATTED))


def project_contracts(tenant: Tenant) -> Query:
    """The ids of all contracts of work-based order type (E1)."""
    names = tenant.mapping.contract
    work_based = tenant.choices.order_type.number_of[OrderType.WORK_BASED]
    condition = field(names.order_type).eq(work_based)
    return _query(names, (names.id,), _with(condition, tenant.mapping.conditions.contract))


def contract_lines(tenant: Tenant, shard: Sequence[ContractId]) -> Query:
    """All lines of the contracts."""
    names, rules = tenant.mapping.contract_line, tenant.copies
    select = (
        names.id,
        names.name,
        names.fallback_name,
        names.product_type,
        names.billing_method,
        names.billing_status,
        names.billing_start.column,
        *(names.contract_amount, names.quantity, names.price, names.amount, names.tax),
        *_lookups(names.contract, names.project, names.invoice_frequency, names.currency),
        *_present(
            tenant,
            names,
            names.service,
            names.price_overridden,
            names.volume_discount,
            names.manual_discount,
            names.extended_amount,
        ),
        *_copied((*rules.contract_line_to_line, *rules.product_line_to_line)),
    )
    condition = _of_contracts(names.contract, shard)
    return _query(names, select, _with(condition, tenant.mapping.conditions.contract_line))


def schedule_rows(tenant: Tenant, shard: Sequence[ContractId]) -> Query:
    """All invoice schedule rows of the contracts' lines."""
    names = tenant.mapping.schedule_row
    select = (
        names.id,
        names.run_date.column,
        names.cutoff_date.column,
        names.status,
        *_lookups(names.contract_line, names.milestone, names.invoice),
        *_present(tenant, names, names.active_state),
    )
    condition = _of_contracts_by_line(tenant, names.contract_line_navigation, shard)
    return _query(names, select, _with(condition, tenant.mapping.conditions.schedule_row))


def milestones(tenant: Tenant, shard: Sequence[ContractId]) -> Query:
    """All customer-level milestones of the contracts' lines; headers are another table (M8)."""
    names = tenant.mapping.milestone
    select = (
        names.id,
        names.name,
        *_dates(*names.dates),
        names.status,
        *(names.amount, names.tax, names.description, names.external_description),
        *_lookups(names.contract_line, names.currency),
        *_present_lookups(
            tenant, names, names.contract_customer, names.contract_line_customer, names.header
        ),
        *_present(tenant, names, names.not_to_exceed_status, names.active_state),
        *_copied(tenant.copies.milestone_to_detail),
    )
    condition = _of_contracts_by_line(tenant, names.contract_line_navigation, shard)
    return _query(names, select, _with(condition, tenant.mapping.conditions.milestone))


def contract_customers(tenant: Tenant, shard: Sequence[ContractId]) -> Query:
    """The customers of the contracts."""
    names = tenant.mapping.contract_customer
    select = (
        *(names.id, names.split_percent, names.is_primary, names.is_rounding, names.payment_terms),
        *names.bill_to.model_dump().values(),
        *_lookups(names.contract, names.customer),
        *_present(tenant, names, names.not_to_exceed_limit, names.active_state),
    )
    condition = _of_contracts(names.contract, shard)
    return _query(names, select, condition, annotations=(LOOKUP_TABLE, FORMATTED))


def contract_line_customers(tenant: Tenant, shard: Sequence[ContractId]) -> Query:
    """The customers of the contracts' lines."""
    names = tenant.mapping.contract_line_customer
    select = (
        *(names.id, names.split_percent, names.is_rounding),
        *_lookups(names.contract_line, names.contract_customer),
        *_present(tenant, names, names.active_state),
    )
    return _query(
        names, select, _of_contracts_by_line(tenant, names.contract_line_navigation, shard)
    )


def actuals(tenant: Tenant, shard: Sequence[ContractId]) -> Query:
    """The contracts' unbilled sales that no invoice has claimed by status (A1, A3)."""
    names, numbers = tenant.mapping.actual, tenant.choices
    kind = numbers.transaction_type.number_of[TransactionType.UNBILLED_SALES]
    condition = all_of(
        field(names.transaction_type).eq(kind),
        _unclaimed(tenant),
        _of_contracts(names.contract, shard),
    )
    return _query(
        names, _actual_columns(tenant), _with(condition, tenant.mapping.conditions.actual)
    )


def all_actuals(tenant: Tenant, shard: Sequence[ContractId]) -> Query:
    """Every actual of the contracts, whatever its type and status."""
    names = tenant.mapping.actual
    condition = _of_contracts(names.contract, shard)
    return _query(
        names, _actual_columns(tenant), _with(condition, tenant.mapping.conditions.actual)
    )


def one_actual(tenant: Tenant, actual: UUID) -> Query:
    """One actual, whatever its type and status."""
    names = tenant.mapping.actual
    return _query(names, _actual_columns(tenant), field(names.id).eq(actual))


def people_of(tenant: Tenant, actuals: Sequence[UUID]) -> tuple[Query, ...]:
    """Who did the work of *actuals*, with their names; none where the tenant has no such column."""
    names = tenant.mapping.actual
    lookups = _present_lookups(tenant, names, names.resource)
    return tuple(
        _query(names, (names.id, *lookups), in_list(names.id, part), annotations=(FORMATTED,))
        for part in (_parts(actuals) if lookups else ())
    )


def _actual_columns(tenant: Tenant) -> tuple[str, ...]:
    names = tenant.mapping.actual
    return (
        *(names.id, names.transaction_type, names.transaction_class, names.billing_status),
        *(names.billing_type, names.adjustment_status, names.created_on, names.state),
        *_dates(*names.dates),
        *(names.quantity, names.price, names.amount, names.description),
        names.external_description,
        *_lookups(names.contract, names.contract_line, names.currency),
        *_lookups(names.account_customer, names.contact_customer),
        *_present(tenant, names, names.discount, names.fee, names.tax, names.not_to_exceed_status),
        *_present_lookups(
            tenant,
            names,
            names.contract_customer,
            names.contract_line_customer,
            names.invoice_detail,
            names.resource,
        ),
        *_copied(tenant.copies.actual_to_detail),
    )


def retainers(tenant: Tenant, shard: Sequence[ContractId]) -> Query:
    """The retainers of the contracts."""
    names = tenant.mapping.retainer
    select = (
        *(names.id, names.name, names.date.column, names.status, names.description),
        *(names.amount, names.used_amount, names.available_amount),
        *_lookups(names.contract, names.contract_customer, names.currency),
        *_present(tenant, names, names.refund_status, names.active_state),
    )
    condition = _of_contracts(names.contract, shard)
    return _query(names, select, _with(condition, tenant.mapping.conditions.retainer))


def invoices(tenant: Tenant, shard: Sequence[ContractId]) -> Query:
    """The invoices that the contracts already have."""
    names = tenant.mapping.invoice
    select = (
        *(names.id, names.status, names.total),
        *_lookups(names.contract, names.customer),
        *_present(tenant, names, names.has_corrections),
    )
    return _query(names, select, _of_contracts(names.contract, shard))


def details(tenant: Tenant, wanted: Sequence[UUID]) -> tuple[Query, ...]:
    """The invoice line details of these ids."""
    names = tenant.mapping.invoice_detail
    return tuple(_details(tenant, in_list(names.id, part)) for part in _parts(wanted))


def details_of_documents(tenant: Tenant, sources: Sequence[UUID]) -> tuple[Query, ...]:
    """The invoice line details whose source document is one of *sources*; none without a column."""
    names = tenant.mapping.invoice_detail
    column = tenant.known(names, names.source_document)
    if column is None:
        return ()
    return tuple(_details(tenant, in_list(f"_{column}_value", part)) for part in _parts(sources))


def _details(tenant: Tenant, condition: Filter) -> Query:
    names = tenant.mapping.invoice_detail
    select = (
        names.id,
        *_lookups(names.invoice),
        *_present_lookups(tenant, names, names.source_document),
    )
    return _query(names, select, condition)


def _parts(wanted: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (wanted[start : start + IDS_PER_QUERY] for start in range(0, len(wanted), IDS_PER_QUERY))


def billing_lines(tenant: Tenant, shard: Sequence[ContractId]) -> Query:
    """
    The lines of the contracts' open invoices, and all that bill by themselves.

    Product lines and retainers are billed by their line, whenever that was; of project work only
    what is not confirmed yet can still grow.
    """
    names, choices = tenant.mapping.invoice_line, tenant.choices
    path = f"{names.invoice_navigation}/_{tenant.mapping.invoice.contract}_value"
    select = (
        *(names.id, names.product_type),
        *_lookups(names.invoice, names.contract_line),
        *_present_lookups(tenant, names, names.retainer),
    )
    status = field(f"{names.invoice_navigation}/{tenant.mapping.invoice.status}")
    numbers = choices.proforma_status.number_of
    final = (ProformaStatus.CONFIRMED, ProformaStatus.PAID)
    project = choices.product_type.number_of[ProductType.PROJECT_BASED_SERVICE]
    retainers = _present_lookups(tenant, names, names.retainer)
    wanted = any_of(
        all_of(*(status.ne(numbers[word]) for word in final)),
        status.eq(None),
        field(names.product_type).ne(project),
        *(field(column).ne(None) for column in retainers),
    )
    of_contracts = any_of(*(field(path).eq(contract) for contract in shard))
    return _query(names, select, all_of(of_contracts, wanted))


def all_lines(tenant: Tenant, shard: Sequence[ContractId]) -> Query:
    """Every line of the contracts' invoices."""
    names = tenant.mapping.invoice_line
    path = f"{names.invoice_navigation}/_{tenant.mapping.invoice.contract}_value"
    return _query(names, (names.id,), any_of(*(field(path).eq(contract) for contract in shard)))


def all_details(tenant: Tenant, shard: Sequence[ContractId]) -> Query:
    """Every detail of the contracts' invoices."""
    names = tenant.mapping.invoice_detail
    path = f"{names.invoice_navigation}/_{tenant.mapping.invoice.contract}_value"
    return _query(names, (names.id,), any_of(*(field(path).eq(contract) for contract in shard)))


def rows_by_id(names: Table, column: str, wanted: Sequence[UUID]) -> tuple[Query, ...]:
    """The rows of a table whose *column* holds one of *wanted*."""
    return tuple(_query(names, (names.id,), in_list(column, part)) for part in _parts(wanted))


def connections(tenant: Tenant, sources: Sequence[UUID]) -> tuple[Query, ...]:
    """The transaction connections from an invoice line detail to any of *sources* (L4)."""
    names = tenant.mapping.connection
    first = field(names.first_type).eq(tenant.mapping.invoice_detail.table)
    select = (names.id, names.first, names.second, names.second_type)
    return tuple(
        _query(names, select, all_of(first, in_list(names.second, part)))
        for part in _parts(sources)
    )


def _query(
    names: Table, select: Iterable[str], condition: Filter, annotations: tuple[str, ...] = ()
) -> Query:
    """A query ordered by the primary key, so that pages neither repeat nor lose rows."""
    return Query(
        entity_set=names.set,
        select=tuple(dict.fromkeys(select)),
        filter=condition,
        order_by=(names.id,),
        annotations=annotations,
    )


def _of_contracts(column: str, shard: Sequence[ContractId]) -> Filter:
    return any_of(*(lookup(column).eq(contract) for contract in shard))


def _of_contracts_by_line(tenant: Tenant, navigation: str, shard: Sequence[ContractId]) -> Filter:
    path = f"{navigation}/_{tenant.mapping.contract_line.contract}_value"
    return any_of(*(field(path).eq(contract) for contract in shard))


def _unclaimed(tenant: Tenant) -> Filter:
    """Not on an invoice and not canceled; written so that it holds however null compares."""
    status = field(tenant.mapping.actual.billing_status)
    numbers = tenant.choices.billing_status.number_of
    claimed = (
        BillingStatus.CUSTOMER_INVOICE_CREATED,
        BillingStatus.CUSTOMER_INVOICE_POSTED,
        BillingStatus.CANCELED,
    )
    return any_of(status.eq(None), all_of(*(status.ne(numbers[word]) for word in claimed)))


def _with(condition: Filter, extra: str | None) -> Filter:
    """*condition* and the mapping's own extra one."""
    if extra is None:
        return condition
    return all_of(condition, Filter(text=f"({extra})"))


def _dates(*columns: DateColumn) -> tuple[str, ...]:
    return tuple(column.column for column in columns)


def _lookups(*columns: str) -> tuple[str, ...]:
    return tuple(f"_{column}_value" for column in columns)


def _present(tenant: Tenant, names: Table, *columns: str | None) -> tuple[str, ...]:
    return tuple(column for column in columns if column and tenant.has(names.table, column))


def _present_lookups(tenant: Tenant, names: Table, *columns: str | None) -> tuple[str, ...]:
    return _lookups(*_present(tenant, names, *columns))


def _copied(rules: Sequence[CopyRule]) -> tuple[str, ...]:
    return tuple(f"_{rule.source}_value" if rule.set else rule.source for rule in rules)
