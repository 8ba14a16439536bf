"""What a tenant without an optional table or column loses; `check` says it, one sentence a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_HARMLESS: Final = "harmless: "

#: What is lost without an optional name of the mapping, by `table word.field`.
LOSSES: Final[Mapping[str, str]] = {
    "contract.number": _HARMLESS + "reports name contracts without a number",
    "contract.not_to_exceed_limit": "contracts have no limit to warn of",
    "contract_line.service": "every contract line of project work is taken for a project service",
    "contract_line.price_overridden": _HARMLESS + "invoice lines of products get their price fixed",
    "contract_line.volume_discount": "products are billed without a volume discount",
    "contract_line.manual_discount": "products are billed without a manual discount",
    "contract_line.extended_amount": "a product's amount is not compared with the tenant's own",
    "schedule_row.active_state": "rows cannot be deactivated: each one calls for its run",
    "milestone.date": "milestones are dated by their invoice date",
    "milestone.contract_customer": "milestones are billed to the only customer of the contract",
    "milestone.contract_line_customer": "milestones are billed to the contract's customer",
    "milestone.header": "a milestone is not told apart from the milestone that it is a part of",
    "milestone.not_to_exceed_status": "no milestone is held back by a limit",
    "milestone.active_state": "milestones cannot be deactivated: a ready one is billed",
    "contract_customer.not_to_exceed_limit": "customers have no limit to warn of",
    "contract_customer.active_state": "customers of a contract cannot be deactivated",
    "contract_line_customer.active_state": "customers of a contract line cannot be deactivated",
    "actual.not_to_exceed_status": "no actual is held back by a limit",
    "actual.transaction_date": "actuals are dated by their document date",
    "actual.discount": "actuals are billed without a discount",
    "actual.fee": "actuals are billed without a fee",
    "actual.tax": "actuals are billed without tax",
    "actual.invoice_detail": (
        _HARMLESS + "whether an actual was billed is seen by its status and its connection"
    ),
    "actual.resource": _HARMLESS + "reports do not say who did the work",
    "actual.contract_customer": "actuals are billed to the customer that they name",
    "actual.contract_line_customer": "actuals are billed to the customer that they name",
    "retainer.refund_status": "retainers that wait for a refund cannot be listed",
    "retainer.active_state": "retainers cannot be deactivated",
    "batch_job.job_type": "a job of the tenant that bears another name cannot be told apart",
    "invoice.number": _HARMLESS + "invoices are called by their name only",
    "invoice.contract_customer": _HARMLESS + "the invoice's customer says whom it is for",
    "invoice.contract_customer_navigation": (
        "the invoice does not name its row among the contract's customers; it has the customer"
    ),
    "invoice.has_corrections": "a correction of an invoice is not told apart; undo looks at status",
    "invoice_line.schedule_row_navigation": (
        "the invoice line does not name its schedule row; the schedule row names the invoice"
    ),
    "invoice_line.retainer": "retainers cannot be billed: leave policy.retainers at report-only",
    "invoice_line.retainer_navigation": (
        "retainers cannot be billed: leave policy.retainers at report-only"
    ),
    "invoice_line.price_overridden": "the tenant may give a product the price of its price list",
    "invoice_line.manual_discount": (
        "a product's manual discount cannot be written: such a line asks for more than it should,"
        " and the run says so after it has read it back"
    ),
    "invoice_line.discount": _HARMLESS + "discounts stand on the invoice line details",
    "invoice_line.fee": _HARMLESS + "fees stand on the invoice line details",
    "invoice_detail.transaction_date": _HARMLESS + "details are dated by their document date",
    "invoice_detail.discount": "the amount of a detail is written net, without its discount beside",
    "invoice_detail.fee": "the amount of a detail is written with the fee in it",
    "invoice_detail.extended_amount": _HARMLESS + "the tenant has no extended amount to fill",
    "invoice_detail.tax": "tax stands on the invoice line only",
    "invoice_detail.project_navigation": "details do not name their project; the line does",
    "invoice_detail.contract_customer_navigation": (
        "details do not name their row among the contract's customers; they have the customer"
    ),
    "invoice_detail.contract_line_customer_navigation": (
        "details do not name their row among the line's customers; they have the customer"
    ),
    "invoice_detail.source_milestone_navigation": (
        "the detail of a milestone names it by its transaction connection only"
    ),
    "invoice_detail.source_document": (
        "what a detail made by hand bills is known by its transaction connection only"
    ),
    "connection.first_navigation": _HARMLESS + "the connection names its detail by id and table",
    "connection.second_actual_navigation": (
        _HARMLESS + "the connection names the actual by id and table"
    ),
    "connection.second_milestone_navigation": (
        _HARMLESS + "the connection names the milestone by id and table"
    ),
}

#: What a tenant without a whole table loses, by our word for the table.
TABLE_LOSSES: Final[Mapping[str, str]] = {
    "contract_customer": "each contract is billed to its own customer",
    "contract_line_customer": "contract lines have no customers of their own",
    "retainer": "there are no retainers to bill, to apply or to report",
}


def loss_of(entry: str) -> str:
    """What is lost without the optional name *entry*, `table word.field` or `copy.rules`."""
    if entry.startswith("copy."):
        return "this value is not copied to the invoice; remove the rule to be rid of this line"
    return f"{LOSSES[entry]}; remove the key to be rid of this line"


def loss_of_table(word: str) -> str:
    """What is lost without the whole table *word*."""
    return TABLE_LOSSES[word]
