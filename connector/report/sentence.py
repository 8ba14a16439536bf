"""What became of runs in one sentence, for a log line or a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import ExitCode
from connector.report.amounts import readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.run_report import RunReport


def run_sentence(reports: Sequence[RunReport]) -> str:
    """What became of *reports* and of the earlier runs that were finished with them."""
    each = [run for report in reports for run in (*report.earlier, report)]
    return "; ".join(_said(report) for report in each) or "no run"


def worst_exit(reports: Sequence[RunReport]) -> ExitCode:
    """What a command of these runs exits with."""
    return ExitCode(max((int(report.exit_code) for report in reports), default=0))


def _said(report: RunReport) -> str:
    said = ", ".join(_counts(report)) or "nothing was due"
    return f"{report.run_date}: {said}"


def _counts(report: RunReport) -> Iterator[str]:
    for item in report.outcome_totals:
        noun = "invoice" if item.invoices == 1 else "invoices"
        yield f"{item.invoices:,} {noun} {item.status.value} {readable(item.amount, item.currency)}"
    failed = report.plan.failed_contracts
    if failed:
        yield f"{failed:,} contract{'' if failed == 1 else 's'} not planned"
    if report.because is not None:
        yield report.because
