"""A run as flat rows: one a billed source, one a source that stays behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.invoicing.choices import BillingType
from connector.invoicing.reasons import RULE
from connector.report import view

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal

    from connector.invoicing.model import Currency
    from connector.invoicing.plan import DetailPlan, LinePlan, NotInvoiced
    from connector.outcome import InvoiceOutcome
    from connector.run_report import RunReport

NOT_INVOICED: Final = "not-invoiced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    A source with what became of it; the field names are the headings of the table.

    *amount* stands once more under what it is: *chargeable*, *non_chargeable*, *complimentary* or
    *not_invoiced*, so that each of these columns adds up.
    """

    run_date: date
    status: str
    contract_name: str
    currency: Currency
    amount: Decimal
    discount: Decimal | None = None
    fee: Decimal | None = None
    tax: Decimal | None = None
    invoice_id: str = ""
    customer_id: str = ""
    line_name: str = ""
    billing_method: str = ""
    transaction_class: str = ""
    billing_type: str = ""
    transaction_date: date | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    source_table: str
    source_id: str
    contract_id: str
    contract_line_id: str = ""
    reason: str = ""
    rule: str = ""
    hint: str = ""
    error: str = ""
    contract_number: str = ""
    customer_name: str = ""
    description: str = ""
    chargeable: Decimal | None = None
    non_chargeable: Decimal | None = None
    complimentary: Decimal | None = None
    not_invoiced: Decimal | None = None
    resource_id: str = ""


def rows(report: RunReport) -> Iterator[Row]:
    """Of each contract every billed source and then every source that stays behind."""
    for contract in view.all_contracts(report):
        for outcome in contract.outcomes:
            yield from _of_invoice(contract, outcome)
        for entry in contract.left:
            yield _left(report.run_date, contract, entry)


def _of_invoice(contract: view.ContractResult, outcome: InvoiceOutcome) -> Iterator[Row]:
    for line in view.lines(outcome):
        for detail in view.details(line):
            yield _billed(contract, outcome, line, detail)


def _billed(
    contract: view.ContractResult, outcome: InvoiceOutcome, line: LinePlan, detail: DetailPlan
) -> Row:
    invoice = outcome.invoice
    amounts = {kind: detail.amount if detail.billing_type is kind else None for kind in BillingType}
    return Row(
        run_date=invoice.run_date,
        status=outcome.status.value,
        contract_name=contract.name,
        currency=invoice.currency,
        amount=detail.amount,
        discount=detail.discount,
        fee=detail.fee,
        tax=detail.tax,
        invoice_id=str(invoice.id),
        customer_id=str(invoice.customer.id),
        line_name=line.name,
        billing_method=line.billing.value,
        transaction_class=detail.transaction_class.value,
        billing_type=detail.billing_type.value,
        transaction_date=detail.transaction_date,
        quantity=detail.quantity,
        price=detail.price,
        source_table=detail.source.table.value,
        source_id=str(detail.source.id),
        contract_id=str(invoice.contract_id),
        contract_line_id=str(line.contract_line_id or ""),
        error=outcome.error or "",
        contract_number=contract.plan.contract_number or "",
        customer_name=view.customer_name(invoice),
        description=detail.description or "",
        chargeable=amounts[BillingType.CHARGEABLE],
        non_chargeable=amounts[BillingType.NON_CHARGEABLE],
        complimentary=amounts[BillingType.COMPLIMENTARY],
    )


def _left(run_date: date, contract: view.ContractResult, entry: NotInvoiced) -> Row:
    return Row(
        run_date=run_date,
        status=NOT_INVOICED,
        contract_name=contract.name,
        currency=entry.currency,
        amount=entry.amount,
        source_table=entry.source.table.value,
        source_id=str(entry.source.id),
        contract_id=str(entry.contract_id),
        contract_line_id=str(entry.contract_line_id or ""),
        reason=entry.reason.value,
        rule=RULE[entry.reason],
        hint=entry.hint,
        transaction_date=entry.day,
        contract_number=contract.plan.contract_number or "",
        description=entry.description or "",
        not_invoiced=entry.amount,
        resource_id=str(entry.resource_id or ""),
    )
