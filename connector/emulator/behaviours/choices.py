"""Choice values of Project Operations that the platform's own rules turn on."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

BASE: Final = 192350000


class BillingStatus(IntEnum):
    """`msdyn_billingstatus` of an actual and of a product line."""

    UNBILLED_SALES_CREATED = BASE
    CUSTOMER_INVOICE_CREATED = BASE + 1
    CUSTOMER_INVOICE_POSTED = BASE + 2
    CANCELED = BASE + 3
    READY_TO_INVOICE = BASE + 4


class MilestoneStatus(IntEnum):
    """`msdyn_invoicestatus` of a milestone."""

    NOT_READY = BASE
    READY = BASE + 1
    CUSTOMER_INVOICE_CREATED = BASE + 2
    CUSTOMER_INVOICE_POSTED = BASE + 3


class BillingType(IntEnum):
    """`msdyn_billingtype` of a transaction."""

    NON_CHARGEABLE = BASE
    CHARGEABLE = BASE + 1
    COMPLIMENTARY = BASE + 2
    NOT_AVAILABLE = BASE + 3


class TransactionType(IntEnum):
    """`msdyn_transactiontypecode` of a transaction."""

    COST = BASE
    PROJECT_CONTRACT = BASE + 4
    UNBILLED_SALES = BASE + 5
    BILLED_SALES = BASE + 6


class TransactionClass(IntEnum):
    """`msdyn_transactionclassification` of a transaction."""

    TIME = BASE
    EXPENSE = BASE + 1
    MATERIAL = BASE + 2
    MILESTONE = BASE + 3
    FEE = BASE + 4


class AdjustmentStatus(IntEnum):
    """`msdyn_adjustmentstatus` of an actual."""

    IN_PROCESS = BASE
    ADJUSTED = BASE + 1
    UNADJUSTABLE = BASE + 2


class InvoiceStatus(IntEnum):
    """`msdyn_projectinvoicestatus` of an invoice."""

    DRAFT = BASE
    IN_REVIEW = BASE + 1
    CONFIRMED = BASE + 2
    PAID = BASE + 3


class RunStatus(IntEnum):
    """`msdyn_invoicerunstatus` of an invoice schedule row."""

    NOT_RUN = BASE
    RUN_SUCCESSFUL = BASE + 1
    RUN_FAILED = BASE + 2


class BillingMethod(IntEnum):
    """`msdyn_billingmethod` of a contract line and an invoice line."""

    TIME_AND_MATERIAL = BASE
    FIXED_PRICE = BASE + 1


class CustomerType(IntEnum):
    """`msdyn_customertype` of a transaction."""

    ACCOUNT = BASE + 1
    CONTACT = BASE + 2


WORK_BASED: Final = BASE + 1
CONTRACT_ACTIVE: Final = BASE + 2
CONTRACT_CONFIRMED: Final = BASE + 3
FIELD_SERVICE: Final = 690970001
"""`msdyn_linetype` of a line that field service invoices."""
PROJECT_SERVICE: Final = 5
"""`producttypecode` of a line that bills project work; every other one is a product line."""

INVOICE: Final = "invoice"
LINE: Final = "invoicedetail"
DETAIL: Final = "msdyn_invoicelinetransaction"
CONNECTION: Final = "msdyn_transactionconnection"
ACTUAL: Final = "msdyn_actual"
MILESTONE: Final = "msdyn_contractlinescheduleofvalue"
CONTRACT: Final = "salesorder"
CONTRACT_LINE: Final = "salesorderdetail"
SCHEDULE_ROW: Final = "msdyn_contractlineinvoiceschedule"
SPLIT_RULE: Final = "msdyn_projectcontractsplitbillingrule"
LINE_SPLIT_RULE: Final = "msdyn_projectcontractlinesplitbillingrule"
