"""Why a candidate stays behind: each reason with the rule that decided and what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping


class Reason(StrEnum):
    """Why a candidate is on no invoice; the words of the JSON document."""

    ALREADY_INVOICED = "already-invoiced"
    NOT_A_PROJECT_CONTRACT = "not-a-project-contract"
    CONTRACT_NOT_ACTIVE = "contract-not-active"
    RECORD_INACTIVE = "record-inactive"
    ADJUSTED = "adjusted"
    ADJUSTMENT_IN_PROCESS = "adjustment-in-process"
    CANCELED = "canceled"
    LINE_MISSING = "line-missing"
    FIELD_SERVICE_LINE = "field-service-line"
    LINE_NOT_TIME_AND_MATERIAL = "line-not-time-and-material"
    BILLING_METHOD_UNKNOWN = "billing-method-unknown"
    CLASS_NOT_BILLED = "class-not-billed"
    SETTLED_BY_RETAINER = "settled-by-retainer"
    BILLING_TYPE_NOT_AVAILABLE = "billing-type-not-available"
    AMOUNT_MISSING = "amount-missing"
    AMOUNT_TOO_PRECISE = "amount-too-precise"
    CURRENCY_DIFFERS = "currency-differs"
    NOT_READY = "not-ready"
    NOT_TO_EXCEED_FAILED = "not-to-exceed-failed"
    NOT_TO_EXCEED_NOT_EVALUATED = "not-to-exceed-not-evaluated"
    REFUSED_BY_EXTENSION = "refused-by-extension"
    CHOICE_UNKNOWN = "choice-unknown"
    DATE_MISSING = "date-missing"
    CUSTOMER_MISSING = "customer-missing"
    CUSTOMER_UNKNOWN = "customer-unknown"
    CUSTOMER_INACTIVE = "customer-inactive"
    LINE_WITHOUT_SCHEDULE = "line-without-schedule"
    LINE_NOT_DUE = "line-not-due"
    AFTER_CUT_OFF = "after-cut-off"
    PAST_LAST_CUT_OFF = "past-last-cut-off"
    SCHEDULE_ROW_INACTIVE = "schedule-row-inactive"
    MILESTONE_INACTIVE = "milestone-inactive"
    MILESTONE_NOT_READY = "milestone-not-ready"
    MILESTONE_NOT_DUE = "milestone-not-due"
    MILESTONE_LATE = "milestone-late"
    MILESTONE_ON_WRONG_LINE = "milestone-on-wrong-line"
    PRODUCT_NOT_READY = "product-not-ready"
    PRODUCT_WAITS_FOR_DUE_LINE = "product-waits-for-due-line"
    PRIMARY_CUSTOMER_UNCLEAR = "primary-customer-unclear"
    RETAINER_INACTIVE = "retainer-inactive"
    RETAINER_TO_REFUND = "retainer-to-refund"
    RETAINER_NOT_READY = "retainer-not-ready"
    RETAINER_NOT_DUE = "retainer-not-due"
    RETAINER_WAITS_FOR_DUE_LINE = "retainer-waits-for-due-line"
    RETAINER_REPORT_ONLY = "retainer-report-only"
    ONLY_NON_CHARGEABLE = "only-non-chargeable"
    INVOICE_EXISTS = "invoice-exists"


#: The rule that decided, as numbered in `docs/rules.md`.
RULE: Final[Mapping[Reason, str]] = {
    Reason.ALREADY_INVOICED: "A14",
    Reason.NOT_A_PROJECT_CONTRACT: "E1",
    Reason.CONTRACT_NOT_ACTIVE: "E5",
    Reason.RECORD_INACTIVE: "A13",
    Reason.ADJUSTED: "A4",
    Reason.ADJUSTMENT_IN_PROCESS: "A4",
    Reason.CANCELED: "A12",
    Reason.LINE_MISSING: "E9",
    Reason.FIELD_SERVICE_LINE: "E8",
    Reason.LINE_NOT_TIME_AND_MATERIAL: "A2",
    Reason.BILLING_METHOD_UNKNOWN: "E4",
    Reason.CLASS_NOT_BILLED: "A7",
    Reason.SETTLED_BY_RETAINER: "A7",
    Reason.BILLING_TYPE_NOT_AVAILABLE: "A9",
    Reason.AMOUNT_MISSING: "$3",
    Reason.AMOUNT_TOO_PRECISE: "$2",
    Reason.CURRENCY_DIFFERS: "$1",
    Reason.NOT_READY: "A3",
    Reason.NOT_TO_EXCEED_FAILED: "N6",
    Reason.NOT_TO_EXCEED_NOT_EVALUATED: "N9",
    Reason.REFUSED_BY_EXTENSION: "X1",
    Reason.CHOICE_UNKNOWN: "X2",
    Reason.DATE_MISSING: "A6",
    Reason.CUSTOMER_MISSING: "A8",
    Reason.CUSTOMER_UNKNOWN: "B6",
    Reason.CUSTOMER_INACTIVE: "B11",
    Reason.LINE_WITHOUT_SCHEDULE: "E2",
    Reason.LINE_NOT_DUE: "R2",
    Reason.AFTER_CUT_OFF: "A6",
    Reason.PAST_LAST_CUT_OFF: "G7",
    Reason.SCHEDULE_ROW_INACTIVE: "R8",
    Reason.MILESTONE_INACTIVE: "M15",
    Reason.MILESTONE_NOT_READY: "M4",
    Reason.MILESTONE_NOT_DUE: "M2",
    Reason.MILESTONE_LATE: "M6",
    Reason.MILESTONE_ON_WRONG_LINE: "E7",
    Reason.PRODUCT_NOT_READY: "D1",
    Reason.PRODUCT_WAITS_FOR_DUE_LINE: "D3",
    Reason.PRIMARY_CUSTOMER_UNCLEAR: "D5",
    Reason.RETAINER_INACTIVE: "V12",
    Reason.RETAINER_TO_REFUND: "V9",
    Reason.RETAINER_NOT_READY: "V2",
    Reason.RETAINER_NOT_DUE: "V2",
    Reason.RETAINER_WAITS_FOR_DUE_LINE: "V2",
    Reason.RETAINER_REPORT_ONLY: "V5",
    Reason.ONLY_NON_CHARGEABLE: "P8",
    Reason.INVOICE_EXISTS: "P10",
}


#: Halves of hints on what is coming, with the day that they name.
NO_RUN: Final = "no coming run of its line reaches it"
NEXT_RUN: Final = "the next run of its line that reaches it is {day}"
NO_DAY: Final = "no such day is scheduled"
NEXT_DAY: Final = "the next such day is {day}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The dates and values that a hint names; only those that its reason needs are filled."""

    day: date | None = None
    run_date: date | None = None
    cutoff: date | None = None
    next_run: date | None = None
    status: str | None = None
    amount: Decimal | None = None
    record: UUID | None = None
    expected: str | None = None
    text: str | None = None

    @property
    def reach(self) -> str:
        """Which coming run of the line reaches the record."""
        return NO_RUN if self.next_run is None else NEXT_RUN.format(day=self.next_run)

    @property
    def next_due(self) -> str:
        """The next day on which a line of the contract is due."""
        return NO_DAY if self.next_run is None else NEXT_DAY.format(day=self.next_run)


