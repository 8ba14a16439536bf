"""Retainers and advances: billing the ones that are due, applying the ones that are paid (V)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.invoicing import candidates, keys
from connector.invoicing.amounts import ZERO
from connector.invoicing.choices import (
    BillingType,
    RetainerStatus,
    TransactionClass,
)
from connector.invoicing.context import Charge, Selection, select
from connector.invoicing.customers import Payer
from connector.invoicing.eligibility import choice_refusal, money_refusal
from connector.invoicing.net_amounts import OPEN_REFUNDS, available
from connector.invoicing.plan import AppliedRetainer, DetailPlan
from connector.invoicing.policy import MissedDates, Retainers, RetainerTiming
from connector.invoicing.reasons import Facts, Reason, Refusal, refuse

if TYPE_CHECKING:
    from connector.invoicing.context import ContractContext
    from connector.invoicing.ids import CustomerId
    from connector.invoicing.model import Retainer


def select_retainers(context: ContractContext, *, line_is_due: bool) -> Selection:
    """Every retainer that is not invoiced, charged or refused (V1, V2, DR-17, DR-18)."""

    def decide(retainer: Retainer) -> Charge | Refusal:
        return _charge_or_refusal(retainer, context, line_is_due=line_is_due)

    return select(candidates.retainers(context.snapshot), decide, context.snapshot)


def available_to(context: ContractContext, customer: CustomerId) -> tuple[Retainer, ...]:
    """Confirmed retainers of *customer* with something left, oldest first (V3, V5, DR-18)."""
    found = [retainer for retainer in context.snapshot.retainers if is_applicable(retainer)]
    owned = []
    for retainer in found:
        payer = context.payers.of_retainer(retainer)
        if isinstance(payer, Payer) and payer.customer.id == customer:
            owned.append(retainer)
    return tuple(
        sorted(owned, key=lambda r: (r.date is None, r.date or context.run_date, r.id.int))
    )


def is_applicable(retainer: Retainer) -> bool:
    """
    Whether something of *retainer* can be taken off an invoice (V3, V7).

    It must be active and confirmed; what is to be refunded, or was, is not applied any more.
    """
    is_open = retainer.is_active and retainer.refund_status is None
    return is_open and retainer.status is RetainerStatus.INVOICE_POSTED and available(retainer) > 0


def applied(retainers: tuple[Retainer, ...], chargeable: Decimal) -> tuple[AppliedRetainer, ...]:
    """
    What each of *retainers*, in this order, takes off an invoice (V5, V7, V8, DR-18).

    What is left of one serves the next invoice (V11). Capped at *chargeable*, the chargeable
    total before tax: an invoice never turns negative.
    """
    rest = max(chargeable, ZERO)
    parts: list[AppliedRetainer] = []
    for retainer in retainers:
        amount = min(rest, available(retainer))
        if amount > 0:
            balance = available(retainer) - amount
            parts.append(AppliedRetainer(retainer_id=retainer.id, amount=amount, balance=balance))
        rest -= amount
    return tuple(parts)


def _charge_or_refusal(
    retainer: Retainer, context: ContractContext, *, line_is_due: bool
) -> Charge | Refusal:
    refusal = (
        _state(retainer)
        or context.refusal_if_billed(retainer)
        or money_refusal(retainer, context.snapshot)
    )
    if refusal is not None:
        return refusal
    if retainer.status is not RetainerStatus.READY:
        facts = Facts(status=retainer.status or "empty")
        return refuse(Reason.RETAINER_NOT_READY, facts)
    payer = context.payers.of_retainer(retainer)
    if isinstance(payer, Refusal):
        return payer
    refusal = _timing(retainer, context, line_is_due=line_is_due)
    return refusal or Charge(payer, retainer, _detail(retainer, context), retainer.etag)


def _state(retainer: Retainer) -> Refusal | None:
    """Inactive retainers, and those that somebody has marked for a refund (V9, V12, X2)."""
    if not retainer.is_active:
        return refuse(Reason.RETAINER_INACTIVE)
    if retainer.refund_status in OPEN_REFUNDS:
        return refuse(Reason.RETAINER_TO_REFUND, Facts(status=retainer.refund_status))
    return choice_refusal(retainer)


def _timing(retainer: Retainer, context: ContractContext, *, line_is_due: bool) -> Refusal | None:
    """
    A retainer whose date is reached is billed with a due line, or on its date alone (DR-17).

    Unlike a milestone it does not lapse after its date: waiting for a line is its normal case.
    """
    if retainer.date is None:
        return refuse(Reason.DATE_MISSING, Facts(expected="invoice date"))
    if retainer.date > context.run_date:
        return refuse(Reason.RETAINER_NOT_DUE, Facts(day=retainer.date))
    if context.policy.retainers is Retainers.REPORT_ONLY:
        return refuse(Reason.RETAINER_REPORT_ONLY)
    if line_is_due or _is_due_alone(retainer, context):
        return None
    facts = Facts(next_run=context.next_due())
    return refuse(Reason.RETAINER_WAITS_FOR_DUE_LINE, facts)


def _is_due_alone(retainer: Retainer, context: ContractContext) -> bool:
    if context.policy.retainer_timing is not RetainerTiming.ALONE or retainer.date is None:
        return False
    is_caught_up = context.policy.missed_dates is MissedDates.CATCH_UP
    window = timedelta(days=context.policy.catch_up_days if is_caught_up else 0)
    return retainer.date >= context.run_date - window


def _detail(retainer: Retainer, context: ContractContext) -> DetailPlan:
    source = candidates.source_of(retainer)
    amount = retainer.amount or ZERO
    return DetailPlan(
        id=keys.detail_id(context.snapshot.organization_id, source),
        source=source,
        connection_id=None,
        transaction_class=TransactionClass.RETAINER,
        billing_type=BillingType.CHARGEABLE,
        transaction_date=retainer.date or context.run_date,
        quantity=Decimal(1),
        price=amount,
        amount=amount,
        tax=ZERO,
        description=retainer.description or retainer.name,
    )
