"""What has to be known of a tenant before its rows can be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.dataverse.values import DateBehaviour
from connector.invoicing.ids import OrganizationId
from connector.mapping import DateBehaviour as MappedBehaviour
from connector.mapping import DateColumn, MappingError, TenantMapping
from connector.projectops.choices import Choices, resolve_choices
from connector.projectops.constants import constant_faults
from connector.projectops.labels import numbers_by_label
from connector.projectops.mapped_names import (
    OPTIONAL_TABLES,
    available_copies,
    available_mapping,
    missing_names,
)
from connector.projectops.payment_terms import payment_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from zoneinfo import ZoneInfo

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.metadata import AttributeInfo, Tables
    from connector.mapping.model import CopyRules
    from connector.mapping.tables import Table

BEHAVIOURS: Mapping[MappedBehaviour, DateBehaviour] = {
    MappedBehaviour.USER_LOCAL: DateBehaviour.USER_LOCAL,
    MappedBehaviour.DATE_ONLY: DateBehaviour.DATE_ONLY,
    MappedBehaviour.TIME_ZONE_INDEPENDENT: DateBehaviour.TIME_ZONE_INDEPENDENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """
    One tenant: who it is, how its words are called, and how its dates are meant.

    *mapping* has no optional name that the tenant lacks. *zone* is the business time zone.
    *columns* holds the column names of each table that the metadata showed, *copies* the copy
    rules of which the tenant has both ends, *payment_terms* the number on an invoice for each
    number of a contract customer that has one. *lengths* are the characters that text columns
    hold, *precisions* the decimal places of number columns, by table and column, where the
    metadata gives them; *computed* the columns that no client can write, *money* those of money.
    """

    organization_id: OrganizationId
    mapping: TenantMapping
    choices: Choices
    zone: ZoneInfo
    columns: Mapping[str, frozenset[str]]
    behaviours: Mapping[tuple[str, str], DateBehaviour]
    copies: CopyRules
    payment_terms: Mapping[int, int]
    lengths: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    precisions: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    computed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    money: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def has(self, table: str, column: str) -> bool:
        """Whether the tenant's *table* has *column* (N12: some come with newer versions only)."""
        return column in self.columns.get(table, frozenset())

    def has_table(self, table: Table) -> bool:
        """Whether the tenant has *table* at all: older ones lack whole tables."""
        return table.table in self.columns

    @property
    def table_of(self) -> Mapping[str, str]:
        """The logical name of each table that drafts consist of, by entity set."""
        names = self.mapping
        parts = (names.invoice, names.invoice_line, names.invoice_detail, names.connection)
        return {table.set: table.table for table in parts}

    def known(self, table: Table, column: str | None) -> str | None:
        """*column*, if the mapping names it and the tenant's *table* has it."""
        return column if column is not None and self.has(table.table, column) else None

    def behaviour(self, table: str, column: DateColumn) -> DateBehaviour:
        """How *column* is meant: by the tenant's metadata, else as documented (section 2.5)."""
        documented = BEHAVIOURS[column.behaviour]
        return self.behaviours.get((table, column.column), documented)


def read_tenant(client: DataverseClient, mapping: TenantMapping, zone: ZoneInfo) -> Tenant:
    """The same, with the mapping's conditions left untried."""
    organization = OrganizationId(client.who_am_i().organization_id)
    tables = client.metadata.tables(described_tables(mapping))
    require_names(mapping, tables)
    return Tenant(
        organization_id=organization,
        mapping=available_mapping(mapping, tables),
        choices=resolve_choices(mapping.choices, _found_numbers(mapping, tables)),
        zone=zone,
        columns={name: frozenset(info.attributes) for name, info in tables.items()},
        behaviours=_behaviours(tables),
        copies=available_copies(mapping, tables),
        payment_terms=payment_terms(mapping, tables),
        lengths=_by_column(tables, lambda attribute: attribute.max_length),
        precisions=_by_column(tables, lambda attribute: attribute.precision),
        computed=_those(tables, lambda attribute: not attribute.is_written),
        money=_those(tables, lambda attribute: attribute.type == "Money"),
    )


