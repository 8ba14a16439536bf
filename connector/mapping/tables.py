"""One frozen type per table of the mapping: our words for columns, and the names behind them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
"""A table, column or navigation property name: letters, digits and underscores."""


STATE = "statecode"
"""The column of every table that tells active rows from inactive ones."""


class Entry(BaseModel):
    """A part of the mapping: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class DateBehaviour(StrEnum):
    """Which midnight a date column means (schema reference, section 5)."""

    USER_LOCAL = "user-local"
    TIME_ZONE_INDEPENDENT = "time-zone-independent"
    DATE_ONLY = "date-only"


class DateColumn(Entry):
    """A date column and the behaviour it is read by unless the tenant's metadata says otherwise."""

    column: Name
    behaviour: DateBehaviour


class Table(Entry):
    """What every table has: its logical name, its entity set and its primary key."""

    table: Name
    set: Name
    id: Name


class RelatedTable(Entry):
    """A table that rows are only bound to: nothing is known of it but its entity set."""

    set: Name


class RelatedTables(Entry):
    """The tables that drafts point to and that are never read."""

    account: RelatedTable = RelatedTable(set="accounts")
    contact: RelatedTable = RelatedTable(set="contacts")
    price_list: RelatedTable = RelatedTable(set="pricelevels")
    project: RelatedTable = RelatedTable(set="msdyn_projects")


class BillToColumns(Entry):
    """The bill-to columns of a contract customer or an invoice (B10)."""

    name: Name
    contact_name: Name
    line1: Name
    line2: Name
    line3: Name
    city: Name
    state: Name
    postal_code: Name
    country: Name


class ContractTable(Table):
    """Project contract; *number* is what people call it by."""

    name: Name
    number: Name | None = "ordernumber"
    order_type: Name
    state: Name
    reason: Name
    currency: Name
    customer: Name
    price_list: Name
    end_date: DateColumn
    not_to_exceed_limit: Name | None = None


class ContractLineTable(Table):
    """Contract line; *fallback_name* is used where the name is empty ($11)."""

    name: Name
    fallback_name: Name
    contract: Name
    product_type: Name
    service: Name | None = None
    billing_method: Name
    billing_status: Name
    project: Name
    billing_start: DateColumn
    invoice_frequency: Name
    contract_amount: Name
    quantity: Name
    price: Name
    price_overridden: Name | None = "ispriceoverridden"
    volume_discount: Name | None = "volumediscountamount"
    amount: Name
    manual_discount: Name | None = "manualdiscountamount"
    tax: Name
    extended_amount: Name | None = "extendedamount"
    currency: Name


class ScheduleRowTable(Table):
    """Invoice schedule row."""

    contract_line: Name
    run_date: DateColumn
    cutoff_date: DateColumn
    status: Name
    name: Name
    milestone: Name
    invoice: Name
    invoice_navigation: Name
    contract_line_navigation: Name
    active_state: Name | None = STATE


class MilestoneTable(Table):
    """Customer-level milestone; *fallback_date* is read where *date* is empty or absent (T3)."""

    name: Name
    contract: Name
    contract_line: Name
    contract_line_navigation: Name
    contract_navigation: Name
    currency_navigation: Name
    project_navigation: Name
    transaction_type: Name
    transaction_class: Name
    date: DateColumn | None = None
    fallback_date: DateColumn
    status: Name
    amount: Name
    tax: Name
    currency: Name
    contract_customer: Name | None = None
    contract_line_customer: Name | None = None
    header: Name | None = None
    not_to_exceed_status: Name | None = None
    active_state: Name | None = STATE
    description: Name
    external_description: Name

    @property
    def dates(self) -> tuple[DateColumn, ...]:
        """The columns of its date, the one that is read first at the front."""
        return (self.fallback_date,) if self.date is None else (self.date, self.fallback_date)


class ContractCustomerTable(Table):
    """Project contract customer."""

    contract: Name
    customer: Name
    split_percent: Name
    is_primary: Name
    is_rounding: Name
    payment_terms: Name
    not_to_exceed_limit: Name | None = None
    active_state: Name | None = STATE
    bill_to: BillToColumns


class ContractLineCustomerTable(Table):
    """Project contract line customer."""

    contract_line: Name
    contract_line_navigation: Name
    contract_customer: Name
    split_percent: Name
    is_rounding: Name
    active_state: Name | None = STATE


class ActualTable(Table):
    """Actual; *fallback_date* is read where *transaction_date* is empty or absent (2.3, T3)."""

    contract: Name
    contract_line: Name
    transaction_type: Name
    transaction_class: Name
    billing_status: Name
    billing_type: Name
    adjustment_status: Name
    not_to_exceed_status: Name | None = None
    transaction_date: DateColumn | None = None
    fallback_date: DateColumn
    created_on: Name
    quantity: Name
    price: Name
    amount: Name
    discount: Name | None = "msdyn_projectcontractlinediscountamount"
    fee: Name | None = "msdyn_projectcontractlinefeeamount"
    tax: Name | None = None
    currency: Name
    invoice_detail: Name | None = None
    account_customer: Name
    contact_customer: Name
    contract_customer: Name | None = None
    contract_line_customer: Name | None = None
    resource: Name | None = "msdyn_bookableresource"
    state: Name
    description: Name
    external_description: Name

    @property
    def dates(self) -> tuple[DateColumn, ...]:
        """The columns of its date, the one that is read first at the front."""
        own = self.transaction_date
        return (self.fallback_date,) if own is None else (own, self.fallback_date)


