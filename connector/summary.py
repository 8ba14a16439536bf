"""What is known of a part or a whole run without its transactions: small values that travel."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeVar

from connector.invoicing.amounts import total
from connector.invoicing.conservation import conservation_of_plan
from connector.invoicing.ids import ContractId
from connector.invoicing.model import Currency
from connector.invoicing.plan import PlanWarning
from connector.invoicing.reasons import Reason
from connector.invoicing.violations import Violation
from connector.outcome import FailedContract, InvoiceStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from connector.invoicing.conservation import Balance
    from connector.invoicing.plan import ContractPlan, NotInvoiced
    from connector.outcome import InvoiceOutcome

KeyT = TypeVar("KeyT", str, tuple[str, str])
ItemT = TypeVar("ItemT")

#: Faults of a failed contract, and broken bounds of one kind, that a summary tells one by one.
TOLD: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyTotals:
    """
    What is planned in one currency.

    *amount* and *tax* are those of the invoices; *candidates*, *invoiced* and *not_invoiced* are
    amounts before tax, chargeable or not, and balance.
    """

    currency: Currency
    invoices: int
    amount: Decimal
    tax: Decimal
    candidates: Decimal
    invoiced: Decimal
    not_invoiced: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonTotals:
    """How many sources stay behind for one reason, and their amount before tax."""

    reason: Reason
    currency: Currency
    sources: int
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTotals:
    """
    Numbers of what is planned.

    *details* counts everything that is billed, *left_behind* everything that is not, and
    *schedule_updates* the invoice schedule rows that get a run status.
    """

    contracts: int = 0
    invoices: int = 0
    lines: int = 0
    details: int = 0
    left_behind: int = 0
    schedule_updates: int = 0
    currencies: tuple[CurrencyTotals, ...] = ()
    reasons: tuple[ReasonTotals, ...] = ()

    @property
    def is_to_be_written(self) -> bool:
        """Whether anything of it changes a row of the tenant."""
        return bool(self.invoices or self.schedule_updates)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningCount:
    """How often a kind of warning was given, and the first of them."""

    code: str
    count: int
    first: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenBound:
    """How often a safety bound is broken, and the first cases."""

    code: str
    count: int
    first: tuple[Violation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSummary:
    """
    What a run keeps in mind of one planned part.

    Parts are counted from 1. *sha256* is the hash of the sealed part. Of each contract in *failed*
    the first faults are told; the part holds all of them.
    """

    number: int
    sha256: str
    totals: PlanTotals
    failed: tuple[FailedContract, ...] = ()
    warnings: tuple[WarningCount, ...] = ()
    bounds: tuple[BrokenBound, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeTotals:
    """The invoices of one status in one currency; amounts before tax."""

    status: InvoiceStatus
    currency: Currency
    invoices: int
    amount: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeSummary:
    """
    What a run keeps in mind of one part that it has written.

    *is_open* says that a later run can still write some of it, *drifted* are contracts that
    changed since they were planned. *halts* is a failure that every other part would meet as well.
    """

    number: int
    outcomes: tuple[OutcomeTotals, ...] = ()
    is_open: bool = False
    drifted: tuple[ContractId, ...] = ()
    warnings: tuple[WarningCount, ...] = ()
    halts: str | None = None


@dataclass(slots=True)
class PartTally:
    """The summary of a part while it is planned, contract by contract."""

    _totals: list[PlanTotals] = field(default_factory=list)
    _failed: list[FailedContract] = field(default_factory=list)
    _warnings: list[PlanWarning] = field(default_factory=list)
    _broken: list[Violation] = field(default_factory=list)

    def add(self, plan: ContractPlan) -> None:
        """Count a planned contract."""
        self._totals.append(totals_of(plan))
        self._warnings += plan.warnings

    def fail(self, failed: FailedContract) -> None:
        """Count a contract that could not be read or planned."""
        self._failed.append(failed)
        self._warnings += failures(failed)

    def see(self, violations: Iterable[Violation]) -> None:
        """Keep in mind which safety bounds a contract breaks by itself."""
        self._broken += violations

    def summary(self, number: int) -> PartSummary:
        """The summary so far, of a part that is not sealed yet."""
        return PartSummary(
            number=number,
            sha256="",
            totals=combined_totals(self._totals),
            failed=tuple(_cut(item) for item in self._failed),
            warnings=counted(self._warnings),
            bounds=tuple(
                BrokenBound(code=code, count=len(found), first=tuple(found[:TOLD]))
                for code, found in grouped(self._broken, lambda item: item.code)
            ),
        )


def totals_of(plan: ContractPlan) -> PlanTotals:
    """The numbers of one contract."""
    found = conservation_of_plan(plan)
    known = {entry.currency.code: entry.currency for entry in plan.not_invoiced}
    known[plan.currency.code] = plan.currency
    return PlanTotals(
        contracts=1,
        invoices=len(plan.invoices),
        lines=sum(len(invoice.lines) for invoice in plan.invoices),
        details=found.invoiced,
        left_behind=found.not_invoiced,
        schedule_updates=len(plan.schedule_updates),
        currencies=tuple(_in_currency(plan, known[item.currency], item) for item in found.amounts),
        reasons=_reasons(plan.not_invoiced),
    )


def combined_totals(parts: Iterable[PlanTotals]) -> PlanTotals:
    """The numbers of several contracts or parts together; lists are sorted."""
    found = tuple(parts)
    currencies = [item for part in found for item in part.currencies]
    reasons = [item for part in found for item in part.reasons]
    return PlanTotals(
        contracts=sum(part.contracts for part in found),
        invoices=sum(part.invoices for part in found),
        lines=sum(part.lines for part in found),
        details=sum(part.details for part in found),
        left_behind=sum(part.left_behind for part in found),
        schedule_updates=sum(part.schedule_updates for part in found),
        currencies=tuple(
            _one_currency(same) for _, same in grouped(currencies, lambda c: c.currency.code)
        ),
        reasons=tuple(
            replace(
                same[0],
                sources=sum(item.sources for item in same),
                amount=total(item.amount for item in same),
            )
            for _, same in grouped(reasons, lambda r: (r.reason.value, r.currency.code))
        ),
    )


def outcome_totals(outcomes: Iterable[InvoiceOutcome]) -> tuple[OutcomeTotals, ...]:
    """The invoices of a part by status and currency."""
    return combined_outcomes(
        OutcomeTotals(
            status=outcome.status,
            currency=outcome.invoice.currency,
            invoices=1,
            amount=outcome.invoice.amount,
            tax=outcome.invoice.tax,
        )
        for outcome in outcomes
    )


def combined_outcomes(items: Iterable[OutcomeTotals]) -> tuple[OutcomeTotals, ...]:
    """Several of them together, by status and currency."""
    return tuple(
        replace(
            same[0],
            invoices=sum(item.invoices for item in same),
            amount=total(item.amount for item in same),
            tax=total(item.tax for item in same),
        )
        for _, same in grouped(items, lambda o: (o.status.value, o.currency.code))
    )


def planned_outcomes(totals: PlanTotals, status: InvoiceStatus) -> Iterator[OutcomeTotals]:
    """What is planned, as invoices that all have one *status*."""
    for item in totals.currencies:
        if item.invoices:
            yield OutcomeTotals(
                status=status,
                currency=item.currency,
                invoices=item.invoices,
                amount=item.amount,
                tax=item.tax,
            )


def counted(warnings: Iterable[PlanWarning]) -> tuple[WarningCount, ...]:
    """Warnings by their code; the first is the first by its text."""
    ordered = sorted(warnings, key=lambda w: (w.code, w.text, str(w.subject)))
    return tuple(
        WarningCount(code=code, count=len(found), first=found[0].text)
        for code, found in grouped(ordered, lambda warning: warning.code)
    )


def combined_warnings(parts: Iterable[Sequence[WarningCount]]) -> tuple[WarningCount, ...]:
    """The warnings of several parts by their code; the first part's is the first."""
    items = [item for part in parts for item in part]
    return tuple(
        replace(same[0], count=sum(item.count for item in same))
        for _, same in grouped(items, lambda warning: warning.code)
    )


