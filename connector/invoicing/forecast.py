"""The calendar of coming runs, with amounts by how sure they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from connector.invoicing.amounts import total
from connector.invoicing.assumptions import all_ready
from connector.invoicing.choices import BillingType, SourceTable
from connector.invoicing.conservation import details_of
from connector.invoicing.planning import plan_contract
from connector.invoicing.projection import after

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from decimal import Decimal

    from connector.invoicing.context import ExtraRule
    from connector.invoicing.ids import ContractId
    from connector.invoicing.model import ContractSnapshot, Currency, Source
    from connector.invoicing.plan import ContractPlan
    from connector.invoicing.policy import Policy


class Confidence(StrEnum):
    """How sure an amount is: Ready now, or not yet marked Ready."""

    READY = "ready"
    NOT_READY = "not-ready"
    MILESTONE_NOT_READY = "milestone-not-ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastEntry:
    """What one contract is billed on one date with one confidence: chargeable, before tax."""

    run_date: date
    contract_id: ContractId
    contract_name: str
    currency: Currency
    confidence: Confidence
    amount: Decimal
    details: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthTotal:
    """
    What all contracts together are billed in one month and currency: chargeable, before tax.

    *month* is its first day; *runs* counts the dates on which something is billed.
    """

    month: date
    currency: Currency
    runs: int
    ready: Decimal
    not_ready: Decimal
    milestone_not_ready: Decimal

    @property
    def amount(self) -> Decimal:
        """The sum, sure or not."""
        return total((self.ready, self.not_ready, self.milestone_not_ready))


def month_totals(entries: Iterable[ForecastEntry]) -> tuple[MonthTotal, ...]:
    """The sums of *entries* per month and currency, in that order."""
    grouped: dict[tuple[date, str], list[ForecastEntry]] = {}
    for entry in entries:
        key = (entry.run_date.replace(day=1), entry.currency.code)
        grouped.setdefault(key, []).append(entry)
    return tuple(_month_total(month, grouped[month, code]) for month, code in sorted(grouped))


def _month_total(month: date, entries: list[ForecastEntry]) -> MonthTotal:
    def of(confidence: Confidence) -> Decimal:
        return total(entry.amount for entry in entries if entry.confidence is confidence)

    return MonthTotal(
        month=month,
        currency=entries[0].currency,
        runs=len({entry.run_date for entry in entries}),
        ready=of(Confidence.READY),
        not_ready=of(Confidence.NOT_READY),
        milestone_not_ready=of(Confidence.MILESTONE_NOT_READY),
    )


def forecast(
    snapshot: ContractSnapshot,
    first: date,
    last: date,
    policy: Policy,
    rules: tuple[ExtraRule, ...] = (),
) -> tuple[ForecastEntry, ...]:
    """
    The coming runs from *first* to *last*, both inclusive, in order.

    It knows the transactions of today: work that is still to be done is not in it. What is Ready
    now is planned as every run would plan it; the rest, as if it were marked Ready in time.
    """
    days = _days(snapshot, first, last)
    sure = list(_plans(snapshot, days, policy, rules))
    hoped = list(_plans(all_ready(snapshot), days, policy, rules))
    known = {detail.source for plan in sure for detail in details_of(plan)}
    entries = [entry for plan in sure for entry in _entries(plan, frozenset(), sure=True)]
    entries += [entry for plan in hoped for entry in _entries(plan, frozenset(known), sure=False)]
    return tuple(sorted(entries, key=lambda entry: (entry.run_date, entry.confidence)))


def _days(snapshot: ContractSnapshot, first: date, last: date) -> list[date]:
    """Dates that call something out; on all others nothing is billed (R2)."""
    days = {row.run_date for row in snapshot.schedule}
    days |= {milestone.date for milestone in snapshot.milestones}
    days |= {retainer.date for retainer in snapshot.retainers}
    days.add(first)  # under catch-up the first run also takes late milestones
    return sorted(day for day in days if day is not None and first <= day <= last)


def _plans(
    snapshot: ContractSnapshot, days: list[date], policy: Policy, rules: tuple[ExtraRule, ...]
) -> Iterator[ContractPlan]:
    for day in days:
        plan = plan_contract(snapshot, day, policy, rules)
        snapshot = after(snapshot, plan)
        yield plan


def _entries(
    plan: ContractPlan, known: frozenset[Source], *, sure: bool
) -> Iterator[ForecastEntry]:
    amounts: dict[Confidence, list[Decimal]] = {}
    for detail in details_of(plan):
        if detail.source not in known and detail.billing_type is BillingType.CHARGEABLE:
            level = Confidence.READY if sure else _level(detail.source)
            amounts.setdefault(level, []).append(detail.amount)
    for confidence, found in amounts.items():
        yield ForecastEntry(
            run_date=plan.run_date,
            contract_id=plan.contract_id,
            contract_name=plan.contract_name,
            currency=plan.currency,
            confidence=confidence,
            amount=total(found),
            details=len(found),
        )


def _level(source: Source) -> Confidence:
    is_milestone = source.table is SourceTable.MILESTONE
    return Confidence.MILESTONE_NOT_READY if is_milestone else Confidence.NOT_READY
