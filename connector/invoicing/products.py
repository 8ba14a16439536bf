"""Product lines: billed whole, to the primary customer, on a day with a due line (D)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from connector.invoicing import candidates, keys
from connector.invoicing.amounts import ZERO, is_number
from connector.invoicing.choices import BillingStatus, BillingType, TransactionClass
from connector.invoicing.context import Charge, Selection, select
from connector.invoicing.eligibility import line_refusal, money_refusal
from connector.invoicing.net_amounts import product_amount, product_discount
from connector.invoicing.plan import DetailPlan
from connector.invoicing.reasons import Facts, Reason, Refusal, refuse

if TYPE_CHECKING:
    from connector.invoicing.context import ContractContext
    from connector.invoicing.model import ContractLine


def select_products(context: ContractContext, *, line_is_due: bool) -> Selection:
    """
    Every open product line, charged or refused (D1-D7).

    Product lines have no schedule of their own: they wait until a project line of the contract
    is due (D2, D3, DR-19).
    """

    def decide(line: ContractLine) -> Charge | Refusal:
        return _charge_or_refusal(line, context, line_is_due=line_is_due)

    return select(candidates.products(context.snapshot), decide, context.snapshot)


def _charge_or_refusal(
    line: ContractLine, context: ContractContext, *, line_is_due: bool
) -> Charge | Refusal:
    refusal = (
        context.refusal_if_billed(line)
        or line_refusal(line)
        or money_refusal(line, context.snapshot)
    )
    if refusal is not None:
        return refusal
    if line.billing_status is not BillingStatus.READY_TO_INVOICE:
        facts = Facts(status=line.billing_status or "empty")
        return refuse(Reason.PRODUCT_NOT_READY, facts)
    payer = context.payers.primary()
    if isinstance(payer, Refusal):
        return payer
    if not line_is_due:
        facts = Facts(next_run=context.next_due())
        return refuse(Reason.PRODUCT_WAITS_FOR_DUE_LINE, facts)
    return Charge(payer, line, _detail(line, context), line.etag)


def _detail(line: ContractLine, context: ContractContext) -> DetailPlan:
    """The whole line as it is: no partial quantity, no price of ours (D4, D6, D7, $15)."""
    source = candidates.source_of(line)
    precision = context.contract.currency.precision
    quantity, price = line.quantity, line.price
    if quantity is None or price is None or not (is_number(quantity) and is_number(price)):
        quantity, price = Decimal(1), line.amount or ZERO
    return DetailPlan(
        id=keys.detail_id(context.snapshot.organization_id, source),
        source=source,
        connection_id=None,
        transaction_class=TransactionClass.PRODUCT,
        billing_type=BillingType.CHARGEABLE,
        transaction_date=context.run_date,
        quantity=quantity,
        price=price,
        amount=product_amount(line, precision),
        discount=product_discount(line, precision),
        tax=line.tax or ZERO,
        carried=line.carried,
    )
