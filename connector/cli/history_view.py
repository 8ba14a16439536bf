"""The runs of a store, and one of them, for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from connector.outcome import GOOD_STATUSES, InvoiceStatus
from connector.report.console import print_run
from connector.report.screen import print_screen, print_summary
from connector.report.tables import plain_table
from connector.report.terminal_text import message_text
from connector.report.texts.terminal import ENGLISH, TerminalTexts
from connector.run_record import RunState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.table import Table

    from connector.run_record import RunRecord
    from connector.runs.history import RunDetails

_STATE: Final = {
    RunState.FINISHED: "green",
    RunState.UNFINISHED: "yellow",
    RunState.STOPPED: "red",
    RunState.UNDONE: "dim",
    RunState.PREVIEW: "dim",
}


#: Runs that are listed, and changes that are shown; -v shows all.
MOST: Final = 20
#: Columns from which on a line has room for everything.
_ROOMY: Final = 118


def print_records(
    console: Console,
    records: Sequence[RunRecord],
    words: TerminalTexts = ENGLISH,
    *,
    verbose: bool = False,
) -> None:
    """One row a run, the newest last; the last ones, with *verbose* all."""
    shown = records if verbose else records[-MOST:]
    if not shown:
        console.print(Text(words.text("The run store remembers no run.")))
        return
    if len(records) > len(shown):
        console.print(Text(words.text("Earlier runs are shown with -v."), style="dim"))
    console.print(_table(console, shown, words))
    for record in shown:
        if record.stop or record.fault:
            console.print(Text(message_text(f"{record.run_id}: {_trouble(record, words)}")))


def _table(console: Console, records: Sequence[RunRecord], words: TerminalTexts) -> Table:
    """On a narrow terminal without what `runs show` tells as well."""
    is_roomy = console.width >= _ROOMY
    table = plain_table()
    table.add_column(words.text("Run"), overflow="fold")
    if is_roomy:
        table.add_column(words.text("Kind"), no_wrap=True)
    table.add_column(words.text("Run date"), no_wrap=True)
    table.add_column(words.text("Invoices"), justify="right")
    table.add_column(words.text("Amount before tax"), justify="right")
    if is_roomy:
        table.add_column(words.text("Left behind"), justify="right")
    table.add_column(words.text("Status"), no_wrap=True)
    if is_roomy:
        table.add_column(words.text("Took"), justify="right", no_wrap=True)
    for record in records:
        table.add_row(*_row(record, words, is_roomy=is_roomy))
    return table


def _row(record: RunRecord, words: TerminalTexts, *, is_roomy: bool) -> Iterator[Text | str]:
    totals = record.totals
    sums = [(item.amount, item.currency) for item in totals.currencies] if totals else []
    yield Text(record.run_id)
    if is_roomy:
        yield words.word(record.kind.value) if record.kind else "-"
    yield words.day(record.run_date) if record.run_date else "-"
    yield _invoices(record, words)
    yield "\n".join(words.money(amount, currency) for amount, currency in sums if amount) or "-"
    if is_roomy:
        yield words.whole(totals.left_behind) if totals else "-"
    yield Text(_status(record, words), style=_STATE[record.state])
    if is_roomy:
        yield _took(record.seconds)


def _status(record: RunRecord, words: TerminalTexts) -> str:
    """The state, with an exit code that is not 0."""
    state = words.word(record.state.value)
    return f"{state} ({record.exit_code})" if record.exit_code else state


def _took(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _invoices(record: RunRecord, words: TerminalTexts) -> str:
    """How many, and by status where not all of them are as they should be."""
    if record.totals is None:
        return "-"
    bad = [item for item in record.outcomes if item.status not in GOOD_STATUSES]
    told = [f"{words.whole(item.invoices)} {_word(record, item.status, words)}" for item in bad]
    if record.failed_contracts:
        failed = record.failed_contracts
        told.append(words.several("{count} contracts failed", "{count} contracts failed", failed))
    return "\n".join([words.whole(record.totals.invoices), *told])


def _word(record: RunRecord, status: InvoiceStatus, words: TerminalTexts) -> str:
    """What an unfinished run did not come to is no failure: the next one writes it."""
    is_open = record.state is RunState.UNFINISHED and status is InvoiceStatus.FAILED
    return words.text("not written") if is_open else words.word(status.value)


def _trouble(record: RunRecord, words: TerminalTexts) -> str:
    stop = record.stop
    told = (
        words.text("stopped at {step}: {error}", step=repr(stop.step), error=stop.error)
        if stop
        else ""
    )
    return "; ".join(filter(None, (told, record.fault)))


def print_details(
    console: Console, details: RunDetails, words: TerminalTexts = ENGLISH, *, verbose: bool = False
) -> None:
    """What kind of run it was, when, and the screen that it printed, with what took it up."""
    print_records(console, (details.record,), words)
    if details.record.resumed_by:
        runs = ", ".join(details.record.resumed_by)
        console.print(Text(words.text("taken up by {runs}", runs=runs)))
    for report in details.reports:
        console.print()
        if verbose:
            print_run(console, report, words, verbose=True)
            print_summary(console, [report], words)
        else:
            print_screen(console, [report], words)
