"""`explain`, `forecast` and `schedule generate`: questions about what is billed when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from connector.cli.flags import Flags, calendar_date, environment_flags, gathered

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


@click.command()
@click.argument("record", metavar="ID", type=click.UUID)
@click.option(
    "--run-date", callback=calendar_date, metavar="DATE", help="YYYY-MM-DD [default: today]."
)
@environment_flags
@gathered(Flags, "flags")
def explain(*, flags: Flags, record: UUID, run_date: date | None) -> int:
    """
    Say what happens to one record on the run date, and why.

    ID is that of a contract, contract line, schedule row, actual, milestone, product line or
    retainer.
    """
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import
    from connector.report.explain import (  # noqa: PLC0415 - slow to import
        explanation_text,
        print_explanation,
    )

    with open_session(flags) as session:
        day = run_date or session.today()
        found = session.connector.explain(record, day)
    print_explanation(console_for(flags), found, day)
    if flags.json:
        click.echo(explanation_text(found, day), nl=False)
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
@click.option(
    "--contract",
    "contracts",
    type=click.UUID,
    multiple=True,
    metavar="ID",
    help="Only this contract; repeatable.",
)
@environment_flags
@gathered(Flags, "flags")
def forecast(*, flags: Flags, first: date | None, last: date, contracts: tuple[UUID, ...]) -> int:
    """
    Show the coming runs with amounts by confidence: ready, not ready, milestone not ready.

    Totals per month and currency come first, with a chart of them.
    """
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import
    from connector.invoicing.ids import ContractId  # noqa: PLC0415 - slow to import
    from connector.report.forecast import (  # noqa: PLC0415 - slow to import
        forecast_text,
        print_forecast,
    )

    with open_session(flags) as session:
        start = first or session.today()
        if last < start:
            message = f"--to {last} lies before --from {start}"
            raise click.UsageError(message)
        wanted = [ContractId(contract) for contract in contracts]
        entries = session.connector.forecast(start, last, contracts=wanted)
    print_forecast(console_for(flags), entries, verbose=flags.verbose)
    if flags.json:
        click.echo(forecast_text(entries, start, last), nl=False)
    return 0


@click.group()
def schedule() -> None:
    """Invoice schedules of contract lines."""


@schedule.command()
@click.argument("line", metavar="LINE_ID", type=click.UUID)
@click.option("--write", is_flag=True, help="Create what the line lacks; else only print it.")
@environment_flags
@gathered(Flags, "flags")
def generate(*, flags: Flags, line: UUID, write: bool) -> int:
    """Make the schedule rows or periodic milestones of a contract line from its frequency."""
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import
    from connector.invoicing.ids import ContractLineId  # noqa: PLC0415 - slow to import
    from connector.report.explain import (  # noqa: PLC0415 - slow to import
        print_schedule,
        schedule_text,
    )

    with open_session(flags) as session:
        made = session.connector.generate_schedule(ContractLineId(line), write=write)
    print_schedule(console_for(flags), made, written=write)
    if flags.json:
        click.echo(schedule_text(made, written=write), nl=False)
    return 0
