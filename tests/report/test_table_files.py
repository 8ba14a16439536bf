"""The CSV file: RFC 4180, the same in every language, and no text that turns into a formula."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from connector.report.surroundings import Surroundings
from connector.report.table_files import HEADINGS, write_csv
from connector.settings.sections import Language
from tests.report.sample import ADATUM, YEN, report

if TYPE_CHECKING:
    from pathlib import Path

GERMAN = Surroundings(language=Language.GERMAN)


def test_a_language_changes_nothing(tmp_path: Path) -> None:
    english, german = tmp_path / "en.csv", tmp_path / "de.csv"

    write_csv([report(ADATUM, YEN)], english, Surroundings())
    write_csv([report(ADATUM, YEN)], german, GERMAN)

    assert english.read_bytes() == german.read_bytes()


def test_a_file_begins_with_its_mark_and_ends_lines_as_the_standard_says(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"

    write_csv([report(YEN)], path, GERMAN)

    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfrun_date,status,contract_name,currency,amount,")
    assert data.count(b"\r\n") == data.count(b"\n") == 2
    assert b'"Tea <house> & ""garden"""' in data


@pytest.mark.parametrize("first", ["=", "+", "-", "@"])
def test_a_description_cannot_begin_a_formula_and_a_negative_amount_stays_a_number(
    tmp_path: Path, first: str
) -> None:
    credit = ADATUM.replace(
        "| 7.5 | 200.00 | ready", f"| -7.5 | 200 | ready | description = {first}1"
    )
    path = tmp_path / "run.csv"

    write_csv([report(credit)], path, GERMAN)

    with path.open(encoding="utf-8-sig", newline="") as file:
        found = [row for row in csv.DictReader(file) if row["quantity"] == "-7.5"]
    assert [(row["description"], row["amount"]) for row in found] == [(f"'{first}1", "-1500.00")]
    assert tuple(found[0]) == HEADINGS
