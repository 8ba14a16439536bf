"""`emulator serve`, `seed` and `snapshot`: the embedded Web API as a server of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from connector.cli.cassette_commands import record, replay
from connector.cli.conform_command import conform
from connector.cli.flags import FILE
from connector.emulator_program import SOURCE, serve

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
def emulator() -> None:
    """The embedded Dataverse Web API."""


for command in (serve, conform, record, replay):
    emulator.add_command(command)


@emulator.command()
@click.option("--url", required=True, help="Where it listens, as `emulator serve` printed it.")
@click.option("--strict", is_flag=True, help="Refuse lookups to rows that are not there.")
@click.option("--lenient", is_flag=True, help="Leave out what cannot be read, and list it.")
@click.argument("sources", type=SOURCE, nargs=-1, required=True)
def seed(*, url: str, strict: bool, lenient: bool, sources: tuple[Path, ...]) -> int:
    """
    Load the rows of SOURCES into a running emulator; rows that exist get their values.

    A source is a JSON, CSV, zip or data.xml file, or a folder of such files. All of them are
    loaded together, or none is.
    """
    from connector.cli.control_plane import load_rows  # noqa: PLC0415 - requests is slow

    loaded = load_rows(url, sources, strict=strict, lenient=lenient)
    click.echo(f"{loaded.rows} rows loaded")
    for line in loaded.remarks:
        click.echo(line, err=True)
    return 0


@emulator.command()
@click.option("--url", required=True, help="Where it listens, as `emulator serve` printed it.")
@click.option("--out", type=FILE, required=True, help="The file to write, in the seed format.")
def snapshot(*, url: str, out: Path) -> int:
    """Write every row of a running emulator into a file that `emulator seed` takes."""
    from connector.cli.control_plane import save_rows  # noqa: PLC0415 - requests is slow

    click.echo(f"{save_rows(url, out)} rows written to {out}")
    return 0
