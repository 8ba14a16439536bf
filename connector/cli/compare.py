"""`compare`: our plan beside the drafts of the tenant's own job."""

from __future__ import annotations

import click

from connector.cli.flags import (
    Flags,
    Scope,
    calendar_date,
    contract_flag,
    environment_flags,
    gathered,
)


@click.command()
@click.option(
    "--run-date",
    callback=calendar_date,
    metavar="DATE",
    help="YYYY-MM-DD [default: today in the business zone].",
)
@contract_flag
@environment_flags
@gathered(Flags, "flags")
@gathered(Scope, "scope")
def compare(*, flags: Flags, scope: Scope) -> int:
    """Compare what we would bill on the run date with what the tenant's own job has made."""
    from connector.cli.comparison_view import print_comparison  # noqa: PLC0415 - slow to import
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import
    from connector.report.comparison import comparison_text  # noqa: PLC0415 - slow to import
    from connector.report.texts.terminal import terminal_texts  # noqa: PLC0415 - slow

    with open_session(flags) as session:
        found = session.compare(scope)
    words = terminal_texts(session.settings.report.language)
    print_comparison(console_for(flags), found, words, verbose=flags.verbose)
    if flags.json:
        click.echo(comparison_text(found), nl=False)
    return int(found.exit_code)
