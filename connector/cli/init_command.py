"""`init`: a configuration file for a tenant, tried before it is written."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import click

from connector.cli.flags import FILE, gathered

if TYPE_CHECKING:
    from pathlib import Path

    from connector.cli.init_settings import Answers
    from connector.usecases.sign_in import SignedIn

METHODS: Final = (
    *("client-secret", "certificate", "managed-identity", "workload-identity"),
    *("azure-cli", "device-code", "none"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InitFlags:
    """What the flags say; whatever is missing is asked for where somebody is at the terminal."""

    out: Path
    url: str | None = None
    method: str | None = None
    tenant_id: str | None = None
    client_id: str | None = None
    certificate: Path | None = None
    authority: str | None = None
    time_zone: str | None = None
    write_secret: bool = False
    untried: bool = False
    force: bool = False


@click.command()
@click.option("--url", help="Address of the environment: https://contoso.crm4.dynamics.com.")
@click.option("--method", type=click.Choice(METHODS), help="How to sign in.")
@click.option("--tenant-id", help="Directory of the application.")
@click.option("--client-id", help="The application, or a user-assigned managed identity.")
@click.option("--certificate", type=FILE, help="PEM or PFX file with certificate and key.")
@click.option("--authority", help="Sign-in service [default: that of the environment's cloud].")
@click.option("--time-zone", help="Business time zone, such as Europe/Berlin.")
@click.option(
    "--write-secret",
    is_flag=True,
    help="Write the secret into the file too; better is the environment variable.",
)
@click.option("--untried", is_flag=True, help="Write the file without signing in first.")
@click.option("--force", is_flag=True, help="Replace a file that exists.")
@click.option(
    "--out", type=FILE, default="config.toml", show_default=True, help="The file to write."
)
@gathered(InitFlags, "flags")
def init(*, flags: InitFlags) -> int:
    """
    Ask for address, sign-in and time zone, try them, and write a commented config.toml.

    Each answer can be given as a flag; where nobody is at the terminal, all of them have to be.
    A secret is taken from PROFORMA__AUTH__CLIENT_SECRET, or asked for.
    """
    from connector.cli.init_settings import write_settings  # noqa: PLC0415 - slow to import

    _refuse_place(flags)
    answers = _answers(flags)
    signed_in = None if flags.untried else _tried(answers)
    answers = replace(answers, time_zone=_zone(flags, signed_in))
    write_settings(flags.out, answers, with_secret=flags.write_secret)
    _tell_doubts(answers.time_zone, signed_in)
    _tell_written(flags, answers)
    return 0


def _refuse_place(flags: InitFlags) -> None:
    if flags.out.exists() and not flags.force:
        message = f"{flags.out} exists already; --force replaces it, --out names another file"
        raise click.UsageError(message)
    if not flags.out.absolute().parent.is_dir():
        message = f"{flags.out} cannot be written: its folder does not exist"
        raise click.UsageError(message)


def _answers(flags: InitFlags) -> Answers:
    from connector.cli.init_settings import NEEDED, SECRET, Answers  # noqa: PLC0415 - slow

    if not sys.stdin.isatty():
        _refuse_missing(flags)
    url = flags.url or click.prompt("Address of the environment", err=True)
    method = flags.method or click.prompt(
        "Sign-in", type=click.Choice(METHODS), default="client-secret", err=True
    )
    needed = NEEDED.get(method, ())
    given = {"tenant_id": flags.tenant_id, "client_id": flags.client_id}
    asked = {
        key: value or click.prompt(_PROMPTS[key], err=True)
        for key, value in given.items()
        if key in needed or value
    }
    certificate = flags.certificate
    if "certificate" in needed and certificate is None:
        certificate = click.prompt(_PROMPTS["certificate"], type=FILE, err=True)
    secret = os.environ.get(SECRET)
    if "client_secret" in needed and not secret:
        secret = click.prompt("Secret (not shown)", hide_input=True, err=True)
    return Answers(
        url=url,
        method=method,
        **asked,
        certificate=certificate,
        authority=flags.authority,
        client_secret=secret if "client_secret" in needed else None,
        time_zone=flags.time_zone or "UTC",
    )


_PROMPTS: Final = {
    "tenant_id": "Directory (tenant) id",
    "client_id": "Application (client) id",
    "certificate": "File with certificate and key",
}


def _refuse_missing(flags: InitFlags) -> None:
    """One message that names everything that nobody can be asked for."""
    from connector.cli.init_settings import NEEDED, SECRET  # noqa: PLC0415 - slow to import

    needed = ("url", "method", "time_zone", *NEEDED.get(flags.method or "", ()))
    given = {name: getattr(flags, name, None) for name in needed}
    given |= {"client_secret": os.environ.get(SECRET)} if "client_secret" in needed else {}
    missing = [
        f"the variable {SECRET}" if name == "client_secret" else f"--{name.replace('_', '-')}"
        for name, value in given.items()
        if not value
    ]
    if missing:
        message = f"nobody is at the terminal to ask; missing: {', '.join(missing)}"
        raise click.UsageError(message)


def _tried(answers: Answers) -> SignedIn:
    from connector.cli.init_settings import try_settings  # noqa: PLC0415 - slow to import

    found = try_settings(answers, announce=lambda text: click.echo(text, err=True))
    text = f"signed in as user {found.user_id} of organization {found.organization_id}"
    click.echo(text, err=True)
    return found


def _zone(flags: InitFlags, signed_in: SignedIn | None) -> str:
    if flags.time_zone:
        return flags.time_zone
    zone = signed_in.zone if signed_in else None
    if zone is not None:
        click.echo(zone.text, err=True)
    known: str | None = zone.zone if zone else None
    answer: str = click.prompt("Business time zone", default=known, err=True)
    return answer


def _tell_doubts(zone: str, signed_in: SignedIn | None) -> None:
    """A zone that is not the users' may still be right: schedules need not be kept in theirs."""
    from connector.cli.init_settings import zone_doubt  # noqa: PLC0415 - slow to import

    doubt = zone_doubt(zone, signed_in) if signed_in else None
    if doubt:
        click.echo(f"warning: {doubt}", err=True)


def _tell_written(flags: InitFlags, answers: Answers) -> None:
    from connector.cli.init_settings import SECRET, other_variables  # noqa: PLC0415 - slow

    click.echo(f"{flags.out} written")
    if answers.client_secret and not flags.write_secret:
        click.echo(f"the secret is not in it: set {SECRET} where proforma runs")
    for name in other_variables(os.environ):
        click.echo(f"note: {name} is set and has the last word over the file")
    click.echo("next: proforma check")
