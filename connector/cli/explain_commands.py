"""`explain`, `forecast` and `schedule generate`: questions about what is billed when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from connector.cli.completion import completed_contracts
from connector.cli.flags import Flags, calendar_date, contract_flag, environment_flags, gathered

if TYPE_CHECKING:
    from datetime import date


@click.command()
@click.argument("record", metavar="RECORD", shell_complete=completed_contracts)
@click.option(
    "--run-date", callback=calendar_date, metavar="DATE", help="YYYY-MM-DD [default: today]."
)
@contract_flag
@environment_flags
@gathered(Flags, "flags")
def explain(*, flags: Flags, record: str, run_date: date | None, contracts: tuple[str, ...]) -> int:
    """
    Tell the story of one record: what billed it, or what happens to it on the run date, and why.

    RECORD is the id of a contract, contract line, schedule row, actual, milestone, product line,
    retainer, invoice, invoice line or invoice line detail; or the number or name of a contract or
    invoice; or the name of a contract line, milestone or retainer, of --contract where several
    have it.
    """
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import
    from connector.report.explain import (  # noqa: PLC0415 - slow to import
        explanation_text,
        print_explanation,
    )
    from connector.report.texts.terminal import terminal_texts  # noqa: PLC0415 - slow

    with open_session(flags) as session:
        day = run_date or session.today()
        wanted = session.connector.record_called(record, session.contracts(contracts))
        found = session.connector.explain(wanted, day)
        url = session.settings.dataverse.url
    console = console_for(flags, links=session.settings.report.links)
    words = terminal_texts(session.settings.report.language)
    print_explanation(console, found, day, url, words)
    if flags.json:
        click.echo(explanation_text(found, day, url), nl=False)
    return 0


@click.command()
@click.option(
    "--from",
    "first",
    callback=calendar_date,
    metavar="DATE",
    help="First run date [default: today].",
)
@click.option(
    "--to",
    "last",
    callback=calendar_date,
    metavar="DATE",
    required=True,
    help="Last run date, inclusive.",
)
@contract_flag
@environment_flags
@gathered(Flags, "flags")
def forecast(*, flags: Flags, first: date | None, last: date, contracts: tuple[str, ...]) -> int:
    """
    Show the coming runs with amounts by confidence: ready, not ready, milestone not ready.

    Totals per month and currency come first, with a chart of them.
    """
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import
    from connector.report.forecast import (  # noqa: PLC0415 - slow to import
        forecast_text,
        print_forecast,
    )
    from connector.report.texts.terminal import terminal_texts  # noqa: PLC0415 - slow

    with open_session(flags) as session:
        start = first or session.today()
        if last < start:
            message = f"--to {last} lies before --from {start}"
            raise click.UsageError(message)
        wanted = session.contracts(contracts)
        entries = session.connector.forecast(start, last, contracts=wanted)
    words = terminal_texts(session.settings.report.language)
    print_forecast(console_for(flags), entries, words, verbose=flags.verbose)
    if flags.json:
        click.echo(forecast_text(entries, start, last), nl=False)
    return 0


@click.group()
def schedule() -> None:
    """Invoice schedules of contract lines."""


@schedule.command()
@click.argument("line", metavar="LINE")
@click.option("--write", is_flag=True, help="Create what the line lacks; else only print it.")
@contract_flag
@environment_flags
@gathered(Flags, "flags")
def generate(*, flags: Flags, line: str, write: bool, contracts: tuple[str, ...]) -> int:
    """
    Make the schedule rows or periodic milestones of a contract line from its frequency.

    LINE is the line's id or its name; --contract says of which contract.
    """
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import
    from connector.report.explain import (  # noqa: PLC0415 - slow to import
        print_schedule,
        schedule_text,
    )

    with open_session(flags) as session:
        wanted = session.connector.line_called(line, session.contracts(contracts))
        made = session.connector.generate_schedule(wanted, write=write)
    print_schedule(console_for(flags), made, written=write)
    if flags.json:
        click.echo(schedule_text(made, written=write), nl=False)
    return 0
