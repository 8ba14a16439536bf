"""Fixed price: which milestones a run bills, each as one detail of quantity 1 (M, $4)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.invoicing import candidates, keys
from connector.invoicing.amounts import ZERO
from connector.invoicing.choices import (
    BillingType,
    MilestoneStatus,
    NotToExceedStatus,
    ProformaStatus,
    TransactionClass,
)
from connector.invoicing.context import Charge, Selection, select
from connector.invoicing.eligibility import choice_refusal, fixed_price_refusal, money_refusal
from connector.invoicing.plan import DetailPlan
from connector.invoicing.policy import CreditedMilestones, MissedDates
from connector.invoicing.reasons import Facts, Reason, Refusal, refuse

if TYPE_CHECKING:
    from connector.invoicing.context import ContractContext
    from connector.invoicing.ids import MilestoneId
    from connector.invoicing.model import Milestone

_FINAL = (ProformaStatus.CONFIRMED, ProformaStatus.PAID)


def select_milestones(context: ContractContext) -> Selection:
    """
    Every unclaimed milestone, charged or refused (M4, DR-8, DR-9).

    A milestone is called out by its own date or by a due schedule row that carries it (M5); by
    both, it is still billed once. Customer-level records of a split line (B7) and the parts of a
    progress-based milestone (M10) are milestones like any other.
    """
    called_out = context.calendar.due_milestones()

    def decide(milestone: Milestone) -> Charge | Refusal:
        return _charge_or_refusal(milestone, called_out, context)

    return select(candidates.milestones(context.snapshot), decide, context.snapshot)


def _charge_or_refusal(
    milestone: Milestone, called_out: frozenset[MilestoneId], context: ContractContext
) -> Charge | Refusal:
    line = context.line(milestone.contract_line_id)
    if line is None:
        facts = Facts(record=milestone.contract_line_id)
        return refuse(Reason.LINE_MISSING, facts)
    refusal = (
        _inactive(milestone)
        or _refusal_if_billed(milestone, context)
        or fixed_price_refusal(line)
        or money_refusal(milestone, context.snapshot)
        or _status(milestone)
    )
    if refusal is not None:
        return refusal
    payer = context.payers.of_record(milestone)
    if isinstance(payer, Refusal):
        return payer
    refusal = context.refusal_by_extension(milestone) or _timing(milestone, called_out, context)
    return refusal or Charge(payer, line, _detail(milestone, context), milestone.etag)


def _inactive(milestone: Milestone) -> Refusal | None:
    if milestone.is_active:
        return None
    return refuse(Reason.MILESTONE_INACTIVE, Facts(day=milestone.date))


def _refusal_if_billed(milestone: Milestone, context: ContractContext) -> Refusal | None:
    """
    Refuse what stands on an invoice already (M11, DR-22).

    Only a full credit makes an invoiced milestone Ready again; it may be billed again by option,
    and never while an invoice that bills it is still a draft or unknown.
    """
    billed_on = context.billed_on(milestone)
    if not billed_on:
        return None
    status = {invoice.id: invoice.status for invoice in context.snapshot.invoices}
    is_final = all(key is not None and status.get(key) in _FINAL for key in billed_on)
    if is_final and context.policy.credited_milestones is CreditedMilestones.BILL_AGAIN:
        return None
    return refuse(Reason.ALREADY_INVOICED, Facts(record=billed_on[0]))


def _status(milestone: Milestone) -> Refusal | None:
    if milestone.status is not MilestoneStatus.READY:
        facts = Facts(status=milestone.status, day=milestone.date)
        return refuse(Reason.MILESTONE_NOT_READY, facts)
    if refusal := choice_refusal(milestone):
        return refusal
    # Only progress-based headers are evaluated (N10): a milestone without a verdict is billed.
    if milestone.not_to_exceed_status is NotToExceedStatus.FAILED:
        return refuse(Reason.NOT_TO_EXCEED_FAILED)
    return None


def _timing(
    milestone: Milestone, called_out: frozenset[MilestoneId], context: ContractContext
) -> Refusal | None:
    """The date decides by itself; only catch-up bills a milestone after its date (M2, M6, DR-9)."""
    if milestone.id in called_out or milestone.date == context.run_date:
        return None
    if milestone.date is None:
        return refuse(Reason.DATE_MISSING, Facts(expected="milestone date"))
    if milestone.date > context.run_date:
        return refuse(Reason.MILESTONE_NOT_DUE, Facts(day=milestone.date))
    window = timedelta(days=context.policy.catch_up_days)
    is_caught_up = context.policy.missed_dates is MissedDates.CATCH_UP
    if is_caught_up and milestone.date >= context.run_date - window:
        return None
    return refuse(Reason.MILESTONE_LATE, Facts(day=milestone.date))


def _detail(milestone: Milestone, context: ContractContext) -> DetailPlan:
    """Quantity 1 at the amount of the milestone, always chargeable ($4)."""
    source = candidates.source_of(milestone)
    # A milestone credited n times has n details that must stay: the next one needs its own key.
    rebill_number = len(context.billed_on(milestone))
    detail = keys.detail_id(context.snapshot.organization_id, source, rebill_number)
    amount = milestone.amount or ZERO
    return DetailPlan(
        id=detail,
        source=source,
        connection_id=keys.connection_id(detail),
        transaction_class=TransactionClass.MILESTONE,
        billing_type=BillingType.CHARGEABLE,
        transaction_date=milestone.date or context.run_date,
        quantity=Decimal(1),
        price=amount,
        amount=amount,
        tax=milestone.tax or ZERO,
        contract_line_customer_id=milestone.contract_line_customer_id,
        description=milestone.description or milestone.name,
        external_description=milestone.external_description,
        carried=milestone.carried,
    )
