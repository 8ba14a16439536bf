"""What is measured of each run: invoices, amounts, what stays behind, throttling, duration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.errors import ExitCode
from connector.runs.run_begin import kept_begin
from connector.telemetry import count, take

if TYPE_CHECKING:
    from connector.run_report import RunReport
    from connector.usecases.environment import Environment

RUNS: Final = "proforma.runs"
INVOICES: Final = "proforma.invoices"
AMOUNT: Final = "proforma.amount"
LEFT_BEHIND: Final = "proforma.left_behind"
FAILED_CONTRACTS: Final = "proforma.failed_contracts"
THROTTLED: Final = "proforma.throttled"
DURATION: Final = "proforma.run.duration"


def measure_run(environment: Environment, report: RunReport) -> None:
    """
    Count a run that came to its report.

    Amounts are before tax, in units of their currency; the duration is from the run's first file
    in the store to now, in seconds, and is left out for what began elsewhere.
    """
    outcome = "done" if report.exit_code is ExitCode.DONE else "incomplete"
    count(RUNS, "{run}", 1, outcome=outcome, dry_run=report.dry_run)
    for item in report.outcome_totals:
        marks = {"status": item.status.value, "currency": item.currency.code}
        count(INVOICES, "{invoice}", item.invoices, **marks)
        count(AMOUNT, "{currency}", float(item.amount), **marks)
    for left in report.totals.reasons:
        marks = {"reason": left.reason.value}
        count(LEFT_BEHIND, "{record}", left.sources, **marks)
    count(FAILED_CONTRACTS, "{contract}", report.plan.failed_contracts)
    count(THROTTLED, "{request}", report.requests.throttled)
    begun = kept_begin(environment.store, report.run_id)
    if begun is not None:
        seconds = (environment.clock() - begun.began).total_seconds()
        take(DURATION, "s", seconds, outcome=outcome, dry_run=report.dry_run)


def measure_failure(exit_code: int) -> None:
    """Count a run that ended before it came to a report."""
    count(RUNS, "{run}", 1, outcome="failed", exit_code=str(exit_code))
