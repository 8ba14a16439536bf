"""`utilization`: what UpdateRoleUtilization computes, printed or written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from connector.cli.flags import Flags, calendar_date, environment_flags, gathered

if TYPE_CHECKING:
    from datetime import date


@click.command()
@click.option(
    "--from",
    "first",
    callback=calendar_date,
    metavar="DATE",
    help="First day [default: the seventh day before today].",
)
@click.option(
    "--to",
    "last",
    callback=calendar_date,
    metavar="DATE",
    help="Last day, inclusive [default: yesterday].",
)
@click.option("--write", is_flag=True, help="Set the rows of the chart; else only print them.")
@environment_flags
@gathered(Flags, "flags")
def utilization(*, flags: Flags, first: date | None, last: date | None, write: bool) -> int:
    """Show billable time over capacity, by role: what UpdateRoleUtilization computes."""
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import
    from connector.report.utilization import (  # noqa: PLC0415 - slow to import
        print_utilization,
        utilization_text,
    )
    from connector.usecases.utilization import days_before  # noqa: PLC0415 - slow to import

    with open_session(flags) as session:
        usual = days_before(session.today())
        begin, end = first or usual[0], last or usual[1]
        if end < begin:
            message = f"--to {end} lies before --from {begin}"
            raise click.UsageError(message)
        report = session.connector.utilization(begin, end, write=write)
    print_utilization(console_for(flags), report)
    if flags.json:
        click.echo(utilization_text(report), nl=False)
    return 0
