"""What became of one part, as it is kept: a note an invoice, beside the plan that holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.invoicing.ids import ContractId, InvoiceId
from connector.invoicing.plan import PlanWarning
from connector.outcome import InvoiceOutcome, InvoiceStatus
from connector.run_report import PartResult
from connector.runs.names import PartFile, part_file
from connector.runs.plan_text import decoded, encoded
from connector.runs.progress_file import progress_lines
from connector.summary import OutcomeSummary, counted, outcome_totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connector.invoicing.plan import InvoicePlan
    from connector.run_report import PartPlan
    from connector.runs.progress_file import ProgressLine
    from connector.runs.store import RunStore


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceNote:
    """What became of one invoice; *is_open* says that a later run can still write it."""

    contract_id: ContractId
    invoice_id: InvoiceId
    status: InvoiceStatus
    error: str | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PartReport:
    """What became of one part; *warnings* come from writing it."""

    outcomes: tuple[InvoiceNote, ...]
    warnings: tuple[PlanWarning, ...]
    summary: OutcomeSummary


def part_report(
    number: int,
    outcomes: Sequence[InvoiceOutcome],
    warnings: Iterable[PlanWarning],
    halts: str | None = None,
) -> PartReport:
    """The report of a part from what became of its invoices."""
    drifted = {o.invoice.contract_id for o in outcomes if o.status is InvoiceStatus.DRIFTED}
    told = tuple(dict.fromkeys(warnings))
    return PartReport(
        outcomes=tuple(
            InvoiceNote(
                contract_id=outcome.invoice.contract_id,
                invoice_id=outcome.invoice.id,
                status=outcome.status,
                error=outcome.error,
                is_open=outcome.is_open,
            )
            for outcome in outcomes
        ),
        warnings=told,
        summary=OutcomeSummary(
            number=number,
            outcomes=outcome_totals(outcomes),
            is_open=any(outcome.is_open for outcome in outcomes),
            drifted=tuple(sorted(drifted)),
            warnings=counted(told),
            halts=halts,
        ),
    )


def keep_part_report(store: RunStore, run_id: str, report: PartReport) -> None:
    """Keep *report* beside its plan; a former one gives way. Raises `RunStoreError`."""
    name = part_file(run_id, report.summary.number, PartFile.REPORT)
    store.put(name, (encoded(report),))


def kept_part_report(store: RunStore, run_id: str, number: int) -> PartReport | None:
    """What became of a part; None where that was not kept. Raises `PlanFileError`."""
    name = part_file(run_id, number, PartFile.REPORT)
    text = store.get(name)
    return None if text is None else decoded(text, PartReport, f"the report {name}")


def report_so_far(store: RunStore, run_id: str, plan: PartPlan, because: str) -> PartReport | None:
    """
    What became of a part: its report, or what its progress says where the run has not come to one.

    Invoices of which nothing is known were not tried, *because* of what is said. None where the
    part was not begun.
    """
    kept = kept_part_report(store, run_id, plan.number)
    if kept is not None:
        return kept
    lines = {line.invoice_id: line for line in progress_lines(store, run_id, plan.number)}
    if not lines:
        return None
    outcomes = [
        _so_far(invoice, lines.get(invoice.id), because)
        for contract in plan.contracts
        for invoice in contract.invoices
    ]
    return part_report(plan.number, outcomes, ())


def _so_far(invoice: InvoicePlan, line: ProgressLine | None, because: str) -> InvoiceOutcome:
    if line is None or line.status is None:
        status = InvoiceStatus.FAILED
        return InvoiceOutcome(invoice=invoice, status=status, error=because, is_open=True)
    return InvoiceOutcome(invoice=invoice, status=line.status, error=line.error, is_open=True)


def joined(plan: PartPlan, report: PartReport | None, because: str) -> PartResult:
    """
    The part with what became of it.

    An invoice of which nothing was noted was not tried, *because* of what is said.
    """
    notes = {note.invoice_id: note for note in report.outcomes} if report else {}
    return PartResult(
        plan=plan,
        outcomes=tuple(
            _outcome(invoice, notes.get(invoice.id), because)
            for contract in plan.contracts
            for invoice in contract.invoices
        ),
        warnings=report.warnings if report else (),
    )


def _outcome(invoice: InvoicePlan, note: InvoiceNote | None, because: str) -> InvoiceOutcome:
    if note is None:
        status = InvoiceStatus.FAILED
        return InvoiceOutcome(invoice=invoice, status=status, error=because, is_open=True)
    return InvoiceOutcome(
        invoice=invoice, status=note.status, error=note.error, is_open=note.is_open
    )
