"""`undo`: take back what one of our own runs has written, after showing it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from connector.cli.completion import completed_runs
from connector.cli.flags import Flags, environment_flags, gathered
from connector.errors import ExitCode

if TYPE_CHECKING:
    from connector.cli.session import Session
    from connector.outcome import UndoReport


@click.command()
@click.argument("run_id", shell_complete=completed_runs)
@click.option("--yes", is_flag=True, help="Delete without asking.")
@click.option("--dry-run", is_flag=True, help="Only show what would be deleted, and what stays.")
@environment_flags
@gathered(Flags, "flags")
def undo(*, flags: Flags, run_id: str, yes: bool, dry_run: bool) -> int:
    """
    Delete the untouched drafts of run RUN_ID and set its schedule rows back to Not Run.

    Shows first which drafts would go and why the others stay, and asks. Without a terminal and
    without --yes nothing is deleted, and the exit code is 2.
    """
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import
    from connector.report.undo import undo_text  # noqa: PLC0415 - slow to import

    with open_session(flags) as session:
        if yes and not dry_run:
            report = session.undo(run_id)
            _show(flags, session, report)
            code = int(report.exit_code)
        else:
            report, code = _looked(flags, session, run_id, asks=not dry_run)
    if flags.json:
        click.echo(undo_text(report), nl=False)
    return code


def _looked(flags: Flags, session: Session, run_id: str, *, asks: bool) -> tuple[UndoReport, int]:
    """Show what would go, and let it go after a yes; a no is what the person wanted, too."""
    preview = session.preview_undo(run_id)
    _show(flags, session, preview)
    if not asks or (preview.fates and not preview.to_be_deleted):
        return preview, int(preview.exit_code)
    if not sys.stdin.isatty():
        click.echo("Nothing was deleted: add --yes to delete, --dry-run to look only.", err=True)
        return preview, int(ExitCode.USAGE)
    if not click.confirm(_question(session, len(preview.to_be_deleted)), err=True):
        return preview, int(ExitCode.DONE)
    report = session.undo(run_id)
    _show(flags, session, report)
    return report, int(report.exit_code)


def _question(session: Session, drafts: int) -> str:
    from connector.report.texts.terminal import terminal_texts  # noqa: PLC0415 - slow

    words = terminal_texts(session.settings.report.language)
    return words.several(
        "Delete {number} drafts?", "Delete {number} drafts?", drafts, number=words.told(drafts)
    )


def _show(flags: Flags, session: Session, report: UndoReport) -> None:
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.undo_view import print_undo  # noqa: PLC0415 - slow to import
    from connector.report.texts.terminal import terminal_texts  # noqa: PLC0415 - slow

    words = terminal_texts(session.settings.report.language)
    print_undo(console_for(flags), report, words, verbose=flags.verbose)
