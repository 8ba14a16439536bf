"""Why a record stays behind: a title for each reason, and the sentence on what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.invoicing.reasons import HINT, NEXT_DAY, NEXT_RUN, NO_DAY, NO_RUN, Reason
from connector.report.texts.marks import marked
from connector.report.texts.words import said

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from connector.invoicing.plan import NotInvoiced
    from connector.invoicing.reasons import Facts, Refusal
    from connector.report.texts.catalogue import Texts

TITLES: Final[Mapping[Reason, str]] = {
    Reason.ALREADY_INVOICED: marked("Already on an invoice"),
    Reason.NOT_A_PROJECT_CONTRACT: marked("Not a project contract"),
    Reason.CONTRACT_NOT_ACTIVE: marked("Contract is not confirmed"),
    Reason.RECORD_INACTIVE: marked("Record is inactive"),
    Reason.ADJUSTED: marked("Replaced by a correction"),
    Reason.ADJUSTMENT_IN_PROCESS: marked("Correction is open"),
    Reason.CANCELED: marked("Canceled"),
    Reason.LINE_MISSING: marked("Contract line is missing"),
    Reason.FIELD_SERVICE_LINE: marked("Field service line"),
    Reason.LINE_NOT_TIME_AND_MATERIAL: marked("Line is not time and material"),
    Reason.BILLING_METHOD_UNKNOWN: marked("Billing method is unknown"),
    Reason.CLASS_NOT_BILLED: marked("Transaction class is not billed"),
    Reason.SETTLED_BY_RETAINER: marked("Settled by a retainer"),
    Reason.BILLING_TYPE_NOT_AVAILABLE: marked("Billing type is not available"),
    Reason.AMOUNT_MISSING: marked("Amount is missing"),
    Reason.AMOUNT_TOO_PRECISE: marked("Amount has too many decimals"),
    Reason.CURRENCY_DIFFERS: marked("Currency differs from the contract"),
    Reason.NOT_READY: marked("Not ready to invoice"),
    Reason.NOT_TO_EXCEED_FAILED: marked("Not-to-exceed check failed"),
    Reason.NOT_TO_EXCEED_NOT_EVALUATED: marked("Not-to-exceed limit is not evaluated"),
    Reason.REFUSED_BY_EXTENSION: marked("Refused by a rule of your own"),
    Reason.CHOICE_UNKNOWN: marked("Unknown choice value"),
    Reason.DATE_MISSING: marked("Date is missing"),
    Reason.CUSTOMER_MISSING: marked("Customer is missing"),
    Reason.CUSTOMER_UNKNOWN: marked("Customer does not belong to the contract"),
    Reason.CUSTOMER_INACTIVE: marked("Customer is inactive"),
    Reason.LINE_WITHOUT_SCHEDULE: marked("Line has no invoice schedule"),
    Reason.LINE_NOT_DUE: marked("Line is not due"),
    Reason.AFTER_CUT_OFF: marked("After the cut-off date"),
    Reason.PAST_LAST_CUT_OFF: marked("No coming run reaches it"),
    Reason.SCHEDULE_ROW_INACTIVE: marked("Invoice schedule row is inactive"),
    Reason.MILESTONE_INACTIVE: marked("Milestone is inactive"),
    Reason.MILESTONE_NOT_READY: marked("Milestone is not ready"),
    Reason.MILESTONE_NOT_DUE: marked("Milestone is not due"),
    Reason.MILESTONE_LATE: marked("Milestone date has passed"),
    Reason.MILESTONE_ON_WRONG_LINE: marked("Milestone is on the wrong line"),
    Reason.PRODUCT_NOT_READY: marked("Product is not ready"),
    Reason.PRODUCT_WAITS_FOR_DUE_LINE: marked("Product waits for a due line"),
    Reason.PRIMARY_CUSTOMER_UNCLEAR: marked("Primary customer is unclear"),
    Reason.RETAINER_INACTIVE: marked("Retainer is inactive"),
    Reason.RETAINER_TO_REFUND: marked("Retainer is to be refunded"),
    Reason.RETAINER_NOT_READY: marked("Retainer is not ready"),
    Reason.RETAINER_NOT_DUE: marked("Retainer is not due"),
    Reason.RETAINER_WAITS_FOR_DUE_LINE: marked("Retainer waits for a due line"),
    Reason.RETAINER_REPORT_ONLY: marked("Retainers are only reported"),
    Reason.ONLY_NON_CHARGEABLE: marked("Nothing chargeable on the invoice"),
    Reason.INVOICE_EXISTS: marked("Invoice exists already"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """The facts of a hint as one language writes them; its fields are named by the hints."""

    day: str
    run_date: str
    cutoff: str
    status: str
    amount: str
    record: str
    expected: str
    text: str
    reach: str
    next_due: str


def reason_title(texts: Texts, reason: Reason) -> str:
    """The name of *reason* for people."""
    return texts.text(TITLES[reason])


def hint(texts: Texts, entry: NotInvoiced | Refusal) -> str:
    """What would change that *entry* stays behind."""
    return texts.text(HINT[entry.reason]).format(f=_said(texts, entry.facts))


def _said(texts: Texts, facts: Facts) -> _Said:
    return _Said(
        day=_day(texts, facts.day),
        run_date=_day(texts, facts.run_date),
        cutoff=_day(texts, facts.cutoff),
        status=said(texts, facts.status or ""),
        amount="" if facts.amount is None else f"{facts.amount}",
        record=str(facts.record or ""),
        expected=said(texts, facts.expected or ""),
        text=said(texts, facts.text or ""),
        reach=_coming(texts, facts, NO_RUN, NEXT_RUN),
        next_due=_coming(texts, facts, NO_DAY, NEXT_DAY),
    )


def _coming(texts: Texts, facts: Facts, without: str, following: str) -> str:
    if facts.next_run is None:
        return texts.text(without)
    return texts.text(following, day=texts.day(facts.next_run))


def _day(texts: Texts, day: date | None) -> str:
    return "" if day is None else texts.day(day)
