"""A comparison with the tenant's own job, for a person at a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from rich.text import Text

from connector.report.tables import plain_table
from connector.report.terminal_text import message_text, name_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.table import Table

    from connector.outcome import Comparison, Difference

#: Differences that are shown; -v shows all.
MOST: Final = 20


def print_comparison(console: Console, comparison: Comparison, *, verbose: bool = False) -> None:
    """How many invoices either side has, and the differences: by kind, and the first of them."""
    differences = comparison.differences
    console.print(
        Text(
            f"Run date {comparison.run_date}: {comparison.contracts} contracts,"
            f" {comparison.planned} invoices planned, {comparison.drafts} there,"
            f" {len(differences)} differences"
        )
    )
    for failed in comparison.failed:
        name = name_text(failed.contract_name or str(failed.contract_id))
        faults = message_text("; ".join(failed.faults))
        console.print(Text(f"{name} was left out: {faults}", style="red"))
    if differences:
        console.print()
        console.print(_kinds(differences))
    shown = differences if verbose else differences[:MOST]
    for item in shown:
        name = name_text(item.contract_name or str(item.contract_id))
        console.print(Text(f"- {name}: {message_text(item.text)}"))
    if len(differences) > len(shown):
        more = len(differences) - len(shown)
        console.print(Text(f"and {more:,} more; -v shows all", style="dim"))


def _kinds(differences: Sequence[Difference]) -> Table:
    table = plain_table("Kind")
    table.add_column("Differences", justify="right")
    for kind, count in sorted(Counter(item.kind.value for item in differences).items()):
        table.add_row(kind, f"{count:,}")
    return table
