"""A sheet goes on where Excel's limits end it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from connector.report import workbook_sheets
from connector.report.workbook_cells import Link
from connector.report.workbook_sheets import Sheet

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_sheets, "ROWS_PER_SHEET", 3)
    monkeypatch.setattr(workbook_sheets, "LINKS_PER_SHEET", 2)
    monkeypatch.setattr(workbook_sheets, "_SAMPLE", 2)


@pytest.mark.usefixtures("small")
def test_rows_that_do_not_fit_go_on_the_next_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = Sheet(book, "Details", ["Number", "Record"])

    sheet.add_all([number, Link(f"r{number}", "https://x.example/")] for number in range(7))
    sheet.close()
    book.save(tmp_path / "b.xlsx")

    read = openpyxl.load_workbook(tmp_path / "b.xlsx")
    assert read.sheetnames == ["Details", "Details 2", "Details 3"]
    assert [[row[0] for row in s.values] for s in read.worksheets] == [
        ["Number", 0, 1, 2],
        ["Number", 3, 4, 5],
        ["Number", 6],
    ]
    assert [s.auto_filter.ref for s in read.worksheets] == ["A1:B4", "A1:B4", "A1:B2"]
    links = [[row[1].hyperlink is not None for row in list(s.rows)[1:]] for s in read.worksheets]
    assert links == [[True, True, False], [True, True, False], [True]]


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "=A1", "{=A1}"])
def test_text_that_looks_like_an_error_or_a_formula_stays_text(tmp_path: Path, text: str) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = Sheet(book, "Details", ["Text"])

    sheet.add([text])
    sheet.close()
    book.save(tmp_path / "b.xlsx")

    cell = openpyxl.load_workbook(tmp_path / "b.xlsx")["Details"]["A2"]
    assert (cell.value, cell.data_type) == (text, "s")


def test_a_very_long_text_is_cut_as_excel_demands(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = Sheet(book, "Details", ["Text"])

    sheet.add(["x" * 40_000])
    sheet.close()
    book.save(tmp_path / "b.xlsx")

    value = str(openpyxl.load_workbook(tmp_path / "b.xlsx")["Details"]["A2"].value)
    assert len(value) <= 32_767
    assert value.endswith("… (+7300)")
