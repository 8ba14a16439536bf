"""The entry point: the one place where an error becomes a message and an exit code."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING

import click

from connector._version import __version__
from connector.cli.check_command import check
from connector.cli.compare import compare
from connector.cli.demo_command import demo
from connector.cli.emulator_commands import emulator
from connector.cli.explain_commands import explain, forecast, schedule
from connector.cli.init_command import init
from connector.cli.run_commands import apply, plan, run
from connector.cli.runs import runs
from connector.cli.undo import undo
from connector.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130
UNEXPECTED = 1


def _show_version(context: click.Context, _parameter: click.Parameter, value: object) -> None:
    if value and not context.resilient_parsing:
        click.echo(f"proforma {__version__}")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
def proforma() -> None:
    """Draft proforma invoices for Dynamics 365 Project Operations."""


for command in (
    *(run, plan, apply, undo, runs, compare),
    *(explain, forecast, check, schedule, emulator, demo),
    *(init,),
):
    proforma.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code of design section 2.2."""
    _speak_utf8()
    given = None if arguments is None else list(arguments)
    try:
        return _exit_code(proforma.main(given, prog_name="proforma", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        return error.exit_code if isinstance(error, click.UsageError) else 2
    except click.Abort:
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except ConnectorError as error:
        is_asked_for = int(error.exit_code) == INTERRUPTED
        text = str(error) if is_asked_for else f"error: {error}"
        click.echo("\n".join([text, *getattr(error, "__notes__", ())]), err=True)
        return int(error.exit_code)
    except Exception as error:  # noqa: BLE001 - the last resort: one line, no traceback
        return _readers_left() if _is_of_a_closed_pipe(error) else _unexpected(error)


def _unexpected(error: Exception) -> int:
    _log_where(error)
    click.echo(f"unexpected failure: {type(error).__name__}: {error}", err=True)
    click.echo("this is a fault of proforma; -v shows where", err=True)
    return UNEXPECTED


def _is_of_a_closed_pipe(error: Exception) -> bool:
    """Windows calls writing to a pipe that nobody reads an invalid argument, and names no file."""
    if isinstance(error, BrokenPipeError) or not isinstance(error, OSError):
        return isinstance(error, BrokenPipeError)
    return sys.platform == "win32" and error.errno == errno.EINVAL and error.filename is None


def _readers_left() -> int:
    """Whoever read the output went away, as `head` does; what is still buffered has no place."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return UNEXPECTED


def _log_where(error: Exception) -> None:
    import logging  # noqa: PLC0415 - help does without it

    logging.getLogger("connector.cli").debug("unexpected failure", exc_info=error)


def _exit_code(result: object) -> int:
    return int(result) if isinstance(result, int) else 0


def _speak_utf8() -> None:
    """Names come in every script, and a redirected stream on Windows knows only a few of them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
