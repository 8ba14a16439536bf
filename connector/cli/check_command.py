"""`check`: whether a run could work, before one is tried."""

from __future__ import annotations

import click

from connector.cli.flags import Flags, environment_flags, gathered


@click.command()
@environment_flags
@gathered(Flags, "flags")
def check(*, flags: Flags) -> int:
    """Look at sign-in, tables, columns, choices and the tenant's own job; list all faults."""
    from connector.cli.check_view import check_text, print_check  # noqa: PLC0415 - slow to import
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import

    with open_session(flags) as session:
        report = session.connector.check()
    print_check(console_for(flags), report)
    if flags.json:
        click.echo(check_text(report), nl=False)
    return int(report.exit_code)
