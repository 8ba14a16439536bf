"""One invoice line: the details of one contract line and their sums ($7, $8, $11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.invoicing import keys
from connector.invoicing.amounts import ZERO, total
from connector.invoicing.candidates import source_of
from connector.invoicing.choices import BillingMethod, BillingType, LineKind
from connector.invoicing.model import ContractLine, Retainer
from connector.invoicing.plan import LineBilling, LinePlan
from connector.invoicing.policy import TaxInTotals

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from connector.invoicing.context import ContractContext
    from connector.invoicing.ids import InvoiceId
    from connector.invoicing.plan import DetailPlan


def invoice_line(
    context: ContractContext,
    invoice: InvoiceId,
    subject: ContractLine | Retainer,
    details: Iterable[DetailPlan],
) -> LinePlan:
    """
    The line of *subject* on *invoice*; its details by date, then by source.

    Only chargeable details count in the amount; what counts in the tax is DR-21. A line is never
    without a name: the platform loses chargeability on such a line ($11).
    """
    ordered = tuple(sorted(details, key=lambda d: (d.transaction_date, d.source.id.int)))
    if isinstance(subject, ContractLine) and subject.kind is LineKind.PROJECT:
        return _project_line(context, invoice, subject, ordered)
    is_retainer = isinstance(subject, Retainer)
    return LinePlan(
        id=keys.billing_line_id(context.snapshot.organization_id, source_of(subject)),
        contract_line_id=None if isinstance(subject, Retainer) else subject.id,
        name=_name(subject),
        billing=LineBilling.RETAINER if is_retainer else LineBilling.PRODUCT,
        billing_method=None,
        project_id=None,
        contract_amount=None,
        amount=_sum(ordered, BillingType.CHARGEABLE),
        tax=_tax(ordered, context.policy.tax_in_totals),
        non_chargeable=ZERO,
        complimentary=ZERO,
        details=ordered,
        carried=() if isinstance(subject, Retainer) else subject.carried,
    )


def _project_line(
    context: ContractContext,
    invoice: InvoiceId,
    line: ContractLine,
    details: tuple[DetailPlan, ...],
) -> LinePlan:
    """Project, billing method and contracted amount are the contract line's (P4)."""
    due = context.calendar.of(line.id).due
    is_fixed = line.billing_method is BillingMethod.FIXED_PRICE
    return LinePlan(
        id=keys.line_id(invoice, line.id),
        contract_line_id=line.id,
        name=_name(line),
        billing=LineBilling.FIXED_PRICE if is_fixed else LineBilling.TIME_AND_MATERIAL,
        billing_method=line.billing_method,
        project_id=line.project_id,
        contract_amount=line.contract_amount,
        amount=_sum(details, BillingType.CHARGEABLE),
        tax=_tax(details, context.policy.tax_in_totals),
        non_chargeable=_sum(details, BillingType.NON_CHARGEABLE),
        complimentary=_sum(details, BillingType.COMPLIMENTARY),
        details=details,
        schedule_row_id=due[0].id if due else None,
        carried=line.carried,
    )


def _name(subject: ContractLine | Retainer) -> str:
    return subject.name.strip() or str(subject.id)


def _sum(details: tuple[DetailPlan, ...], billing_type: BillingType) -> Decimal:
    return total(detail.amount for detail in details if detail.billing_type is billing_type)


def _tax(details: tuple[DetailPlan, ...], counted: TaxInTotals) -> Decimal:
    return total(
        detail.tax
        for detail in details
        if counted is TaxInTotals.ALL or detail.billing_type is BillingType.CHARGEABLE
    )
