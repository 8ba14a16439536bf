"""Runs, undoings and comparisons for a person at a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from rich import box
from rich.table import Table
from rich.text import Text

from connector.outcome import GOOD_STATUSES, UndoStatus
from connector.runs.history import RunState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from connector.outcome import Comparison, UndoReport
    from connector.runs.history import RunDetails, RunRecord

_STATE: Final = {
    RunState.FINISHED: "green",
    RunState.UNFINISHED: "yellow",
    RunState.STOPPED: "red",
    RunState.UNDONE: "dim",
}


def print_records(console: Console, records: Sequence[RunRecord]) -> None:
    """One row a run, the newest last."""
    table = Table("Run", "Run date", "State", "Stopped", box=box.SIMPLE_HEAD, pad_edge=False)
    for record in records:
        stop = f"{record.stop.step}: {record.stop.error}" if record.stop else ""
        table.add_row(
            record.run_id,
            record.run_date.isoformat() if record.run_date else "-",
            Text(record.state.value, style=_STATE[record.state]),
            Text(stop),
        )
    console.print(table if records else Text("The run store remembers no run."))


def records_text(records: Sequence[RunRecord]) -> str:
    """The runs as a JSON document, `proforma-history/1`."""
    runs = [
        {
            "run_id": record.run_id,
            "run_date": record.run_date.isoformat() if record.run_date else None,
            "organization_id": str(record.organization_id) if record.organization_id else None,
            "state": record.state.value,
            "stopped_at": record.stop.step if record.stop else None,
            "error": record.stop.error if record.stop else None,
            "exit_code": record.stop.exit_code if record.stop else None,
        }
        for record in records
    ]
    document = {"format": "proforma-history/1", "runs": runs}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def print_details(console: Console, details: RunDetails) -> None:
    """State, where it stopped, and the invoices that the run was through with."""
    print_records(console, (details.record,))
    table = Table("Contract", "Invoice", "Status", "Error", box=box.SIMPLE_HEAD, pad_edge=False)
    for progress in details.progress:
        for invoice, status, error in progress.outcomes:
            style = "green" if status in GOOD_STATUSES else "red"
            table.add_row(
                str(progress.contract_id),
                str(invoice),
                Text(status.value, style=style),
                Text(error or ""),
            )
    if details.progress:
        console.print(table)


def print_undo(console: Console, report: UndoReport) -> None:
    """What became of each draft."""
    table = Table("Invoice", "Contract", "Fate", "Why", box=box.SIMPLE_HEAD, pad_edge=False)
    for fate in report.fates:
        good = fate.status in (UndoStatus.DELETED, UndoStatus.GONE)
        table.add_row(
            str(fate.invoice.id),
            Text(fate.invoice.name),
            Text(fate.status.value, style="green" if good else "red"),
            Text(fate.reason or ""),
        )
    console.print(Text(f"Run {report.run_id} of {report.run_date}"))
    console.print(table if report.fates else Text("It had made no draft."))


def print_comparison(console: Console, comparison: Comparison) -> None:
    """How many invoices either side has, and each difference."""
    console.print(
        Text(
            f"Run date {comparison.run_date}: {comparison.contracts} contracts,"
            f" {comparison.planned} invoices planned, {comparison.drafts} there,"
            f" {len(comparison.differences)} differences"
        )
    )
    for item in comparison.differences:
        console.print(Text(item.text))
    for failed in comparison.failed:
        name = failed.contract_name or failed.contract_id
        console.print(Text(f"{name} was left out: {'; '.join(failed.faults)}", style="red"))
