"""`emulator record`, `emulator replay` and the cassette side of `emulator conform`."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from connector.cli.flags import FILE, Flags
from connector.stopping import until_told_to_stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from wsgiref.types import WSGIApplication

    from connector.emulator.serving.server import Server

DIFFERS: Final = 1
_NOTICE_SECONDS: Final = 0.2
_PORT: Final = click.IntRange(0, 65535)


@click.command()
@click.option("--to", "tenant", required=True, metavar="URL", help="The tenant's address.")
@click.option("--port", type=_PORT, default=0, help="0 picks a free one.")
@click.option("--out", type=FILE, help="The cassette to write [default: cassette-DATE-TIME.jsonl].")
@click.option(
    "--config", type=FILE, help="Sign in as [auth] of these settings says, instead of the client."
)
def record(*, tenant: str, port: int, out: Path | None, config: Path | None) -> int:
    """
    Stand between a client and a tenant, and write what they say into a cassette.

    Give the client the printed address in the place of the tenant's. Tokens, passwords, keys and
    cookies are left out; names and texts of rows are not.
    """
    from connector.cassette import Recorder  # noqa: PLC0415 - slow to import

    origin = _origin(tenant)
    path = out or _default_name()
    with Recorder(origin, path, _token(config, origin)) as recorder:
        code = _serve(recorder, port, f"recording {origin} into {path}")
    click.echo(f"{recorder.recorded} exchanges recorded in {path}", err=True)
    return code


@click.command()
@click.option("--port", type=_PORT, default=0, help="0 picks a free one.")
@click.argument("cassette", type=FILE)
def replay(*, port: int, cassette: Path) -> int:
    """Answer from CASSETTE what was recorded there; anything else gets 501 by name."""
    from connector.cassette import Replayer, read_cassette  # noqa: PLC0415 - slow to import

    found = read_cassette(cassette)
    return _serve(Replayer(found), port, f"replaying {len(found.exchanges)} exchanges")


def conform_cassette(flags: Flags, path: Path, seeds: Sequence[Path], schema: Path | None) -> int:
    """Compare a cassette with a fresh emulator that has *seeds*, else the rows of its reads."""
    from connector.cassette import compare_cassette, read_cassette  # noqa: PLC0415 - slow to import
    from connector.cassette.filling import fill  # noqa: PLC0415 - slow to import
    from connector.cli.cassette_view import compared_text, print_compared  # noqa: PLC0415 - slow
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.emulator import (  # noqa: PLC0415 - slow to import
        Emulator,
        SchemaError,
        SeedError,
        load_schema,
    )

    cassette = read_cassette(path)
    try:
        emulator = Emulator(load_schema(schema))
        remarks = emulator.seed(*seeds).remarks if seeds else fill(emulator, cassette)
    except (SchemaError, SeedError) as error:
        raise click.UsageError(str(error)) from error
    for line in remarks:
        click.echo(line, err=True)
    with emulator.serve() as server:
        compared = tuple(compare_cassette(cassette, server.url))
    emulator.close()
    print_compared(console_for(flags), compared, verbose=flags.verbose)
    if flags.json:
        click.echo(compared_text(path, compared), nl=False)
    return DIFFERS if any(one.gaps for one in compared) else 0


def _serve(application: WSGIApplication, port: int, what: str) -> int:
    from connector.emulator.serving import server as servers  # noqa: PLC0415 - slow to import

    try:
        server = servers.start(application, port=port)
    except OSError as error:
        message = f"cannot listen on port {port}: {error.strerror or error}"
        raise click.UsageError(message) from error
    with _stopped_after(server), until_told_to_stop() as stop:
        click.echo(f"listening on {server.url}")
        click.echo(what, err=True)
        while not stop.wait(_NOTICE_SECONDS):
            pass
    return 0


@contextmanager
def _stopped_after(server: Server) -> Iterator[None]:
    """Stop *server* at the end of the block."""
    try:
        yield
    finally:
        server.stop()


def _origin(tenant: str) -> str:
    """Scheme and host; plain http to this machine only, for tokens travel along."""
    from connector.dataverse.address import resource_url  # noqa: PLC0415 - slow to import
    from connector.dataverse.errors import UnusableSettings  # noqa: PLC0415 - slow to import

    try:
        return resource_url(tenant)
    except UnusableSettings as error:
        message = f"--to {error}"
        raise click.UsageError(message) from error


def _default_name() -> Path:
    from datetime import UTC, datetime  # noqa: PLC0415 - help does without it
    from pathlib import Path  # noqa: PLC0415 - help does without it

    return Path(f"cassette-{datetime.now(UTC):%Y%m%d-%H%M%S}.jsonl")


def _token(config: Path | None, origin: str) -> Callable[[], str] | None:
    """The sign-in of the settings in *config*, for the tenant at *origin*."""
    if config is None:
        return None
    import os  # noqa: PLC0415 - help does without it

    from connector.dataverse.auth import token_source  # noqa: PLC0415 - slow to import
    from connector.settings.load import load_settings  # noqa: PLC0415 - slow to import

    settings = load_settings(config, os.environ)
    if settings.dataverse.url != origin:
        message = f"--config {config} is for {settings.dataverse.url}, and --to says {origin}"
        raise click.UsageError(message)
    return token_source(settings.auth.sign_in, origin, now=time.time).token
