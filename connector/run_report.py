"""
Plans, runs and rehearsals as their caller sees them: numbers at once, transactions part by part.

Nothing here holds the run's transactions: they are read, part by part, from where the run keeps
them (its run store, a plan file, or a temporary folder that lives as long as the plan does).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from connector.errors import ExitCode
from connector.outcome import AGAIN, GOOD_STATUSES, InvoiceOutcome, InvoiceStatus, RequestCounts
from connector.summary import (
    combined_outcomes,
    combined_totals,
    combined_warnings,
    counted,
    failures,
    planned_outcomes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date, datetime

    from connector.invoicing.ids import InvoiceId, OrganizationId
    from connector.invoicing.model import Currency
    from connector.invoicing.plan import ContractPlan, InvoicePlan, PlanWarning
    from connector.outcome import FailedContract
    from connector.projectops.rehearsed import RehearsedDraft, StatusMove
    from connector.scope import Scope
    from connector.summary import (
        OutcomeSummary,
        OutcomeTotals,
        PartSummary,
        PlanTotals,
        WarningCount,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPlan:
    """One part of a plan, whole; its contracts are in the order of the run."""

    number: int
    contracts: tuple[ContractPlan, ...]
    failed: tuple[FailedContract, ...] = ()

    @property
    def warnings(self) -> Iterator[PlanWarning]:
        """What a person should look at in the contracts of the part."""
        for contract in self.contracts:
            yield from contract.warnings
        for failed in self.failed:
            yield from failures(failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartResult:
    """One part of a run, whole; *warnings* come from writing it."""

    plan: PartPlan
    outcomes: tuple[InvoiceOutcome, ...]
    warnings: tuple[PlanWarning, ...] = ()

    @property
    def number(self) -> int:
        """Parts are counted from 1."""
        return self.plan.number

    @property
    def all_warnings(self) -> tuple[PlanWarning, ...]:
        """The warnings of the part's contracts, then those of writing it."""
        return (*self.plan.warnings, *self.warnings)


