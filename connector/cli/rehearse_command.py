"""`rehearse`: a run in an emulator that is filled from the tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from connector.cli.flags import (
    Flags,
    Scope,
    environment_flags,
    gathered,
    override_flag,
    report_flag,
    scope_flags,
)

if TYPE_CHECKING:
    from connector.cli.session import Session
    from connector.run_report import Rehearsal


@click.command()
@scope_flags
@override_flag
@report_flag
@environment_flags
@gathered(Flags, "flags")
@gathered(Scope, "scope")
def rehearse(*, flags: Flags, scope: Scope) -> int:
    """
    Run the date in an emulator filled from the tenant, of which only reads are asked.

    Shows what the drafts would look like with the platform's own totals and status moves; nothing
    is written to the tenant.
    """
    from connector.cli.output import check_report_path, rejection_shown  # noqa: PLC0415 - slow
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import

    check_report_path(flags)
    with open_session(flags) as session:
        with rejection_shown(flags, session):
            found = session.rehearse(scope)
        return _shown(found, flags, session)


def _shown(found: Rehearsal, flags: Flags, session: Session) -> int:
    from connector.cli.output import console_for, surroundings_for  # noqa: PLC0415 - slow
    from connector.report.console import print_run  # noqa: PLC0415 - slow to import
    from connector.report.files import write_report  # noqa: PLC0415 - slow to import
    from connector.report.rehearsal import print_effects, rehearsal_chunks  # noqa: PLC0415
    from connector.report.screen import print_screen  # noqa: PLC0415 - slow to import
    from connector.report.texts.terminal import terminal_texts  # noqa: PLC0415 - slow

    console = console_for(flags, links=False)  # its drafts are gone with the emulator
    words = terminal_texts(session.settings.report.language)
    if flags.verbose:
        print_run(console, found.report, words, verbose=True)
    print_screen(console, [found.report], words)
    print_effects(console, found, words, verbose=flags.verbose)
    if flags.json:
        for chunk in rehearsal_chunks(found):
            click.echo(chunk, nl=False)
    if flags.report:
        reports = [found.report]
        write_report(
            reports, flags.report, surroundings_for(flags.report, reports, session.connector)
        )
    return int(found.report.exit_code)
