"""Where text goes: documents to standard output, text for people there or aside."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from connector.cli.flags import Flags
    from connector.connector import Connector
    from connector.run_report import RunReport

#: Columns where nobody's terminal says how many there are.
WIDTH: Final = 120


def console_for(flags: Flags) -> Console:
    """Where people read: standard output, or standard error when a document goes there."""
    from rich.console import Console  # noqa: PLC0415 - slow to import

    stream = sys.stderr if flags.json else sys.stdout
    width = None if stream.isatty() else WIDTH
    return Console(file=stream, width=width, highlight=False)


def check_report_path(flags: Flags) -> None:
    """Refuse a report that could not be written before anything is done for it."""
    from connector.report.files import ReportError, writer_for  # noqa: PLC0415 - slow to import

    if flags.report is None:
        return
    writer_for(flags.report)
    if not flags.report.absolute().parent.is_dir():
        message = f"the report {flags.report} cannot be written: its folder does not exist"
        raise ReportError(message)
    _check_earlier_report(flags.report)


def _check_earlier_report(path: Path) -> None:
    """An earlier report is replaced; a spreadsheet that has it open may not allow that."""
    from connector.report.files import ReportError  # noqa: PLC0415 - slow to import

    if not path.exists():
        return
    try:
        path.open("ab").close()
    except OSError as error:
        message = f"the report {path} cannot be written: {error.strerror or error}"
        raise ReportError(message) from error


def show_runs(reports: Sequence[RunReport], flags: Flags, connector: Connector) -> int:
    """Print the runs, write the report that was asked for; returns the worst exit code."""
    from connector.report.console import print_calendar, print_run  # noqa: PLC0415 - slow

    console = console_for(flags)
    shown = [run for report in reports for run in (*report.earlier, report)]
    if len(shown) > 1:
        print_calendar(console, shown)
    for report in shown:
        print_run(console, report, verbose=flags.verbose)
    deliver(shown, flags, connector)
    return max(int(report.exit_code) for report in reports)


def deliver(
    reports: Sequence[RunReport], flags: Flags, connector: Connector, *, asks: bool = True
) -> None:
    """
    The document and the report file, where the flags ask for them.

    The file *asks* the tenant for what stands around the runs, or goes without.
    """
    from connector.report.document import document_chunks  # noqa: PLC0415 - slow to import
    from connector.report.files import write_report  # noqa: PLC0415 - slow to import

    if flags.json:
        for chunk in document_chunks(reports):
            click.echo(chunk, nl=False)
    if flags.report:
        write_report(reports, flags.report, connector.surroundings(reports, asks=asks))
