"""Run dates that were missed, replayed in order as if each had had its run (DR-5, DR-7)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from connector.invoicing import candidates, keys
from connector.invoicing.choices import MilestoneStatus, RetainerStatus
from connector.invoicing.customers import Payer, payers_of
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import MissedDates, Retainers, RetainerTiming
from connector.invoicing.projection import after
from connector.invoicing.schedule import is_waiting

if TYPE_CHECKING:
    from datetime import date

    from connector.invoicing.context import ExtraRule
    from connector.invoicing.model import ContractSnapshot, Milestone, Retainer
    from connector.invoicing.plan import ContractPlan
    from connector.invoicing.policy import Policy


def missed_dates(snapshot: ContractSnapshot, run_date: date, policy: Policy) -> tuple[date, ...]:
    """
    The dates before *run_date* on which the contract should have had a run, in order.

    None under the strict policy. Dates of schedule rows that still wait, of Ready milestones
    and, where retainers are billed on their own date, of Ready retainers; not older than
    `catch_up_days`. A milestone whose customer has an invoice of that date already is late, not
    missed: that run did happen, and the next one takes it.
    """
    if policy.missed_dates is MissedDates.STRICT:
        return ()
    days = {row.run_date for row in snapshot.schedule if is_waiting(row, policy)}
    days |= {m.date for m in candidates.milestones(snapshot) if _is_missed(m, snapshot)}
    if _bills_retainers_alone(policy):
        days |= {r.date for r in snapshot.retainers if _is_open(r)}
    oldest = run_date - timedelta(days=policy.catch_up_days)
    return tuple(sorted(day for day in days if day is not None and oldest <= day < run_date))


def catch_up(
    snapshot: ContractSnapshot,
    run_date: date,
    policy: Policy,
    rules: tuple[ExtraRule, ...] = (),
) -> tuple[ContractPlan, ...]:
    """
    The plans of every missed date and of *run_date*, in order, each after the one before.

    This is a preview of the whole: a run writes each plan and reads the contract again.
    """
    plans = []
    for day in (*missed_dates(snapshot, run_date, policy), run_date):
        plan = plan_contract(snapshot, day, policy, rules)
        snapshot = after(snapshot, plan)
        plans.append(plan)
    return tuple(plans)


def _is_missed(milestone: Milestone, snapshot: ContractSnapshot) -> bool:
    is_ready = milestone.is_active and milestone.status is MilestoneStatus.READY
    if not is_ready or milestone.date is None:
        return False
    payer = payers_of(snapshot).of_record(milestone)
    if not isinstance(payer, Payer):
        return False
    own = keys.invoice_id(
        snapshot.organization_id, snapshot.contract.id, payer.customer.id, milestone.date
    )
    return all(invoice.id != own for invoice in snapshot.invoices)


def _is_open(retainer: Retainer) -> bool:
    is_unmarked = retainer.is_active and retainer.refund_status is None
    return is_unmarked and retainer.status is RetainerStatus.READY


def _bills_retainers_alone(policy: Policy) -> bool:
    is_alone = policy.retainer_timing is RetainerTiming.ALONE
    return is_alone and policy.retainers is not Retainers.REPORT_ONLY
