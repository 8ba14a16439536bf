"""Two runs side by side, for a person at a terminal and as a document."""

from __future__ import annotations

from collections import defaultdict
from heapq import nlargest
from typing import TYPE_CHECKING

from rich.text import Text

from connector.cli.history_view import MOST
from connector.invoicing.amounts import ZERO, total
from connector.outcome import GOOD_STATUSES
from connector.report.json_list import item_text, json_text, list_end
from connector.report.run_differences import Money, invoice_changes, record_changes
from connector.report.tables import counted, name_width, plain_table
from connector.report.terminal_text import name_text

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
    console: Console, before: RunReport, after: RunReport, *, verbose: bool
) -> None:
    """Totals, the largest changes of what is billed (with *verbose* all), and what became of it."""
    console.print(Text(f"A {before.run_id} of {before.run_date}"))
    console.print(Text(f"B {after.run_id} of {after.run_date}"))
    console.print()
    console.print(_totals(before, after))
    number = sum(1 for _ in invoice_changes(before, after))
    console.print(Text(f"\n{counted(number, 'change')} of what contracts are billed"))
    if number:
        most = number if verbose else MOST
        largest = nlargest(most, invoice_changes(before, after), key=_size)
        console.print(_invoices(console, largest))
        if number > most:
            console.print(Text(f"and {number - most:,} smaller ones; -v shows all", style="dim"))
    records = record_changes(before, after)
    if records:
        console.print(Text("\nWhat became of records that stayed behind"))
        console.print(_records(records))


def _size(change: InvoiceChange) -> Decimal:
    return abs(change.change.amount)


def _totals(before: RunReport, after: RunReport) -> Table:
    table = plain_table("Currency")
    for heading in ("A", "B", "Change"):
        table.add_column(heading, justify="right", no_wrap=True)
    sums: dict[str, dict[int, Money]] = defaultdict(dict)
    for side, report in enumerate((before, after)):
        for item in report.outcome_totals:
            if item.status in GOOD_STATUSES:
                _add(sums[item.currency.code], side, item)
    for code, found in sorted(sums.items()):
        first, second = found.get(0), found.get(1)
        table.add_row(code, _shown(first), _shown(second), _change(first, second))
    return table


def _add(sums: dict[int, Money], side: int, item: OutcomeTotals) -> None:
    before = sums[side].amount if side in sums else ZERO
    currency = item.currency
    amount = total((before, item.amount))
    sums[side] = Money(amount=amount, code=currency.code, precision=currency.precision)


def _invoices(console: Console, changes: list[InvoiceChange]) -> Table:
    width = name_width(console)
    table = plain_table("Contract", "Customer")
    for heading in ("A", "B", "Change"):
        table.add_column(heading, justify="right", no_wrap=True)
    for item in changes:
        table.add_row(
            Text(name_text(item.contract_name, width)),
            Text(name_text(item.customer_name, width)),
            _shown(item.before),
            _shown(item.after),
            _change(item.before, item.after),
        )
    return table


def _records(changes: tuple[RecordChange, ...]) -> Table:
    table = plain_table("A", "B")
    for heading in ("Records", "Amount before tax"):
        table.add_column(heading, justify="right", no_wrap=True)
    for item in changes:
        table.add_row(
            item.before, item.after, f"{item.records:,}", f"{_shown(item.money)} {item.money.code}"
        )
    return table


def _shown(money: Money | None) -> str:
    return "-" if money is None else f"{money.amount:,.{money.precision}f}"


def _change(before: Money | None, after: Money | None) -> str:
    present = after or before
    if present is None:
        return "-"
    amounts = (after.amount if after else 0) - (before.amount if before else 0)
    return f"{amounts:+,.{present.precision}f}"


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
