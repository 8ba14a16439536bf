"""Sheets of an Excel workbook that are written row by row and never held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.report.amounts import with_precision
from connector.report.safe_text import safe_text
from connector.report.workbook_cells import Link, Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from decimal import Decimal

    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from connector.invoicing.model import Currency
    from connector.report.workbook_cells import Value

#: Rows below the headings that Excel takes on one sheet.
ROWS_PER_SHEET: Final = (1 << 20) - 1
#: Links that Excel takes on one sheet.
LINKS_PER_SHEET: Final = 65_000
#: What openpyxl takes for a formula or an error.
_NO_TEXT: Final = ("=", "#")
#: Characters that Excel takes in one cell, less the note of what is missing.
_CHARACTERS: Final = 32_700
_NARROWEST, _WIDEST, _ID = 10, 48, 38
#: Rows by whose contents the columns get their widths.
_SAMPLE: Final = 200


class Sheet:
    """
    One kind of rows, on as many sheets as it takes; headings stay in sight and can be filtered.

    The first rows wait until the widths of their columns are known.
    """

    def __init__(self, book: Workbook, title: str, headings: Sequence[str]) -> None:
        self._book = book
        self._title = title
        self._headings = headings
        self._number = 0
        self._waiting: list[Sequence[Value]] = []
        self._sheet = self._new_sheet()

    def add(self, row: Sequence[Value]) -> None:
        """One more row."""
        if not self._is_begun and len(self._waiting) < _SAMPLE:
            self._waiting.append(row)
            return
        self._flush()
        self._write(row)

    def add_all(self, rows: Iterable[Sequence[Value]]) -> None:
        """More rows."""
        for row in rows:
            self.add(row)

    def close(self) -> None:
        """Nothing comes any more; a sheet without rows has its headings all the same."""
        self._flush()
        self._filter()

    def _flush(self) -> None:
        if not self._is_begun:
            self._begin()
        waiting, self._waiting = self._waiting, []
        for row in waiting:
            self._write(row)

    def _write(self, row: Sequence[Value]) -> None:
        if self._count == ROWS_PER_SHEET:
            self._filter()
            self._waiting = [row]
            self._sheet = self._new_sheet()
            self._flush()
            return
        self._count += 1
        self._sheet.append([self._cell(value) for value in row])

    def _new_sheet(self) -> WriteOnlyWorksheet:
        self._number += 1
        title = self._title if self._number == 1 else f"{self._title} {self._number}"
        self._is_begun, self._count, self._links = False, 0, 0
        sheet: WriteOnlyWorksheet = self._book.create_sheet(title)
        sheet.freeze_panes = "A2"
        return sheet

    def _begin(self) -> None:
        """Widths have to be known before the first row is written."""
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - an extra, and slow to import
        from openpyxl.styles import Font  # noqa: PLC0415 - an extra, and slow to import
        from openpyxl.utils import get_column_letter  # noqa: PLC0415 - an extra

        self._is_begun = True
        cells = []
        for column, heading in enumerate(self._headings):
            letter = get_column_letter(column + 1)
            width = _width(heading, (row[column] for row in self._waiting))
            self._sheet.column_dimensions[letter].width = width  # type: ignore[attr-defined]  # not in its stubs
            cells.append(WriteOnlyCell(self._sheet, heading))
            cells[-1].font = Font(bold=True)
        self._sheet.append(cells)

    def _filter(self) -> None:
        from openpyxl.utils import get_column_letter  # noqa: PLC0415 - an extra

        last = f"{get_column_letter(len(self._headings))}{self._count + 1}"
        self._sheet.auto_filter.ref = f"A1:{last}"  # type: ignore[attr-defined]  # not in its stubs

    def _cell(self, value: Value) -> Cell | str | int | Decimal | date | None:
        """What openpyxl takes; a cell of its own only where a plain value would not do."""
        match value:
            case str():
                return self._text(value)
            case Money(amount=amount, currency=currency):
                return self._money(amount, currency)
            case Link():
                return self._link(value)
            case plain:
                return plain

    def _text(self, text: str) -> Cell | str:
        """Text that is neither formula nor error, whatever it begins with."""
        shown = safe_text(text, _CHARACTERS)
        if not shown.startswith(_NO_TEXT):
            return shown
        cell = self._new_cell(shown)
        cell.data_type = "s"
        return cell

    def _money(self, amount: Decimal | None, currency: Currency) -> Cell | None:
        if amount is None:
            return None
        cell = self._new_cell(with_precision(amount, currency))
        cell.number_format = _decimals(currency.precision)
        return cell

    def _link(self, link: Link) -> Cell | str:
        """The link, as long as Excel takes one more."""
        if link.address is None or self._links >= LINKS_PER_SHEET:
            return link.text
        self._links += 1
        cell = self._new_cell(link.text)
        cell.hyperlink = link.address
        cell.style = "Hyperlink"
        return cell

    def _new_cell(self, value: str | Decimal) -> Cell:
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - an extra, and slow to import

        cell: Cell = WriteOnlyCell(self._sheet)
        cell.value = value
        return cell


def _decimals(precision: int) -> str:
    return f"#,##0.{'0' * precision}" if precision else "#,##0"


def _width(heading: str, values: Iterable[Value]) -> int:
    """Wide enough for the heading with its filter button, and for most of what stands below."""
    longest = max((_length(value) for value in values), default=0)
    return max(_NARROWEST, min(_WIDEST, max(len(heading) + 4, longest + 2)))


def _length(value: Value) -> int:
    match value:
        case Money(amount=amount, currency=currency):
            return 0 if amount is None else len(f"{with_precision(amount, currency):,f}")
        case Link():
            return _ID
        case None:
            return 0
        case text:
            return len(str(text))
