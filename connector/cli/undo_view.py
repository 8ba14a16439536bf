"""What became, or would become, of the drafts of an undone run, for a person at a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from rich.text import Text

from connector.outcome import UndoStatus
from connector.report.tables import name_width, plain_table
from connector.report.terminal_text import message_text, name_text
from connector.report.texts.terminal import ENGLISH, TerminalTexts

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from connector.outcome import DraftFate, UndoReport

#: Drafts that are shown, those that have to stay first; -v shows all.
MOST: Final = 20
_BAD: Final = frozenset({UndoStatus.REFUSED, UndoStatus.FAILED})


def print_undo(
    console: Console, report: UndoReport, words: TerminalTexts = ENGLISH, *, verbose: bool = False
) -> None:
    """How many drafts have which fate, and the first of them, those that stay before the others."""
    counts = Counter(fate.status.value for fate in report.fates)
    told = ", ".join(
        f"{words.whole(count)} {words.word(status)}" for status, count in sorted(counts.items())
    )
    heading = words.text(
        "Run {run} of {day}: {fates}",
        run=report.run_id,
        day=words.day(report.run_date),
        fates=told or words.text("no draft"),
    )
    console.print(Text(heading))
    ordered = sorted(report.fates, key=lambda fate: fate.status not in _BAD)
    shown = ordered if verbose else ordered[:MOST]
    if shown:
        console.print()
        console.print(_table(console, shown, words))
    if len(ordered) > len(shown):
        more = len(ordered) - len(shown)
        told = words.several(
            "and {count} more; -v shows all", "and {count} more; -v shows all", more
        )
        console.print(Text(told, style="dim"))


def _table(console: Console, fates: list[DraftFate], words: TerminalTexts) -> Table:
    width = name_width(console)
    table = plain_table(words.text("Contract"), words.text("Invoice"))
    table.add_column(words.text("Fate"), no_wrap=True)
    table.add_column(words.text("Why"))
    for fate in fates:
        table.add_row(
            Text(name_text(fate.name, width)),
            str(fate.invoice_id),
            Text(words.word(fate.status.value), style="red" if fate.status in _BAD else "green"),
            Text(message_text(fate.reason or "")),
        )
    return table
