"""How a run goes on, on standard error; nothing where nobody watches."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from connector.machine import elapsed_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from rich.table import Table

    from connector.cli.progress_state import Line, ProgressState
    from connector.usecases.progress import Progress

#: Looks a second: what is shown of waiting and of time left goes on without an event.
_LOOKS: Final = 4
#: Columns of the bar, where a line is long enough for it.
_BAR: Final = 20
_LONG: Final = 100


@contextmanager
def told_progress(
    stream: TextIO | None = None,
    *,
    quiet: bool = False,
    clock: Callable[[], float] = elapsed_seconds,
) -> Iterator[Progress | None]:
    """Who is told within the block; what is shown is gone after it."""
    target = sys.stderr if stream is None else stream
    if quiet or not target.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.live import Live  # noqa: PLC0415 - slow to import

    from connector.cli.progress_state import ProgressState  # noqa: PLC0415 - slow to import

    console, state = Console(file=target, markup=False, highlight=False), ProgressState(clock)
    with Live(
        console=console,
        get_renderable=lambda: _shown(state, console.width),
        refresh_per_second=_LOOKS,
        transient=True,
    ):
        yield state.hear


def _shown(state: ProgressState, width: int) -> Table:
    """Each line on one line of the terminal, cut where that is too short."""
    from rich.table import Table  # noqa: PLC0415 - slow to import

    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    for line in state.lines():
        table.add_row(*_row(line, width))
    return table


def _row(line: Line, width: int) -> tuple[str, str]:
    from connector.report.terminal_text import name_text  # noqa: PLC0415 - slow to import

    text = line.text if line.seconds is None else f"{line.text}, {_duration(line.seconds)} left"
    bar = ""
    if line.share is not None and width >= _LONG:
        full = round(line.share * _BAR)
        bar = "━" * full + "─" * (_BAR - full) + " "
    elif line.share is not None:
        bar = f"{line.share:4.0%} "
    room = max(width - len(line.label) - 2, 1)
    return line.label, name_text(bar + text, room)


def _duration(seconds: float) -> str:
    """`0:07`, `2:05:00`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
