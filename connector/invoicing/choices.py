"""The choices of Project Operations, as words; the numbers behind them live in the mapping."""

from __future__ import annotations

from enum import StrEnum


class ContractState(StrEnum):
    """State of a project contract (E5)."""

    DRAFT = "draft"
    ON_HOLD = "on-hold"
    ACTIVE = "active"
    CLOSED = "closed"


class ContractReason(StrEnum):
    """Status reason of a project contract (E5)."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    ON_HOLD = "on-hold"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    LOST = "lost"
    ABANDONED = "abandoned"


class OrderType(StrEnum):
    """Kind of a sales order; only a work-based one is a project contract (E1)."""

    ITEM_BASED = "item-based"
    WORK_BASED = "work-based"
    SERVICE_MAINTENANCE = "service-maintenance"


class LineKind(StrEnum):
    """Whether a contract line sells project work or a catalogue product (E8)."""

    PROJECT = "project"
    PRODUCT = "product"


class LineService(StrEnum):
    """Line type that tells project service from field service lines, where both are installed."""

    PROJECT_SERVICE = "project-service"
    FIELD_SERVICE = "field-service"


class BillingMethod(StrEnum):
    """How a project-based contract line is billed (E4)."""

    TIME_AND_MATERIAL = "time-and-material"
    FIXED_PRICE = "fixed-price"


class BillingStatus(StrEnum):
    """Billing status of an actual or a product line (A3, D1)."""

    UNBILLED_SALES_CREATED = "unbilled-sales-created"
    CUSTOMER_INVOICE_CREATED = "customer-invoice-created"
    CUSTOMER_INVOICE_POSTED = "customer-invoice-posted"
    CANCELED = "canceled"
    READY_TO_INVOICE = "ready-to-invoice"
    WORK_ORDER_CLOSED = "work-order-closed-posted"


class BillingType(StrEnum):
    """Whether a transaction counts in the totals (A9)."""

    NON_CHARGEABLE = "non-chargeable"
    CHARGEABLE = "chargeable"
    COMPLIMENTARY = "complimentary"
    NOT_AVAILABLE = "not-available"


class TransactionType(StrEnum):
    """Side of the books an actual stands on (A1)."""

    COST = "cost"
    PROJECT_CONTRACT = "project-contract"
    UNBILLED_SALES = "unbilled-sales"
    BILLED_SALES = "billed-sales"
    RESOURCING_UNIT_COST = "resourcing-unit-cost"
    INTER_ORGANIZATIONAL_SALES = "inter-organizational-sales"


class TransactionClass(StrEnum):
    """
    What was sold (A7); `product` and `retainer` are this project's words for lines of both.

    `unclear` is its word for a number of the tenant that stands for none of the others.
    """

    TIME = "time"
    EXPENSE = "expense"
    MATERIAL = "material"
    MILESTONE = "milestone"
    FEE = "fee"
    TAX = "tax"
    COMMISSION = "commission"
    ADDITIONAL = "additional"
    RETAINER = "retainer"
    PRODUCT = "product"
    UNCLEAR = "unclear"


class AdjustmentStatus(StrEnum):
    """Whether an actual has been corrected or is a correction (A4)."""

    IN_PROCESS = "in-process"
    ADJUSTED = "adjusted"
    UNADJUSTABLE = "unadjustable"


class NotToExceedStatus(StrEnum):
    """Outcome of the platform's own limit check (N4); read, never recomputed (N11)."""

    COMMITTED = "committed"
    FAILED = "failed"
    NOT_EVALUATED = "not-evaluated"
    NOT_APPLICABLE = "not-applicable"


class RunStatus(StrEnum):
    """Run status of an invoice schedule row (G3)."""

    NOT_RUN = "not-run"
    SUCCESSFUL = "run-successful"
    FAILED = "run-failed"


class MilestoneStatus(StrEnum):
    """Invoice status of a milestone (M3)."""

    NOT_READY = "not-ready"
    READY = "ready-to-invoice"
    INVOICE_CREATED = "customer-invoice-created"
    INVOICE_POSTED = "customer-invoice-posted"


class RetainerStatus(StrEnum):
    """Invoice status of a retainer or advance (V1)."""

    NOT_READY = "not-ready"
    READY = "ready-to-invoice"
    INVOICE_CREATED = "customer-invoice-created"
    INVOICE_POSTED = "customer-invoice-posted"


class RefundStatus(StrEnum):
    """
    Refund status of a retainer or advance (V9); an unmarked one has none.

    `unclear` is this project's word for a number of the tenant that stands for none of the others.
    """

    READY = "ready-to-refund"
    REFUNDED = "refunded"
    UNCLEAR = "unclear"


class ProformaStatus(StrEnum):
    """Project invoice status of an invoice (L1)."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    CONFIRMED = "confirmed"
    PAID = "paid"


class CustomerKind(StrEnum):
    """Table that a customer lookup points to."""

    ACCOUNT = "account"
    CONTACT = "contact"


class RecordKind(StrEnum):
    """What a plan rests on; the words of a message about what changed since."""

    CONTRACT = "contract"
    CONTRACT_LINE = "contract line"
    SCHEDULE_ROW = "invoice schedule row"
    ACTUAL = "actual"
    MILESTONE = "milestone"
    PRODUCT_LINE = "product line"
    RETAINER = "retainer"


class SourceTable(StrEnum):
    """
    Table of a record that can be billed.

    The words are logical names of tables, the only ones that the rules know: obligation keys are
    derived from them and the published document shows them, so they must never change.
    """

    ACTUAL = "msdyn_actual"
    MILESTONE = "msdyn_contractlinescheduleofvalue"
    PRODUCT_LINE = "salesorderdetail"
    RETAINER = "msdyn_projectcontractretainer"
