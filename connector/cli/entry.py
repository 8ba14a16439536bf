"""The entry point: the one place where an error becomes a message and an exit code."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING

import click

from connector._version import __version__
from connector.cli.batch_job_command import batch_job
from connector.cli.capture_command import capture
from connector.cli.check_command import check
from connector.cli.compare import compare
from connector.cli.demo_command import demo
from connector.cli.emulator_commands import emulator
from connector.cli.explain_commands import explain, forecast, schedule
from connector.cli.init_command import init
from connector.cli.rehearse_command import rehearse
from connector.cli.run_commands import apply, plan, run
from connector.cli.runs import runs
from connector.cli.undo import undo
from connector.cli.utilization_command import utilization
from connector.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130
USAGE = 2
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
    *(explain, forecast, check, schedule, utilization, batch_job, emulator, demo),
    *(init, capture, rehearse),
):
    proforma.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code of design section 2.2."""
    _speak_utf8()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _exit_code(proforma.main(given, prog_name="proforma", standalone_mode=False))
        sys.stdout.flush()
    except Exception as error:  # noqa: BLE001 - the last resort: one line, no traceback
        return _readers_left() if _is_of_a_closed_pipe(error) else _failed(error, given)
    return code


def _failed(error: Exception, given: Sequence[str]) -> int:
    """The exit code of *error*, which people are told, and programs that asked for documents."""
    from connector.cli.failures import failure_text  # noqa: PLC0415 - help does without it

    code = _told(error)
    if "--json" in given and not _is_of_the_output(error):
        click.echo(failure_text(error, code), nl=False)
    return code


def _told(error: Exception) -> int:
    from connector.cli.failures import failure_message  # noqa: PLC0415 - help does without it

    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code if isinstance(error, click.UsageError) else USAGE
    if isinstance(error, click.Abort):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    if isinstance(error, ConnectorError):
        click.echo(failure_message(error, INTERRUPTED), err=True)
        return int(error.exit_code)
    return _refused(error) if _is_of_the_system(error) else _unexpected(error)


def _is_of_the_system(error: Exception) -> bool:
    """Whether the system does not take or give a file; libraries that speak HTTP set no number."""
    return isinstance(error, OSError) and error.errno is not None


def _is_of_the_output(error: Exception) -> bool:
    return isinstance(error, OSError) and _is_of_the_system(error) and error.filename is None


def _refused(error: Exception) -> int:
    """A file, or the output itself, that the system does not take or give."""
    _log_where(error)
    what = getattr(error, "filename", None) or "the output"
    click.echo(f"error: {what}: {getattr(error, 'strerror', None) or error}", err=True)
    if _is_of_the_output(error):
        _forget_output()
    return USAGE


def _unexpected(error: Exception) -> int:
    _log_where(error)
    from connector.report.terminal_text import message_text  # noqa: PLC0415 - help does without

    text = message_text(f"unexpected failure: {type(error).__name__}: {error}")
    click.echo(text, err=True)
    click.echo("this is a fault of proforma; -v shows where", err=True)
    return UNEXPECTED


def _is_of_a_closed_pipe(error: Exception) -> bool:
    """Windows calls writing to a pipe that nobody reads an invalid argument, and names no file."""
    if isinstance(error, BrokenPipeError) or not isinstance(error, OSError):
        return isinstance(error, BrokenPipeError)
    return sys.platform == "win32" and error.errno == errno.EINVAL and error.filename is None


def _readers_left() -> int:
    """Whoever read the output went away, as `head` does."""
    _forget_output()
    return UNEXPECTED


def _forget_output() -> None:
    """What is still buffered has no place; without this the interpreter would try again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
