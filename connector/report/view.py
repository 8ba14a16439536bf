"""A part of a run in the order in which every report shows it, so that equal runs look equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from connector.outcome import GOOD_STATUSES, InvoiceStatus
from connector.report.sorted_lines import SortedLines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from connector.invoicing.plan import (
        ContractPlan,
        DetailPlan,
        InvoicePlan,
        LinePlan,
        NotInvoiced,
        PlanWarning,
    )
    from connector.outcome import InvoiceOutcome
    from connector.run_report import PartResult, RunReport


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningLine:
    """A warning as it is shown."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractResult:
    """One contract of a run: what became of its invoices, by customer, and what stays behind."""

    plan: ContractPlan
    outcomes: tuple[InvoiceOutcome, ...]

    @property
    def name(self) -> str:
        """The contract's name."""
        return self.plan.contract_name

    @property
    def left(self) -> tuple[NotInvoiced, ...]:
        """Its sources that stay behind, by table and id."""
        return left_behind(self.plan)


def contracts(part: PartResult) -> Iterator[ContractResult]:
    """The contracts of a part in the order of the run, which is that of their names."""
    outcomes: dict[object, list[InvoiceOutcome]] = {}
    for outcome in part.outcomes:
        outcomes.setdefault(outcome.invoice.contract_id, []).append(outcome)
    for plan in part.plan.contracts:
        own = outcomes.get(plan.contract_id, ())
        ordered = sorted(own, key=lambda o: (str(o.invoice.customer.id), o.invoice.run_date))
        yield ContractResult(plan=plan, outcomes=tuple(ordered))


def all_contracts(report: RunReport) -> Iterator[ContractResult]:
    """The contracts of a run, read part by part."""
    return (contract for part in report.parts() for contract in contracts(part))


def outcomes(report: RunReport, *, good: bool) -> Iterator[tuple[str, InvoiceOutcome]]:
    """
    The invoices that stand as planned, or those that do not, each with its contract's name.

    Only parts that can hold such an invoice are read, as they are asked for.
    """
    told = {part.number: part.outcomes for part in report.written}
    untried = InvoiceStatus.PLANNED if report.dry_run else InvoiceStatus.FAILED
    for part in report.plan.summaries:
        statuses = {item.status for item in told[part.number]} if part.number in told else {untried}
        if part.totals.invoices and any((status in GOOD_STATUSES) is good for status in statuses):
            yield from _outcomes_of(report.results(report, part), good=good)


def _outcomes_of(part: PartResult, *, good: bool) -> Iterator[tuple[str, InvoiceOutcome]]:
    for contract in contracts(part):
        for outcome in contract.outcomes:
            if (outcome.status in GOOD_STATUSES) is good:
                yield contract.name, outcome


def all_warnings(report: RunReport) -> Iterator[WarningLine]:
    """Every warning of a run once, by code and text."""
    with SortedLines() as lines:
        lines.add(warning_lines(report.general_warnings))
        for part in report.parts():
            lines.add(warning_lines(part.all_warnings))
        yield from merged_warnings(lines)


def warning_lines(warnings: Iterable[PlanWarning]) -> Iterator[bytes]:
    """Each warning as a line that sorts by code and text."""
    return (msgspec.json.encode((warning.code, warning.text)) for warning in warnings)


def merged_warnings(lines: SortedLines) -> Iterator[WarningLine]:
    """The warnings that `warning_lines` has made."""
    for line in lines.merged():
        code, text = msgspec.json.decode(line, type=tuple[str, str])
        yield WarningLine(code=code, text=text)


def lines(outcome: InvoiceOutcome) -> tuple[LinePlan, ...]:
    """The lines of an invoice by name."""
    return tuple(sorted(outcome.invoice.lines, key=lambda line: (line.name, str(line.id))))


def details(line: LinePlan) -> tuple[DetailPlan, ...]:
    """The details of a line by date."""
    return tuple(sorted(line.details, key=lambda d: (d.transaction_date, str(d.id))))


def left_behind(plan: ContractPlan) -> tuple[NotInvoiced, ...]:
    """What stays behind of one contract, by table and id."""
    entries = plan.not_invoiced
    return tuple(sorted(entries, key=lambda entry: (entry.source.table, str(entry.source.id))))


def latest_contracts(reports: Sequence[RunReport]) -> tuple[ContractResult, ...]:
    """
    Each contract by the last run, in time order, that looked at it; by name.

    For small runs: it holds them all.
    """
    latest = {c.plan.contract_id: c for report in reports for c in all_contracts(report)}
    return tuple(sorted(latest.values(), key=lambda c: (c.name, c.plan.contract_id)))


def customer_name(invoice: InvoicePlan) -> str:
    """The name that the invoice is billed to, else the customer's own, or else its id."""
    return invoice.bill_to.name or invoice.customer.name or str(invoice.customer.id)
