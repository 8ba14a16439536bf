"""Time, expenses, material and fees: which actuals a run bills, each as one detail (A, $3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.invoicing import candidates, keys
from connector.invoicing.amounts import ZERO, is_number
from connector.invoicing.choices import BillingStatus, BillingType
from connector.invoicing.context import Charge, Selection, select
from connector.invoicing.eligibility import actual_refusal, time_and_material_refusal
from connector.invoicing.net_amounts import net_amount
from connector.invoicing.plan import DetailPlan
from connector.invoicing.policy import Cutoff
from connector.invoicing.reasons import Facts, Reason, Refusal, refuse

if TYPE_CHECKING:
    from datetime import date

    from connector.invoicing.context import ContractContext
    from connector.invoicing.ids import ContractLineId
    from connector.invoicing.model import Actual, ContractLine
    from connector.invoicing.schedule import LineCalendar

_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class _LineDecisions:
    """
    What all actuals of one billable contract line share.

    Many actuals have the same day, and the same day has the same answer: *by_day* and *unready*
    keep it.
    """

    line: ContractLine
    calendar: LineCalendar
    by_day: dict[date | None, Refusal | None] = field(default_factory=dict)
    unready: dict[tuple[BillingStatus | None, date | None], Refusal] = field(default_factory=dict)


def select_transactions(context: ContractContext) -> Selection:
    """
    Every unclaimed unbilled sales actual, charged or refused (the predicate of section 4).

    A transaction is billed when its own line is due and its day is reached, however old it is:
    there is no lower bound.
    """
    desks: dict[ContractLineId | None, _LineDecisions | Refusal] = {}

    def decide(actual: Actual) -> Charge | Refusal:
        desk = desks.get(actual.contract_line_id)
        if desk is None:
            desk = desks[actual.contract_line_id] = _open_desk(actual.contract_line_id, context)
        return _charge_or_refusal(actual, desk, context)

    return select(candidates.actuals(context.snapshot), decide, context.snapshot)


def day_of(actual: Actual, reading: Cutoff) -> date | None:
    """The day of *actual* that is compared with a cut-off (A6, DR-4)."""
    return actual.created_date if reading is Cutoff.CREATED_BEFORE else actual.transaction_date


def _open_desk(named: ContractLineId | None, context: ContractContext) -> _LineDecisions | Refusal:
    line = context.line(named)
    if line is None:
        return refuse(Reason.LINE_MISSING, Facts(record=named))
    return time_and_material_refusal(line) or _LineDecisions(line, context.calendar.of(line.id))


def _charge_or_refusal(
    actual: Actual, desk: _LineDecisions | Refusal, context: ContractContext
) -> Charge | Refusal:
    refusal = context.refusal_if_billed(actual) or actual_refusal(actual, context.snapshot)
    if refusal is not None:
        return refusal
    if isinstance(desk, Refusal):
        return desk
    if actual.billing_status is not BillingStatus.READY_TO_INVOICE:
        return _not_ready(actual, desk, context)
    payer = context.payers.of_record(actual)
    if isinstance(payer, Refusal):
        return payer
    refusal = context.refusal_by_extension(actual) or _timing(actual, desk, context)
    if refusal is not None:
        return refusal
    return Charge(payer, desk.line, _detail(actual, context), actual.etag)


def _not_ready(actual: Actual, desk: _LineDecisions, context: ContractContext) -> Refusal:
    day = day_of(actual, context.policy.cutoff)
    key = (actual.billing_status, day)
    if key not in desk.unready:
        last_day = desk.calendar.last_day
        is_reached = day and last_day and day <= last_day
        next_run = context.run_date if is_reached else day and desk.calendar.next_run(day)
        facts = Facts(status=actual.billing_status or "empty", next_run=next_run)
        desk.unready[key] = refuse(Reason.NOT_READY, facts)
    return desk.unready[key]


def _timing(actual: Actual, desk: _LineDecisions, context: ContractContext) -> Refusal | None:
    if actual.transaction_date is None:
        return refuse(Reason.DATE_MISSING, Facts(expected="transaction date"))
    day = day_of(actual, context.policy.cutoff)
    if day not in desk.by_day:
        desk.by_day[day] = _day_refusal(day, desk, context.run_date)
    return desk.by_day[day]


def _day_refusal(day: date | None, desk: _LineDecisions, run_date: date) -> Refusal | None:
    """Why the run of *run_date* does not reach *day* (R2, R8, A6, G7)."""
    if day is None:
        return refuse(Reason.DATE_MISSING, Facts(expected="creation date"))
    last_day = desk.calendar.last_day
    if last_day is not None and day <= last_day:
        return None
    next_run = desk.calendar.next_run(day)
    inactive = desk.calendar.inactive_row(day, run_date)
    if inactive is not None and (next_run is None or inactive.run_date == run_date):
        facts = Facts(record=inactive.id, day=inactive.run_date, next_run=next_run)
        return refuse(Reason.SCHEDULE_ROW_INACTIVE, facts)
    if not desk.calendar.has_rows:
        return refuse(Reason.LINE_WITHOUT_SCHEDULE, Facts(record=desk.line.id))
    if next_run is None:
        return refuse(Reason.PAST_LAST_CUT_OFF, Facts(day=day))
    facts = Facts(day=day, run_date=run_date, cutoff=last_day, next_run=next_run)
    reason = Reason.LINE_NOT_DUE if last_day is None else Reason.AFTER_CUT_OFF
    return refuse(reason, facts)


def _detail(actual: Actual, context: ContractContext) -> DetailPlan:
    """*actual* as it is, never priced, split or summed again ($3, $5, $12, B1, P9)."""
    source = candidates.source_of(actual)
    detail = keys.detail_id(context.snapshot.organization_id, source)
    quantity, price = actual.quantity, actual.price
    if quantity is None or price is None or not (is_number(quantity) and is_number(price)):
        quantity, price = _ONE, actual.amount or ZERO
    return DetailPlan(
        id=detail,
        source=source,
        connection_id=keys.connection_id(detail),
        transaction_class=actual.transaction_class,
        billing_type=actual.billing_type or BillingType.NOT_AVAILABLE,
        transaction_date=actual.transaction_date or context.run_date,
        quantity=quantity,
        price=price,
        amount=net_amount(actual, context.contract.currency.precision),
        discount=actual.discount or ZERO,
        fee=actual.fee or ZERO,
        tax=actual.tax or ZERO,
        contract_line_customer_id=actual.contract_line_customer_id,
        description=actual.description,
        external_description=actual.external_description,
        carried=actual.carried,
    )