class PartSource(Protocol):
    """
    Where the sealed parts of a plan are.

    Both methods raise `PlanFileError` for a part that is missing or not as it was sealed.
    """

    def text(self, part: PartSummary) -> bytes:
        """The part as it was sealed."""

    def plan(self, part: PartSummary) -> PartPlan:
        """The part itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """
    The frozen decision of a run over all contracts that were due.

    *sha256* is the hash of its manifest, and so of everything in it. *warnings* are those of the
    run as a whole; the others are with their contracts. Two plans of one hash are equal.
    """

    organization_id: OrganizationId
    environment_url: str
    scope: Scope
    warnings: tuple[PlanWarning, ...]
    summaries: tuple[PartSummary, ...]
    sha256: str
    source: PartSource = field(repr=False, compare=False)

    @property
    def run_date(self) -> date:
        """The date that is billed."""
        return self.scope.run_date

    @property
    def totals(self) -> PlanTotals:
        """The numbers of all parts together."""
        return combined_totals(part.totals for part in self.summaries)

    @property
    def failed_contracts(self) -> int:
        """How many contracts could not be read or planned."""
        return sum(len(part.failed) for part in self.summaries)

    @property
    def failed(self) -> tuple[FailedContract, ...]:
        """The contracts that could not be read or planned, each with its first faults."""
        return tuple(item for part in self.summaries for item in part.failed)

    @property
    def currencies(self) -> dict[str, Currency]:
        """The currencies of the planned contracts, by code."""
        return {item.currency.code: item.currency for item in self.totals.currencies}

    def parts(self) -> Iterator[PartPlan]:
        """Each part in turn, read when it is asked for."""
        return (self.source.plan(part) for part in self.summaries)

    @property
    def contracts(self) -> tuple[ContractPlan, ...]:
        """Every planned contract at once: for small plans, as it reads all parts."""
        return tuple(contract for part in self.parts() for contract in part.contracts)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """
    What a person or program wants to know of one run on one run date.

    *written* tells of the parts that were written; a part that is missing there was not tried,
    *because* of what that says. *own_warnings* are those of the run as a whole. *earlier* holds
    the reports of unfinished runs that were taken up before this one. *ended* is the instant of
    its end, of a run that writes.
    """

    run_id: str
    dry_run: bool
    plan: RunPlan
    written: tuple[OutcomeSummary, ...] = ()
    because: str | None = None
    own_warnings: tuple[PlanWarning, ...] = ()
    requests: RequestCounts = field(default_factory=RequestCounts)
    earlier: tuple[RunReport, ...] = ()
    ended: datetime | None = None
    results: Callable[[RunReport, PartSummary], PartResult] = field(repr=False, compare=False)

    @property
    def run_date(self) -> date:
        """The date that is billed."""
        return self.plan.run_date

    @property
    def totals(self) -> PlanTotals:
        """The numbers of what was planned."""
        return self.plan.totals

    @property
    def outcome_totals(self) -> tuple[OutcomeTotals, ...]:
        """What became of the invoices, by status and currency."""
        known = {part.number for part in self.written}
        rest = [part for part in self.plan.summaries if part.number not in known]
        status = InvoiceStatus.PLANNED if self.dry_run else InvoiceStatus.FAILED
        return combined_outcomes(
            (
                *(item for part in self.written for item in part.outcomes),
                *(item for part in rest for item in planned_outcomes(part.totals, status)),
            )
        )

    @property
    def exit_code(self) -> ExitCode:
        """
        0 when every due invoice stands as planned, 1 when a contract or invoice failed.

        4 when the run was halted by what is everybody's before it had written anything.
        """
        if self.is_halted and not any(i.status in GOOD_STATUSES for i in self.outcome_totals):
            return ExitCode.CANNOT_READ
        bad = any(item.status not in GOOD_STATUSES for item in self.outcome_totals)
        failed = bad or self.plan.failed_contracts or any(self._left_over())
        return ExitCode.SOME_CONTRACTS_FAILED if failed else ExitCode.DONE

    @property
    def is_halted(self) -> bool:
        """Whether writing ended early, because of what every other contract would have met."""
        return any(warning.code == "run-halted" for warning in self.own_warnings)

    def _left_over(self) -> Iterator[RunReport]:
        """Earlier runs that did not end well and were not planned anew either."""
        ids = {report.run_id for report in self.earlier}
        for report in self.earlier:
            again = report.run_id + AGAIN
            is_replaced = any(item == again or item.startswith(f"{again}.") for item in ids)
            if report.exit_code is not ExitCode.DONE and not is_replaced:
                yield report

    @property
    def warning_counts(self) -> tuple[WarningCount, ...]:
        """How many warnings of each kind there are."""
        return combined_warnings(
            (
                counted((*self.own_warnings, *self.plan.warnings)),
                *(part.warnings for part in self.plan.summaries),
                *(part.warnings for part in self.written),
            )
        )

    def parts(self) -> Iterator[PartResult]:
        """Each part in turn, whole, read when it is asked for."""
        return (self.results(self, part) for part in self.plan.summaries)

    @property
    def general_warnings(self) -> tuple[PlanWarning, ...]:
        """The warnings of the run as a whole, those of its plan among them, each once."""
        found = dict.fromkeys((*self.own_warnings, *self.plan.warnings))
        return tuple(sorted(found, key=lambda w: (w.code, w.text, str(w.subject))))

    @property
    def outcomes(self) -> tuple[InvoiceOutcome, ...]:
        """What became of every invoice: for small runs, as it reads all parts."""
        return tuple(outcome for part in self.parts() for outcome in part.outcomes)

    @property
    def warnings(self) -> tuple[PlanWarning, ...]:
        """Every warning: for small runs, as it reads all parts."""
        of_parts = (warning for part in self.parts() for warning in part.all_warnings)
        return (*self.general_warnings, *of_parts)


def preview_of(plan: RunPlan, run_id: str, requests: RequestCounts) -> RunReport:
    """The report of a run that writes nothing of *plan*."""
    return RunReport(run_id=run_id, dry_run=True, plan=plan, requests=requests, results=previewed)


def previewed(report: RunReport, part: PartSummary) -> PartResult:
    """Where a preview has its parts from: nothing of them is written."""
    plan = report.plan.source.plan(part)
    return PartResult(
        plan=plan,
        outcomes=tuple(
            InvoiceOutcome(invoice=invoice, status=InvoiceStatus.PLANNED)
            for contract in plan.contracts
            for invoice in contract.invoices
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """
    What a run would have made of the tenant.

    *report* is that of the run in the emulator, marked as one that writes nothing; *drafts* are
    its invoices as the platform's logic leaves them, *moves* the statuses that went with them.
    """

    report: RunReport
    drafts: tuple[RehearsedDraft, ...]
    moves: tuple[StatusMove, ...]

    @property
    def planned(self) -> Mapping[InvoiceId, InvoicePlan]:
        """The invoices as they were planned, by id; reads all parts of the report."""
        return {outcome.invoice.id: outcome.invoice for outcome in self.report.outcomes}
