"""`runs`, `runs show` and `runs diff`: what the run store remembers."""

from __future__ import annotations

import click

from connector.cli.completion import completed_runs
from connector.cli.flags import Flags, environment_flags, gathered, report_flag


@click.group(invoke_without_command=True)
@environment_flags
@gathered(Flags, "flags")
@click.pass_context
def runs(context: click.Context, *, flags: Flags) -> int:
    """
    List the runs of the run store, one line a run: the last twenty, with -v all.

    `runs show RUN_ID` tells one of them, `runs diff A B` what distinguishes two.
    """
    from connector.cli.history_view import MOST, print_records  # noqa: PLC0415 - slow to import
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import
    from connector.report.history import records_text  # noqa: PLC0415 - slow to import
    from connector.report.texts.terminal import terminal_texts  # noqa: PLC0415 - slow

    if context.invoked_subcommand is not None:
        return 0
    with open_session(flags) as session:
        is_all = flags.verbose or flags.json
        found = session.connector.history(last=None if is_all else MOST + 1)
    words = terminal_texts(session.settings.report.language)
    print_records(console_for(flags), found, words, verbose=flags.verbose)
    if flags.json:
        click.echo(records_text(found), nl=False)
    return 0


@runs.command()
@click.argument("run_id", shell_complete=completed_runs)
@report_flag
@environment_flags
@gathered(Flags, "flags")
def show(*, flags: Flags, run_id: str) -> int:
    """
    Show run RUN_ID as it was printed, with names and amounts; -v shows every detail.

    A run that was interrupted is shown with what took it up.
    """
    from connector.cli.history_view import print_details  # noqa: PLC0415 - slow to import
    from connector.cli.output import check_report_path, console_for, deliver  # noqa: PLC0415 - slow
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import
    from connector.report.history import records_text  # noqa: PLC0415 - slow to import
    from connector.report.texts.terminal import terminal_texts  # noqa: PLC0415 - slow

    check_report_path(flags)
    with open_session(flags) as session:
        found = session.connector.remembered(run_id)
        words = terminal_texts(session.settings.report.language)
        console = console_for(flags, links=session.settings.report.links)
        print_details(console, found, words, verbose=flags.verbose)
        if found.reports:
            deliver(found.reports, flags, session.connector, asks=False)
        elif flags.json:
            click.echo(records_text([found.record]), nl=False)
    return 0


@runs.command()
@click.argument("before", metavar="A", shell_complete=completed_runs)
@click.argument("after", metavar="B", shell_complete=completed_runs)
@environment_flags
@gathered(Flags, "flags")
def diff(*, flags: Flags, before: str, after: str) -> int:
    """
    Show what distinguishes run B from run A: totals, invoices, and what stayed behind.

    Both come from the run store; the tenant is not asked.
    """
    from connector.cli.difference_view import (  # noqa: PLC0415 - slow to import
        differences_chunks,
        print_differences,
    )
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import
    from connector.report.texts.terminal import terminal_texts  # noqa: PLC0415 - slow

    with open_session(flags) as session:
        words = terminal_texts(session.settings.report.language)
        first, second = (session.connector.stored_report(run) for run in (before, after))
        print_differences(console_for(flags), first, second, words, verbose=flags.verbose)
        for chunk in differences_chunks(first, second) if flags.json else ():
            click.echo(chunk, nl=False)
    return 0
