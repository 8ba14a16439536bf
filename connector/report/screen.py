"""
What a run prints by default: one screen, made from its numbers and the first of its drafts.

The order is that of every report: totals, what a person has to look at, invoices, what stays
behind, warnings. However large a run is, no more of it is read than is shown.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Final

from rich.text import Text

from connector.invoicing.amounts import total
from connector.invoicing.reasons import RULE
from connector.outcome import GOOD_STATUSES
from connector.report import view
from connector.report.amounts import readable, with_precision
from connector.report.links import CONTRACT, INVOICE
from connector.report.tables import LinkedText, counted, name_width, plain_table
from connector.report.terminal_text import message_text, name_text
from connector.summary import combined_outcomes, combined_warnings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from rich.console import Console
    from rich.table import Table

    from connector.invoicing.model import Currency
    from connector.outcome import InvoiceOutcome
    from connector.run_report import RunReport
    from connector.summary import OutcomeTotals, WarningCount

#: Rows of each list; how many there are beyond them is said.
MOST: Final = 20
#: Characters of what is said of one failure or one kind of warning.
SENTENCE: Final = 300
_MORE: Final = "-v shows all"
#: Warnings that are told among what a person has to look at.
_ALERTS: Final = ("run-halted", "bound-overridden")
_TOLD_APART: Final = frozenset({*_ALERTS, "contract-failed"})


def print_screen(console: Console, reports: Sequence[RunReport]) -> None:
    """One run, or several of consecutive dates, oldest first."""
    print_summary(console, reports)
    _print_drafts(console, reports)
    _print_left_behind(console, reports)
    _print_warnings(console, reports)


def print_summary(console: Console, reports: Sequence[RunReport]) -> None:
    """Totals, and what a person has to look at."""
    console.print(Text(_heading(reports), style="bold"))
    if len(reports) > 1:
        _print_dates(console, reports)
    _print_totals(console, reports)
    _print_failures(console, reports)


def _heading(reports: Sequence[RunReport]) -> str:
    last, outcomes = reports[-1], _outcomes(reports)
    dates = f"Run date {last.run_date}"
    if len(reports) > 1:
        dates = f"{len(reports)} runs, {reports[0].run_date} to {last.run_date}"
    invoices = counted(sum(item.invoices for item in outcomes), "invoice")
    if last.dry_run:
        return f"{dates}: {invoices} would be made; this is a preview, nothing is written"
    numbers: dict[str, int] = defaultdict(int)
    for item in outcomes:
        numbers[item.status.value] += item.invoices
    told = [f"{count:,} {status}" for status, count in numbers.items()]
    failed = sum(report.plan.failed_contracts for report in reports)
    told += [f"{counted(failed, 'contract')} failed"] if failed else []
    return ", ".join([f"{dates}: {invoices} due", *told])


def _print_dates(console: Console, reports: Sequence[RunReport]) -> None:
    """A row a run, days without anything to tell excepted where there are many."""
    told = [report for report in reports if report.totals.invoices or report.plan.failed_contracts]
    shown = list(reports) if len(reports) <= MOST else told[-MOST:]
    table = plain_table("Run date", "Day")
    for heading in ("Invoices", "Failed", "Left behind", "Amount before tax"):
        table.add_column(heading, justify="right", no_wrap=True)
    for report in shown:
        table.add_row(*_date_row(report))
    _print_block(console, table, more=len(reports) - len(shown))


def _print_block(console: Console, *rows: Table | Text, more: int = 0) -> None:
    """An empty line, the rows, and how many more there are."""
    console.print()
    for row in rows:
        console.print(row)
    if more:
        console.print(Text(f"and {more:,} more; {_MORE}", style="dim"))


def _date_row(report: RunReport) -> tuple[str, ...]:
    totals = report.totals
    bad = sum(item.invoices for item in report.outcome_totals if item.status not in GOOD_STATUSES)
    return (
        report.run_date.isoformat(),
        f"{report.run_date:%a}",
        f"{totals.invoices:,}",
        f"{bad + report.plan.failed_contracts:,}",
        f"{totals.left_behind:,}",
        "\n".join(readable(c.amount, c.currency) for c in totals.currencies if c.invoices) or "-",
    )


def _print_totals(console: Console, reports: Sequence[RunReport]) -> None:
    """A row a currency; what stays behind is told for one date only, as each counts it anew."""
    outcomes = _outcomes(reports)
    bad = [item for item in outcomes if item.status not in GOOD_STATUSES]
    left = {item.currency: item.not_invoiced for item in reports[0].totals.currencies}
    left = {} if len(reports) > 1 else {key: amount for key, amount in left.items() if amount}
    table = plain_table("Currency")
    headings = ["Invoices", "Billed", "Tax"]
    headings += ["Failed"] * bool(bad) + ["Left behind"] * bool(left)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    found = {item.currency for item in outcomes} | set(left)
    for currency in sorted(found, key=lambda item: item.code):
        good = [o for o in outcomes if o.currency == currency and o.status in GOOD_STATUSES]
        missed = [o.amount for o in bad if o.currency == currency]
        cells = [f"{sum(item.invoices for item in good):,}"]
        cells += [_plain(total(item.amount for item in good), currency)]
        cells += [_plain(total(item.tax for item in good), currency)]
        cells += [_plain(total(missed), currency)] * bool(bad)
        cells += [_plain(left.get(currency, total(())), currency)] * bool(left)
        table.add_row(currency.code, *cells)
    if table.row_count:
        _print_block(console, table)


def _plain(amount: Decimal, currency: Currency) -> str:
    return f"{with_precision(amount, currency):,f}"


def _print_failures(console: Console, reports: Sequence[RunReport]) -> None:
    """What a person has to look at, before everything else."""
    bad = sum(item.invoices for item in _outcomes(reports) if item.status not in GOOD_STATUSES)
    contracts = sum(report.plan.failed_contracts for report in reports)
    number = bad + contracts
    told = list(islice(_failures(reports), MOST))
    alerts = list(dict.fromkeys(_alerts(reports)))
    if not (told or alerts):
        return
    rows = [Text(f"- {_sentence(text)}") for text in (*alerts[:MOST], *told)]
    heading = Text("Needs you", style="bold red")
    _print_block(console, heading, *rows, more=number - len(told))


def _alerts(reports: Sequence[RunReport]) -> Iterator[str]:
    for code in _ALERTS:
        for report in reports:
            yield from (item.text for item in report.general_warnings if item.code == code)


def _failures(reports: Sequence[RunReport]) -> Iterator[str]:
    for report in reports:
        for failed in report.plan.failed:
            name = failed.contract_name or str(failed.contract_id)
            yield f"{name_text(name)}: {'; '.join(failed.faults)}"
        for name, outcome in view.outcomes(report, good=False):
            who = name_text(view.customer_name(outcome.invoice))
            amount = readable(outcome.invoice.amount, outcome.invoice.currency)
            why = f": {outcome.error}" if outcome.error else ""
            yield f"{name_text(name)}, {who}, {amount} {outcome.status.value}{why}"


def _sentence(text: str) -> str:
    """*text* on one line, its beginning where it is long."""
    return name_text(" ".join(message_text(text).split()), SENTENCE)


def _print_drafts(console: Console, reports: Sequence[RunReport]) -> None:
    shown = list(islice(_drafts(reports), MOST))
    if not shown:
        return
    width, has_dates = name_width(console), len(reports) > 1
    table = plain_table(*(["Run date"] if has_dates else []), "Contract", "Customer")
    for heading in ("Lines", "Amount before tax"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Status", no_wrap=True)
    for report, name, outcome in shown:
        date = [report.run_date.isoformat()] if has_dates else []
        table.add_row(*date, *_draft_row(LinkedText(console, report), name, outcome, width))
    good = sum(item.invoices for item in _outcomes(reports) if item.status in GOOD_STATUSES)
    _print_block(console, table, more=good - len(shown))


def _drafts(reports: Sequence[RunReport]) -> Iterator[tuple[RunReport, str, InvoiceOutcome]]:
    for report in reports:
        for name, outcome in view.outcomes(report, good=True):
            yield report, name, outcome


def _draft_row(
    linked: LinkedText, name: str, outcome: InvoiceOutcome, width: int
) -> tuple[Text | str, ...]:
    invoice = outcome.invoice
    amount = readable(invoice.amount, invoice.currency)
    return (
        linked.text(name_text(name, width), CONTRACT, invoice.contract_id),
        Text(name_text(view.customer_name(invoice), width)),
        f"{len(invoice.lines):,}",
        amount if linked.report.dry_run else linked.text(amount, INVOICE, invoice.id),
        Text(outcome.status.value, style="green"),
    )


def _print_left_behind(console: Console, reports: Sequence[RunReport]) -> None:
    """By reason; of several dates the last one on which something stays behind."""
    report = next((item for item in reversed(reports) if item.totals.left_behind), None)
    if report is None:
        return
    date = f" on {report.run_date}" if len(reports) > 1 else ""
    records = counted(report.totals.left_behind, "record")
    heading = Text(f"Left behind{date}: {records}; -v shows each and what would change it")
    _print_block(console, heading, _reasons(report))


def _reasons(report: RunReport) -> Table:
    table = plain_table("Reason", "Rule")
    for heading in ("Records", "Amount before tax"):
        table.add_column(heading, justify="right", no_wrap=True)
    for item in report.totals.reasons:
        amount = readable(item.amount, item.currency)
        table.add_row(item.reason.value, RULE[item.reason], f"{item.sources:,}", amount)
    return table


def _print_warnings(console: Console, reports: Sequence[RunReport]) -> None:
    """How many of each kind, and the first of them."""
    found = combined_warnings(report.warning_counts for report in reports)
    rows = [_warning(item) for item in found if item.code not in _TOLD_APART]
    if rows:
        _print_block(console, *rows)


def _warning(item: WarningCount) -> Text:
    more = f" (and {item.count - 1:,} more; {_MORE})" if item.count > 1 else ""
    text = _sentence(item.first) + more
    return Text.assemble(("warning ", "yellow"), (f"{item.code} ", "bold"), text)


def _outcomes(reports: Sequence[RunReport]) -> tuple[OutcomeTotals, ...]:
    return combined_outcomes(item for report in reports for item in report.outcome_totals)