NO_FACTS: Final = Facts()

#: What would change it, with the facts that it names: the sentence that reports translate.
HINT: Final[Mapping[Reason, str]] = {
    Reason.ALREADY_INVOICED: (
        "It stands on invoice {f.record} already; it can be billed again only after that invoice"
        " line detail is deleted or the invoice is corrected."
    ),
    Reason.NOT_A_PROJECT_CONTRACT: (
        "The order type of contract {f.record} is {f.status}; only a work-based order is billed."
    ),
    Reason.CONTRACT_NOT_ACTIVE: (
        "Contract {f.record} is {f.status}; confirm it, or allow its state with contract_states."
    ),
    Reason.RECORD_INACTIVE: "The record is inactive; activate it if it is to be billed.",
    Reason.ADJUSTED: (
        "Its adjustment status is {f.status}: a correction has replaced or reversed it."
        " The rows that replace it can be billed."
    ),
    Reason.ADJUSTMENT_IN_PROCESS: (
        "A correction of it is open; finish or delete the correction journal."
    ),
    Reason.CANCELED: "Its billing status is canceled; approve the work again to bill it.",
    Reason.LINE_MISSING: (
        "It names contract line {f.record}, which is not a line of this contract;"
        " correct the contract line on the record."
    ),
    Reason.FIELD_SERVICE_LINE: (
        "Contract line {f.record} is a {f.status} line; only project service lines are billed here."
    ),
    Reason.LINE_NOT_TIME_AND_MATERIAL: (
        "Contract line {f.record} is {f.status}; only time and material lines bill transactions."
    ),
    Reason.BILLING_METHOD_UNKNOWN: (
        "Contract line {f.record} has no known billing method; set it to time and material or"
        " fixed price."
    ),
    Reason.CLASS_NOT_BILLED: (
        "Transactions of class {f.status} are not billed from a time and material line."
    ),
    Reason.SETTLED_BY_RETAINER: (
        "It is the open side of a retainer and is settled by applying the retainer."
    ),
    Reason.BILLING_TYPE_NOT_AVAILABLE: (
        "Its billing type is {f.status}; set it to chargeable, non-chargeable or complimentary."
    ),
    Reason.AMOUNT_MISSING: "Its {f.expected} is {f.text}; enter a number.",
    Reason.AMOUNT_TOO_PRECISE: (
        "Its {f.text} ({f.amount}) has more decimals than the {f.expected} of the currency;"
        " amounts are copied, never rounded."
    ),
    Reason.CURRENCY_DIFFERS: (
        "Its currency {f.text} is not the contract's {f.expected}; amounts are never converted."
    ),
    Reason.NOT_READY: (
        "Its billing status is {f.status}; mark it Ready to Invoice. Once it is Ready, {f.reach}."
    ),
    Reason.NOT_TO_EXCEED_FAILED: (
        "It failed the not-to-exceed check; raise the limit or free room and re-evaluate it."
    ),
    Reason.NOT_TO_EXCEED_NOT_EVALUATED: (
        "Its not-to-exceed status is not evaluated; re-evaluate it."
    ),
    Reason.REFUSED_BY_EXTENSION: "{f.text}",
    Reason.CHOICE_UNKNOWN: (
        "{f.text} is {f.status}, which no label of the tenant explains; known are {f.expected}."
        " Write the number under its word in [choices] of the mapping."
    ),
    Reason.DATE_MISSING: "It has no date to compare with a run ({f.expected}); fill it.",
    Reason.CUSTOMER_MISSING: (
        "{f.text}; fill the contract line customer or contract customer and its customer."
    ),
    Reason.CUSTOMER_UNKNOWN: (
        "Its customer record {f.record} does not belong to this contract and line; correct the"
        " split rules."
    ),
    Reason.CUSTOMER_INACTIVE: (
        "Its customer record {f.record} is inactive; activate it, or name another customer of the"
        " contract on the record."
    ),
    Reason.LINE_WITHOUT_SCHEDULE: (
        "Contract line {f.record} has no invoice schedule; generate one, or invoice by hand."
    ),
    Reason.LINE_NOT_DUE: "Its line has no run on {f.run_date}; {f.reach}.",
    Reason.AFTER_CUT_OFF: (
        "It is dated {f.day}; the run of {f.run_date} bills up to {f.cutoff}; {f.reach}."
    ),
    Reason.PAST_LAST_CUT_OFF: (
        "It is dated {f.day} and no coming run of its line reaches that day; add an invoice"
        " schedule row to the line, or invoice by hand."
    ),
    Reason.SCHEDULE_ROW_INACTIVE: (
        "Invoice schedule row {f.record} of {f.day} is inactive and calls for no run; activate it"
        " if it is to bill the record; {f.reach}."
    ),
    Reason.MILESTONE_INACTIVE: (
        "The milestone is inactive; activate it if it is to be billed on {f.day}."
    ),
    Reason.MILESTONE_NOT_READY: (
        "Its invoice status is {f.status} and its date is {f.day}; mark it Ready to Invoice by"
        " that day."
    ),
    Reason.MILESTONE_NOT_DUE: "Its date is {f.day}; it is billed then if it is still Ready.",
    Reason.MILESTONE_LATE: (
        "Its date {f.day} has passed; move the date to a coming run, invoice it by hand, or run"
        " with missed_dates = catch-up and catch_up_days that reach it."
    ),
    Reason.MILESTONE_ON_WRONG_LINE: (
        "It hangs on contract line {f.record}, which is {f.status}; milestones belong to fixed"
        " price lines."
    ),
    Reason.PRODUCT_NOT_READY: (
        "The billing status of the product line is {f.status}; mark it Ready to Invoice."
    ),
    Reason.PRODUCT_WAITS_FOR_DUE_LINE: (
        "Product lines are billed on a day on which a project line of the contract is due;"
        " {f.next_due}."
    ),
    Reason.PRIMARY_CUSTOMER_UNCLEAR: (
        "Product lines go to the primary customer, and the contract has {f.text}; mark exactly"
        " one contract customer as primary."
    ),
    Reason.RETAINER_INACTIVE: "The retainer is inactive; activate it if it is to be billed.",
    Reason.RETAINER_TO_REFUND: (
        "Its refund status is {f.status}, and refunds are not made here; create that invoice of the"
        " contract in Project Operations, or clear the status."
    ),
    Reason.RETAINER_NOT_READY: (
        "The invoice status of the retainer is {f.status}; mark it Ready to Invoice."
    ),
    Reason.RETAINER_NOT_DUE: "Its invoice date is {f.day}.",
    Reason.RETAINER_WAITS_FOR_DUE_LINE: (
        "A retainer is billed together with a due line of the contract; {f.next_due}."
        " With retainer_timing = alone it is billed on its own date."
    ),
    Reason.RETAINER_REPORT_ONLY: (
        "Retainers are only reported; set retainers = bill, or invoice it by hand."
    ),
    Reason.ONLY_NON_CHARGEABLE: (
        "The invoice of {f.run_date} would hold nothing chargeable; it waits until there is"
        " something to charge, or set non_chargeable_only = zero-invoice."
    ),
    Reason.INVOICE_EXISTS: (
        "Invoice {f.record} of this customer and run date exists already; the next run takes it,"
        " or add it to that invoice by hand."
    ),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A decision against a candidate, with the dates and values that its hint names."""

    reason: Reason
    facts: Facts

    @property
    def hint(self) -> str:
        """What would change it, as an English sentence."""
        return hint_of(self.reason, self.facts)


def refuse(reason: Reason, facts: Facts = NO_FACTS) -> Refusal:
    """Refuse for *reason*, with a hint that names the dates and values of *facts*."""
    return Refusal(reason, facts)


def hint_of(reason: Reason, facts: Facts) -> str:
    """What would change a refusal for *reason*, as an English sentence."""
    return HINT[reason].format(f=facts)
