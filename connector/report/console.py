"""A run for a person at a terminal: calendar, drafts, what stays behind and why, warnings."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from rich.text import Text

from connector.invoicing.amounts import total
from connector.invoicing.reasons import RULE
from connector.outcome import GOOD_STATUSES
from connector.report import view
from connector.report.amounts import adjustments, plain, readable
from connector.report.tables import plain_table
from connector.report.terminal_text import message_text, name_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from rich.console import Console
    from rich.table import Table

    from connector.invoicing.model import Currency
    from connector.invoicing.plan import DetailPlan, LinePlan, NotInvoiced
    from connector.outcome import InvoiceOutcome
    from connector.report.view import ContractResult
    from connector.run_report import RunReport


#: Characters of a name where every detail is shown.
LONG_NAME: Final = 200


def print_calendar(console: Console, reports: Sequence[RunReport]) -> None:
    """One row a run date, days without an invoice among them."""
    table = plain_table("Run date", "Day")
    for heading in ("Invoices", "Lines", "Amount before tax"):
        table.add_column(heading, justify="right")
    for report in reports:
        style = None if report.totals.invoices else "dim"
        table.add_row(*_calendar_row(report), style=style)
    console.print(table)
    console.print()


def _calendar_row(report: RunReport) -> tuple[str, str, str, str, str]:
    day, totals = report.run_date, report.totals
    sums = [readable(c.amount, c.currency) for c in totals.currencies if c.invoices]
    return (
        day.isoformat(),
        f"{day:%a}",
        str(totals.invoices),
        str(totals.lines),
        "\n".join(sums) or "-",
    )


def print_run(console: Console, report: RunReport, *, verbose: bool = False) -> None:
    """Everything about one run; with *verbose* each detail and each source left behind."""
    what = "would be made" if report.dry_run else "due"
    count = report.totals.invoices
    console.print(
        Text(f"Run date {report.run_date}: {count} invoice{'' if count == 1 else 's'} {what}")
    )
    print_drafts(console, report, verbose=verbose)
    if report.totals.left_behind:
        print_left_behind(console, view.all_contracts(report), verbose=verbose)
    print_warnings(console, report)


def print_drafts(console: Console, report: RunReport, *, verbose: bool = False) -> None:
    """Each invoice with its lines and total."""
    for contract in view.all_contracts(report) if report.totals.invoices else ():
        for outcome in contract.outcomes:
            console.print(_draft(contract.name, outcome, verbose=verbose))
            console.print()


def _draft(name: str, outcome: InvoiceOutcome, *, verbose: bool) -> Table:
    invoice = outcome.invoice
    table = plain_table()
    table.title = Text.assemble(
        f"{invoice.run_date}  {_name(name)}, {_name(view.customer_name(invoice))}  ",
        _status(outcome),
    )
    table.title_justify = "left"
    table.show_footer = True
    table.add_column("Line", Text("Total"), overflow="fold")
    table.add_column("Billing")
    table.add_column("Details", justify="right")
    table.add_column("Amount", readable(invoice.amount, invoice.currency), justify="right")
    table.add_column("Tax", readable(invoice.tax, invoice.currency), justify="right")
    for line in view.lines(outcome):
        _add_line(table, line, invoice.currency)
        if verbose:
            _add_details(table, view.details(line), invoice.currency)
    if outcome.error:
        table.caption = Text(message_text(outcome.error), style="red")
        table.caption_justify = "left"
    return table


def _status(outcome: InvoiceOutcome) -> Text:
    return Text(outcome.status.value, style="green" if outcome.status in GOOD_STATUSES else "red")


def _add_line(table: Table, line: LinePlan, currency: Currency) -> None:
    table.add_row(
        Text(_name(line.name)),
        line.billing.value,
        str(len(line.details)),
        readable(line.amount, currency),
        readable(line.tax, currency),
    )


def _add_details(table: Table, details: Iterable[DetailPlan], currency: Currency) -> None:
    for detail in details:
        what = detail.description or detail.transaction_class.value
        table.add_row(
            Text(f"  {detail.transaction_date}  {_name(what)}"),
            detail.billing_type.value,
            _price(detail, currency),
            readable(detail.amount, currency),
            readable(detail.tax, currency),
            style="dim",
        )


def _price(detail: DetailPlan, currency: Currency) -> str:
    price, adjusted = (
        f"{plain(detail.quantity)} x {plain(detail.price)}",
        adjustments(detail, currency),
    )
    return f"{price}\n{adjusted}" if adjusted else price


def print_left_behind(
    console: Console, contracts: Iterable[ContractResult], *, verbose: bool = False
) -> None:
    """
    What stays behind of each contract: a table a contract, a row a reason.

    With *verbose* each source by its id and with its own hint.
    """
    for contract in contracts:
        if contract.left:
            console.print(_left_table(contract.name, contract.left, verbose=verbose))
            console.print()


def _left_table(contract_name: str, left: Iterable[NotInvoiced], *, verbose: bool) -> Table:
    table = plain_table("Reason", "Rule")
    table.title = Text(f"Not invoiced: {_name(contract_name)}")
    table.title_justify = "left"
    table.add_column("Sources", justify="right")
    table.add_column("Amount", justify="right", no_wrap=True)
    table.add_column("What would change it", overflow="fold")
    by_reason: dict[str, list[NotInvoiced]] = defaultdict(list)
    for entry in left:
        by_reason[entry.reason.value].append(entry)
    for reason in sorted(by_reason):
        _add_group(table, by_reason[reason], verbose=verbose)
    return table


def _add_group(table: Table, group: Sequence[NotInvoiced], *, verbose: bool) -> None:
    """The reason with the hint that most of its sources share, and how many other hints are."""
    reason = group[0].reason
    hints = Counter(entry.hint for entry in group)
    [(shared, _)] = hints.most_common(1)
    more = "" if verbose or len(hints) == 1 else f" (and {len(hints) - 1} more; -v shows each)"
    table.add_row(
        reason.value,
        RULE[reason],
        str(len(group)),
        "\n".join(_sums((entry.amount, entry.currency) for entry in group)),
        Text(message_text(shared) + more),
    )
    for entry in group if verbose else ():
        _add_source(table, entry, hint="" if entry.hint == shared else entry.hint)


def _add_source(table: Table, entry: NotInvoiced, hint: str) -> None:
    source = f"{entry.source.table.value} {entry.source.id}"
    text = Text("\n".join(filter(None, (source, message_text(hint)))))
    table.add_row("", "", "", readable(entry.amount, entry.currency), text, style="dim")


def print_warnings(console: Console, report: RunReport) -> None:
    """Each warning once."""
    for warning in view.all_warnings(report) if report.warning_counts else ():
        text = message_text(warning.text)
        console.print(Text.assemble(("warning ", "yellow"), (f"{warning.code} ", "bold"), text))


def _name(name: str) -> str:
    """A name as long as it is likely to be, where everything is shown."""
    return name_text(name, LONG_NAME)


def _sums(amounts: Iterable[tuple[Decimal, Currency]]) -> list[str]:
    """The sum in each currency, by code."""
    by_currency: dict[Currency, list[Decimal]] = defaultdict(list)
    for amount, currency in amounts:
        by_currency[currency].append(amount)
    ordered = sorted(by_currency.items(), key=lambda item: item[0].code)
    return [readable(total(found), currency) for currency, found in ordered]
