"""Explanations and generated schedules, for people and as JSON documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from rich.text import Text

from connector.invoicing.choices import SourceTable
from connector.report.amounts import exact
from connector.report.links import CONTRACT, INVOICE, record_link
from connector.report.tables import linked
from connector.report.terminal_text import message_text, name_text
from connector.report.texts.marks import marked
from connector.report.texts.terminal import ENGLISH, TerminalTexts

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from connector.invoicing.explanation import BilledBy, Explanation
    from connector.invoicing.schedule_rows import Generation

EXPLANATION: Final = "proforma-explanation/1"
SCHEDULE: Final = "proforma-schedule/1"


#: The table of each kind of record that can be explained.
_TABLES: Final = {
    "contract": CONTRACT,
    "contract line": SourceTable.PRODUCT_LINE,
    "product line": SourceTable.PRODUCT_LINE,
    "schedule row": "msdyn_contractlineinvoiceschedule",
    "actual": SourceTable.ACTUAL,
    "milestone": SourceTable.MILESTONE,
    "retainer": SourceTable.RETAINER,
    "invoice": INVOICE,
    "invoice line": "invoicedetail",
    "invoice line detail": "msdyn_invoicelinetransaction",
}

#: What each kind of record that can be explained is called.
_KINDS: Final = {
    "contract": marked("contract"),
    "contract line": marked("contract line"),
    "product line": marked("product line"),
    "schedule row": marked("schedule row"),
    "actual": marked("actual"),
    "milestone": marked("milestone"),
    "retainer": marked("retainer"),
    "invoice": marked("invoice"),
    "invoice line": marked("invoice line"),
    "invoice line detail": marked("invoice line detail"),
    "record": marked("record"),
}


def explanation_text(found: Explanation, run_date: date, environment: str) -> str:
    """The JSON document of an explanation; links lead into *environment*."""
    table = _TABLES.get(found.kind)
    return _dumped(
        {
            "format": EXPLANATION,
            "id": str(found.subject),
            "kind": found.kind,
            "link": record_link(environment, table, found.subject) if table else None,
            "contract_id": str(found.contract_id) if found.contract_id else None,
            "contract_name": found.contract_name,
            "run_date": run_date.isoformat(),
            "verdict": found.verdict.value,
            "rules": list(found.rules),
            "text": found.text,
            "what_would_change_it": found.what_would_change_it,
            "next_date": _iso(found.next_date),
            "invoices": [_invoice(item, found, environment) for item in found.invoices],
        }
    )


def _invoice(item: BilledBy, found: Explanation, environment: str) -> dict[str, str | None]:
    invoice, currency = item.invoice, found.currency
    return {
        "invoice_id": str(invoice.id),
        "number": invoice.number,
        "name": invoice.name,
        "status": invoice.status.value if invoice.status else None,
        "run_date": _iso(item.run_date),
        "created_on": _iso(invoice.created),
        "currency": currency.code if currency else None,
        "amount": exact(invoice.amount, currency) if currency else None,
        "link": record_link(environment, INVOICE, invoice.id),
    }


def print_explanation(
    console: Console,
    found: Explanation,
    run_date: date,
    environment: str,
    words: TerminalTexts = ENGLISH,
) -> None:
    """Verdict, rules and way out, a line each; records lead into *environment*."""
    table = _TABLES.get(found.kind)
    subject = str(found.subject)
    shown = linked(console, subject, environment, table, found.subject) if table else Text(subject)
    before, _, after = _heading(found, run_date, words).partition(subject)
    console.print(Text.assemble(before, shown, after))
    story = " ".join(words.told(sentence) for sentence in found.story)
    console.print(Text(f"  {message_text(story)}"))
    for item in found.invoices:
        invoice = str(item.invoice.id)
        link = linked(console, invoice, environment, INVOICE, item.invoice.id)
        console.print(Text.assemble(f"  {words.text('invoice')}: ", link))
    for name, value in _ways(found, words):
        if value:
            console.print(Text(f"  {name}: {message_text(value)}"))


def _heading(found: Explanation, run_date: date, words: TerminalTexts) -> str:
    """The record, its contract, the day and the verdict."""
    kind, record = words.text(_KINDS[found.kind]), str(found.subject)
    day, verdict = words.day(run_date), words.word(found.verdict.value)
    if found.kind == "contract" or not found.contract_name:
        return words.text(
            "{kind} {record} on {day}: {verdict}",
            kind=kind,
            record=record,
            day=day,
            verdict=verdict,
        )
    return words.text(
        "{kind} {record} of contract {name} on {day}: {verdict}",
        kind=kind,
        record=record,
        name=name_text(found.contract_name),
        day=day,
        verdict=verdict,
    )


def _ways(found: Explanation, words: TerminalTexts) -> tuple[tuple[str, str], ...]:
    return (
        (words.text("rules"), ", ".join(found.rules)),
        (
            words.text("what would change it"),
            "" if found.way_out is None else words.told(found.way_out),
        ),
        (words.text("next date"), words.day(found.next_date) if found.next_date else ""),
    )


def schedule_text(made: Generation, *, written: bool) -> str:
    """The JSON document of a generated schedule."""
    return _dumped(
        {
            "format": SCHEDULE,
            "written": written,
            "rows": [
                {
                    "id": str(row.id),
                    "run_date": row.run_date.isoformat(),
                    "cut_off_date": row.cutoff_date.isoformat(),
                }
                for row in made.rows
            ],
            "milestones": [
                {
                    "id": str(item.id),
                    "name": item.name,
                    "date": item.date.isoformat(),
                    "amount": f"{item.amount:f}",
                    "tax": f"{item.tax:f}",
                }
                for item in made.milestones
            ],
            "existing": [day.isoformat() for day in made.existing],
        }
    )


def print_schedule(console: Console, made: Generation, *, written: bool) -> None:
    """Each row or milestone that is made, and how many dates had one already."""
    for row in made.rows:
        console.print(Text(f"{row.run_date:%a} {row.run_date}  cut-off {row.cutoff_date}"))
    for item in made.milestones:
        console.print(Text(f"{item.date:%a} {item.date}  {item.amount:,f} before tax"))
    count, what = len(made.rows) + len(made.milestones), "written" if written else "to be written"
    console.print(Text(f"{count} {what}, {len(made.existing)} dates have a row already"))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _dumped(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
