"""A comparison with the tenant's own job, for a person at a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from rich.text import Text

from connector.report.tables import plain_table
from connector.report.terminal_text import message_text, name_text
from connector.report.texts.terminal import ENGLISH, TerminalTexts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.table import Table

    from connector.outcome import Comparison, Difference

#: Differences that are shown; -v shows all.
MOST: Final = 20


def print_comparison(
    console: Console,
    comparison: Comparison,
    words: TerminalTexts = ENGLISH,
    *,
    verbose: bool = False,
) -> None:
    """How many invoices either side has, and the differences: by kind, and the first of them."""
    differences = comparison.differences
    console.print(Text(_heading(comparison, words)))
    for failed in comparison.failed:
        name = name_text(failed.contract_name or str(failed.contract_id))
        faults = message_text("; ".join(failed.faults))
        told = words.text("{name} was left out: {faults}", name=name, faults=faults)
        console.print(Text(told, style="red"))
    if differences:
        console.print()
        console.print(_kinds(differences, words))
    shown = differences if verbose else differences[:MOST]
    for item in shown:
        name = name_text(item.contract_name or str(item.contract_id))
        console.print(Text(f"- {name}: {message_text(_told(item, words))}"))
    if len(differences) > len(shown):
        more = len(differences) - len(shown)
        told = words.several(
            "and {count} more; -v shows all", "and {count} more; -v shows all", more
        )
        console.print(Text(told, style="dim"))


def _heading(comparison: Comparison, words: TerminalTexts) -> str:
    return words.text(
        "Run date {day}: {contracts} contracts, {planned} invoices planned, {drafts} there,"
        " {differences} differences",
        day=words.day(comparison.run_date),
        contracts=words.told(comparison.contracts),
        planned=words.told(comparison.planned),
        drafts=words.told(comparison.drafts),
        differences=words.told(len(comparison.differences)),
    )


def _told(item: Difference, words: TerminalTexts) -> str:
    """What differs and where; in English the text of the document."""
    what = [words.word(item.kind.value)]
    if item.source:
        what += [words.word(item.source.table.value), str(item.source.id)]
    if item.invoice_id:
        what.append(words.text("on invoice {invoice}", invoice=item.invoice_id))
    return words.text(
        "{what}: planned {planned}, there is {there}",
        what=" ".join(what),
        planned=_side(item.planned, words),
        there=_side(item.there, words),
    )


def _side(value: str | None, words: TerminalTexts) -> str:
    return words.word(value) if value else words.text("nothing")


def _kinds(differences: Sequence[Difference], words: TerminalTexts) -> Table:
    table = plain_table(words.text("Kind"))
    table.add_column(words.text("Differences"), justify="right")
    for kind, count in sorted(Counter(item.kind.value for item in differences).items()):
        table.add_row(words.word(kind), words.whole(count))
    return table
