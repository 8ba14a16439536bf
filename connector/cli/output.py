"""Where text goes: documents to standard output, text for people there or aside."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rich.console import Console

    from connector.cli.flags import Flags, Scope
    from connector.cli.session import Session
    from connector.connector import Connector
    from connector.report.surroundings import Surroundings
    from connector.run_report import RunReport
    from connector.usecases.bounds import PlanRejected
    from connector.usecases.watch import RunInterrupted

#: Reports that name people, and so ask the tenant.
_ASKING: Final = frozenset({".html", ".xlsx"})

#: Columns where nobody's terminal ends a line: whoever reads a pipe or a file gets whole lines.
UNLIMITED: Final = 5_000


def console_for(flags: Flags, *, links: bool = True) -> Console:
    """
    Where people read: standard output, or standard error when a document goes there.

    Records are hyperlinks on it, where it is a terminal, unless *links* says otherwise.
    """
    from rich.console import Console  # noqa: PLC0415 - slow to import

    from connector.report.tables import UnlinkedConsole  # noqa: PLC0415 - slow to import

    stream = sys.stderr if flags.json else sys.stdout
    width = None if stream.isatty() else _asked_width()
    kind = Console if links else UnlinkedConsole
    return kind(file=stream, width=width, highlight=False, markup=False, emoji=False)


def _asked_width() -> int:
    """The columns of a stream that is no terminal: as `COLUMNS` says, else as many as it takes."""
    asked = os.environ.get("COLUMNS", "")
    return int(asked) if asked.isdecimal() and int(asked) > 0 else UNLIMITED


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


def _console(flags: Flags, session: Session) -> Console:
    return console_for(flags, links=session.settings.report.links)


def show_runs(
    reports: Sequence[RunReport],
    flags: Flags,
    scope: Scope,
    session: Session,
    plan_files: Sequence[Path] = (),
) -> int:
    """Print the runs, write the report that was asked for; returns the worst exit code."""
    from connector.cli.next_steps import next_steps  # noqa: PLC0415 - slow to import
    from connector.report.texts.terminal import terminal_texts  # noqa: PLC0415 - slow

    shown = [run for report in reports for run in (*report.earlier, report)]
    console = _console(flags, session)
    _print(console, shown, flags, session)
    console.print()
    words = terminal_texts(session.settings.report.language)
    for command, purpose in next_steps(shown, flags, scope, plan_files):
        console.print(f"{command}  # {words.text(purpose)}", soft_wrap=True)
    deliver(shown, flags, session.connector)
    return max(int(report.exit_code) for report in reports)


def _print(console: Console, shown: Sequence[RunReport], flags: Flags, session: Session) -> None:
    """One screen; with -v every draft, detail and source before the totals."""
    from connector.report.console import print_run  # noqa: PLC0415 - slow to import
    from connector.report.screen import print_screen, print_summary  # noqa: PLC0415 - slow
    from connector.report.texts.terminal import terminal_texts  # noqa: PLC0415 - slow

    words = terminal_texts(session.settings.report.language)
    if not flags.verbose:
        print_screen(console, shown, words)
        return
    for report in shown:
        print_run(console, report, words, verbose=True)
    print_summary(console, shown, words)


@contextmanager
def rejection_shown(flags: Flags, session: Session) -> Iterator[None]:
    """
    A plan of *session* that breaks a bound within the block is shown and reported as a preview.

    The error goes on, and says what lifts the bound. A run that is interrupted is shown and
    reported as far as it came.
    """
    from connector.usecases.bounds import PlanRejected  # noqa: PLC0415 - slow to import
    from connector.usecases.watch import RunInterrupted  # noqa: PLC0415 - slow to import

    try:
        yield
    except PlanRejected as rejected:
        _show_rejected(rejected, flags, session)
        raise
    except RunInterrupted as interrupted:
        _show_interrupted(interrupted, flags, session)
        raise


def _show_interrupted(interrupted: RunInterrupted, flags: Flags, session: Session) -> None:
    from connector.report.files import write_report  # noqa: PLC0415 - slow to import

    own = (interrupted.report,) if interrupted.report else ()
    shown = (*interrupted.before, *own)
    if shown:
        _print(_console(flags, session), shown, flags, session)
    if shown and flags.report:
        write_report(
            shown,
            flags.report,
            surroundings_for(flags.report, shown, session.connector, asks=False),
        )
        interrupted.add_note(f"the report {flags.report} shows how far it came")


def _show_rejected(rejected: PlanRejected, flags: Flags, session: Session) -> None:
    from connector.cli.next_steps import override_words  # noqa: PLC0415 - slow to import
    from connector.outcome import RequestCounts  # noqa: PLC0415 - slow to import
    from connector.report.files import write_report  # noqa: PLC0415 - slow to import
    from connector.run_report import preview_of  # noqa: PLC0415 - slow to import

    console, shown = _console(flags, session), [*rejected.before]
    if shown:
        _print(console, shown, flags, session)
        done = "previewed" if shown[0].dry_run else "written"
        rejected.add_note(f"what was {done} before it: {len(shown)} runs, shown above")
    if rejected.plan is not None:
        shown.append(preview_of(rejected.plan, session.run_id, RequestCounts()))
        _print(console, shown[-1:], flags, session)
    if shown and flags.report:
        write_report(shown, flags.report, surroundings_for(flags.report, shown, session.connector))
        rejected.add_note(f"the report {flags.report} shows what was planned")
    if rejected.codes:
        rejected.add_note(f"to write it all the same, add {override_words(rejected.codes)}")


def surroundings_for(
    path: Path, reports: Sequence[RunReport], connector: Connector, *, asks: bool = True
) -> Surroundings:
    """What the report at *path* shows around its runs: only a page has a calendar."""
    kind = path.suffix.lower()
    asks = asks and kind in _ASKING
    return connector.surroundings(reports, asks=asks, calendar=kind == ".html")


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
        write_report(
            reports, flags.report, surroundings_for(flags.report, reports, connector, asks=asks)
        )
