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
from connector.report.links import CONTRACT, INVOICE
from connector.report.tables import LinkedText, name_width, plain_table
from connector.report.terminal_text import message_text, name_text
from connector.report.texts.terminal import ENGLISH, TerminalTexts
from connector.summary import combined_outcomes, combined_warnings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.table import Table

    from connector.outcome import InvoiceOutcome
    from connector.run_report import RunReport
    from connector.summary import OutcomeTotals, WarningCount

#: Rows of each list; how many there are beyond them is said.
MOST: Final = 20
#: Characters of what is said of one failure or one kind of warning.
SENTENCE: Final = 300
#: Warnings that are told among what a person has to look at.
_ALERTS: Final = ("run-halted", "bound-overridden")
_TOLD_APART: Final = frozenset({*_ALERTS, "contract-failed"})


def print_screen(
    console: Console, reports: Sequence[RunReport], words: TerminalTexts = ENGLISH
) -> None:
    """One run, or several of consecutive dates, oldest first."""
    print_summary(console, reports, words)
    screen = _Screen(console, words)
    screen.print_drafts(reports)
    screen.print_left_behind(reports)
    screen.print_warnings(reports)


def print_summary(
    console: Console, reports: Sequence[RunReport], words: TerminalTexts = ENGLISH
) -> None:
    """Totals, and what a person has to look at."""
    screen = _Screen(console, words)
    console.print(Text(_heading(reports, words), style="bold"))
    if len(reports) > 1:
        screen.print_dates(reports)
    screen.print_totals(reports)
    screen.print_failures(reports)


def _heading(reports: Sequence[RunReport], words: TerminalTexts) -> str:
    last, outcomes = reports[-1], _outcomes(reports)
    dates = _dates(reports, words)
    invoices = sum(item.invoices for item in outcomes)
    if last.dry_run:
        return words.several(
            "{dates}: {count} invoice would be made; this is a preview, nothing is written",
            "{dates}: {count} invoices would be made; this is a preview, nothing is written",
            invoices,
            dates=dates,
        )
    numbers: dict[str, int] = defaultdict(int)
    for item in outcomes:
        numbers[item.status.value] += item.invoices
    told = [f"{words.whole(count)} {words.word(status)}" for status, count in numbers.items()]
    failed = sum(report.plan.failed_contracts for report in reports)
    if failed:
        told.append(words.several("{count} contract failed", "{count} contracts failed", failed))
    return ", ".join([_due(words, invoices, dates), *told])


def _due(words: TerminalTexts, invoices: int, dates: str) -> str:
    return words.several(
        "{dates}: {count} invoice due", "{dates}: {count} invoices due", invoices, dates=dates
    )


def _dates(reports: Sequence[RunReport], words: TerminalTexts) -> str:
    first, last = words.day(reports[0].run_date), words.day(reports[-1].run_date)
    if len(reports) == 1:
        return words.text("Run date {day}", day=last)
    return words.text(
        "{number} runs, {first} to {last}", number=len(reports), first=first, last=last
    )


