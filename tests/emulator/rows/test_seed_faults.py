"""How faults of a seed are told."""

from __future__ import annotations

import pytest

from connector.emulator import SeedError
from connector.emulator.rows.seed_faults import Findings, Place, nearest, quoted


def test_the_text_shows_twenty_faults_counts_the_others_and_names_the_way_out() -> None:
    error = SeedError([f"fault {number}" for number in range(1, 1_024)])
    lines = str(error).splitlines()
    assert len(error.problems) == 1_023
    assert lines[0] == "the seed cannot be loaded:"
    assert lines[20] == "  fault 20"
    assert lines[21] == "  and 1,003 more"
    assert "--lenient" in lines[22]


def test_a_fault_of_many_rows_is_told_once_for_each_file() -> None:
    findings = Findings()
    for number in range(1, 4):
        for file in ("a.csv", "b.csv"):
            place = Place(file=file, table="accounts", number=number, unit="line")
            findings.add_repeated(place, "no such column")
    assert findings.sentences == (
        "a.csv: accounts line 1: no such column (and in 2 more rows)",
        "b.csv: accounts line 1: no such column (and in 2 more rows)",
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("telefone1", "; the nearest is 'telephone1'"),
        ("EMailAddress1", "; the nearest is 'emailaddress1'"),
        ("zzz", ""),
    ],
)
def test_the_nearest_known_name_is_told_where_one_is_near(name: str, told: str) -> None:
    assert nearest(name, ["telephone1", "emailaddress1", "name"]) == told


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "'a'"), (1, "1"), ("\x1b[31m", "'\\x1b[31m'"), (["\n"], "['\\n']")],
)
def test_values_are_shown_without_control_characters(value: object, text: str) -> None:
    assert quoted(value) == text
