"""A run for a person at a terminal: calendar, drafts, what stays behind and why, warnings."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from rich.text import Text

from connector.invoicing.amounts import total
from connector.invoicing.reasons import RULE
from connector.outcome import GOOD_STATUSES
from connector.report import view
from connector.report.tables import plain_table
from connector.report.terminal_text import message_text, name_text
from connector.report.texts.terminal import ENGLISH, TerminalTexts

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


def print_calendar(
    console: Console, reports: Sequence[RunReport], words: TerminalTexts = ENGLISH
) -> None:
    """One row a run date, days without an invoice among them."""
    table = plain_table(words.text("Run date"), words.text("Day"))
    for heading in (words.text("Invoices"), words.text("Lines"), words.text("Amount before tax")):
        table.add_column(heading, justify="right")
    for report in reports:
        style = None if report.totals.invoices else "dim"
        table.add_row(*_calendar_row(report, words), style=style)
    console.print(table)
    console.print()


def _calendar_row(report: RunReport, words: TerminalTexts) -> tuple[str, str, str, str, str]:
    day, totals = report.run_date, report.totals
    sums = [words.money(c.amount, c.currency) for c in totals.currencies if c.invoices]
    return (
        words.day(day),
        words.weekday(day),
        words.whole(totals.invoices),
        words.whole(totals.lines),
        "\n".join(sums) or "-",
    )


def print_run(
    console: Console, report: RunReport, words: TerminalTexts = ENGLISH, *, verbose: bool = False
) -> None:
    """Everything about one run; with *verbose* each detail and each source left behind."""
    console.print(Text(_heading(report, words)))
    print_drafts(console, report, words, verbose=verbose)
    if report.totals.left_behind:
        print_left_behind(console, view.all_contracts(report), words, verbose=verbose)
    print_warnings(console, report, words)


def _heading(report: RunReport, words: TerminalTexts) -> str:
    day, count = words.day(report.run_date), report.totals.invoices
    if report.dry_run:
        return words.several(
            "Run date {day}: {count} invoice would be made",
            "Run date {day}: {count} invoices would be made",
            count,
            day=day,
        )
    return words.several(
        "Run date {day}: {count} invoice due",
        "Run date {day}: {count} invoices due",
        count,
        day=day,
    )


def print_drafts(
    console: Console, report: RunReport, words: TerminalTexts = ENGLISH, *, verbose: bool = False
) -> None:
    """Each invoice with its lines and total."""
    for contract in view.all_contracts(report) if report.totals.invoices else ():
        for outcome in contract.outcomes:
            console.print(_Draft(outcome, words).table(contract.name, verbose=verbose))
            console.print()


class _Draft:
    """One invoice as a table, in one language."""

    def __init__(self, outcome: InvoiceOutcome, words: TerminalTexts) -> None:
        self._outcome = outcome
        self._words = words
        self._currency = outcome.invoice.currency

    def table(self, name: str, *, verbose: bool) -> Table:
        """Its lines, with *verbose* its details, and its total."""
        invoice, words = self._outcome.invoice, self._words
        who, day = _name(view.customer_name(invoice)), words.day(invoice.run_date)
        table = plain_table()
        table.title = Text.assemble(f"{day}  {_name(name)}, {who}  ", self._status())
        table.title_justify = "left"
        table.show_footer = True
        table.add_column(words.text("Line"), Text(words.text("Total")), overflow="fold")
        table.add_column(words.text("Billing"))
        table.add_column(words.text("Details"), justify="right")
        for heading, amount in (
            (words.text("Amount"), invoice.amount),
            (words.text("Tax"), invoice.tax),
        ):
            table.add_column(heading, self._money(amount), justify="right")
        for line in view.lines(self._outcome):
            table.add_row(*self._line(line))
            for detail in view.details(line) if verbose else ():
                table.add_row(*self._detail(detail), style="dim")
        if self._outcome.error:
            table.caption = Text(message_text(self._outcome.error), style="red")
            table.caption_justify = "left"
        return table

    def _status(self) -> Text:
        status = self._outcome.status
        return Text(
            self._words.word(status.value), style="green" if status in GOOD_STATUSES else "red"
        )

    def _line(self, line: LinePlan) -> tuple[Text | str, ...]:
        return (
            Text(_name(line.name)),
            self._words.word(line.billing.value),
            self._words.whole(len(line.details)),
            self._money(line.amount),
            self._money(line.tax),
        )

    def _detail(self, detail: DetailPlan) -> tuple[Text | str, ...]:
        words = self._words
        what = detail.description or words.word(detail.transaction_class.value)
        return (
            Text(f"  {words.day(detail.transaction_date)}  {_name(what)}"),
            words.word(detail.billing_type.value),
            self._price(detail),
            self._money(detail.amount),
            self._money(detail.tax),
        )

    def _price(self, detail: DetailPlan) -> str:
        words = self._words
        price = f"{words.number(detail.quantity)} x {words.number(detail.price)}"
        adjusted = words.adjustments(detail, self._currency)
        return f"{price}\n{adjusted}" if adjusted else price

    def _money(self, amount: Decimal) -> str:
        return self._words.money(amount, self._currency)


def print_left_behind(
    console: Console,
    contracts: Iterable[ContractResult],
    words: TerminalTexts = ENGLISH,
    *,
    verbose: bool = False,
) -> None:
    """
    What stays behind of each contract: a table a contract, a row a reason.

    With *verbose* each source by its id and with its own hint.
    """
    for contract in contracts:
        if contract.left:
            console.print(_Left(words, verbose=verbose).table(contract.name, contract.left))
            console.print()


class _Left:
    """What one contract leaves behind as a table, in one language."""

    def __init__(self, words: TerminalTexts, *, verbose: bool) -> None:
        self._words = words
        self._verbose = verbose

    def table(self, contract_name: str, left: Iterable[NotInvoiced]) -> Table:
        """A row a reason."""
        words = self._words
        table = plain_table(words.text("Reason"), words.text("Rule"))
        table.title = Text(words.text("Not invoiced: {name}", name=_name(contract_name)))
        table.title_justify = "left"
        table.add_column(words.text("Sources"), justify="right")
        table.add_column(words.text("Amount"), justify="right", no_wrap=True)
        table.add_column(words.text("What would change it"), overflow="fold")
        by_reason: dict[str, list[NotInvoiced]] = defaultdict(list)
        for entry in left:
            by_reason[entry.reason.value].append(entry)
        for reason in sorted(by_reason):
            self._add_group(table, by_reason[reason])
        return table

    def _add_group(self, table: Table, group: Sequence[NotInvoiced]) -> None:
        """The reason with the hint that most of its sources share, and how many others are."""
        words, reason = self._words, group[0].reason
        hints = Counter(words.hint(entry) for entry in group)
        [(shared, _)] = hints.most_common(1)
        more = "" if self._verbose or len(hints) == 1 else f" ({self._more(len(hints) - 1)})"
        table.add_row(
            words.reason(reason),
            RULE[reason],
            words.whole(len(group)),
            "\n".join(self._sums(group)),
            Text(message_text(shared) + more),
        )
        for entry in group if self._verbose else ():
            self._add_source(table, entry, shared)

    def _more(self, number: int) -> str:
        return self._words.several(
            "and {count} more; -v shows each", "and {count} more; -v shows each", number
        )

    def _add_source(self, table: Table, entry: NotInvoiced, shared: str) -> None:
        own = self._words.hint(entry)
        source = f"{entry.source.table.value} {entry.source.id}"
        text = "\n".join(filter(None, (source, "" if own == shared else message_text(own))))
        amount = self._words.money(entry.amount, entry.currency)
        table.add_row("", "", "", amount, Text(text), style="dim")

    def _sums(self, entries: Iterable[NotInvoiced]) -> list[str]:
        """The sum in each currency, by code."""
        by_currency: dict[Currency, list[Decimal]] = defaultdict(list)
        for entry in entries:
            by_currency[entry.currency].append(entry.amount)
        ordered = sorted(by_currency.items(), key=lambda item: item[0].code)
        return [self._words.money(total(found), currency) for currency, found in ordered]


def print_warnings(console: Console, report: RunReport, words: TerminalTexts = ENGLISH) -> None:
    """Each warning once."""
    word = words.text("warning")
    for warning in view.all_warnings(report) if report.warning_counts else ():
        text = message_text(words.warning(warning.code, warning.text))
        console.print(Text.assemble((f"{word} ", "yellow"), (f"{warning.code} ", "bold"), text))


def _name(name: str) -> str:
    """A name as long as it is likely to be, where everything is shown."""
    return name_text(name, LONG_NAME)
