"""Every table and column that the glossary names is one that Project Operations has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connector.emulator.schema.load import load_schema

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "glossary.md").read_text("utf-8")
SCHEMA = load_schema()


def rows(heading: str) -> list[list[str]]:
    """The cells of each row of the table below *heading*."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def names(word: str) -> bool:
    table, _, column = word.partition(".")
    found = SCHEMA.tables.get(table)
    return found is not None and (not column or column in found.columns)


def test_every_word_of_project_operations_names_what_is_there() -> None:
    terms = rows("Words of Project Operations")
    places = {term: cell.strip("`") for term, _, cell in terms}

    assert len(terms) > 30
    assert {term: place for term, place in places.items() if not names(place)} == {}


@pytest.mark.parametrize(
    "heading", ["Words of Project Operations", "Words of Dataverse", "Words of this project"]
)
def test_each_word_is_told_in_one_sentence_and_found_by_the_alphabet(heading: str) -> None:
    terms = [term.lower() for term, _, _ in rows(heading)]

    assert terms == sorted(set(terms))
    assert [text for _, text, _ in rows(heading) if not re.fullmatch(r"[^.]+\.", text)] == []


def test_a_table_and_a_column_that_nobody_has_are_noticed() -> None:
    assert not names("msdyn_invoice")
    assert not names("invoice.msdyn_nothing")
    assert names("invoice.msdyn_projectinvoicestatus")