class _Screen:
    """The blocks of the screen, in one language."""

    def __init__(self, console: Console, words: TerminalTexts) -> None:
        self._console = console
        self._words = words

    def print_dates(self, reports: Sequence[RunReport]) -> None:
        """A row a run, days without anything to tell excepted where there are many."""
        told = [run for run in reports if run.totals.invoices or run.plan.failed_contracts]
        shown = list(reports) if len(reports) <= MOST else told[-MOST:]
        words = self._words
        table = plain_table(words.text("Run date"), words.text("Day"))
        for heading in (
            words.text("Invoices"),
            words.text("Failed"),
            words.text("Left behind"),
            words.text("Amount before tax"),
        ):
            table.add_column(heading, justify="right", no_wrap=True)
        for report in shown:
            table.add_row(*self._date_row(report))
        self._print_block(table, more=len(reports) - len(shown))

    def _print_block(self, *rows: Table | Text, more: int = 0) -> None:
        """An empty line, the rows, and how many more there are."""
        self._console.print()
        for row in rows:
            self._console.print(row)
        if more:
            self._console.print(Text(self._more(more), style="dim"))

    def _more(self, number: int) -> str:
        return self._words.several(
            "and {count} more; -v shows all", "and {count} more; -v shows all", number
        )

    def _date_row(self, report: RunReport) -> tuple[str, ...]:
        totals, words = report.totals, self._words
        bad = sum(o.invoices for o in report.outcome_totals if o.status not in GOOD_STATUSES)
        return (
            words.day(report.run_date),
            words.weekday(report.run_date),
            words.whole(totals.invoices),
            words.whole(bad + report.plan.failed_contracts),
            words.whole(totals.left_behind),
            "\n".join(words.money(c.amount, c.currency) for c in totals.currencies if c.invoices)
            or "-",
        )

    def print_totals(self, reports: Sequence[RunReport]) -> None:
        """A row a currency; what stays behind is told for one date only, as each counts it anew."""
        words, outcomes = self._words, _outcomes(reports)
        bad = [item for item in outcomes if item.status not in GOOD_STATUSES]
        left = {item.currency: item.not_invoiced for item in reports[0].totals.currencies}
        left = {} if len(reports) > 1 else {key: amount for key, amount in left.items() if amount}
        table = plain_table(words.text("Currency"))
        headings = [words.text("Invoices"), words.text("Billed"), words.text("Tax")]
        headings += [words.text("Failed")] * bool(bad) + [words.text("Left behind")] * bool(left)
        for heading in headings:
            table.add_column(heading, justify="right", no_wrap=True)
        found = {item.currency for item in outcomes} | set(left)
        for currency in sorted(found, key=lambda item: item.code):
            good = [o for o in outcomes if o.currency == currency and o.status in GOOD_STATUSES]
            missed = [o.amount for o in bad if o.currency == currency]
            cells = [words.whole(sum(item.invoices for item in good))]
            cells += [words.figure(total(item.amount for item in good), currency)]
            cells += [words.figure(total(item.tax for item in good), currency)]
            cells += [words.figure(total(missed), currency)] * bool(bad)
            cells += [words.figure(left.get(currency, total(())), currency)] * bool(left)
            table.add_row(currency.code, *cells)
        if table.row_count:
            self._print_block(table)

    def print_failures(self, reports: Sequence[RunReport]) -> None:
        """What a person has to look at, before everything else."""
        bad = sum(item.invoices for item in _outcomes(reports) if item.status not in GOOD_STATUSES)
        contracts = sum(report.plan.failed_contracts for report in reports)
        number = bad + contracts
        told = list(islice(self._failures(reports), MOST))
        alerts = list(dict.fromkeys(_alerts(reports)))
        if not (told or alerts):
            return
        rows = [Text(f"- {_sentence(text)}") for text in (*alerts[:MOST], *told)]
        heading = Text(self._words.text("Needs you"), style="bold red")
        self._print_block(heading, *rows, more=number - len(told))

    def _failures(self, reports: Sequence[RunReport]) -> Iterator[str]:
        words = self._words
        for report in reports:
            for failed in report.plan.failed:
                name = failed.contract_name or str(failed.contract_id)
                yield f"{name_text(name)}: {'; '.join(failed.faults)}"
            for name, outcome in view.outcomes(report, good=False):
                who = name_text(view.customer_name(outcome.invoice))
                amount = words.money(outcome.invoice.amount, outcome.invoice.currency)
                why = f": {outcome.error}" if outcome.error else ""
                yield f"{name_text(name)}, {who}, {amount} {words.word(outcome.status.value)}{why}"

    def print_drafts(self, reports: Sequence[RunReport]) -> None:
        """The invoices that stand as planned, or would."""
        shown, words = list(islice(_drafts(reports), MOST)), self._words
        if not shown:
            return
        width, has_dates = name_width(self._console), len(reports) > 1
        dates = [words.text("Run date")] if has_dates else []
        table = plain_table(*dates, words.text("Contract"), words.text("Customer"))
        for heading in (words.text("Lines"), words.text("Amount before tax")):
            table.add_column(heading, justify="right", no_wrap=True)
        table.add_column(words.text("Status"), no_wrap=True)
        for report, name, outcome in shown:
            date = [words.day(report.run_date)] if has_dates else []
            linked = LinkedText(self._console, report)
            table.add_row(*date, *self._draft_row(linked, name, outcome, width))
        good = sum(item.invoices for item in _outcomes(reports) if item.status in GOOD_STATUSES)
        self._print_block(table, more=good - len(shown))

    def _draft_row(
        self, linked: LinkedText, name: str, outcome: InvoiceOutcome, width: int
    ) -> tuple[Text | str, ...]:
        invoice = outcome.invoice
        amount = self._words.money(invoice.amount, invoice.currency)
        return (
            linked.text(name_text(name, width), CONTRACT, invoice.contract_id),
            Text(name_text(view.customer_name(invoice), width)),
            self._words.whole(len(invoice.lines)),
            amount if linked.report.dry_run else linked.text(amount, INVOICE, invoice.id),
            Text(self._words.word(outcome.status.value), style="green"),
        )

    def print_left_behind(self, reports: Sequence[RunReport]) -> None:
        """By reason; of several dates the last one on which something stays behind."""
        report = next((item for item in reversed(reports) if item.totals.left_behind), None)
        if report is None:
            return
        heading = self._left_heading(report, has_dates=len(reports) > 1)
        self._print_block(Text(heading), self._reasons(report))

    def _left_heading(self, report: RunReport, *, has_dates: bool) -> str:
        left, words = report.totals.left_behind, self._words
        if not has_dates:
            return words.several(
                "Left behind: {count} record; -v shows each and what would change it",
                "Left behind: {count} records; -v shows each and what would change it",
                left,
            )
        return words.several(
            "Left behind on {day}: {count} record; -v shows each and what would change it",
            "Left behind on {day}: {count} records; -v shows each and what would change it",
            left,
            day=words.day(report.run_date),
        )

    def _reasons(self, report: RunReport) -> Table:
        words = self._words
        table = plain_table(words.text("Reason"), words.text("Rule"))
        for heading in (words.text("Records"), words.text("Amount before tax")):
            table.add_column(heading, justify="right", no_wrap=True)
        for item in report.totals.reasons:
            amount = words.money(item.amount, item.currency)
            reason = words.reason(item.reason)
            table.add_row(reason, RULE[item.reason], words.whole(item.sources), amount)
        return table

    def print_warnings(self, reports: Sequence[RunReport]) -> None:
        """How many of each kind, and the first of them."""
        found = combined_warnings(report.warning_counts for report in reports)
        rows = [self._warning(item) for item in found if item.code not in _TOLD_APART]
        if rows:
            self._print_block(*rows)

    def _warning(self, item: WarningCount) -> Text:
        more = f" ({self._more(item.count - 1)})" if item.count > 1 else ""
        text = _sentence(self._words.warning(item.code, item.first)) + more
        word = self._words.text("warning")
        return Text.assemble((f"{word} ", "yellow"), (f"{item.code} ", "bold"), text)


def _alerts(reports: Sequence[RunReport]) -> Iterator[str]:
    for code in _ALERTS:
        for report in reports:
            yield from (item.text for item in report.general_warnings if item.code == code)


def _sentence(text: str) -> str:
    """*text* on one line, its beginning where it is long."""
    return name_text(" ".join(message_text(text).split()), SENTENCE)


def _drafts(reports: Sequence[RunReport]) -> Iterator[tuple[RunReport, str, InvoiceOutcome]]:
    for report in reports:
        for name, outcome in view.outcomes(report, good=True):
            yield report, name, outcome


def _outcomes(reports: Sequence[RunReport]) -> tuple[OutcomeTotals, ...]:
    return combined_outcomes(item for report in reports for item in report.outcome_totals)
