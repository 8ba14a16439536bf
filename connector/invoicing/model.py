"""What a contract looks like to the rules: frozen values, complete, with dates already local."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from connector.invoicing.choices import (
    AdjustmentStatus,
    BillingMethod,
    BillingStatus,
    BillingType,
    ContractReason,
    ContractState,
    CustomerKind,
    LineKind,
    LineService,
    MilestoneStatus,
    NotToExceedStatus,
    OrderType,
    ProformaStatus,
    RefundStatus,
    RetainerStatus,
    RunStatus,
    SourceTable,
    TransactionClass,
    TransactionType,
)
from connector.invoicing.ids import (
    ActualId,
    ContractCustomerId,
    ContractId,
    ContractLineCustomerId,
    ContractLineId,
    CurrencyId,
    CustomerId,
    InvoiceId,
    MilestoneHeaderId,
    MilestoneId,
    OrganizationId,
    PriceListId,
    ProjectId,
    ResourceId,
    RetainerId,
    ScheduleRowId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """A transaction currency; *precision* is its number of decimals, 0 to 4 ($2)."""

    id: CurrencyId
    code: str
    precision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """An account or contact that can be billed; its *name* is for people and identifies nobody."""

    id: CustomerId
    kind: CustomerKind
    name: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """
    A value that travels from a source row to the row that bills it, opaque to the rules.

    *property* is the wire name on the target (for a lookup its `…@odata.bind`), *value* a
    JSON scalar, or *number* an exact one. Which ones travel is said by the mapping's `copy` tables.
    """

    property: str
    value: str | int | bool | None = None
    number: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A record that can be billed, by table and id: the subject of an obligation."""

    table: SourceTable
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BillTo:
    """Bill-to name, contact and address of a contract customer (B10); None where not filled."""

    name: str | None = None
    contact_name: str | None = None
    line1: str | None = None
    line2: str | None = None
    line3: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCustomer:
    """
    A customer of the contract, with its share in percent and invoice defaults (section 5.1).

    *payment_terms* is the number that they have on an invoice; *unknown_payment_terms* the
    customer's own number where no number of an invoice means the same (DR-27).
    """

    id: ContractCustomerId
    customer: Customer | None
    split_percent: Decimal | None = None
    is_primary: bool = False
    is_rounding: bool = False
    bill_to: BillTo
    payment_terms: int | None = None
    unknown_payment_terms: int | None = None
    not_to_exceed_limit: Decimal | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractLineCustomer:
    """A customer of one contract line; takes priority over the contract's customers (B2)."""

    id: ContractLineCustomerId
    contract_line_id: ContractLineId
    contract_customer_id: ContractCustomerId | None
    split_percent: Decimal | None = None
    is_rounding: bool = False
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A project contract, its state and what its invoices inherit; *number* is for people."""

    id: ContractId
    name: str
    number: str | None = None
    order_type: OrderType | None
    state: ContractState | None
    reason: ContractReason | None
    currency: Currency
    customer: Customer | None
    price_list_id: PriceListId | None = None
    end_date: date | None = None
    not_to_exceed_limit: Decimal | None = None
    carried: tuple[Carried, ...] = ()
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractLine:
    """
    A contract line; the product columns count on product lines only.

    *amount* is quantity times price less the volume discount, which is per unit; *manual_discount*
    is of the line, or of each unit where the organisation discounts so. *extended_amount* is what
    the platform shows in the end: after both discounts, with tax ($15, DR-28).
    """

    id: ContractLineId
    name: str
    kind: LineKind
    service: LineService | None = None
    billing_method: BillingMethod | None = None
    billing_status: BillingStatus | None = None
    project_id: ProjectId | None = None
    billing_start: date | None = None
    invoice_frequency_id: UUID | None = None
    contract_amount: Decimal | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    volume_discount: Decimal | None = None
    amount: Decimal | None = None
    manual_discount: Decimal | None = None
    tax: Decimal | None = None
    extended_amount: Decimal | None = None
    currency_id: CurrencyId | None = None
    carried: tuple[Carried, ...] = ()
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRow:
    """An invoice schedule row of a contract line; the cut-off date may be missing (2.2)."""

    id: ScheduleRowId
    contract_line_id: ContractLineId
    run_date: date | None
    cutoff_date: date | None
    status: RunStatus
    milestone_id: MilestoneId | None = None
    invoice_id: InvoiceId | None = None
    is_active: bool = True
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownChoice:
    """
    A number of a record's choice that no label of the tenant explains (X2).

    *place* names table, record and column, *known* the numbers that are explained, in words.
    """

    place: str
    number: int
    known: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A customer-level milestone of a fixed price line (section 3); *date* by T3."""

    id: MilestoneId
    name: str
    contract_line_id: ContractLineId
    date: date | None
    status: MilestoneStatus
    amount: Decimal | None
    tax: Decimal | None = None
    currency_id: CurrencyId | None = None
    contract_customer_id: ContractCustomerId | None = None
    contract_line_customer_id: ContractLineCustomerId | None = None
    header_id: MilestoneHeaderId | None = None
    not_to_exceed_status: NotToExceedStatus | None = None
    unknown_choice: UnknownChoice | None = None
    is_active: bool = True
    description: str | None = None
    external_description: str | None = None
    carried: tuple[Carried, ...] = ()
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actual:
    """
    An actual (section 4).

    *transaction_date* is the calendar date that is compared with a cut-off; *created_on* the
    UTC instant of creation (used by DR-4 `created-before` only, with *created_date* its
    calendar date in the business time zone). *customer* is what the actual itself names,
    *resource_id* who did the work. *amount*
    is before *discount* and *fee*, the amounts that the contract line's percentages came to ($12).
    """

    id: ActualId
    contract_line_id: ContractLineId | None
    transaction_type: TransactionType
    transaction_class: TransactionClass
    billing_status: BillingStatus | None
    billing_type: BillingType | None
    adjustment_status: AdjustmentStatus | None = None
    not_to_exceed_status: NotToExceedStatus | None = None
    unknown_choice: UnknownChoice | None = None
    transaction_date: date | None
    created_on: datetime | None = None
    created_date: date | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    amount: Decimal | None
    discount: Decimal | None = None
    fee: Decimal | None = None
    tax: Decimal | None = None
    currency_id: CurrencyId | None
    customer: Customer | None = None
    contract_customer_id: ContractCustomerId | None = None
    contract_line_customer_id: ContractLineCustomerId | None = None
    resource_id: ResourceId | None = None
    is_active: bool = True
    description: str | None = None
    external_description: str | None = None
    carried: tuple[Carried, ...] = ()
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retainer:
    """A retainer or advance of one contract customer (section 7)."""

    id: RetainerId
    name: str
    contract_customer_id: ContractCustomerId | None
    date: date | None
    status: RetainerStatus | None
    refund_status: RefundStatus | None = None
    unknown_choice: UnknownChoice | None = None
    amount: Decimal | None
    used_amount: Decimal | None = None
    available_amount: Decimal | None = None
    currency_id: CurrencyId | None = None
    is_active: bool = True
    description: str | None = None
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingInvoice:
    """An invoice that the contract already has; *contract_line_ids* are those it has lines of."""

    id: InvoiceId
    customer_id: CustomerId | None
    status: ProformaStatus | None
    total: Decimal | None = None
    has_corrections: bool = False
    contract_line_ids: tuple[ContractLineId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledSource:
    """A source that stands on an invoice line detail already, whoever made it (DR-22)."""

    source: Source
    invoice_id: InvoiceId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractSnapshot:
    """
    One contract as read: complete for planning, never partial.

    *actuals* are the contract's unbilled sales rows that no invoice has claimed by status
    (whatever their class, line or readiness); *milestones* all customer-level records; *lines*
    and *schedule* all rows, active or not. *currencies* are those that records of the contract
    name besides its own. Tuples come in no particular order.
    """

    organization_id: OrganizationId
    contract: Contract
    customers: tuple[ContractCustomer, ...] = ()
    lines: tuple[ContractLine, ...] = ()
    line_customers: tuple[ContractLineCustomer, ...] = ()
    schedule: tuple[ScheduleRow, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    actuals: tuple[Actual, ...] = ()
    retainers: tuple[Retainer, ...] = ()
    invoices: tuple[ExistingInvoice, ...] = ()
    billed: tuple[BilledSource, ...] = field(default=())
    currencies: tuple[Currency, ...] = ()
