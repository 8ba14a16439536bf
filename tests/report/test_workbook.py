"""The workbook: six sheets with real numbers and dates, in the language of the settings."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from connector.outcome import InvoiceStatus
from connector.report.surroundings import Surroundings
from connector.report.workbook import write_workbook
from tests.invoicing.ledger import ident
from tests.report.sample import ADATUM, DISCOUNTED, YEN, report
from tests.report.test_rows import WORK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from connector.run_report import RunReport


def written(path: Path, *reports: RunReport, **around: Any) -> Any:
    write_workbook(reports, path, Surroundings(**around))
    return openpyxl.load_workbook(path)


def rows(sheet: Worksheet) -> list[dict[str, Any]]:
    headings, *found = sheet.iter_rows(values_only=True)
    return [dict(zip([str(name) for name in headings], row, strict=True)) for row in found]


def test_the_sheets_stand_in_the_order_of_the_page(tmp_path: Path) -> None:
    book = written(tmp_path / "run.xlsx", report(ADATUM))

    assert book.sheetnames == [
        "Summary",
        "Invoices",
        "Lines",
        "Details",
        "Not invoiced",
        "Warnings",
    ]
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert all(cell.font.bold for cell in sheet[1])
        assert min(part.width for part in sheet.column_dimensions.values()) >= 10


def test_a_summary_has_a_row_for_each_currency(tmp_path: Path) -> None:
    book = written(tmp_path / "run.xlsx", report(ADATUM, YEN, DISCOUNTED))

    names = ("Currency", "State", "Invoices", "Amount", "Records left behind", "Left behind")
    assert [tuple(row[name] for name in names) for row in rows(book["Summary"])] == [
        ("EUR", "Written", 0, 0, 1, 1000),
        ("JPY", "Written", 1, 15625, 0, 0),
        ("USD", "Written", 2, 7530, 2, 2400),
    ]


def test_sums_of_details_lines_and_invoices_agree(tmp_path: Path) -> None:
    book = written(tmp_path / "run.xlsx", report(WORK))

    [invoice], [line] = rows(book["Invoices"]), rows(book["Lines"])
    details = rows(book["Details"])
    for name, amount in (("Amount", 100), ("Non-chargeable", 200), ("Complimentary", 300)):
        assert sum(row[name] or 0 for row in details) == line[name] == amount
    assert (invoice["Amount"], invoice["Lines"], invoice["Details"]) == (100, 1, 3)
    assert (invoice["Contract number"], invoice["Customer"]) == ("PC-1001", "Adatum Corporation")
    assert details[0]["Description"] == "Design"
    assert details[0]["Date"] == datetime(2020, 10, 1)  # noqa: DTZ001 - Excel has no zones
    assert book["Details"]["H2"].is_date


def test_what_stays_behind_has_date_age_person_and_what_would_change_it(tmp_path: Path) -> None:
    named = WORK.replace("description = Open work", "description = Open work | resource_id = Bo")

    book = written(
        tmp_path / "run.xlsx", report(named), people=lambda asked: dict.fromkeys(asked, "Bo Li")
    )

    [row] = rows(book["Not invoiced"])
    assert row["Reason"] == "Not ready to invoice"
    assert (row["Code"], row["Rule"], row["Age in days"]) == ("not-ready", "A3", 1)
    assert (row["Description"], row["Who"], row["Amount"]) == ("Open work", "Bo Li", 400)
    assert "mark it Ready to Invoice" in row["What would change it"]


def test_each_person_is_asked_for_once_in_a_whole_run(tmp_path: Path) -> None:
    asked: list[Mapping[Any, Any]] = []

    def people(actuals: Mapping[Any, Any]) -> Mapping[Any, str]:
        asked.append(actuals)
        return {}

    named = ADATUM.replace("| 200.00 | open", "| 200.00 | open | resource_id = Bo")
    other = named.replace("Adatum |", "Other |")

    written(tmp_path / "run.xlsx", report(named, other), people=people)

    assert [list(found) for found in asked] == [[ident("Bo")]]


def test_warnings_are_rows_with_what_to_do(tmp_path: Path) -> None:
    [row] = rows(written(tmp_path / "run.xlsx", report(ADATUM))["Warnings"])

    assert (row["Code"], row["Warning"]) == ("schedule-row-overdue", "A row waits since <Monday>.")


def test_ids_open_their_records_unless_links_are_off(tmp_path: Path) -> None:
    run = report(ADATUM)
    invoice = run.outcomes[0].invoice

    linked = written(tmp_path / "with.xlsx", run)["Invoices"]["K2"]
    plain = written(tmp_path / "without.xlsx", run, has_links=False)["Invoices"]["K2"]

    assert linked.value == plain.value == str(invoice.id)
    assert linked.hyperlink.target.endswith(f"etn=invoice&pagetype=entityrecord&id={invoice.id}")
    assert plain.hyperlink is None


@pytest.mark.parametrize("text", ["=1+1", "+1", "@SUM(A1)", "a\x07b\u202ec"])
def test_no_text_turns_into_a_formula_or_breaks_the_file(tmp_path: Path, text: str) -> None:
    named = ADATUM.replace("Adatum |", f"{text} |")

    cell = written(tmp_path / "run.xlsx", report(named))["Invoices"]["D2"]

    assert cell.data_type == "s"
    assert cell.value == text.replace("\x07", "\\u0007").replace("\u202e", "\\u202e")


def test_amounts_have_the_decimals_of_their_currency(tmp_path: Path) -> None:
    book = written(tmp_path / "run.xlsx", report(ADATUM, YEN))

    formats = {row[5].value: row[6].number_format for row in list(book["Invoices"].rows)[1:]}
    assert formats == {"USD": "#,##0.00", "JPY": "#,##0"}


def test_a_run_without_anything_has_its_headings_and_says_so(tmp_path: Path) -> None:
    nothing = "\n".join(ADATUM.splitlines()[:4])

    book = written(tmp_path / "run.xlsx", report(nothing))

    assert [row["State"] for row in rows(book["Summary"])] == ["Nothing due"]
    assert book["Details"].max_row == 1


def test_a_failed_invoice_carries_its_error(tmp_path: Path) -> None:
    run = report(ADATUM, status=InvoiceStatus.FAILED, error="locked")

    [row] = rows(written(tmp_path / "run.xlsx", run)["Invoices"])

    assert (row["Status"], row["Error"]) == ("failed", "locked")
