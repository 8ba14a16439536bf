"""Two runs side by side, for a person at a terminal and as a document."""

from __future__ import annotations

from collections import defaultdict
from heapq import nlargest
from typing import TYPE_CHECKING

from rich.text import Text

from connector.cli.history_view import MOST
from connector.invoicing.amounts import ZERO, total
from connector.invoicing.reasons import Reason
from connector.outcome import GOOD_STATUSES
from connector.report.json_list import item_text, json_text, list_end
from connector.report.run_differences import Money, invoice_changes, record_changes
from connector.report.tables import name_width, plain_table
from connector.report.terminal_text import name_text
from connector.report.texts.terminal import ENGLISH, TerminalTexts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from rich.console import Console
    from rich.table import Table

    from connector.report.json_list import JsonObject
    from connector.report.run_differences import InvoiceChange, RecordChange
    from connector.run_report import RunReport
    from connector.summary import OutcomeTotals


def print_differences(
    console: Console,
    before: RunReport,
    after: RunReport,
    words: TerminalTexts = ENGLISH,
    *,
    verbose: bool,
) -> None:
    """Totals, the largest changes of what is billed (with *verbose* all), and what became of it."""
    for side, report in (("A", before), ("B", after)):
        day = words.day(report.run_date)
        heading = words.text("{side} {run} of {day}", side=side, run=report.run_id, day=day)
        console.print(Text(heading))
    console.print()
    console.print(_totals(before, after, words))
    number = sum(1 for _ in invoice_changes(before, after))
    changes = words.several(
        "{count} change of what contracts are billed",
        "{count} changes of what contracts are billed",
        number,
    )
    console.print(Text(f"\n{changes}"))
    if number:
        most = number if verbose else MOST
        largest = nlargest(most, invoice_changes(before, after), key=_size)
        console.print(_invoices(console, largest, words))
        if number > most:
            console.print(Text(_smaller(number - most, words), style="dim"))
    records = record_changes(before, after)
    if records:
        became = words.text("What became of records that stayed behind")
        console.print(Text(f"\n{became}"))
        console.print(_records(records, words))


def _smaller(number: int, words: TerminalTexts) -> str:
    return words.several(
        "and {count} smaller ones; -v shows all", "and {count} smaller ones; -v shows all", number
    )


def _size(change: InvoiceChange) -> Decimal:
    return abs(change.change.amount)


def _totals(before: RunReport, after: RunReport, words: TerminalTexts) -> Table:
    table = plain_table(words.text("Currency"))
    for heading in ("A", "B", words.text("Change")):
        table.add_column(heading, justify="right", no_wrap=True)
    sums: dict[str, dict[int, Money]] = defaultdict(dict)
    for side, report in enumerate((before, after)):
        for item in report.outcome_totals:
            if item.status in GOOD_STATUSES:
                _add(sums[item.currency.code], side, item)
    for code, found in sorted(sums.items()):
        first, second = found.get(0), found.get(1)
        table.add_row(code, *_sides(first, second, words))
    return table


def _add(sums: dict[int, Money], side: int, item: OutcomeTotals) -> None:
    before = sums[side].amount if side in sums else ZERO
    currency = item.currency
    amount = total((before, item.amount))
    sums[side] = Money(amount=amount, code=currency.code, precision=currency.precision)


def _invoices(console: Console, changes: list[InvoiceChange], words: TerminalTexts) -> Table:
    width = name_width(console)
    table = plain_table(words.text("Contract"), words.text("Customer"))
    for heading in ("A", "B", words.text("Change")):
        table.add_column(heading, justify="right", no_wrap=True)
    for item in changes:
        table.add_row(
            Text(name_text(item.contract_name, width)),
            Text(name_text(item.customer_name, width)),
            *_sides(item.before, item.after, words),
        )
    return table


def _records(changes: tuple[RecordChange, ...], words: TerminalTexts) -> Table:
    table = plain_table("A", "B")
    for heading in (words.text("Records"), words.text("Amount before tax")):
        table.add_column(heading, justify="right", no_wrap=True)
    for item in changes:
        table.add_row(
            _state(item.before, words),
            _state(item.after, words),
            words.whole(item.records),
            f"{words.amount(item.money.amount, item.money.precision)} {item.money.code}",
        )
    return table


def _state(state: str, words: TerminalTexts) -> str:
    """What became of a record: billed, not looked at, or the reason why it stays behind."""
    return words.reason(Reason(state)) if state in {*Reason} else words.word(state)


def _sides(before: Money | None, after: Money | None, words: TerminalTexts) -> tuple[str, str, str]:
    """Both amounts and the change from the first to the second."""
    return _shown(before, words), _shown(after, words), _change(before, after, words)


def _shown(money: Money | None, words: TerminalTexts) -> str:
    return "-" if money is None else words.amount(money.amount, money.precision)


def _change(before: Money | None, after: Money | None, words: TerminalTexts) -> str:
    present = after or before
    if present is None:
        return "-"
    change = (after.amount if after else ZERO) - (before.amount if before else ZERO)
    return words.amount(change, present.precision, is_change=True)


def differences_chunks(before: RunReport, after: RunReport) -> Iterator[str]:
    """The document `proforma-run-diff/1` in pieces; amounts are strings, before tax."""
    yield "{\n"
    for key, value in (("format", "proforma-run-diff/1"), ("a", before), ("b", after)):
        told = value if isinstance(value, str) else _run(value)
        yield f'  "{key}": {json_text(told, 1)},\n'
    yield '  "invoices": ['
    is_first = True
    for change in invoice_changes(before, after):
        yield item_text(_invoice_document(change), 1, is_first=is_first)
        is_first = False
    yield "]" if is_first else list_end(1)
    records = [_record_document(item) for item in record_changes(before, after)]
    yield f',\n  "left_behind": {json_text([*records], 1)}\n}}\n'


def _run(report: RunReport) -> JsonObject:
    return {"run_id": report.run_id, "run_date": report.run_date.isoformat()}


def _invoice_document(item: InvoiceChange) -> JsonObject:
    return {
        "contract_id": item.contract_id,
        "contract_name": item.contract_name,
        "customer_id": item.customer_id,
        "customer_name": item.customer_name,
        "currency": item.change.code,
        "a": _exact(item.before),
        "b": _exact(item.after),
        "change": _exact(item.change),
    }


def _record_document(item: RecordChange) -> JsonObject:
    return {
        "a": item.before,
        "b": item.after,
        "records": item.records,
        "currency": item.money.code,
        "amount": _exact(item.money),
    }


def _exact(money: Money | None) -> str | None:
    return None if money is None else f"{money.amount:.{money.precision}f}"
