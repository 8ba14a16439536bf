"""`undo`: take back what one of our own runs has written."""

from __future__ import annotations

import click

from connector.cli.flags import Flags, environment_flags, gathered


@click.command()
@click.argument("run_id")
@environment_flags
@gathered(Flags, "flags")
def undo(*, flags: Flags, run_id: str) -> int:
    """Delete the untouched drafts of run RUN_ID and set its schedule rows back to Not Run."""
    from connector.cli.history_view import print_undo  # noqa: PLC0415 - slow to import
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import
    from connector.report.undo import undo_text  # noqa: PLC0415 - slow to import

    with open_session(flags) as session:
        report = session.undo(run_id)
    print_undo(console_for(flags), report)
    if flags.json:
        click.echo(undo_text(report), nl=False)
    return int(report.exit_code)
