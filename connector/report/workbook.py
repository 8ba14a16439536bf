"""
Runs as an Excel workbook: sums, invoices, lines, details, what stays behind, and warnings.

Every sheet is written while the runs are read, part by part; no more than a part is held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.report import view, workbook_cells
from connector.report.run_page import RunPage
from connector.report.texts.catalogue import texts_in
from connector.report.texts.warnings import warning_advice, warning_title
from connector.report.workbook_cells import Cells, Money
from connector.report.workbook_sheets import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from uuid import UUID

    from openpyxl import Workbook

    from connector.invoicing.ids import ResourceId, ResourceNames
    from connector.outcome import InvoiceOutcome
    from connector.report.surroundings import Surroundings
    from connector.report.texts.catalogue import Texts
    from connector.report.workbook_cells import Value
    from connector.run_report import PartResult, RunReport


def write_workbook(reports: Sequence[RunReport], path: Path, around: Surroundings) -> None:
    """
    Write the workbook of *reports* to *path*: real numbers and dates, text that is no formula.

    Raises `ImportError` without the extra `xlsx`, and `OSError`.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - an extra, and slow to import

    texts = texts_in(around.language)
    book = Workbook(write_only=True)
    sheets = _Sheets(book, texts)
    for report in reports:
        sheets.summary.add_all(_summary(report, texts, around))
        _Rows(report, texts, around).write(sheets)
    sheets.close()
    book.save(path)


class _Sheets:
    """The sheets in their order."""

    def __init__(self, book: Workbook, texts: Texts) -> None:
        def sheet(title: str, headings: Sequence[str]) -> Sheet:
            return Sheet(book, title, [texts.text(heading) for heading in headings])

        self.summary = sheet(texts.text("Summary"), workbook_cells.SUMMARY)
        self.invoices = sheet(texts.text("Invoices"), workbook_cells.INVOICES)
        self.lines = sheet(texts.text("Lines"), workbook_cells.LINES)
        self.details = sheet(texts.text("Details"), workbook_cells.DETAILS)
        self.left = sheet(texts.text("Not invoiced"), workbook_cells.NOT_INVOICED)
        self.warnings = sheet(texts.text("Warnings"), workbook_cells.WARNINGS)

    @property
    def all(self) -> tuple[Sheet, ...]:
        """All of them."""
        first = (self.summary, self.invoices, self.lines, self.details)
        return (*first, self.left, self.warnings)

    def close(self) -> None:
        """Nothing comes any more."""
        for sheet in self.all:
            sheet.close()


def _summary(report: RunReport, texts: Texts, around: Surroundings) -> Iterator[tuple[Value, ...]]:
    """A row for each currency of a run; one without any says that nothing was due."""
    run = RunPage(report, texts, around, number=1, previous=None, is_alone=True)
    place = (report.plan.environment_url, report.run_id)
    for tile in run.tiles:
        sums = (tile.amount, tile.tax, tile.failed)
        amount, tax, failed = (Money(item, tile.currency) for item in sums)
        left = Money(tile.left_amount, tile.currency)
        counts = (tile.currency.code, tile.invoices, amount, tax, failed, tile.left.count, left)
        yield (report.run_date, run.state.label, *counts, *place)
    if not run.tiles:
        yield (report.run_date, run.state.label, None, 0, *((None,) * 3), 0, None, *place)


class _Rows:
    """The rows of one run."""

    def __init__(self, report: RunReport, texts: Texts, around: Surroundings) -> None:
        self._report = report
        self._texts = texts
        self._around = around
        self._people: dict[ResourceId, str | None] = {}
        self._cells = Cells(
            texts=texts,
            environment_url=report.plan.environment_url,
            has_links=around.has_links,
            run_date=report.run_date,
        )

    def write(self, sheets: _Sheets) -> None:
        """Every row of the run into its sheet, and its warnings in the end."""
        for part in self._report.parts():
            people = self._names(part)
            for contract in view.contracts(part):
                for outcome in contract.outcomes:
                    self._invoice(sheets, contract, outcome)
                left = (self._cells.left(contract, entry, people) for entry in contract.left)
                sheets.left.add_all(left)
        sheets.warnings.add_all(self._warnings())

    def _invoice(
        self, sheets: _Sheets, contract: view.ContractResult, outcome: InvoiceOutcome
    ) -> None:
        sheets.invoices.add(self._cells.invoice(contract, outcome))
        for line in view.lines(outcome):
            sheets.lines.add(self._cells.line(contract, outcome, line))
            sheets.details.add_all(
                self._cells.detail(contract, outcome, line, detail) for detail in view.details(line)
            )

    def _names(self, part: PartResult) -> ResourceNames:
        """The names of those whose work stays behind in *part*, each asked for once."""
        wanted: dict[ResourceId, UUID] = {
            entry.resource_id: entry.source.id
            for plan in part.plan.contracts
            for entry in plan.not_invoiced
            if entry.resource_id is not None
        }
        unknown = {key: actual for key, actual in wanted.items() if key not in self._people}
        if unknown:
            found = self._around.people(unknown)
            self._people |= {key: found.get(key) for key in unknown}
        return {key: name for key in wanted if (name := self._people[key]) is not None}

    def _warnings(self) -> Iterator[tuple[Value, ...]]:
        for warning in view.all_warnings(self._report) if self._report.warning_counts else ():
            title = warning_title(self._texts, warning.code)
            advice = warning_advice(self._texts, warning.code)
            yield (self._report.run_date, title, warning.code, warning.text, advice)
