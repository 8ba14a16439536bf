"""`runs` and `runs show`: what the run store remembers."""

from __future__ import annotations

import click

from connector.cli.completion import completed_runs
from connector.cli.flags import Flags, environment_flags, gathered


@click.group(invoke_without_command=True)
@environment_flags
@gathered(Flags, "flags")
@click.pass_context
def runs(context: click.Context, *, flags: Flags) -> int:
    """List the runs of the run store; `runs show RUN_ID` tells one of them."""
    from connector.cli.history_view import print_records  # noqa: PLC0415 - slow
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import
    from connector.report.history import records_text  # noqa: PLC0415 - slow to import

    if context.invoked_subcommand is not None:
        return 0
    with open_session(flags) as session:
        found = session.connector.history()
    print_records(console_for(flags), found)
    if flags.json:
        click.echo(records_text(found), nl=False)
    return 0


@runs.command()
@click.argument("run_id", shell_complete=completed_runs)
@environment_flags
@gathered(Flags, "flags")
def show(*, flags: Flags, run_id: str) -> int:
    """Show what is known of run RUN_ID: where it stopped, and what became of each invoice."""
    from connector.cli.history_view import print_details  # noqa: PLC0415 - slow to import
    from connector.cli.output import console_for, deliver  # noqa: PLC0415 - slow to import
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import

    with open_session(flags) as session:
        found = session.connector.remembered(run_id)
        print_details(console_for(flags), found)
        if found.report is not None:
            deliver([found.report], flags)
        elif flags.json:
            click.echo("null")
    return 0
