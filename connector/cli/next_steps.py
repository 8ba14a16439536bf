"""What to type next: the last lines of a run."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from connector.invoicing.policy import MissedDates
from connector.outcome import GOOD_STATUSES, InvoiceStatus
from connector.report.texts.marks import marked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from connector.cli.flags import Flags, Scope
    from connector.run_report import RunReport

#: Runs that get their own commands; of more the list is the next step.
MOST: Final = 2
#: A command and what it is for, which is translated where it is shown.
Step = tuple[str, str]


def next_steps(
    reports: Sequence[RunReport], flags: Flags, scope: Scope, plan_files: Sequence[Path] = ()
) -> tuple[Step, ...]:
    """The commands that follow on *reports*, whole, so that they work as they are shown."""
    if plan_files:
        return tuple(
            (_typed(flags, "apply", str(file)), marked("writes exactly this plan"))
            for file in plan_files
        )
    if reports[-1].dry_run:
        return tuple(_after_preview(reports, flags, scope))
    if len(reports) > MOST:
        purpose = marked("these runs; `runs show ID` and `undo ID` take their ids")
        return ((_typed(flags, "runs"), purpose),)
    return tuple(step for report in reports for step in _after_run(report, flags))


def _after_preview(reports: Sequence[RunReport], flags: Flags, scope: Scope) -> Iterator[Step]:
    last = reports[-1]
    if any(report.plan.totals.is_to_be_written for report in reports):
        words = ["run", "--run-date", last.run_date.isoformat(), *_scope_words(scope)]
        if last.plan.scope.missed_dates is MissedDates.CATCH_UP:
            words += ["--catch-up", str(last.plan.scope.late_days)]
        yield _typed(flags, *words), marked("writes it")


def _after_run(report: RunReport, flags: Flags) -> Iterator[Step]:
    statuses = {item.status for item in report.outcome_totals}
    yield _typed(flags, "runs", "show", report.run_id), marked("what became of each invoice")
    if InvoiceStatus.WRITTEN in statuses:
        yield _typed(flags, "undo", report.run_id), marked("takes back its untouched drafts")
    if statuses - GOOD_STATUSES or report.plan.failed_contracts:
        date = report.run_date.isoformat()
        yield (
            _typed(flags, "run", "--run-date", date),
            marked("tries again what can be tried again"),
        )


def override_words(codes: Sequence[str]) -> str:
    """The options that lift the bounds *codes*."""
    return " ".join(f"--override {code}='WHY'" for code in codes)


def _scope_words(scope: Scope) -> Iterator[str]:
    for contract in scope.contracts:
        yield from ("--contract", str(contract))
    if scope.beside_platform_job:
        yield "--beside-platform-job"
    for override in scope.overrides:
        yield from ("--override", f"{override.code}={override.reason}")


def _typed(flags: Flags, *words: str) -> str:
    config = ("--config", str(flags.config)) if flags.config else ()
    return shlex.join(("proforma", *words, *config))
