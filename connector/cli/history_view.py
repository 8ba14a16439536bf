"""Runs, undoings and comparisons for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich import box
from rich.table import Table
from rich.text import Text

from connector.outcome import GOOD_STATUSES, UndoStatus
from connector.report.amounts import readable
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
    RunState.PREVIEW: "dim",
}


def print_records(console: Console, records: Sequence[RunRecord]) -> None:
    """One row a run, the newest last."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Run", "Kind", "Run date", "State"):
        table.add_column(heading, no_wrap=heading != "Run")
    table.add_column("Invoices", justify="right")
    table.add_column("Amount before tax", justify="right")
    table.add_column("Left behind", justify="right")
    table.add_column("Exit", justify="right")
    for record in records:
        table.add_row(*_row(record))
    console.print(table if records else Text("The run store remembers no run."))
    for record in records:
        if record.stop or record.fault:
            console.print(Text(f"{record.run_id}: {_trouble(record)}"))


def _row(record: RunRecord) -> tuple[Text | str, ...]:
    totals = record.totals
    sums = [(item.amount, item.currency) for item in totals.currencies] if totals else []
    return (
        Text(record.run_id),
        record.kind.value if record.kind else "-",
        record.run_date.isoformat() if record.run_date else "-",
        Text(record.state.value, style=_STATE[record.state]),
        _invoices(record),
        "\n".join(readable(amount, currency) for amount, currency in sums if amount) or "-",
        f"{totals.left_behind:,}" if totals else "-",
        "-" if record.exit_code is None else str(record.exit_code),
    )


def _invoices(record: RunRecord) -> str:
    """How many, and by status where not all of them are as they should be."""
    if record.totals is None:
        return "-"
    bad = [item for item in record.outcomes if item.status not in GOOD_STATUSES]
    told = [f"{item.invoices:,} {item.status.value}" for item in bad]
    told += [f"{record.failed_contracts:,} contracts failed"] if record.failed_contracts else []
    return "\n".join([f"{record.totals.invoices:,}", *told])


def _trouble(record: RunRecord) -> str:
    stop = f"stopped at {record.stop.step!r}: {record.stop.error}" if record.stop else ""
    return "; ".join(filter(None, (stop, record.fault)))


def print_details(console: Console, details: RunDetails) -> None:
    """State, where it stopped, and the invoices that the run was through with."""
    print_records(console, (details.record,))
    table = Table("Contract", "Invoice", "Status", "Error", box=box.SIMPLE_HEAD, pad_edge=False)
    for note in details.notes():
        style = "green" if note.status in GOOD_STATUSES else "red"
        table.add_row(
            str(note.contract_id),
            str(note.invoice_id),
            Text(note.status.value, style=style),
            Text(note.error or ""),
        )
    if table.row_count:
        console.print(table)


def print_undo(console: Console, report: UndoReport) -> None:
    """What became of each draft."""
    table = Table("Invoice", "Contract", "Fate", "Why", box=box.SIMPLE_HEAD, pad_edge=False)
    for fate in report.fates:
        good = fate.status not in (UndoStatus.REFUSED, UndoStatus.FAILED)
        table.add_row(
            str(fate.invoice_id),
            Text(fate.name),
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
