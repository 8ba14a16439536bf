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

catch_up_flag: Final = click.option(
    "--catch-up",
    type=click.IntRange(min=AS_CONFIGURED),
    is_flag=False,
    flag_value=AS_CONFIGURED,
    metavar="[DAYS]",
    help="First run the missed dates of the last DAYS days, in order.",
)


@click.command()
@scope_flags
@override_flag
@click.option("--dry-run", is_flag=True, help="Stop after the check: print, write nothing.")
@catch_up_flag
@report_flag
@environment_flags
@gathered(Flags, "flags")
@gathered(Scope, "scope")
def run(*, flags: Flags, scope: Scope, dry_run: bool, catch_up: int | None) -> int:
    """Plan, check, write and verify the drafts that are due on the run date."""
    with _opened(flags) as session:
        run_or_preview = session.preview_due if dry_run else session.run_due
        return _shown(run_or_preview(scope, catch_up), flags, scope, session)


@click.command()
@scope_flags
@override_flag
@catch_up_flag
@click.option(
    "--out",
    type=FILE,
    required=True,
    help="Where to put the plan; with --catch-up one file a date, which its name then ends with.",
)
@report_flag
@environment_flags
@gathered(Flags, "flags")
@gathered(Scope, "scope")
def plan(*, flags: Flags, scope: Scope, catch_up: int | None, out: Path) -> int:
    """
    Decide which drafts are due and freeze the decision in a file; writes nothing else.

    With --catch-up each date is planned as if those before it had been written: apply the files
    in the order of their dates.
    """
    _check_folder(out)
    with _opened(flags) as session:
        if catch_up is None:
            reports: Sequence[RunReport] = [session.preview(scope)]
            files = [out]
        else:
            reports = session.preview_due(scope, catch_up)
            files = [_of_date(out, report) for report in reports]
        for report, file in zip(reports, files, strict=True):
            session.connector.save_plan(report.plan, file)
            if catch_up is not None:
                click.echo(f"{file} is the plan of {report.run_date}", err=True)
        return _shown(reports, flags, scope, session, files)


def _of_date(out: Path, report: RunReport) -> Path:
    """`plan.json` becomes `plan-2020-10-05.json`."""
    return out.with_name(f"{out.stem}-{report.run_date.isoformat()}{out.suffix}")


@click.command()
@click.argument("file", type=FILE)
@report_flag
@environment_flags
@gathered(Flags, "flags")
def apply(*, flags: Flags, file: Path) -> int:
    """Write the drafts of a plan that `plan` made, unless it or its sources changed since."""
    with _opened(flags) as session:
        return _shown([session.apply(file)], flags, Scope(), session)


def _check_folder(out: Path) -> None:
    """Refuse a plan that could not be written before anything is read for it."""
    from connector.runs.plan_text import PlanFileError  # noqa: PLC0415 - help does without it

    if not out.absolute().parent.is_dir():
        message = f"the plan {out} cannot be written: its folder does not exist"
        raise PlanFileError(message)


@contextmanager
def _opened(flags: Flags) -> Iterator[Session]:
    from connector.cli.output import check_report_path, rejection_shown  # noqa: PLC0415 - slow
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import

    check_report_path(flags)
    with open_session(flags) as session, rejection_shown(flags, session):
        yield session


def _shown(
    reports: Sequence[RunReport],
    flags: Flags,
    scope: Scope,
    session: Session,
    plan_files: Sequence[Path] = (),
) -> int:
    from connector.cli.output import show_runs  # noqa: PLC0415 - slow to import

    return show_runs(reports, flags, scope, session, plan_files)
