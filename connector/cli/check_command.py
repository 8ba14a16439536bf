"""`check`: whether a run could work, before one is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from connector.cli.flags import Flags, environment_flags, gathered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.projectops.role import RolePrivilege


@click.command()
@click.option(
    "--role", is_flag=True, help="Only list the privileges that a security role has to hold."
)
@environment_flags
@gathered(Flags, "flags")
def check(*, flags: Flags, role: bool) -> int:
    """Look at sign-in, names, choices, privileges, dates and the tenant's own job; list faults."""
    from connector.cli.check_view import check_text, print_check  # noqa: PLC0415 - slow to import
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import

    with open_session(flags) as session:
        if role:
            return _show_role(session.connector.role(), flags)
        report = session.connector.check()
    print_check(console_for(flags), report)
    if flags.json:
        click.echo(check_text(report), nl=False)
    return int(report.exit_code)


def _show_role(privileges: Sequence[RolePrivilege], flags: Flags) -> int:
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.role_view import print_role, role_text  # noqa: PLC0415 - slow to import

    print_role(console_for(flags), privileges)
    if flags.json:
        click.echo(role_text(privileges), nl=False)
    return 0