def failures(failed: FailedContract) -> Iterator[PlanWarning]:
    """What is said of a contract that was left out, a warning for each fault."""
    name = failed.contract_name or "contract"
    for fault in failed.faults:
        text = f"{name} ({failed.contract_id}) was left out: {fault}"
        yield PlanWarning(code="contract-failed", text=text, subject=failed.contract_id)


def grouped(
    items: Iterable[ItemT], key: Callable[[ItemT], KeyT]
) -> tuple[tuple[KeyT, list[ItemT]], ...]:
    """The items of each key, in the order of the keys."""
    found: defaultdict[KeyT, list[ItemT]] = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return tuple((each, found[each]) for each in sorted(found))


def _one_currency(same: Sequence[CurrencyTotals]) -> CurrencyTotals:
    return CurrencyTotals(
        currency=same[0].currency,
        invoices=sum(item.invoices for item in same),
        amount=total(item.amount for item in same),
        tax=total(item.tax for item in same),
        candidates=total(item.candidates for item in same),
        invoiced=total(item.invoiced for item in same),
        not_invoiced=total(item.not_invoiced for item in same),
    )


def _in_currency(plan: ContractPlan, currency: Currency, balance: Balance) -> CurrencyTotals:
    invoices = plan.invoices if currency.code == plan.currency.code else ()
    return CurrencyTotals(
        currency=currency,
        invoices=len(invoices),
        amount=total(invoice.amount for invoice in invoices),
        tax=total(invoice.tax for invoice in invoices),
        candidates=balance.candidates,
        invoiced=balance.invoiced,
        not_invoiced=balance.not_invoiced,
    )


def _reasons(left: Iterable[NotInvoiced]) -> tuple[ReasonTotals, ...]:
    return tuple(
        ReasonTotals(
            reason=same[0].reason,
            currency=same[0].currency,
            sources=len(same),
            amount=total(entry.amount for entry in same),
        )
        for _, same in grouped(left, lambda e: (e.reason.value, e.currency.code))
    )


def _cut(failed: FailedContract) -> FailedContract:
    more = len(failed.faults) - TOLD
    if more <= 0:
        return failed
    return replace(failed, faults=(*failed.faults[:TOLD], f"… and {more} more faults"))
