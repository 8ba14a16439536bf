"""The end of a run as it is kept, and the report that can be read from a store afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from connector.invoicing.plan import PlanWarning
from connector.outcome import RequestCounts
from connector.run_report import RunReport, previewed
from connector.runs.names import PartFile, RunFile, part_file, run_file
from connector.runs.part_report import joined, kept_part_report, report_so_far
from connector.runs.plan_text import decoded, encoded
from connector.runs.stored_plan import stored_plan
from connector.summary import OutcomeSummary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connector.run_report import PartResult, RunPlan
    from connector.runs.store import RunStore
    from connector.summary import PartSummary

#: What is said of invoices that a run which is not through has not written.
NOT_YET = "not written yet: the run has not come to its end"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnd:
    """
    What is kept of the end of a run; *earlier* are the runs that it has taken up.

    *ended* is the instant of that end; runs of older versions do not tell it.
    """

    exit_code: int
    dry_run: bool
    written: tuple[OutcomeSummary, ...]
    because: str | None
    own_warnings: tuple[PlanWarning, ...]
    requests: RequestCounts
    earlier: tuple[str, ...] = ()
    ended: datetime | None = None


def keep_end(store: RunStore, report: RunReport, kind: RunFile) -> None:
    """Keep the end of a run, as its report or as an attempt; raises `RunStoreError`."""
    end = RunEnd(
        exit_code=int(report.exit_code),
        dry_run=report.dry_run,
        written=report.written,
        because=report.because,
        own_warnings=report.own_warnings,
        requests=report.requests,
        earlier=tuple(earlier.run_id for earlier in report.earlier),
        ended=report.ended,
    )
    store.put(run_file(report.run_id, kind), (encoded(end),))


def kept_end(store: RunStore, run_id: str) -> RunEnd | None:
    """The end of a run, or of its last attempt; None where it has none. Raises `PlanFileError`."""
    for kind in (RunFile.REPORT, RunFile.ATTEMPT):
        text = store.get(run_file(run_id, kind))
        if text is not None:
            return decoded(text, RunEnd, f"the end of run {run_id}")
    return None


def written_results(store: RunStore) -> Callable[[RunReport, PartSummary], PartResult]:
    """Where a run has its parts from that was written with *store*."""

    def result(report: RunReport, part: PartSummary) -> PartResult:
        plan, because = report.plan.source.plan(part), report.because or NOT_YET
        return joined(plan, report_so_far(store, report.run_id, plan, because), because)

    return result


def written_so_far(store: RunStore, plan: RunPlan, run_id: str) -> Iterator[OutcomeSummary]:
    """What became of the parts of a run that was begun and has not come to its end."""
    for part in plan.summaries:
        kept = kept_part_report(store, run_id, part.number)
        if kept is None and store.get(part_file(run_id, part.number, PartFile.PROGRESS)):
            kept = report_so_far(store, run_id, plan.source.plan(part), NOT_YET)
        if kept is not None:
            yield kept.summary


def stored_report(store: RunStore, run_id: str) -> RunReport:
    """
    The report of a run as far as it came; raises `PlanFileError` for one without a usable plan.

    Of a run that is not through, what its parts say counts.
    """
    end = kept_end(store, run_id)
    is_preview = store.get(run_file(run_id, RunFile.MANIFEST)) is None
    plan = stored_plan(store, run_id, RunFile.PREVIEW if is_preview else RunFile.MANIFEST)
    if end is not None:
        written, because = end.written, end.because
    else:
        written, because = tuple(written_so_far(store, plan, run_id)), NOT_YET
    return RunReport(
        run_id=run_id,
        dry_run=is_preview,
        plan=plan,
        written=written,
        because=because,
        own_warnings=end.own_warnings if end else (),
        requests=end.requests if end else RequestCounts(),
        ended=end.ended if end else None,
        results=previewed if is_preview else written_results(store),
    )
