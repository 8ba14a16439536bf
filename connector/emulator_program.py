"""
`proforma-emulator`: the embedded Web API as a program of its own, for clients in any language.

It is what `proforma emulator serve` runs as well. Nothing of the connector is imported here but
the emulator and the rows of the sample tenant.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from connector._version import __version__
from connector.flag_bundles import FILE, gathered
from connector.stopping import until_told_to_stop

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from connector.emulator import Emulator, EmulatorOptions, Schema, TlsFiles

EXISTING: Final = click.Path(path_type=Path, dir_okay=False, exists=True)
SOURCE: Final = click.Path(path_type=Path, exists=True)
_NOTICE_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeFlags:
    """How the emulator is made and served."""

    host: str
    port: int
    seed: tuple[Path, ...]
    strict: bool
    lenient: bool
    privileges: Path | None
    schema: Path | None
    definitions: tuple[Path, ...]
    schema_only: bool
    behaviour: str
    store: Path | None
    limits: bool
    rounding: bool
    latency: int
    tls_cert: Path | None
    tls_key: Path | None


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; other machines reach 0.0.0.0, and nobody is asked who they are.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 picks a free one.")
@click.option(
    "--seed",
    type=SOURCE,
    multiple=True,
    help="Rows: a JSON, CSV, zip or data.xml file, or a folder of them; repeatable "
    "[default: the sample tenant].",
)
@click.option("--strict", is_flag=True, help="Refuse lookups to rows that are not there.")
@click.option("--lenient", is_flag=True, help="Leave out what cannot be read, and list it.")
@click.option(
    "--privileges",
    type=EXISTING,
    help="What users may do: a JSON file of users, tables, rights and depths "
    "[default: everything].",
)
@click.option(
    "--schema", type=EXISTING, help="Tables: a schema file, or the $metadata of a tenant."
)
@click.option(
    "--definitions",
    type=EXISTING,
    multiple=True,
    help="Saved answers about choices, lengths and keys of that tenant; repeatable.",
)
@click.option("--schema-only", is_flag=True, help="Leave out the tables that come with us.")
@click.option(
    "--behaviour",
    type=click.Choice(["project-operations", "plain"]),
    default="project-operations",
    show_default=True,
    help="What happens behind a write: as in Project Operations, or nothing.",
)
@click.option("--store", type=FILE, help="Keep the rows in this file [default: in memory].")
@click.option("--limits", is_flag=True, help="Enforce the service protection limits.")
@click.option("--rounding", is_flag=True, help="Round numbers to the places of their columns.")
@click.option("--latency", type=click.IntRange(min=0), default=0, help="Delay in milliseconds.")
@click.option("--tls-cert", type=EXISTING, help="Certificate chain (PEM) for https.")
@click.option("--tls-key", type=EXISTING, help="Its private key (PEM).")
@gathered(ServeFlags, "flags")
def serve(*, flags: ServeFlags) -> int:
    """Serve until Ctrl-C or SIGTERM; the first line says where."""
    tls = _tls(flags)
    with _opened(flags) as opened, until_told_to_stop() as stop:
        try:
            _serve(opened, flags, tls, stop)
        except OSError as error:
            place = f"port {flags.port} of {flags.host}"
            message = f"cannot listen on {place}: {error.strerror or error}"
            raise click.UsageError(message) from error
    return 0


def _serve(
    opened: Emulator, flags: ServeFlags, tls: TlsFiles | None, stop: threading.Event
) -> None:
    with opened.serve(host=flags.host, port=flags.port, tls=tls) as server:
        click.echo(f"listening on {server.url}")
        while not stop.wait(_NOTICE_SECONDS):
            pass


@contextmanager
def _opened(flags: ServeFlags) -> Iterator[Emulator]:
    """The emulator in real time; a store that has rows already is not seeded by itself."""
    from connector.emulator import (  # noqa: PLC0415 - slow to import
        Emulator,
        PrivilegesError,
        SchemaError,
        VirtualClock,
    )

    is_new = flags.store is None or not flags.store.exists()
    try:
        opened = Emulator(
            _schema(flags),
            behaviour=flags.behaviour,
            store_path=flags.store,
            clock=VirtualClock(source=lambda: datetime.now(UTC)),
            options=_options(flags),
        )
    except (SchemaError, PrivilegesError) as error:
        raise click.UsageError(str(error)) from error
    with closing(opened):
        _fill(opened, flags, is_new=is_new)
        yield opened


def _fill(opened: Emulator, flags: ServeFlags, *, is_new: bool) -> None:
    """Load what was asked for, or the sample tenant into a new store of the shipped tables."""
    from connector.emulator import SeedError, SeedRules  # noqa: PLC0415 - slow to import
    from connector.sample_tenant import sample_seed  # noqa: PLC0415 - reads the whole file

    rules = SeedRules(strict=flags.strict, lenient=flags.lenient)
    try:
        if flags.seed:
            _tell(opened.seed(*flags.seed, rules=rules).remarks)
        elif is_new and not flags.schema_only:
            opened.seed(sample_seed())
    except SeedError as error:
        raise click.UsageError(str(error)) from error


def _tell(remarks: tuple[str, ...]) -> None:
    for line in remarks:
        click.echo(line, err=True)


def _schema(flags: ServeFlags) -> Schema:
    from connector.emulator import load_schema  # noqa: PLC0415 - slow to import

    if flags.schema is None and (flags.definitions or flags.schema_only):
        message = "--definitions and --schema-only belong to --schema"
        raise click.UsageError(message)
    return load_schema(flags.schema, definitions=flags.definitions, merged=not flags.schema_only)


def _options(flags: ServeFlags) -> EmulatorOptions:
    from connector.emulator import EmulatorOptions, LimitSettings  # noqa: PLC0415 - slow

    return EmulatorOptions(
        rounds=flags.rounding,
        limits=LimitSettings(enforced=flags.limits, latency=flags.latency / 1000),
        privileges=flags.privileges,
    )


def _tls(flags: ServeFlags) -> TlsFiles | None:
    from connector.emulator import TlsFiles  # noqa: PLC0415 - slow to import

    if (flags.tls_cert is None) != (flags.tls_key is None):
        message = "--tls-cert and --tls-key belong together"
        raise click.UsageError(message)
    if flags.tls_cert is None or flags.tls_key is None:
        return None
    return TlsFiles(certificate=flags.tls_cert, key=flags.tls_key)


def main() -> None:
    """Run the program; click says what is wrong with its arguments and exits."""
    program = click.version_option(__version__, prog_name="proforma-emulator")(serve)
    program(prog_name="proforma-emulator")
