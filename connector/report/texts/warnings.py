"""What each kind of warning is called, and what a person does about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.invoicing.reasons import Reason
from connector.report.texts.marks import marked
from connector.report.texts.reasons import reason_title

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.report.texts.catalogue import Texts


@dataclass(frozen=True, slots=True)
class Advice:
    """A kind of warning: its *title*, and *what* to do."""

    title: str
    what: str


#: By the code of the warning.
ADVICE: Final[Mapping[str, Advice]] = {
    "bound-overridden": Advice(
        marked("Safety bound lifted"),
        marked("Check that the reason given still holds for these invoices."),
    ),
    "claims-patched": Advice(
        marked("Billing status is set by the connector"),
        marked("Prefer claim = verify: the product refuses more and more of such writes."),
    ),
    "claims-refused": Advice(
        marked("Billing status could not be set"),
        marked("Set claim = verify, so that the platform moves the status by itself."),
    ),
    "contract-failed": Advice(
        marked("Contract left out"),
        marked("Correct the records that are named, and run again for this contract."),
    ),
    "contract-without-name": Advice(
        marked("Contract without a name"), marked("Give the contract a name.")
    ),
    "contract-without-price-list": Advice(
        marked("Contract without a price list"),
        marked("Set a price list; without one the platform may total the invoices to zero."),
    ),
    "customer-missing": Advice(
        marked("Contract customer without a customer"),
        marked("Fill the customer of this contract customer."),
    ),
    "customer-twice": Advice(
        marked("Customer stands twice on the contract"),
        marked("Remove one of the two contract customers; both get one invoice together."),
    ),
    "cut-off-after-run-date": Advice(
        marked("Cut-off date after the run date"),
        marked("Correct the invoice schedule row; nothing after the run date is billed."),
    ),
    "cut-off-missing": Advice(
        marked("Cut-off date is missing"),
        marked("Fill the cut-off date of the invoice schedule row; the day before is taken."),
    ),
    "dates-no-midnights": Advice(
        marked("Dates do not fit the time zone"),
        marked("Set [run] time_zone to the zone of the users who enter the dates."),
    ),
    "draft-continued": Advice(
        marked("Interrupted invoice was completed"),
        marked("Nothing has to be done; look at the invoice once."),
    ),
    "earlier-run-finished": Advice(
        marked("Earlier run was finished"), marked("Look at its invoices as well.")
    ),
    "earlier-run-not-planned": Advice(
        marked("Earlier run could not be planned again"),
        marked("Run its date again for the contracts that are named."),
    ),
    "extended-amount-differs": Advice(
        marked("Extended amount differs on the invoice"),
        marked("Compare the invoice line with its contract line before you confirm."),
    ),
    "invoice-negative": Advice(
        marked("Invoice below zero"),
        marked("Check whether a credit is meant; a bound can refuse such invoices."),
    ),
    "invoice-of-row-deleted": Advice(
        marked("Invoice of a schedule row is gone"),
        marked("Set the row back to Not Run if its work is to be billed again."),
    ),
    "invoice-zero": Advice(
        marked("Invoice of zero"), marked("Delete the invoice, or add what is to be charged.")
    ),
    "line-without-name": Advice(
        marked("Contract line without a name"), marked("Give the contract line a name.")
    ),
    "many-details": Advice(
        marked("Very many details on one invoice"),
        marked("Check the synchronisation to Finance, or bill more often."),
    ),
    "not-to-exceed-limit": Advice(
        marked("Not-to-exceed limit is exceeded"),
        marked("Agree with the customer before you confirm, or raise the limit."),
    ),
    "not-verified": Advice(
        marked("Invoice could not be read back"),
        marked("Open the invoice and compare its total with this report."),
    ),
    "open-draft": Advice(
        marked("Another draft is open"),
        marked("Confirm or delete the earlier draft of this contract and customer."),
    ),
    "overdue-milestone": Advice(
        marked("Milestone is overdue"),
        marked("Run with --catch-up to bill it, or move its date."),
    ),
    "overdue-schedule-row": Advice(
        marked("Invoice schedule row is overdue"),
        marked("Run with --catch-up to bill it, or deactivate the row."),
    ),
    "override-not-needed": Advice(
        marked("Override was not needed"), marked("Leave the override out next time.")
    ),
    "payment-terms-unknown": Advice(
        marked("Payment terms are unknown"),
        marked("Set payment terms on the contract customer that invoices have too."),
    ),
    "platform-differs": Advice(
        marked("Platform made something else than planned"),
        marked("Compare the invoice with this report before you confirm."),
    ),
    "platform-job-unclear": Advice(
        marked("Another invoicing job may be active"),
        marked("Check the batch jobs of the tenant; two jobs must not bill the same dates."),
    ),
    "primary-customer-unclear": Advice(
        marked("Primary customer is unclear"),
        marked("Mark exactly one contract customer as primary."),
    ),
    "product-amount-differs": Advice(
        marked("Product line contradicts itself"),
        marked("Open the product line and save it again, so that its amounts agree."),
    ),
    "read-back-differs": Advice(
        marked("Invoice differs from what was written"),
        marked("Compare the invoice with this report; a plug-in may have changed it."),
    ),
    "ready-after-run": Advice(
        marked("Ready after the run of its date"),
        marked("It waits for the next run of its line, or invoice it by hand."),
    ),
    "rehearsal-incomplete": Advice(
        marked("Rehearsal lacks something of the tenant"),
        marked("Look at what is named: the drafts of a real run may differ there."),
    ),
    "rehearsed": Advice(
        marked("This was a rehearsal"),
        marked("Nothing was written to the tenant; proforma run writes the drafts."),
    ),
    "retainer-not-applied": Advice(
        marked("Retainer is not applied"),
        marked("Apply the retainer by hand, or set retainers = bill-and-apply."),
    ),
    "run-halted": Advice(
        marked("Run was halted"),
        marked("Mend what is named, and run again: the rest is written then."),
    ),
    "run-store-incomplete": Advice(
        marked("Run store is incomplete"),
        marked("Make room in the run store, or mend access to it."),
    ),
    "schedule-row-inactive": Advice(
        marked("Invoice schedule row is inactive"),
        marked("Activate the row if its run is to take place."),
    ),
    "schedule-row-milestone-unknown": Advice(
        marked("Schedule row names an unknown milestone"),
        marked("Correct the milestone of the invoice schedule row."),
    ),
    "schedule-row-not-updated": Advice(
        marked("Invoice schedule row was not updated"),
        marked("Set its run status to Run Successful by hand."),
    ),
    "schedule-row-on-wrong-line": Advice(
        marked("Invoice schedule row on the wrong line"),
        marked("Only project lines with a billing method have runs; correct the line."),
    ),
    "schedule-row-without-line": Advice(
        marked("Invoice schedule row without a line"),
        marked("Remove the row, or name a line of its contract on it."),
    ),
    "schedule-row-without-run-date": Advice(
        marked("Invoice schedule row without a run date"),
        marked("Fill its run date; without one it is never due."),
    ),
    "source-not-claimed": Advice(
        marked("Billing status has not moved"),
        marked("Wait for the platform and look again; nothing is billed twice."),
    ),
    "split-not-100": Advice(
        marked("Shares do not add up to 100 percent"),
        marked("Correct the split percentages of the contract or contract line."),
    ),
    "tax-without-amount": Advice(
        marked("Tax without an amount"), marked("Correct the milestone's amount or tax.")
    ),
    "text-shortened": Advice(
        marked("Text was shortened"),
        marked("The tenant's column holds fewer characters; shorten the name."),
    ),
    "total-differs": Advice(
        marked("Total differs on the invoice"),
        marked("Compare the invoice with this report before you confirm."),
    ),
    "total-tax-differs": Advice(
        marked("Tax differs on the invoice"),
        marked("Check the tax settings of the invoice before you confirm."),
    ),
    "unfinished-run-unreadable": Advice(
        marked("Unfinished run cannot be read"),
        marked("Look at the run with: proforma runs show, and run its date again."),
    ),
    "webhook-failed": Advice(
        marked("Message was not delivered"),
        marked("Check the address under [notify] webhook; the run itself is not touched."),
    ),
}


def warning_title(texts: Texts, code: str) -> str:
    """The name of a kind of warning; a contract that is refused goes by its reason."""
    known = ADVICE.get(code)
    if known is not None:
        return texts.text(known.title)
    return reason_title(texts, Reason(code)) if code in {*Reason} else code


def warning_advice(texts: Texts, code: str) -> str:
    """What a person does about it; empty for a kind that nothing is known of."""
    known = ADVICE.get(code)
    if known is not None:
        return texts.text(known.what)
    is_reason = code in {*Reason}
    return texts.text(_WHOLE_CONTRACT) if is_reason else ""


_WHOLE_CONTRACT: Final = marked("Nothing of this contract is billed until it is corrected.")
