"""What a plan says: the draft invoices of one contract on one run date, and why the rest waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from connector.invoicing.amounts import ZERO, total
from connector.invoicing.choices import (
    BillingMethod,
    BillingType,
    RecordKind,
    RunStatus,
    TransactionClass,
)
from connector.invoicing.ids import (
    ConnectionId,
    ContractCustomerId,
    ContractId,
    ContractLineCustomerId,
    ContractLineId,
    InvoiceDetailId,
    InvoiceId,
    InvoiceLineId,
    PriceListId,
    ProjectId,
    ResourceId,
    RetainerId,
    ScheduleRowId,
)
from connector.invoicing.model import BillTo, Carried, Currency, Customer, Source
from connector.invoicing.reasons import Facts, Reason, hint_of


class LineBilling(StrEnum):
    """What an invoice line bills; the words of the JSON document."""

    FIXED_PRICE = "fixed-price"
    TIME_AND_MATERIAL = "time-and-material"
    PRODUCT = "product"
    RETAINER = "retainer"


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailPlan:
    """
    One source on an invoice line: an invoice line detail, except on product and retainer lines.

    *id* is the obligation key. On a product or retainer line the invoice line itself is the row
    that bills, so *id* equals the line's id, *connection_id* is None and no detail is written.
    *amount* is what the customer is asked for before tax: net of *discount*, with *fee*.
    """

    id: InvoiceDetailId
    source: Source
    connection_id: ConnectionId | None
    transaction_class: TransactionClass
    billing_type: BillingType
    transaction_date: date
    quantity: Decimal
    price: Decimal
    amount: Decimal
    discount: Decimal = ZERO
    fee: Decimal = ZERO
    tax: Decimal
    contract_line_customer_id: ContractLineCustomerId | None = None
    description: str | None = None
    external_description: str | None = None
    carried: tuple[Carried, ...] = ()

    @property
    def gross(self) -> Decimal:
        """The amount before discount and fee."""
        if not (self.discount or self.fee):
            return self.amount
        return total((self.amount, self.discount, -self.fee))


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePlan:
    """
    One invoice line per contract line (P4), or one product or retainer line.

    *amount* and *tax* are sums over chargeable details (DR-21); *non_chargeable* and
    *complimentary* are sums before tax of the details that do not count.
    """

    id: InvoiceLineId
    contract_line_id: ContractLineId | None
    name: str
    billing: LineBilling
    billing_method: BillingMethod | None
    project_id: ProjectId | None
    contract_amount: Decimal | None
    amount: Decimal
    tax: Decimal
    non_chargeable: Decimal
    complimentary: Decimal
    details: tuple[DetailPlan, ...]
    schedule_row_id: ScheduleRowId | None = None
    carried: tuple[Carried, ...] = ()

    @property
    def discount(self) -> Decimal:
        """What discounts have taken off *amount*."""
        return total(d.discount for d in self.details if d.billing_type is BillingType.CHARGEABLE)

    @property
    def fee(self) -> Decimal:
        """What fees have added to *amount*."""
        return total(d.fee for d in self.details if d.billing_type is BillingType.CHARGEABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedRetainer:
    """
    What a confirmed retainer takes off an invoice, before tax (V5).

    *balance* is what is left of the retainer afterwards.
    """

    retainer_id: RetainerId
    amount: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePlan:
    """
    One draft proforma invoice: one contract, one customer, one run date (P1, DR-25).

    *amount* and *tax* are sums over the lines; *applied_retainers* are not taken off yet.
    Where it *continues* a draft whose making was interrupted, it holds what that draft lacks.
    """

    id: InvoiceId
    contract_id: ContractId
    name: str
    customer: Customer
    contract_customer_id: ContractCustomerId | None
    currency: Currency
    run_date: date
    price_list_id: PriceListId | None
    bill_to: BillTo
    payment_terms: int | None
    amount: Decimal
    tax: Decimal
    lines: tuple[LinePlan, ...]
    carried: tuple[Carried, ...] = ()
    applied_retainers: tuple[AppliedRetainer, ...] = ()
    continues: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleUpdate:
    """
    The run status that a due schedule row gets, with the etag it was read with.

    *invoice_id* is the invoice that bills the row's line; None when the run found nothing to
    bill (DR-6), in which case the update belongs to no invoice. *contract_line_id* is the line.
    """

    row_id: ScheduleRowId
    status: RunStatus
    invoice_id: InvoiceId | None
    etag: str
    contract_line_id: ContractLineId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotInvoiced:
    """
    A candidate that stays behind, with the rule that decided and what would change it.

    *amount* is before tax, net of discounts and with fees, in *currency*, the record's own; zero
    when the record has no amount that can be summed. *day* is the record's date in the business
    time zone, *resource_id* who did the work; *facts* are what the hint names.
    """

    source: Source
    contract_id: ContractId
    contract_line_id: ContractLineId | None
    reason: Reason
    amount: Decimal
    currency: Currency
    facts: Facts
    day: date | None = None
    description: str | None = None
    resource_id: ResourceId | None = None

    @property
    def hint(self) -> str:
        """What would change it, as an English sentence."""
        return hint_of(self.reason, self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWarning:
    """Something a person should look at; *code* is stable kebab-case, *subject* the record."""

    code: str
    text: str
    subject: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractPlan:
    """
    Everything decided about one contract on one run date, as inert data.

    Lists are sorted, so equal input gives an equal plan. *source_etags* are the versions of the
    records that the decision rests on: (table, id, etag).
    """

    contract_id: ContractId
    contract_name: str
    contract_number: str | None = None
    currency: Currency
    run_date: date
    invoices: tuple[InvoicePlan, ...]
    schedule_updates: tuple[ScheduleUpdate, ...]
    not_invoiced: tuple[NotInvoiced, ...]
    warnings: tuple[PlanWarning, ...]
    source_etags: tuple[tuple[RecordKind, UUID, str], ...]
