"""What happens to one record on a run date and why, for a person who asks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from connector.invoicing import candidates
from connector.invoicing.assumptions import all_ready
from connector.invoicing.choices import LineKind, RunStatus
from connector.invoicing.conservation import details_of
from connector.invoicing.eligibility import contract_refusal, line_refusal
from connector.invoicing.explain_billed import (
    billed_by,
    billed_contract,
    billed_invoice,
    billed_line,
    billed_source,
    invoice_title,
    no_candidate,
)
from connector.invoicing.explain_planned import planned_invoices, planned_source
from connector.invoicing.explanation import Explanation, Verdict
from connector.invoicing.planning import plan_contract
from connector.invoicing.projection import after
from connector.invoicing.reasons import RULE, Refusal
from connector.invoicing.schedule import is_overdue, is_waiting, row_fault
from connector.invoicing.statement import Listed, Sum, stated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from uuid import UUID

    from connector.invoicing.context import ExtraRule
    from connector.invoicing.former_invoices import FormerInvoice
    from connector.invoicing.model import (
        Actual,
        ContractLine,
        ContractSnapshot,
        Milestone,
        Retainer,
        ScheduleRow,
    )
    from connector.invoicing.plan import ContractPlan, NotInvoiced, ScheduleUpdate
    from connector.invoicing.policy import Policy
    from connector.invoicing.statement import Told


__all__ = ["Explanation", "Verdict", "explain"]

_FILL_DATE: Final = stated("Fill its run date.")


@dataclass(frozen=True, slots=True)
class _Question:
    """A record asked about, with everything an answer needs."""

    snapshot: ContractSnapshot
    subject: UUID
    run_date: date
    policy: Policy
    rules: tuple[ExtraRule, ...]
    former: tuple[FormerInvoice, ...]
    plan: ContractPlan


def explain(
    snapshot: ContractSnapshot,
    subject: UUID,
    run_date: date,
    policy: Policy,
    rules: tuple[ExtraRule, ...] = (),
    former: tuple[FormerInvoice, ...] = (),
) -> Explanation:
    """
    What happens to *subject* on *run_date*, and why, or which of *former* bills it already.

    *subject* is the id of the contract, of a contract line, schedule row, actual, milestone,
    product line or retainer of *snapshot*, or of one of the invoices *former*, their lines and
    details. *former* holds the invoices of the contract that concern the subject.
    """
    plan = plan_contract(snapshot, run_date, policy, rules)
    question = _Question(snapshot, subject, run_date, policy, rules, former, plan)
    contract = snapshot.contract
    return replace(
        _answered(question),
        contract_id=contract.id,
        contract_name=contract.name,
        currency=contract.currency,
    )


def _answered(question: _Question) -> Explanation:
    snapshot, subject = question.snapshot, question.subject
    invoice = billed_invoice(snapshot, subject, question.former)
    if invoice is not None and _kind_of(question) is None:
        return invoice
    if subject == snapshot.contract.id:
        return _contract(question)
    line = next((line for line in snapshot.lines if line.id == subject), None)
    if line is not None and line.kind is LineKind.PROJECT:
        return _line(question, line)
    row = next((row for row in snapshot.schedule if row.id == subject), None)
    return _row(question, row) if row is not None else _source(question)


def _source(question: _Question) -> Explanation:
    kind = _kind_of(question)
    if kind is None:
        return Explanation(
            subject=question.subject,
            kind="record",
            verdict=Verdict.UNKNOWN,
            rules=(),
            story=(
                stated("{record} is no record of this contract.", record=str(question.subject)),
            ),
        )
    place = planned_source(question.plan, question.subject)
    if place is not None:
        return _answer(question, kind, Verdict.INVOICED, ("P1", "P4"), place)
    billed = billed_source(question.snapshot, question.subject, kind, question.former)
    if billed is not None:
        return billed
    for entry in question.plan.not_invoiced:
        if entry.source.id == question.subject:
            return _refused(question, kind, entry)
    why = no_candidate(_record(question))
    return _answer(question, kind, Verdict.NO_CANDIDATE, ("A1", "A3", "M3"), why)


def _record(question: _Question) -> Actual | Milestone | ContractLine | Retainer:
    snapshot = question.snapshot
    every: list[Actual | Milestone | ContractLine | Retainer] = [*snapshot.actuals]
    every += [*snapshot.milestones, *snapshot.retainers]
    every += snapshot.lines
    return next(record for record in every if record.id == question.subject)


def _refused(question: _Question, kind: str, entry: NotInvoiced) -> Explanation:
    return Explanation(
        subject=question.subject,
        kind=kind,
        verdict=Verdict.NOT_INVOICED,
        rules=(RULE[entry.reason],),
        story=(
            stated("Not billed on {day}: {reason}.", day=question.run_date, reason=entry.reason),
        ),
        way_out=Refusal(entry.reason, entry.facts),
        next_date=_next_date(question),
    )


def _kind_of(question: _Question) -> str | None:
    snapshot = question.snapshot
    ids: dict[str, list[UUID]] = {
        "actual": [*(record.id for record in snapshot.actuals)],
        "milestone": [*(record.id for record in snapshot.milestones)],
        "product line": [*(record.id for record in snapshot.lines)],
        "retainer": [*(record.id for record in snapshot.retainers)],
    }
    return next((kind for kind, found in ids.items() if question.subject in found), None)


def _answer(
    question: _Question, kind: str, verdict: Verdict, rules: tuple[str, ...], told: Told
) -> Explanation:
    return Explanation(
        subject=question.subject, kind=kind, verdict=verdict, rules=rules, story=(told,)
    )


def _contract(question: _Question) -> Explanation:
    refusal = contract_refusal(question.snapshot.contract, question.policy)
    if refusal is not None:
        return Explanation(
            subject=question.subject,
            kind="contract",
            verdict=Verdict.NOT_INVOICED,
            rules=(RULE[refusal.reason],),
            story=(stated("Nothing of it is billed: {reason}.", reason=refusal.reason),),
            way_out=refusal,
        )
    invoices = question.plan.invoices
    billed = billed_contract(question.snapshot, question.run_date, question.former)
    if billed is not None and not invoices:
        return _besides(billed, question, question.plan.not_invoiced)
    left = len(question.plan.not_invoiced)
    return Explanation(
        subject=question.subject,
        kind="contract",
        verdict=Verdict.INVOICED if invoices else Verdict.NOT_INVOICED,
        rules=("P1",) if invoices else ("R2", "P6"),
        story=(
            stated(
                "{made}; {count} candidate(s) stay behind.",
                made=planned_invoices(question.plan),
                count=left,
            ),
        ),
        way_out=_common_reasons(question.plan.not_invoiced),
        next_date=min(_coming_days(question), default=None),
    )


def _line(question: _Question, line: ContractLine) -> Explanation:
    entries = tuple(e for e in question.plan.not_invoiced if e.contract_line_id == line.id)
    refusal = line_refusal(line)
    amounts = [
        stated(
            "{amount} ({count} details)",
            amount=Sum(amount=planned.amount, currency=invoice.currency),
            count=len(planned.details),
        )
        for invoice in question.plan.invoices
        for planned in invoice.lines
        if planned.contract_line_id == line.id
    ]
    billed = billed_line(question.snapshot, line, question.run_date, question.former)
    if billed is not None and not amounts:
        return _besides(billed, question, entries)
    listed = Listed(values=tuple(amounts), separator=", ")
    is_billed = stated("Billed on {day}: {amounts}.", day=question.run_date, amounts=listed)
    return Explanation(
        subject=question.subject,
        kind="contract line",
        verdict=Verdict.INVOICED if amounts else Verdict.NOT_INVOICED,
        rules=(RULE[refusal.reason],) if refusal else ("P4",) if amounts else ("R1", "R2"),
        story=(
            is_billed if amounts else stated("Not billed."),
            stated("{count} candidate(s) of it stay behind.", count=len(entries)),
        ),
        way_out=refusal or _common_reasons(entries),
        next_date=min(_days_of_line(question, line), default=None),
    )


def _besides(
    billed: Explanation, question: _Question, left: tuple[NotInvoiced, ...]
) -> Explanation:
    """*billed*, with what stays behind of it and when the next of it could be billed."""
    return replace(
        billed,
        story=(*billed.story, stated("{count} candidate(s) stay behind.", count=len(left))),
        way_out=_common_reasons(left),
        next_date=min(_coming_days(question), default=None),
    )


def _row(question: _Question, row: ScheduleRow) -> Explanation:
    update = next((u for u in question.plan.schedule_updates if u.row_id == row.id), None)
    if update is not None:
        verdict = Verdict.INVOICED if update.invoice_id else Verdict.NOT_INVOICED
        return _answer(question, "schedule row", verdict, ("R4", "G3"), _due(question, update))
    stopped = _stopped(question, row)
    if stopped is not None:
        return stopped
    linked = tuple(invoice for invoice in question.former if invoice.id == row.invoice_id)
    if linked and row.status is RunStatus.SUCCESSFUL:
        text = stated(
            "Its run of {day} was successful; its invoice is {invoice}.",
            day=row.run_date,
            invoice=invoice_title(linked[0]),
        )
        answer = _answer(question, "schedule row", Verdict.BILLED, ("R4",), text)
        return replace(answer, invoices=billed_by(question.snapshot, linked))
    is_waiting_yet = row.run_date is not None and is_waiting(row, question.policy)
    is_coming = is_waiting_yet and row.run_date is not None and row.run_date > question.run_date
    return Explanation(
        subject=question.subject,
        kind="schedule row",
        verdict=Verdict.NOT_INVOICED,
        rules=("R3",) if is_overdue(row, question.run_date) else ("R2",),
        story=(
            stated(
                "Its run date is {day}, its status {status}: not due.",
                day=row.run_date,
                status=row.status,
            ),
        ),
        way_out=_way_out(row, question),
        next_date=row.run_date if is_coming else None,
    )


def _due(question: _Question, update: ScheduleUpdate) -> Told:
    made = stated("its invoice is {invoice}", invoice=str(update.invoice_id))
    return stated(
        "Due on {day}; it becomes {status}: {made}.",
        day=question.run_date,
        status=update.status,
        made=made if update.invoice_id else stated("nothing to bill"),
    )


def _stopped(question: _Question, row: ScheduleRow) -> Explanation | None:
    """The answer about a row without a run on any day: of a contract not in force, or faulty."""
    refusal = contract_refusal(question.snapshot.contract, question.policy)
    lines = {line.id: line for line in question.snapshot.lines}
    fault = row_fault(row, lines.get(row.contract_line_id))
    told: tuple[str, Told, Told]
    if refusal is not None:
        why = stated("Nothing of its contract is billed: {reason}.", reason=refusal.reason)
        told = RULE[refusal.reason], why, refusal
    elif not row.is_active:
        why = stated("It is inactive: its run of {day} does not take place.", day=row.run_date)
        told = "R8", why, stated("Activate it if its run is to take place.")
    elif fault is not None:
        way_out = stated("Correct its contract line, or remove the row.")
        told = ("E2", fault, way_out) if row.run_date is not None else ("R1", fault, _FILL_DATE)
    else:
        return None
    rule, text, way = told
    answer = _answer(question, "schedule row", Verdict.NOT_INVOICED, (rule,), text)
    return replace(answer, way_out=way)


def _way_out(row: ScheduleRow, question: _Question) -> Told:
    if row.run_date is None or row.run_date > question.run_date:
        return None
    if row.status is RunStatus.SUCCESSFUL:
        return stated(
            "It has had its run; what became Ready since waits for the next row of its line."
        )
    return stated("Run with missed_dates = catch-up, which replays its date, or move the date.")


def _common_reasons(entries: tuple[NotInvoiced, ...]) -> Told:
    """The reasons of *entries*, the most frequent first."""
    counts = Counter(entry.reason for entry in entries)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    told = tuple(stated("{what} ({more})", what=reason, more=count) for reason, count in ranked)
    return Listed(values=told, separator=", ") if told else None


def _coming_days(question: _Question) -> Iterator[date]:
    """Later dates on which something of the contract is scheduled."""
    for line in question.snapshot.lines:
        yield from _days_of_line(question, line)


def _days_of_line(question: _Question, line: ContractLine) -> Iterator[date]:
    days = [
        row.run_date
        for row in question.snapshot.schedule
        if row.contract_line_id == line.id and is_waiting(row, question.policy)
    ]
    days += [
        milestone.date
        for milestone in candidates.milestones(question.snapshot)
        if milestone.contract_line_id == line.id
    ]
    return (day for day in days if day is not None and day > question.run_date)


def _next_date(question: _Question) -> date | None:
    """Try every coming date, with everything Ready that a person can make Ready."""
    snapshot = all_ready(after(question.snapshot, question.plan))
    days = {*_coming_days(question), question.run_date + timedelta(days=1)}
    days |= {retainer.date for retainer in question.snapshot.retainers if retainer.date}
    for day in sorted(day for day in days if day > question.run_date):
        plan = plan_contract(snapshot, day, question.policy, question.rules)
        if any(detail.source.id == question.subject for detail in details_of(plan)):
            return day
        snapshot = after(snapshot, plan)
    return None