def require_retainers(tenant: Tenant) -> None:
    """
    Raise `MappingError` unless the tenant can bill its retainers, if it has any.

    A retainer that its invoice line does not name would be billed again.
    """
    line = tenant.mapping.invoice_line
    can_bill = line.retainer is not None and line.retainer_navigation is not None
    if tenant.has_table(tenant.mapping.retainer) and not can_bill:
        fault = (
            f"- policy.retainers asks to bill retainers, but {line.table} has no column and"
            " navigation property for them ([invoice_line] retainer, retainer_navigation):"
            " leave it at report-only"
        )
        origin = "of this tenant"
        raise MappingError(origin, (fault,))


def described_tables(mapping: TenantMapping) -> tuple[str, ...]:
    """Logical names of the tables whose metadata is needed, without repetition."""
    tables = (
        mapping.contract,
        mapping.contract_line,
        mapping.schedule_row,
        mapping.milestone,
        mapping.contract_customer,
        mapping.contract_line_customer,
        mapping.actual,
        mapping.retainer,
        mapping.invoice,
        mapping.invoice_line,
        mapping.invoice_detail,
        mapping.connection,
        mapping.batch_job,
    )
    return tuple(dict.fromkeys(table.table for table in tables))


def require_names(mapping: TenantMapping, tables: Tables) -> None:
    """Raise `MappingError` for every table and required column that the tenant does not have."""
    optional = {getattr(mapping, word).table for word in OPTIONAL_TABLES}
    absent = (name for name in described_tables(mapping) if name not in {*tables, *optional})
    faults = [f"- the table {name!r} does not exist in this tenant" for name in absent]
    faults += [f"- {missing}" for missing in missing_names(mapping, tables) if missing.required]
    faults += [f"- {fault}" for fault in constant_faults(mapping, tables)]
    if faults:
        origin = "of this tenant (proforma check tells more)"
        raise MappingError(origin, tuple(faults))


def _those(tables: Tables, is_one: Callable[[AttributeInfo], bool]) -> Mapping[str, frozenset[str]]:
    """The columns of each table of which *is_one* holds."""
    return {
        name: frozenset(column for column, found in info.attributes.items() if is_one(found))
        for name, info in tables.items()
    }


def _by_column(
    tables: Tables, value: Callable[[AttributeInfo], int | None]
) -> Mapping[str, Mapping[str, int]]:
    """A whole number of each column that has it, by table and column."""
    return {
        name: {
            column: number
            for column, attribute in info.attributes.items()
            if (number := value(attribute)) is not None
        }
        for name, info in tables.items()
    }


def _behaviours(tables: Tables) -> Mapping[tuple[str, str], DateBehaviour]:
    return {
        (name, column): attribute.date_behaviour
        for name, info in tables.items()
        for column, attribute in info.attributes.items()
        if attribute.date_behaviour is not None
    }


def _found_numbers(mapping: TenantMapping, tables: Tables) -> Mapping[str, Mapping[str, int]]:
    """Numbers of the choices that the mapping names by label only (schema reference 2)."""
    places = {
        "transaction_class": (mapping.actual.table, mapping.actual.transaction_class),
        "not_to_exceed_status": (mapping.actual.table, mapping.actual.not_to_exceed_status),
        "retainer_status": (mapping.retainer.table, mapping.retainer.status),
        "refund_status": (mapping.retainer.table, mapping.retainer.refund_status),
    }
    return {
        choice: numbers_by_label(
            getattr(mapping.labels, choice),
            tables[table].attributes.get(column or "") if table in tables else None,
            getattr(mapping.choices, choice),
        )
        for choice, (table, column) in places.items()
    }
