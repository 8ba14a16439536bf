"""The flat rows of a run as a CSV file or an Excel workbook."""

from __future__ import annotations

import csv
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from connector.invoicing.model import Currency
from connector.report.amounts import exact, plain, with_precision
from connector.report.rows import Row, rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from connector.run_report import RunReport

HEADINGS: Final = tuple(field.name for field in fields(Row))

#: Columns with money, which is shown with the decimals of the row's currency.
_MONEY: Final = frozenset({"amount", "discount", "fee", "tax"})

#: Rows below the headings that Excel takes on one sheet.
ROWS_PER_SHEET: Final = (1 << 20) - 1

#: What a spreadsheet takes for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

#: Widths of columns by the last word of their heading, and of every other.
_WIDE: Final = {"id": 38, "hint": 60, "error": 60, "name": 30, "table": 24}
_USUAL: Final = 16


def write_csv(reports: Sequence[RunReport], path: Path) -> None:
    """UTF-8 with a byte order mark, so that Excel reads it; text cannot turn into a formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for report in reports:
            writer.writerows(_texts(row) for row in rows(report))


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(_text(row, name) for name in HEADINGS)


def _text(row: Row, name: str) -> str:
    match getattr(row, name):
        case None:
            return ""
        case Decimal() as number:
            return exact(number, row.currency) if name in _MONEY else plain(number)
        case Currency() as currency:
            return currency.code
        case date() as day:
            return day.isoformat()
        case text:
            return f"'{text}" if str(text).startswith(_FORMULA) else str(text)


def write_workbook(reports: Sequence[RunReport], path: Path) -> None:
    """
    Numbers as numbers, on as many sheets as it takes: one holds a million rows.

    Raises `ImportError` without the extra `xlsx`.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - an extra, and slow to import

    book = Workbook(write_only=True)
    sheet, count = _new_sheet(book), 0
    for row in (row for report in reports for row in rows(report)):
        if count == ROWS_PER_SHEET:
            sheet, count = _new_sheet(book), 0
        sheet.append([_cell(sheet, row, name) for name in HEADINGS])
        count += 1
    book.save(path)


def _new_sheet(book: Workbook) -> WriteOnlyWorksheet:
    number = len(book.worksheets) + 1
    sheet: WriteOnlyWorksheet = book.create_sheet(
        "Proforma" if number == 1 else f"Proforma {number}"
    )
    _set_up(sheet)
    sheet.append(HEADINGS)
    return sheet


def _set_up(sheet: WriteOnlyWorksheet) -> None:
    """Headings stay in sight, and columns are as wide as what they hold."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - an extra, and slow to import

    sheet.freeze_panes = "A2"
    for number, name in enumerate(HEADINGS, start=1):
        width = _WIDE.get(name.rpartition("_")[2], _USUAL)
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = width  # type: ignore[attr-defined]  # not in its stubs


def _cell(sheet: WriteOnlyWorksheet, row: Row, name: str) -> Cell:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - an extra, and slow to import

    cell: Cell = WriteOnlyCell(sheet)
    match getattr(row, name):
        case Decimal() as number if name in _MONEY:
            cell.value = with_precision(number, row.currency)
            decimals = row.currency.precision
            cell.number_format = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
        case Decimal() | date() | None as value:
            cell.value = value
        case Currency() as currency:
            cell.value = currency.code
        case text:
            cell.value = str(text)
            cell.data_type = "s"  # a name that begins with = is no formula
    return cell
