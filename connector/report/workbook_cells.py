"""What stands in a cell of the workbook, and how one row of each sheet is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from connector.invoicing.choices import BillingType
from connector.invoicing.reasons import RULE
from connector.report import view
from connector.report.links import CONTRACT, INVOICE, record_link
from connector.report.texts.marks import marked
from connector.report.texts.reasons import hint, reason_title
from connector.report.texts.words import said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal
    from uuid import UUID

    from connector.invoicing.ids import ResourceNames
    from connector.invoicing.model import Currency
    from connector.invoicing.plan import DetailPlan, InvoicePlan, LinePlan, NotInvoiced
    from connector.outcome import InvoiceOutcome
    from connector.report.texts.catalogue import Texts


@dataclass(frozen=True, slots=True)
class Money:
    """An amount, shown with the decimals of its currency; None is an empty cell."""

    amount: Decimal | None
    currency: Currency


@dataclass(frozen=True, slots=True)
class Link:
    """An id that opens its record; without an address it is a text like any other."""

    text: str
    address: str | None


Value: TypeAlias = "str | int | Decimal | date | Money | Link | None"

INVOICES: Final = (
    marked("Run date"),
    marked("Status"),
    marked("Contract number"),
    marked("Contract"),
    marked("Customer"),
    marked("Currency"),
    marked("Amount"),
    marked("Tax"),
    marked("Lines"),
    marked("Details"),
    marked("Invoice"),
    marked("Contract record"),
    marked("Error"),
)
LINES: Final = (
    marked("Run date"),
    marked("Status"),
    marked("Contract number"),
    marked("Contract"),
    marked("Customer"),
    marked("Line"),
    marked("Billing method"),
    marked("Currency"),
    marked("Amount"),
    marked("Tax"),
    marked("Non-chargeable"),
    marked("Complimentary"),
    marked("Discount"),
    marked("Fee"),
    marked("Details"),
    marked("Invoice"),
    marked("Contract line"),
)
DETAILS: Final = (
    marked("Run date"),
    marked("Status"),
    marked("Contract number"),
    marked("Contract"),
    marked("Customer"),
    marked("Line"),
    marked("Billing method"),
    marked("Date"),
    marked("Description"),
    marked("Class"),
    marked("Billing type"),
    marked("Quantity"),
    marked("Price"),
    marked("Currency"),
    marked("Amount"),
    marked("Non-chargeable"),
    marked("Complimentary"),
    marked("Discount"),
    marked("Fee"),
    marked("Tax"),
    marked("Record"),
    marked("Invoice"),
)
NOT_INVOICED: Final = (
    marked("Run date"),
    marked("Contract number"),
    marked("Contract"),
    marked("Reason"),
    marked("Code"),
    marked("Rule"),
    marked("Date"),
    marked("Age in days"),
    marked("Kind"),
    marked("Description"),
    marked("Who"),
    marked("Currency"),
    marked("Amount"),
    marked("What would change it"),
    marked("Record"),
    marked("Contract record"),
)
WARNINGS: Final = (
    marked("Run date"),
    marked("Kind"),
    marked("Code"),
    marked("Warning"),
    marked("What to do"),
)
SUMMARY: Final = (
    marked("Run date"),
    marked("State"),
    marked("Currency"),
    marked("Invoices"),
    marked("Amount"),
    marked("Tax"),
    marked("Not billed as planned"),
    marked("Records left behind"),
    marked("Left behind"),
    marked("Environment"),
    marked("Run"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Makes the rows of one run, in the order of the headings."""

    texts: Texts
    environment_url: str
    has_links: bool
    run_date: date

    def link(self, table: str, record: UUID) -> Link:
        """The id of a record with its address."""
        address = record_link(self.environment_url, table, record) if self.has_links else None
        return Link(str(record), address)

    def invoice(self, contract: view.ContractResult, outcome: InvoiceOutcome) -> tuple[Value, ...]:
        """A row of the sheet of invoices."""
        invoice = outcome.invoice
        return (
            *self._head(contract, outcome),
            invoice.currency.code,
            Money(invoice.amount, invoice.currency),
            Money(invoice.tax, invoice.currency),
            len(invoice.lines),
            sum(len(line.details) for line in invoice.lines),
            self.link(INVOICE, invoice.id),
            self.link(CONTRACT, invoice.contract_id),
            outcome.error,
        )

    def line(
        self, contract: view.ContractResult, outcome: InvoiceOutcome, line: LinePlan
    ) -> tuple[Value, ...]:
        """A row of the sheet of lines."""
        currency = outcome.invoice.currency
        amounts = (line.amount, line.tax, line.non_chargeable, line.complimentary)
        return (
            *self._head(contract, outcome),
            line.name,
            said(self.texts, line.billing.value),
            currency.code,
            *(Money(amount, currency) for amount in (*amounts, line.discount, line.fee)),
            len(line.details),
            self.link(INVOICE, outcome.invoice.id),
            self.link("salesorderdetail", line.contract_line_id) if line.contract_line_id else None,
        )

    def detail(
        self,
        contract: view.ContractResult,
        outcome: InvoiceOutcome,
        line: LinePlan,
        detail: DetailPlan,
    ) -> tuple[Value, ...]:
        """A row of the sheet of details; its amount stands in the column of its billing type."""
        currency = outcome.invoice.currency
        return (
            *self._head(contract, outcome),
            line.name,
            said(self.texts, line.billing.value),
            detail.transaction_date,
            detail.description,
            said(self.texts, detail.transaction_class.value),
            said(self.texts, detail.billing_type.value),
            detail.quantity,
            detail.price,
            currency.code,
            *_by_billing_type(detail, currency),
            *(Money(amount, currency) for amount in (detail.discount, detail.fee, detail.tax)),
            self.link(detail.source.table.value, detail.source.id),
            self.link(INVOICE, outcome.invoice.id),
        )

    def left(
        self,
        contract: view.ContractResult,
        entry: NotInvoiced,
        people: ResourceNames,
    ) -> tuple[Value, ...]:
        """A row of the sheet of what stays behind."""
        day = entry.day
        return (
            self.run_date,
            contract.plan.contract_number,
            contract.name,
            reason_title(self.texts, entry.reason),
            entry.reason.value,
            RULE[entry.reason],
            day,
            (self.run_date - day).days if day and day <= self.run_date else None,
            said(self.texts, entry.source.table.value),
            entry.description,
            people.get(entry.resource_id) if entry.resource_id else None,
            entry.currency.code,
            Money(entry.amount, entry.currency),
            hint(self.texts, entry),
            self.link(entry.source.table.value, entry.source.id),
            self.link(CONTRACT, entry.contract_id),
        )

    def _head(
        self, contract: view.ContractResult, outcome: InvoiceOutcome
    ) -> tuple[date, str, str | None, str, str]:
        invoice: InvoicePlan = outcome.invoice
        return (
            invoice.run_date,
            said(self.texts, outcome.status.value),
            contract.plan.contract_number,
            contract.name,
            view.customer_name(invoice),
        )


def _by_billing_type(detail: DetailPlan, currency: Currency) -> Iterator[Money]:
    """Chargeable, non-chargeable and complimentary side by side, so that each column adds up."""
    for kind in (BillingType.CHARGEABLE, BillingType.NON_CHARGEABLE, BillingType.COMPLIMENTARY):
        yield Money(detail.amount if detail.billing_type is kind else None, currency)
