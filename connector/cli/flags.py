"""What several commands have in common: parameter types, and flags bundled into one value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import click

from connector.cli.completion import completed_contracts
from connector.flag_bundles import FILE, Command, gathered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from connector.scope import Override

__all__ = [
    "FILE",
    "Flags",
    "Scope",
    "calendar_date",
    "environment_flags",
    "gathered",
    "override_flag",
    "report_flag",
    "scope_flags",
]

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")


def calendar_date(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> date | None:
    """The date that *text* spells; anything else is a usage error."""
    if text is None:
        return None
    if not _DATE.fullmatch(text):
        message = f"expected a date such as 2020-10-05, not {text!r}"
        raise click.BadParameter(message)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is no day of the calendar: {error}"
        raise click.BadParameter(message) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """The flags that every command on a tenant takes."""

    config: Path | None = None
    json: bool = False
    report: Path | None = None
    log_format: str | None = None
    verbose: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a run or plan looks at; without a date it is today's."""

    run_date: date | None = None
    contracts: tuple[str, ...] = ()
    beside_platform_job: bool = False
    overrides: tuple[Override, ...] = ()


def environment_flags(command: Command) -> Command:
    """`--config`, `--json`, `--log-format`, `-q` and `-v`, passed as `flags`."""
    for option in (
        click.option("-q", "--quiet", is_flag=True, help="Show no progress."),
        click.option("-v", "--verbose", is_flag=True, help="Show every detail, and log more."),
        click.option(
            "--log-format",
            type=click.Choice(["text", "json"]),
            help="How log lines look; they go to standard error.",
        ),
        click.option(
            "--json", is_flag=True, help="Print the JSON document; text for people goes aside."
        ),
        click.option(
            "--config", type=FILE, help="Settings [default: config.toml, else PROFORMA_CONFIG]."
        ),
    ):
        command = option(command)
    return command


def report_flag(command: Command) -> Command:
    """`--report FILE`, a part of `flags`."""
    return click.option(
        "--report", type=FILE, help="Also write a report: FILE.html, .csv, .xlsx or .json."
    )(command)


def override_flag(command: Command) -> Command:
    """`--override CODE=REASON`, a part of `scope`."""
    return click.option(
        "--override",
        "overrides",
        multiple=True,
        callback=_overrides,
        metavar="CODE=REASON",
        help="Lift the safety bound CODE for a reason that the report repeats; repeatable.",
    )(command)


def _overrides(
    _context: click.Context, _parameter: click.Parameter, texts: Sequence[str]
) -> tuple[Override, ...]:
    from connector.scope import Override  # noqa: PLC0415 - help does without it

    parts = (text.partition("=") for text in texts)
    return tuple(Override(code=code.strip(), reason=reason.strip()) for code, _, reason in parts)


def contract_flag(command: Command) -> Command:
    """`--contract`, repeatable: an id, a contract number or a name."""
    return click.option(
        "--contract",
        "contracts",
        multiple=True,
        metavar="CONTRACT",
        shell_complete=completed_contracts,
        help="Only this contract, by number, name or id; repeatable.",
    )(command)


def scope_flags(command: Command) -> Command:
    """What narrows a run: date, contracts, and whether the tenant's own job may be active."""
    for option in (
        click.option(
            "--beside-platform-job",
            is_flag=True,
            help="Go on although the tenant's own create-invoices job is active.",
        ),
        contract_flag,
        click.option(
            "--run-date",
            callback=calendar_date,
            metavar="YYYY-MM-DD",
            help="[default: today in the business time zone]",
        ),
    ):
        command = option(command)
    return command
