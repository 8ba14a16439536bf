"""`emulator conform`: where an environment answers otherwise than the documentation says."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import click

from connector.cli.cassette_commands import conform_cassette
from connector.cli.flags import FILE, Flags, environment_flags, gathered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.conform.probe import Probe
    from connector.settings.load import Settings

DIFFERS: Final = 1
SOURCE: Final = click.Path(path_type=Path, exists=True)
_URL: Final = "PROFORMA__DATAVERSE__URL"
_TIME_ZONE: Final = "PROFORMA__RUN__TIME_ZONE"
_METHOD: Final = "PROFORMA__AUTH__METHOD"


@click.command()
@click.option("--url", help="The environment [default: that of the configuration].")
@click.option("--cassette", type=FILE, help="Compare this recording with a fresh emulator instead.")
@click.option(
    "--seed",
    "seeds",
    type=SOURCE,
    multiple=True,
    help="With --cassette: the rows of that emulator [default: what its reads show]; repeatable.",
)
@click.option("--schema", type=SOURCE, help="With --cassette: the tables of that emulator.")
@environment_flags
@gathered(Flags, "flags")
def conform(
    *,
    flags: Flags,
    url: str | None,
    cassette: Path | None,
    seeds: tuple[Path, ...],
    schema: Path | None,
) -> int:
    """
    Compare how an environment answers reads with what is documented.

    Nothing is written to it. With --cassette the embedded emulator is compared with what
    `emulator record` has kept of a tenant. The exit code is 1 when there are differences.
    """
    if cassette is None and (seeds or schema):
        message = "--seed and --schema belong to --cassette"
        raise click.UsageError(message)
    if cassette is not None and url is not None:
        message = "--cassette is compared with an emulator of its own, --url with the documentation"
        raise click.UsageError(message)
    if cassette is not None:
        return conform_cassette(flags, cassette, seeds, schema)
    from connector.cli.conform_view import conform_text, print_outcomes  # noqa: PLC0415 - slow
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.conform import Verdict, run_checks  # noqa: PLC0415 - slow to import

    settings = _settings(flags, url)
    with _probe(settings) as probe:
        outcomes = tuple(run_checks(probe))
    print_outcomes(console_for(flags), outcomes, verbose=flags.verbose)
    if flags.json:
        click.echo(conform_text(settings.dataverse.url, outcomes), nl=False)
    return DIFFERS if any(one.verdict is Verdict.DIFFERS for one in outcomes) else 0


def _settings(flags: Flags, url: str | None) -> Settings:
    """The settings with *url* in the place of theirs; a loopback address needs no sign-in."""
    from connector.cli.logs import set_up_logs  # noqa: PLC0415 - slow to import
    from connector.dataverse.address import is_loopback  # noqa: PLC0415 - slow to import
    from connector.settings.load import load_settings  # noqa: PLC0415 - slow to import

    environ = dict(os.environ) | {_TIME_ZONE: "UTC"}  # dates are not looked at
    if url is not None:
        environ[_URL] = url
        if is_loopback(url):
            environ[_METHOD] = "none"
    settings = load_settings(flags.config, environ)
    level = "debug" if flags.verbose else settings.log.level.value
    set_up_logs(flags.log_format or settings.log.format.value, level)
    return settings


@contextmanager
def _probe(settings: Settings) -> Iterator[Probe]:
    from connector.conform.probe import Probe  # noqa: PLC0415 - slow to import
    from connector.dataverse.auth import token_source  # noqa: PLC0415 - slow to import
    from connector.dataverse.errors import DataverseError  # noqa: PLC0415 - slow to import
    from connector.dataverse.transport import RequestsTransport  # noqa: PLC0415 - slow to import

    url = settings.dataverse.url
    root = f"{url}/api/data/{settings.dataverse.api_version}/"
    tokens = token_source(settings.auth.sign_in, url, now=time.time)
    transport = RequestsTransport(
        root, tokens, ids=uuid4, clock=time.perf_counter, sleep=time.sleep
    )
    try:
        yield Probe(transport)
    except DataverseError as error:
        error.add_note(f"environment: {url}")
        raise
    finally:
        transport.close()
