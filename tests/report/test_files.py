"""Reports as files: tables that open in a spreadsheet, a page that stands alone."""

from __future__ import annotations

import csv
import json
import sys
from typing import TYPE_CHECKING

import pytest

from connector.errors import ExitCode
from connector.report.files import ReportError, write_report
from tests.report.sample import ADATUM, DISCOUNTED, YEN, report

if TYPE_CHECKING:
    from pathlib import Path


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_csv_has_a_row_for_every_source(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"

    write_report([report(ADATUM)], path)

    rows = csv_rows(path)
    assert sorted((row["status"], row["amount"], row["reason"]) for row in rows) == [
        ("not-invoiced", "1600.00", "past-last-cut-off"),
        ("not-invoiced", "800.00", "not-ready"),
        ("written", "1500.00", ""),
        ("written", "5000.00", ""),
    ]
    assert {row["currency"] for row in rows} == {"USD"}
    assert {row["run_date"] for row in rows} == {"2020-10-05"}


def test_a_table_has_discount_and_fee_of_every_source_and_its_own_currency(
    tmp_path: Path,
) -> None:
    path = tmp_path / "run.csv"

    write_report([report(DISCOUNTED)], path)

    names = ("amount", "discount", "fee", "currency")
    assert sorted(tuple(row[name] for name in names) for row in csv_rows(path)) == [
        ("1000.00", "", "", "EUR"),
        ("80.00", "0.00", "0.00", "USD"),
        ("950.00", "100.00", "50.00", "USD"),
    ]


def test_text_in_a_csv_cannot_turn_into_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"

    write_report([report(YEN)], path)

    assert [row["line_name"] for row in csv_rows(path)] == ["'=SUM(A1) [bold]design[/bold]"]


def test_a_json_report_is_the_document_of_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "run.json"

    write_report([report(ADATUM)], path)

    assert json.loads(path.read_text(encoding="utf-8"))["format"] == "proforma-run/1"


def test_an_unknown_ending_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(
        ReportError, match=r"expected one of \.html, \.csv, \.xlsx, \.json"
    ) as caught:
        write_report([report(ADATUM)], tmp_path / "run.pdf")

    assert caught.value.exit_code is ExitCode.USAGE


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="cannot be written: No such file or directory"):
        write_report([report(ADATUM)], tmp_path / "no" / "run.html")


def test_a_workbook_without_openpyxl_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)

    with pytest.raises(ReportError, match="proforma-connector\\[xlsx\\]"):
        write_report([report(ADATUM)], tmp_path / "run.xlsx")
