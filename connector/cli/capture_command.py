"""`capture`: some contracts of a tenant as a case that can be passed on and kept as a test."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import click

from connector.cli.flags import FILE, Flags, contract_flag, environment_flags, gathered

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rich.console import Console

    from connector.usecases.capture import Capture

FORMAT: Final = "proforma-capture/1"


def _factor(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Decimal:
    """The number that money is multiplied by; 1 where none is given."""
    try:
        factor = Decimal(text or 1)
    except InvalidOperation:
        factor = Decimal(0)
    if not factor.is_finite() or factor <= 0:
        message = f"expected a positive number such as 0.37, not {text!r}"
        raise click.BadParameter(message)
    return factor


@click.command()
@contract_flag
@click.option("--out", type=FILE, required=True, help="The seed; FILE.schema.json stands beside.")
@click.option(
    "--scale-amounts",
    "scale",
    callback=_factor,
    metavar="FACTOR",
    help="Multiply all money by this number.",
)
@environment_flags
@gathered(Flags, "flags")
def capture(*, flags: Flags, contracts: tuple[str, ...], out: Path, scale: Decimal) -> int:
    """
    Write the whole world of some contracts as a seed of the emulator, without names, texts or ids.

    Numbers, dates, choices and states are kept; whatever no rule keeps is dropped. The seed
    replays to the same plan: emulator serve --seed FILE --schema FILE.schema.json
    """
    from connector.cli.output import console_for  # noqa: PLC0415 - slow to import
    from connector.cli.session import open_session  # noqa: PLC0415 - slow to import

    if not contracts:
        message = "name the contracts: --contract, by number, name or id"
        raise click.UsageError(message)
    if not out.absolute().parent.is_dir():
        message = f"{out} cannot be written: its folder does not exist"
        raise click.UsageError(message)
    with open_session(flags) as session:
        wanted = session.contracts(contracts)
        found = session.connector.capture(wanted, secret=uuid4().hex, scale=scale)
    schema = out.with_suffix(".schema.json")
    _write({out: found.seed_text, schema: found.schema_text})
    _print_kept(console_for(flags), found, out, schema)
    if flags.json:
        click.echo(_document(found, out, schema), nl=False)
    return 0


def _write(files: Mapping[Path, bytes]) -> None:
    from connector.runs.whole_files import write_whole  # noqa: PLC0415 - slow to import

    for path, text in files.items():
        try:
            write_whole(path, (text,))
        except OSError as error:
            message = f"{path} cannot be written: {error.strerror or error}"
            raise click.UsageError(message) from error


def _print_kept(console: Console, found: Capture, out: Path, schema: Path) -> None:
    """Each table with what became of its columns: whoever passes the file on should look."""
    from rich.text import Text  # noqa: PLC0415 - slow to import

    for table in found.case.tables:
        console.print(Text(f"{table.entity_set}: {table.rows:,} rows"))
        for treatment, columns in _by_treatment(table.columns).items():
            console.print(Text(f"  {treatment}: {', '.join(columns)}"))
        console.print(Text(f"  dropped: {table.dropped:,} other columns"))
    for path in (out, schema):
        console.print(Text(f"{path} written"))


def _by_treatment(columns: tuple[tuple[str, str], ...]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for column, treatment in columns:
        found.setdefault(str(treatment), []).append(column)
    return dict(sorted(found.items()))


def _document(found: Capture, out: Path, schema: Path) -> str:
    document = {
        "format": FORMAT,
        "seed": str(out),
        "schema": str(schema),
        "tables": [
            {
                "entity_set": table.entity_set,
                "rows": table.rows,
                "columns": {column: str(treatment) for column, treatment in table.columns},
                "dropped": table.dropped,
            }
            for table in found.case.tables
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
