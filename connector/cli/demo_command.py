"""`demo`: the sample tenant, every day of October and November 2020, over real HTTP."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import click

from connector.cli.flags import Flags, gathered, report_flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from connector.emulator import Emulator
    from connector.run_report import RunReport
    from connector.settings.load import Settings

FIRST_DAY: Final = date(2020, 10, 1)
LAST_DAY: Final = date(2020, 11, 30)


@click.command()
@click.option("--json", is_flag=True, help="Print the JSON documents of the first pass.")
@click.option("-v", "--verbose", is_flag=True, help="Show every detail of every draft.")
@report_flag
@gathered(Flags, "flags")
def demo(*, flags: Flags) -> int:
    """Run invoice creation for the sample tenant against the embedded emulator."""
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - help does without it

    from connector.cli.output import check_report_path  # noqa: PLC0415 - slow to import
    from connector.emulator import Emulator  # noqa: PLC0415 - slow to import
    from connector.sample_tenant import sample_seed  # noqa: PLC0415 - reads the whole file

    check_report_path(flags)
    emulator = Emulator(seed=sample_seed())
    try:
        with emulator.serve() as server, TemporaryDirectory(prefix="proforma-demo-") as store:
            return _show(emulator, _settings(server.url, store), flags)
    finally:
        emulator.close()


def _settings(url: str, store: str) -> Settings:
    from connector.settings.load import DataverseSection, RunSection, Settings  # noqa: PLC0415 - slow

    run = RunSection(store=store, time_zone="UTC")
    return Settings(dataverse=DataverseSection(url=url), run=run)


def _show(emulator: Emulator, settings: Settings, flags: Flags) -> int:
    from connector.cli.output import console_for, deliver  # noqa: PLC0415 - slow to import
    from connector.connector import Connector  # noqa: PLC0415 - slow to import
    from connector.report import console as shown  # noqa: PLC0415 - slow to import
    from connector.report.view import latest_contracts  # noqa: PLC0415 - slow to import

    console = console_for(flags)
    console.print(f"The sample tenant is served at {settings.dataverse.url}\n")
    first = _every_day(settings, "first")
    console.print("Drafts that were written, run by run:\n")
    for report in first:
        shown.print_drafts(console, report, verbose=flags.verbose)
    console.print("Calendar of runs:")
    shown.print_calendar(console, first)
    console.print("What was left behind when each contract was last looked at:")
    shown.print_left_behind(console, latest_contracts(first), verbose=flags.verbose)
    with Connector(settings, session="demo-report") as connector:
        deliver(first, flags, connector)
    before = emulator.dump()
    second = _every_day(settings, "second")
    is_same = before == emulator.dump() and not any(report.totals.invoices for report in second)
    _sum_up(console, first, is_same=is_same)
    failed = any(report.exit_code for report in (*first, *second))
    return int(failed or not is_same)


def _every_day(settings: Settings, name: str) -> tuple[RunReport, ...]:
    """One run a day, as a job would do it that never fails."""
    from connector.connector import Connector  # noqa: PLC0415 - slow to import

    days = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    with Connector(settings, session=f"demo-{name}") as connector:
        return tuple(connector.run(day, run_id=f"demo-{name}-{day}") for day in days)


def _sum_up(console: Console, reports: Sequence[RunReport], *, is_same: bool) -> None:
    drafts = sum(report.totals.invoices for report in reports)
    lines = sum(report.totals.lines for report in reports)
    console.print(f"{len(reports)} runs wrote {drafts} drafts with {lines} lines.")
    if is_same:
        console.print("A second pass over the same days wrote nothing: every row is as before.")
    else:
        console.print("A second pass over the same days CHANGED rows, which must not happen.")
