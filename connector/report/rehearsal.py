"""A rehearsal for people, and as a JSON document: the run, and what the platform makes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from rich.text import Text

from connector.invoicing.ids import InvoiceId
from connector.report.amounts import exact
from connector.report.document import document_chunks
from connector.report.tables import name_width, plain_table
from connector.report.terminal_text import name_text
from connector.report.texts.terminal import ENGLISH, TerminalTexts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from rich.console import Console
    from rich.table import Table

    from connector.invoicing.model import Currency
    from connector.projectops.rehearsed import RehearsedDraft, RehearsedLine
    from connector.run_report import Rehearsal

FORMAT: Final = "proforma-rehearsal/1"
#: Drafts that are listed without being asked for every detail.
LISTED: Final = 20


def rehearsal_chunks(found: Rehearsal) -> Iterator[str]:
    """
    The document in pieces: `drafts` and `moves` as the platform's logic leaves them, then `run`.

    `run` is a whole document of a run, marked as one that writes nothing; totals are with tax.
    """
    planned = found.planned
    head = {
        "format": FORMAT,
        "drafts": [
            _draft(draft, planned[InvoiceId(draft.invoice_id)].currency) for draft in found.drafts
        ],
        "moves": [
            {
                "kind": move.kind.value,
                "from": move.before,
                "to": move.after,
                "records": move.records,
            }
            for move in found.moves
        ],
    }
    yield json.dumps(head, indent=2, ensure_ascii=False).removesuffix("\n}") + ',\n  "run": '
    yield from document_chunks([found.report])
    yield "}\n"


def print_effects(
    console: Console, found: Rehearsal, words: TerminalTexts = ENGLISH, *, verbose: bool = False
) -> None:
    """The drafts with the platform's own totals beside the planned ones, and the moves."""
    planned = found.planned
    console.print(Text(words.text("As the platform would leave it"), style="bold"))
    shown = found.drafts if verbose else found.drafts[:LISTED]
    table = _empty_table(words)
    for draft in shown:
        plan = planned[InvoiceId(draft.invoice_id)]
        table.add_row(
            Text(name_text(draft.name or str(draft.invoice_id), name_width(console))),
            words.money(plan.amount + plan.tax, plan.currency),
            "-" if draft.total is None else words.money(draft.total, plan.currency),
            words.told(len(draft.lines)),
            words.told(sum(line.details for line in draft.lines)),
        )
    console.print(table if shown else Text(words.text("no drafts")))
    if more := len(found.drafts) - len(shown):
        told = words.several(
            "and {count} more; -v shows all", "and {count} more; -v shows all", more
        )
        console.print(Text(f"… {told}"))
    for move in found.moves:
        kind, records = words.word(move.kind.value), words.whole(move.records)
        states = f"{words.word(move.before)} -> {words.word(move.after)}"
        console.print(Text(f"{records} x {kind}: {states}"))


def _empty_table(words: TerminalTexts) -> Table:
    table = plain_table(words.text("Draft"))
    for heading in (
        words.text("Planned with tax"),
        words.text("Platform's total"),
        words.text("Lines"),
        words.text("Details"),
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _draft(draft: RehearsedDraft, currency: Currency) -> dict[str, object]:
    return {
        "invoice_id": str(draft.invoice_id),
        "name": draft.name,
        "currency": currency.code,
        "total": _amount(draft.total, currency),
        "tax": _amount(draft.tax, currency),
        "lines": [_line(line, currency) for line in draft.lines],
    }


def _line(line: RehearsedLine, currency: Currency) -> dict[str, object]:
    return {
        "line_id": str(line.line_id),
        "name": line.name,
        "details": line.details,
        "total": _amount(line.amount, currency),
        "tax": _amount(line.tax, currency),
    }


def _amount(amount: Decimal | None, currency: Currency) -> str | None:
    return None if amount is None else exact(amount, currency)
