"""The message that tells somebody of the end of a run: a text for people, and fields beside it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from connector.errors import ExitCode
from connector.outcome import GOOD_STATUSES, UndoStatus
from connector.report.amounts import exact, readable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from connector.outcome import UndoReport
    from connector.report.json_list import JsonObject, JsonValue
    from connector.run_report import RunReport

FORMAT: Final = "proforma-notice/1"
#: Kinds of warnings that a message tells one by one, and characters of each.
_WARNINGS: Final = 10
_LENGTH: Final = 500
#: What a card of Teams is; Workflows take no other form of message.
_CARD: Final = "application/vnd.microsoft.card.adaptive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """
    What is told of one run or undoing; *lines* are for people, *fields* for programs.

    *is_failure* says whether something was left undone.
    """

    title: str
    lines: tuple[str, ...]
    is_failure: bool
    fields: JsonObject = field(default_factory=dict)

    def message(self) -> JsonObject:
        """The message as Slack and most programs take it."""
        text = "\n".join((self.title, *self.lines))
        return {"text": text, "format": FORMAT, "failed": self.is_failure, **self.fields}

    def card(self) -> JsonObject:
        """The same in a card, as a workflow of Teams takes it."""
        head: JsonObject = {"type": "TextBlock", "text": self.title, "weight": "bolder"}
        blocks: list[JsonValue] = [{**head, "wrap": True}]
        blocks.extend({"type": "TextBlock", "text": line, "wrap": True} for line in self.lines)
        content: JsonObject = {"type": "AdaptiveCard", "version": "1.4", "body": blocks}
        attachment: JsonObject = {"contentType": _CARD, "content": content}
        return {"type": "message", "attachments": [attachment], **self.message()}


def notice_of_run(report: RunReport) -> Notice:
    """The end of a run that came to a report."""
    is_failure = report.exit_code is not ExitCode.DONE
    what = "Dry run" if report.dry_run else "Run"
    how = "left something undone" if is_failure else "is through"
    return Notice(
        title=f"{what} {report.run_id} of {report.run_date} {how}",
        lines=tuple(_lines(report)),
        is_failure=is_failure,
        fields={
            "kind": "run",
            "run_id": report.run_id,
            "run_date": report.run_date.isoformat(),
            "environment": report.plan.environment_url,
            "dry_run": report.dry_run,
            "exit_code": int(report.exit_code),
            "invoices": report.totals.invoices,
            "invoices_by_status": _by_status(report),
            "amount_by_currency": {
                item.currency.code: exact(item.amount, item.currency)
                for item in report.totals.currencies
            },
            "left_behind": _by_reason(report),
            "failed_contracts": report.plan.failed_contracts,
            "warnings": {item.code: item.count for item in report.warning_counts},
            "throttled": report.requests.throttled,
            "finished_before": [earlier.run_id for earlier in report.earlier],
            "error": report.because,
        },
    )


def notice_of_failure(
    run_id: str, run_date: date | None, environment: str, error: str, exit_code: int
) -> Notice:
    """A run that ended before it came to a report."""
    of_date = f" of {run_date}" if run_date else ""
    return Notice(
        title=f"Run {run_id}{of_date} failed",
        lines=(_short(error),),
        is_failure=True,
        fields={
            "kind": "failure",
            "run_id": run_id,
            "run_date": run_date.isoformat() if run_date else None,
            "environment": environment,
            "exit_code": exit_code,
            "error": error,
        },
    )


def notice_of_undo(report: UndoReport, environment: str) -> Notice:
    """A run that was taken back."""
    counts: defaultdict[str, int] = defaultdict(int)
    for fate in report.fates:
        counts[fate.status.value] += 1
    stayed = [f for f in report.fates if f.status in (UndoStatus.REFUSED, UndoStatus.FAILED)]
    told = ", ".join(f"{count:,} {status}" for status, count in sorted(counts.items()))
    return Notice(
        title=f"Run {report.run_id} of {report.run_date} was taken back",
        lines=(
            f"Drafts: {told or 'none'}",
            *(_short(f"{fate.name}: {fate.reason}") for fate in stayed[:_WARNINGS]),
        ),
        is_failure=report.exit_code is not ExitCode.DONE,
        fields={
            "kind": "undo",
            "run_id": report.run_id,
            "run_date": report.run_date.isoformat(),
            "environment": environment,
            "exit_code": int(report.exit_code),
            "drafts_by_status": dict(sorted(counts.items())),
        },
    )


def _lines(report: RunReport) -> Iterator[str]:
    totals = report.totals
    sums = [(c.amount, c.currency) for c in totals.currencies if c.invoices]
    amounts = ", ".join(readable(amount, currency) for amount, currency in sums) or "nothing"
    yield f"{_counted(totals.invoices, 'invoice')}, {amounts} before tax"
    bad = [item for item in report.outcome_totals if item.status not in GOOD_STATUSES]
    yield from (f"{o.invoices:,} {o.status.value} ({o.currency.code})" for o in bad)
    if report.plan.failed_contracts:
        failed = _counted(report.plan.failed_contracts, "contract")
        yield f"{failed} could not be read or planned"
    if totals.left_behind:
        yield f"left behind: {_counted(totals.left_behind, 'source')}"
    if report.because:
        yield _short(report.because)
    for warning in report.warning_counts[:_WARNINGS]:
        yield _short(f"{warning.code} ({warning.count:,}): {warning.first}")


def _by_status(report: RunReport) -> JsonObject:
    found: defaultdict[str, int] = defaultdict(int)
    for item in report.outcome_totals:
        found[item.status.value] += item.invoices
    return dict(sorted(found.items()))


def _by_reason(report: RunReport) -> JsonObject:
    found: defaultdict[str, int] = defaultdict(int)
    for item in report.totals.reasons:
        found[item.reason.value] += item.sources
    return dict(sorted(found.items()))


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _short(text: str) -> str:
    return text if len(text) <= _LENGTH else f"{text[: _LENGTH - 1]}…"