class RetainerTable(Table):
    """Retainer or advance."""

    name: Name
    contract: Name
    contract_customer: Name
    date: DateColumn
    status: Name
    refund_status: Name | None = "msdyn_refundstatus"
    amount: Name
    used_amount: Name
    available_amount: Name
    currency: Name
    active_state: Name | None = STATE
    description: Name


class CurrencyTable(Table):
    """Transaction currency."""

    code: Name
    precision: Name


class InvoiceFrequencyTable(Table):
    """Invoice frequency (F1-F3)."""

    name: Name
    period: Name
    days_of_run: Name
    runs: Name


class InvoiceFrequencyDetailTable(Table):
    """Run day of an invoice frequency (F4); day *n* of a month is *day_of_month_base* + n."""

    frequency: Name
    day_of_month: Name
    weekday: Name
    occurrence: Name
    day_of_month_base: int


class BatchJobTable(Table):
    """
    The platform's recurring jobs, and the words by which the invoice job is known (J1).

    *job_type_none* is the number of the type that the invoice job has; *utilization_phrases* are
    in the names of the other job of that type.
    """

    name: Name
    is_active: Name
    last_run: Name
    job_type: Name | None = "msdyn_jobtype"
    job_type_none: int = 867380000
    create_invoices_phrases: tuple[str, ...]
    utilization_phrases: tuple[str, ...] = ("utilization", "utilisation")


class InvoiceTable(Table):
    """Proforma invoice header (L1); *number* is what people call it by."""

    name: Name
    number: Name | None = "invoicenumber"
    contract: Name
    contract_navigation: Name
    customer: Name
    account_navigation: Name
    contact_navigation: Name
    contract_customer: Name | None = None
    contract_customer_navigation: Name | None = None
    currency: Name
    currency_navigation: Name
    price_list: Name
    price_list_navigation: Name
    owner_navigation: Name
    order_type: Name
    status: Name
    payment_terms: Name
    total: Name
    total_tax: Name
    has_corrections: Name | None = None
    bill_to: BillToColumns


class InvoiceLineTable(Table):
    """Invoice line."""

    invoice: Name
    invoice_navigation: Name
    contract_line: Name
    contract_line_navigation: Name
    name: Name
    write_in_description: Name
    write_in: Name
    product_type: Name
    billing_method: Name
    project_navigation: Name
    schedule_row_navigation: Name | None = None
    retainer: Name | None = None
    retainer_navigation: Name | None = None
    quantity: Name
    price: Name
    price_overridden: Name | None = "ispriceoverridden"
    manual_discount: Name | None = "manualdiscountamount"
    discount: Name | None = "msdyn_discountamount"
    fee: Name | None = "msdyn_feeamount"
    tax: Name
    extended_amount: Name
    contract_amount: Name
    chargeable: Name
    non_chargeable: Name
    complimentary: Name


class InvoiceDetailTable(Table):
    """Invoice line detail."""

    invoice: Name
    invoice_navigation: Name
    invoice_line: Name
    invoice_line_navigation: Name
    contract: Name
    contract_navigation: Name
    contract_line_navigation: Name
    transaction_type: Name
    transaction_class: Name
    billing_type: Name
    amount_method: Name
    document_date: DateColumn
    start_date: DateColumn
    end_date: DateColumn
    transaction_date: DateColumn | None = None
    quantity: Name
    price: Name
    amount: Name
    discount: Name | None = "msdyn_projectcontractlinediscountamount"
    fee: Name | None = "msdyn_projectcontractlinefeeamount"
    extended_amount: Name | None = "msdyn_extendedamount"
    tax: Name | None = None
    description: Name
    external_description: Name
    project_navigation: Name | None = "msdyn_Project"
    customer_type: Name
    account_navigation: Name
    contact_navigation: Name
    contract_customer_navigation: Name | None = None
    contract_line_customer_navigation: Name | None = None
    source_milestone_navigation: Name | None = None
    source_document: Name | None = None
    currency_navigation: Name


class ConnectionTable(Table):
    """Transaction connection between an invoice line detail and its source (L4, L5)."""

    first: Name
    first_type: Name
    first_role: Name
    first_navigation: Name | None = None
    second: Name
    second_type: Name
    second_role: Name
    second_actual_navigation: Name | None = None
    second_milestone_navigation: Name | None = None
    role_of_detail: str
    role_of_source: str
    role_of_milestone: str
