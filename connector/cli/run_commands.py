"""`run`, and its two halves `plan` and `apply`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from connector.cli.flags import (
    FILE,
    Flags,
    Scope,
    environment_flags,
    gathered,
    override_flag,
    report_flag,
    scope_flags,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from connector.cli.session import Session
    from connector.run_report import RunReport

#: `--catch-up` without a number: as many days as the settings say.
AS_CONFIGURED: Final = 0


@click.command()
@scope_flags
@override_flag
@click.option("--dry-run", is_flag=True, help="Stop after the check: print, write nothing.")
@click.option(
    "--catch-up",
    type=click.IntRange(min=AS_CONFIGURED),
    is_flag=False,
    flag_value=AS_CONFIGURED,
    metavar="[DAYS]",
    help="First run the missed dates of the last DAYS days, in order.",
)
@report_flag
@environment_flags
@gathered(Flags, "flags")
@gathered(Scope, "scope")
def run(*, flags: Flags, scope: Scope, dry_run: bool, catch_up: int | None) -> int:
    """Plan, check, write and verify the drafts that are due on the run date."""
    if dry_run and catch_up is not None:
        message = "--dry-run shows one date: what a later one bills depends on those before it"
        raise click.UsageError(message)
    with _opened(flags) as session:
        if dry_run:
            return _shown([session.preview(scope)], flags, scope)
        return _shown(session.run_due(scope, catch_up), flags, scope)


@click.command()
@scope_flags
@override_flag
@click.option("--out", type=FILE, required=True, help="Where to put the plan.")
@report_flag
@environment_flags
@gathered(Flags, "flags")
@gathered(Scope, "scope")
def plan(*, flags: Flags, scope: Scope, out: Path) -> int:
    """Decide which drafts are due and freeze the decision in a file; writes nothing else."""
    with _opened(flags) as session:
        report = session.preview(scope)
        session.connector.save_plan(report.plan, out)
        return _shown([report], flags, scope, out)


@click.command()
@click.argument("file", type=FILE)
@report_flag
@environment_flags
@gathered(Flags, "flags")
def apply(*, flags: Flags, file: Path) -> int:
    """Write the drafts of a plan that `plan` made, unless it or its sources changed since."""
    with _opened(flags) as session:
        return _shown([session.apply(file)], flags, Scope())


@contextmanager
def _opened(flags: Flags) -> Iterator[Session]:
    from connector.cli.output import check_report_path, rejection_shown  # noqa: PLC0415 - slow
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import

    check_report_path(flags)
    with open_session(flags) as session, rejection_shown(flags, session.run_id):
        yield session


def _shown(
    reports: Sequence[RunReport], flags: Flags, scope: Scope, plan_file: Path | None = None
) -> int:
    from connector.cli.output import show_runs  # noqa: PLC0415 - slow to import

    return show_runs(reports, flags, scope, plan_file)
